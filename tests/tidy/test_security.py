"""The table of security requirements names tests that there are, each requirement once."""

from __future__ import annotations

import re

from tests.tidy.sources import ROOT
from tests.tidy.test_docs import table_rows

PAGE = (ROOT / "docs" / "security.md").read_text()


def test_every_requirement_names_a_test_that_there_is() -> None:
    """A test that is renamed takes its row along; in order, so that a number is found."""
    rows = table_rows(PAGE, "## Requirements by number")
    assert len(rows) > 40
    first, numbers = [], []
    for requirements, _, tests in rows:
        found = [tuple(map(int, one.split("."))) for one in requirements.split(", ")]
        assert all(len(number) == 3 for number in found), requirements
        first.append(found[0])
        numbers += found
        named = re.findall(r"`(tests/\w+/\w+\.py)::(test_\w+)`", tests)
        assert len(named) == tests.count("`") // 2 > 0, tests
        for path, name in named:
            assert f"def {name}(" in (ROOT / path).read_text(), f"{path}::{name}"
    assert first == sorted(first)
    assert len(numbers) == len(set(numbers))
