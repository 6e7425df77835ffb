"""Tiers that nobody would ever have, goals that contradict themselves, lifecycles out of order."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.spoiled_rules import Case, expect_one, problems_of_program

GOAL: dict[str, Any] = {
    "measure": "spend",
    "at_least": 100,
    "window_days": 30,
    "keep_days": 30,
}
BASE: dict[str, Any] = {"code": "base", "name": "Base"}


def tiers(*goals: dict[str, Any] | None) -> dict[str, Any]:
    """A program with a base and a tier per goal."""
    named = [{"code": f"t{n}", "name": f"T{n}", "goal": goal} for n, goal in enumerate(goals)]
    return {"tiers": [BASE, *named]}


@pytest.mark.parametrize(
    "case",
    [
        (
            {"tiers": [{**BASE, "goal": GOAL}]},
            ".tiers[base].goal",
            "the lowest tier is everybody's",
        ),
        (tiers({**GOAL, "keep_days": None}), ".tiers[t0].goal.keep_days", "how long it is kept"),
        (tiers({**GOAL, "keep_years": 1}), ".tiers[t0].goal.keep_days", "how long it is kept"),
        (tiers({**GOAL, "keep_at_least": 101}), ".tiers[t0].goal.keep_at_least", "more than 100"),
        (tiers({**GOAL, "category": "hats"}), ".tiers[t0].goal.category", "hats"),
        (tiers(GOAL, GOAL), ".tiers[t1].goal.at_least", "not more than 100"),
        (
            {"lifecycle": {"new_days": 5, "active_days": 30, "sleeping_days": 30}},
            ".lifecycle.sleeping_days",
            "none ever sleeps",
        ),
    ],
    ids=lambda case: case[1],
)
def test_a_contradiction_is_told_with_its_field(case: Case) -> None:
    """One problem, at the field that a manager has to change."""
    change, field, sentence = case
    expect_one(problems_of_program(change), f"programs[club]{field}", sentence)


def test_goals_that_are_counted_differently_may_ask_for_the_same() -> None:
    """By days or by the year, by money or by receipts, of all goods or of some."""
    others = [{**GOAL, "window_days": None}, {**GOAL, "measure": "visits"}]
    assert problems_of_program(tiers(GOAL, *others)) == []
