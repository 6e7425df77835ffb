"""What looks strange in rules that can be run."""

from __future__ import annotations

import copy

import pytest

from checkout.engine.documents import parse_snapshot
from checkout.engine.problems import check_snapshot
from checkout.engine.problems.warnings import warnings_of
from tests.unit.faults_in_russian import in_both
from tests.unit.spoiled_rules import (
    AMOUNT,
    LIMIT,
    MILK,
    MULTIBUY,
    PERCENT,
    POINTS,
    PROGRAM,
    RULES,
    TWICE,
    Doc,
    campaign,
    expect_one,
)

PLAIN = campaign(code="plain")
LANE = campaign(code="keeper", exclusive="lane", priority=-5)
ALL = campaign(code="keeper", exclusive="all", priority=-5)
COUPON: Doc = {"kind": "coupon", "code": "A"}


def warnings(*campaigns: Doc, **changes: object) -> list[tuple[str, str]]:
    """Warnings about rules that have no problem."""
    document = copy.deepcopy(RULES) | {"campaigns": list(campaigns)} | changes
    snapshot = parse_snapshot(document)
    assert check_snapshot(snapshot) == []
    return in_both(warnings_of(snapshot), document)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        (
            {"limits": [LIMIT, LIMIT | {"code": "m"}]},
            "campaigns[c].limits[m].name",
            "'l' has the same name",
        ),
        (
            {"rewards": [AMOUNT], "budget": {"discount_minor": 499}},
            "campaigns[c].budget.discount_minor",
            "4.99 is less than one reward of 5.00",
        ),
        (
            {"rewards": [PERCENT | {"maximum": {"unit_minor": 9, "line_minor": 8}}]},
            "campaigns[c].rewards[0].maximum.unit_minor",
            "0.09 lies above line_minor, which is 0.08",
        ),
        ({"rewards": [TWICE]}, "campaigns[c].rewards[0]", "nothing to multiply"),
        (
            {"rewards": [AMOUNT], "limits": [LIMIT | {"measure": "discount", "bound": 499}]},
            "campaigns[c].limits[l].bound",
            "4.99 is less than one reward of 5.00: it is always cut",
        ),
        (
            {
                "rewards": [{"kind": "gift", "lane": "off", "goods": MILK, "units": 5}],
                "limits": [LIMIT | {"measure": "units", "bound": 2}],
            },
            "campaigns[c].limits[l].bound",
            "of 5 units at once only 2 fit",
        ),
        (
            {"rewards": [MULTIBUY | {"incomplete": "gift"}]},
            "campaigns[c].rewards[0].goods",
            "name the articles",
        ),
    ],
)
def test_a_strange_campaign_is_shown(changes: Doc, field: str, sentence: str) -> None:
    """It can be run, and is perhaps not what was meant."""
    expect_one(warnings(*campaign(**changes)), field, sentence)


@pytest.mark.parametrize(
    ("reward", "program", "sentence"),
    [
        (AMOUNT, {"discount_cap": {"amount_minor": 499}}, "5.00 is wanted, and the program's disc"),
        (PERCENT, {"discount_cap": {"rate_bp": 950}}, "cap leaves 9.5 %: it is cut"),
        (
            PERCENT
            | {"rate_bp": None, "scale": {"by": "amount", "steps": [{"from": 0, "value": 2_000}]}},
            {"discount_cap": {"rate_bp": 1_000}},
            "20 % is wanted",
        ),
        (
            PERCENT | {"rate_bp": None, "by_member": [{"tiers": ["gold"], "value": 5_000}]},
            {"discount_cap": {"rate_bp": 1_000}},
            "50 % is wanted",
        ),
        (MULTIBUY | {"buy_units": 1}, {"discount_cap": {"rate_bp": 2_000}}, "50 % is wanted"),
        (
            AMOUNT,
            {"limits": [LIMIT | {"measure": "discount", "bound": 499}]},
            "5.00 is wanted, and the program's limit 'l' leaves 4.99",
        ),
    ],
)
def test_a_reward_above_what_the_program_leaves_is_shown(
    reward: Doc, program: Doc, sentence: str
) -> None:
    """A cap under a reward cuts it, always or on most receipts."""
    found = warnings(*campaign(rewards=[reward]), programs=[PROGRAM | program])
    expect_one(found, "campaigns[c].rewards[0]", sentence)


@pytest.mark.parametrize(
    "campaigns",
    [
        [*PLAIN, *campaign(code="twice", rewards=[TWICE]), *campaign(code="e", rewards=[POINTS])],
        [*PLAIN, *campaign(rewards=[{"kind": "gift", "lane": "off", "goods": MILK}])],
        [*PLAIN, *campaign(code="keeper", exclusive="lane", when=COUPON)],
        [*campaign(rewards=[PERCENT | {"lane": "late"}]), *LANE],
        [*campaign(rewards=[PERCENT, POINTS]), *ALL],
        [*campaign(exclusive="all"), *LANE],
        [*campaign(exclusive="all"), *ALL],
    ],
)
def test_an_ordinary_campaign_is_not(campaigns: list[Doc]) -> None:
    """Campaigns that get their turn, and rewards that are enough, are not shown."""
    shown = [field for field, _ in warnings(*campaigns)]
    assert "campaigns[c]" not in shown
    assert "campaigns[plain]" not in shown
    assert not [field for field in shown if "rewards" in field]


@pytest.mark.parametrize(
    ("changes", "keeper"),
    [
        ({}, LANE),
        ({"priority": 9}, LANE),
        ({"exclusive": "lane", "priority": -9}, LANE),
        ({"exclusive": "lane", "priority": 9}, ALL),
        ({"rewards": [PERCENT | {"lane": "late"}]}, ALL),
    ],
)
def test_a_campaign_that_never_gets_a_turn_is_shown(changes: Doc, keeper: list[Doc]) -> None:
    """Another one without conditions keeps its lanes on every receipt."""
    expect_one(warnings(*campaign(**changes), *keeper), "campaigns[c]", "keeper keeps its lanes")


def test_a_program_without_campaigns_is_shown() -> None:
    """A program in which nothing happens is perhaps not finished."""
    programs = [PROGRAM, PROGRAM | {"code": "new", "limits": [LIMIT, LIMIT | {"code": "m"}]}]
    assert [field for field, _ in warnings(*PLAIN, programs=programs)] == [
        "programs[new]",
        "programs[new].limits[m].name",
    ]
