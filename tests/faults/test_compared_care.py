"""What is found of what operators give and take back, beside books that are made by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.faults.compared_care import compare_care
from tests.faults.journal import Call
from tests.faults.matching import Comparison

#: What makes something, what takes it back, and the table that has it.
KINDS = {
    "correct": ("undo", "correction"),
    "gift": ("gift back", "gift_given"),
    "freeze": ("restore", "point_freeze"),
}


class Books:
    """A database that has one thing: its id, its amount, and whether it was taken back."""

    def __init__(self, table: str, amount: int, *, is_back: bool) -> None:
        self.table = table
        self.row = ("one", amount, is_back)

    async def fetch(self, query: str, *_: object) -> list[tuple[str, int, bool]]:
        return [self.row] if f" from {self.table} " in query else []


def call(kind: str, subject: str = "", fate: str = "acknowledged") -> Call:
    """A call about five points."""
    ids = dict.fromkeys(("correction_id", "gift_given_id", "freeze_id"), "one")
    answer = SimpleNamespace(**ids, points_minor=5_00, frozen_minor=5_00)
    made = Call(kind, "Method", "request", "", subject=subject, amount_minor=5_00)
    made.fate, made.answer = fate, answer
    return made


async def compared(
    kind: str, *fates: str, amount: int = 5_00, is_back: bool
) -> tuple[list[str], int]:
    """What is found altered, of how many, if calls that take it back have had these fates."""
    undone_by, table = KINDS[kind]
    calls = [call(kind), *(call(undone_by, "one", fate) for fate in fates)]
    found = Comparison()
    await compare_care(
        [each for each in calls if each.fate == "acknowledged"],
        [each for each in calls if each.fate == "unknown"],
        cast("Any", Books(table, amount, is_back=is_back)),
        found,
    )
    assert (found.lost, found.duplicated, found.invented) == ([], [], [])
    return found.altered, found.compared


@pytest.mark.parametrize("kind", KINDS)
async def test_what_was_told_is_what_is_there(kind: str) -> None:
    """It stands, or it was taken back; otherwise it was altered."""
    assert await compared(kind, is_back=False) == ([], 1)
    assert await compared(kind, "acknowledged", is_back=True) == ([], 1)
    assert (await compared(kind, is_back=True))[0]
    assert (await compared(kind, "acknowledged", is_back=False))[0]
    assert (await compared(kind, amount=5_01, is_back=False))[0]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_nobody_knows_to_be_taken_back_may_be(kind: str) -> None:
    """Its call is unresolved, so both are right; its amount is known, and so is what was told."""
    for is_back in (False, True):
        assert await compared(kind, "unknown", is_back=is_back) == ([], 1)
        assert (await compared(kind, "unknown", amount=5_01, is_back=is_back))[0]
    assert await compared(kind, "unknown", "acknowledged", is_back=True) == ([], 1)
    assert (await compared(kind, "unknown", "acknowledged", is_back=False))[0]
