"""Small files: the largest ones grow into places where everything lives."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tidy.sources import PACKAGES, ROOT, python_files, shown

FILE_LINES_MAX = 450
# From this size on a single file is also held to a share of its package.
RATCHET_FROM_LINES = 5000
SHARE_MAX_PERCENT = 8


def lines_of(path: Path) -> int:
    return len(path.read_text().splitlines())


@pytest.mark.parametrize("place", [*PACKAGES, "tests"])
def test_no_file_is_longer_than_a_person_reads_at_once(place: str) -> None:
    """Every hand-written source file keeps within the limit."""
    sizes = {shown(path): lines_of(path) for path in python_files(place)}
    assert not {name: size for name, size in sizes.items() if size > FILE_LINES_MAX}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_file_is_a_large_part_of_its_package(package: str) -> None:
    """Once a package is large, its largest file is at most eight percent of it."""
    if not (ROOT / package).is_dir():
        pytest.skip(f"{package}/ does not exist yet")
    sizes = {shown(path): lines_of(path) for path in python_files(package)}
    total = sum(sizes.values())
    if total <= RATCHET_FROM_LINES:
        return
    assert not {
        name: size for name, size in sizes.items() if size * 100 > total * SHARE_MAX_PERCENT
    }
