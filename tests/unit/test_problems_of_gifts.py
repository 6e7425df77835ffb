"""Gifts of a program that nobody could be given, and such as a manager should look at."""

from __future__ import annotations

import copy

import pytest

from checkout.engine.documents import parse_snapshot
from checkout.engine.problems import check_snapshot
from checkout.engine.problems.warnings import warnings_of
from tests.unit.faults_in_russian import in_both
from tests.unit.spoiled_rules import (
    PROGRAM,
    RULES,
    Case,
    Doc,
    campaign,
    expect_one,
    problems_of,
    problems_of_program,
)

MUG: Doc = {"code": "mug", "name": "Mug"}
BAG: Doc = {"code": "bag", "name": "Bag"}
OTHER: Doc = PROGRAM | {"code": "other"}
THIRD: Doc = {"code": "three", "chain": "chain", "program": "other", "name": "Three"}
GIFTS: list[Case] = [
    ({"code": "bag"}, "[bag]", "the code stands 2 times"),
    ({"sku": "bun"}, "[mug].sku", "no product 'bun'"),
    ({"currency": "hats", "points_minor": 5}, "[mug].currency", "no currency 'hats'"),
    ({"currency": "stars"}, "[mug].currency", "it costs nothing"),
    ({"stores": ["nine"]}, "[mug].stores", "no store 'nine'"),
    ({"stores": ["three"]}, "[mug].stores", "no store of the program is among these"),
    (
        {"schedule": {"starts_at": "2026-11-02T00:00:00", "ends_at": "2026-11-01T00:00:00"}},
        "[mug].schedule.ends_at",
        "the end must lie after the start",
    ),
]


def test_gifts_of_every_form_are_taken() -> None:
    """Nothing is wrong with these."""
    gifts = [
        MUG | {"points_minor": 250, "currency": "stars", "sku": "tea"},
        BAG | {"counted": False, "stores": ["one"], "schedule": {"weekdays": [6]}},
    ]
    assert problems_of_program({"gifts": gifts}) == []


@pytest.mark.parametrize(("changes", "field", "sentence"), GIFTS)
def test_a_gift_that_leads_nowhere_is_refused(changes: Doc, field: str, sentence: str) -> None:
    """One fault, by the path of its field, beside a gift that is right."""
    found = problems_of(
        programs=[PROGRAM | {"gifts": [BAG, MUG | changes]}, OTHER],
        stores=[*RULES["stores"], THIRD],
    )
    expect_one(found, f"programs[club].gifts{field}", sentence)


def test_two_programs_have_gifts_of_their_own() -> None:
    """What is in stock is counted under the code alone."""
    programs = [PROGRAM | {"gifts": [MUG]}, OTHER | {"gifts": [MUG, BAG]}]
    found = problems_of(programs=programs, stores=[*RULES["stores"], THIRD])
    expect_one(found, "programs[other].gifts[mug].code", "program 'club' has a gift of this code")


def test_gifts_that_look_alike_are_pointed_out() -> None:
    """They can be published; but a cashier hands out the wrong one."""
    programs = [PROGRAM | {"gifts": [MUG, BAG | {"name": "Mug"}]}]
    rules = {"programs": programs, "campaigns": campaign()}
    snapshot = parse_snapshot(copy.deepcopy(RULES) | rules)
    assert check_snapshot(snapshot) == []
    found = in_both(warnings_of(snapshot), [RULES, rules])
    expect_one(found, "programs[club].gifts[bag].name", "gift 'mug' has the same name")
