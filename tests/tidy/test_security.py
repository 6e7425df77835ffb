"""The tables of security requirements have each of them once, and name tests that there are."""

from __future__ import annotations

import re
from typing import Final

from tests.tidy.sources import ROOT
from tests.tidy.test_docs import table_rows

PAGE = (ROOT / "docs" / "security.md").read_text()
#: Levels of the requirements of ASVS 5.0.0, section by section: the first digit is of the first.
LEVELS: Final = {
    "1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123",
    "2.1": "122", "2.2": "112", "2.3": "12223", "2.4": "23",
    "3.1": "3", "3.2": "113", "3.3": "12223", "3.4": "11222233", "3.5": "11122333", "3.6": "3",
    "3.7": "22333",
    "4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222",
    "5.1": "2", "5.2": "112333", "5.3": "113", "5.4": "222",
    "6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233", "6.5": "22222333",
    "6.6": "2223", "6.7": "33", "6.8": "2222",
    "7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22",
    "8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23",
    "9.1": "111", "9.2": "1222",
    "10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333", "10.5": "22222",
    "10.6": "22", "10.7": "222",
    "11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222", "11.5": "23", "11.6": "23",
    "11.7": "33",
    "12.1": "12233", "12.2": "11", "12.3": "22223",
    "13.1": "2333", "13.2": "222223", "13.3": "2233", "13.4": "1222233",
    "14.1": "22", "14.2": "12223333", "14.3": "122",
    "15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333",
    "16.1": "2", "16.2": "22222", "16.3": "2222", "16.4": "222", "16.5": "2223",
    "17.1": "23", "17.2": "22223333", "17.3": "22",
}  # fmt: skip
LEVEL_OF: Final = {
    f"{section}.{number}": int(level)
    for section, levels in LEVELS.items()
    for number, level in enumerate(levels, 1)
}
#: What the page aims at.
AIM: Final = 2
TABLES: Final = (
    "### Covered by a test",
    "### Met without a test of its own",
    "### Not met",
    "### Not applicable",
)
COUNTED: Final = re.compile(
    r"has (\d+) requirements of levels 1 and 2\. (\d+) are covered by a test, (\d+) met without a"
    r" test of their own, (\d+) not met, (\d+) not applicable; of level 3, [^.]*?, (\d+) are"
    r" covered beside\."
)


def numbers_in(heading: str) -> list[str]:
    """Requirements of one table, in its order."""
    return [number for row in table_rows(PAGE, heading) for number in row[0].split(", ")]


def place_of(number: str) -> list[int]:
    """By which numbers are ordered."""
    return [*map(int, number.split("."))]


def test_every_requirement_stands_in_one_table() -> None:
    """Each of the levels that are aimed at; none twice, none that there is not."""
    found = [number for heading in TABLES for number in numbers_in(heading)]
    assert len(found) == len(set(found))
    aimed_at = {number for number, level in LEVEL_OF.items() if level <= AIM}
    assert aimed_at - {*found} == set(), "these stand nowhere"
    assert {*found} - LEVEL_OF.keys() == set(), "there are no such requirements"
    beside = {*found} - aimed_at
    assert beside <= {*numbers_in(TABLES[0])}, "of level 3 only what is tested is told"


def test_the_figures_are_counted() -> None:
    """The page tells how many there are of each, as its own rows have them."""
    counts = [
        [LEVEL_OF[number] <= AIM for number in numbers_in(heading)].count(True)
        for heading in TABLES
    ]
    beside = [LEVEL_OF[number] > AIM for number in numbers_in(TABLES[0])].count(True)
    told = COUNTED.search(" ".join(PAGE.split()))
    assert told is not None
    assert [*map(int, told.groups())] == [sum(counts), *counts, beside]


def test_rows_are_found_by_their_number() -> None:
    """Rows are in order of the first number of each, and a row's numbers are in order."""
    for heading in TABLES:
        rows = [[place_of(one) for one in row[0].split(", ")] for row in table_rows(PAGE, heading)]
        assert all(row == sorted(row) for row in rows), heading
        assert [row[0] for row in rows] == sorted(row[0] for row in rows), heading


def test_every_requirement_names_a_test_that_there_is() -> None:
    """A test that is renamed takes its row along; what is met or not has a reason."""
    for *_, tests in table_rows(PAGE, TABLES[0]):
        named = re.findall(r"`(tests/\w+/\w+\.py)::(test_\w+)`", tests)
        assert len(named) == tests.count("`") // 2 > 0, tests
        for path, name in named:
            assert f"def {name}(" in (ROOT / path).read_text(), f"{path}::{name}"
    for heading in TABLES[1:]:
        assert all(len(row) == 2 and len(row[1].split()) > 1 for row in table_rows(PAGE, heading))
