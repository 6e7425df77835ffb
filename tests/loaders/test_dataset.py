from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from checkout.engine.compiler import compile_snapshot
from checkout.engine.problems import check_snapshot
from checkout.engine.schema.snapshot import Snapshot
from loaders.completejourney import load_completejourney

if TYPE_CHECKING:
    from loaders.completejourney import Dataset


def test_snapshot_is_a_valid_document(dataset: Dataset) -> None:
    """The snapshot goes through JSON and back and is the same."""
    text = dataset.snapshot.model_dump_json()
    assert Snapshot.model_validate_json(text) == dataset.snapshot


def test_snapshot_compiles_without_problems(dataset: Dataset) -> None:
    """Every reference of the campaigns and the program leads somewhere."""
    assert check_snapshot(dataset.snapshot) == []
    compile_snapshot(dataset.snapshot)


def test_parts_are_the_same_again(dataset: Dataset, install_date: dt.date) -> None:
    """The same seed and day give the same snapshot, members, openings and figures."""
    again = load_completejourney(install_date, seed=7)
    assert again.snapshot == dataset.snapshot
    assert again.members == dataset.members
    assert again.openings == dataset.openings
    assert again.report == dataset.report


def test_report_names_its_figures(dataset: Dataset) -> None:
    """What a person reads holds the counts, and says what is invented."""
    text = dataset.report.text()
    for figure in ("155,848", "1,469,307", "13,494", "8,869", "2,947", "4,836", "298"):
        assert figure in text
    assert "493 of Type A at 1.00" in text
    assert "invented" in text
