"""Limits that count nothing, and limits under which nothing fits."""

from __future__ import annotations

import pytest

from tests.unit.spoiled_rules import (
    LIMIT,
    MILK,
    MULTIBUY,
    PERCENT,
    POINTS,
    Case,
    Doc,
    expect_one,
    problems_of_campaign,
    problems_of_program,
)

BUNDLE: Doc = {
    "kind": "bundle",
    "lane": "off",
    "parts": [{"goods": MILK, "units": 2}],
    "effect": {"price_minor": 100},
}
NIGHT: Doc = {"schedule": {"time_from": "22:00:00", "time_until": "06:00:00"}}
OF_BOTH: list[Case] = [
    ({"period": "rolling"}, ".rolling_hours", "say how long"),
    ({"rolling_hours": 5}, ".rolling_hours", "only with period: rolling"),
    ({"period": "receipt"}, ".period", "not counted on a single receipt"),
    ({"measure": "interval", "period": "receipt"}, ".period", "not counted on a single receipt"),
    ({"measure": "interval", "bound": 0}, ".bound", "less than 0 minutes"),
    ({"each_sku": True}, ".each_sku", "measure units, quantity or amount"),
    ({"currency": "points"}, ".currency", "measure points or points_spent"),
    ({"schedule": {"ends_at": "2026-01-01T00:00:00Z"}}, ".schedule.ends_at", "without a zone"),
    (
        {"message": {"cashier": "Over for {tier}"}},
        ".message.cashier",
        "a limit's text is shown as it stands: {tier} would not be filled in",
    ),
]
OF_CAMPAIGNS: list[Case] = [
    ({"measure": "points_spent"}, ".measure", "a campaign's limit counts purchases, units"),
    ({"goods": MILK}, ".goods", "only with measure units, quantity or amount"),
    ({"measure": "units", "goods": {"skus": ["x"]}}, ".goods.skus", "no product 'x'"),
    ({"measure": "points"}, ".measure", "the campaign gives no 'points'"),
    ({"bound": 0}, ".bound", "the campaign never opens"),
    ({"measure": "units", "bound": 0, "each_sku": True}, ".bound", "no reward of the campaign"),
]
RIGHT: list[Doc] = [
    {"period": "rolling", "rolling_hours": 5},
    {"measure": "interval", "bound": 5},
    {"measure": "units", "each_sku": True, "goods": MILK, "period": "receipt"},
    {"measure": "units", "each_sku": True, "goods": MILK, "bound": 0},
    {"measure": "amount", "bound": 0, "goods": MILK},
    {"bound": 0} | NIGHT,
    {"measure": "discount", "period": "receipt"},
    {"subject": "campaign", "period": "lifetime"},
    {"message": {"slip": "This week's bread is sold out {"}},
]
OF_PROGRAMS: list[Case] = [
    ({"measure": "units"}, ".measure", "above: no_reward counts purchases, discount"),
    ({"measure": "discount", "above": "refuse_sale"}, ".measure", "purchases, units, quantity"),
    ({"goods": MILK}, ".goods", "above: refuse_sale and units, quantity, amount or purchases"),
    (
        {"measure": "interval", "above": "refuse_sale", "goods": MILK},
        ".goods",
        "above: refuse_sale and",
    ),
    (
        {"measure": "units", "above": "refuse_sale", "goods": {"skus": ["x"]}},
        ".goods.skus",
        "no product 'x'",
    ),
    (
        {"measure": "units", "above": "refuse_sale", "goods": {"offered": True}},
        ".goods",
        "personal offers",
    ),
    ({"measure": "points", "currency": "gems"}, ".currency", "no currency 'gems'"),
    ({"measure": "points_spent", "currency": "stars"}, ".currency", "spent in 'points'"),
]
PROGRAMS_THAT_ARE_RIGHT: list[Doc] = [
    {},
    {"measure": "points", "currency": "stars"},
    {"measure": "points_spent", "bound": 0},
    {"above": "refuse_sale", "goods": MILK, "bound": 0},
    {"above": "refuse_sale", "measure": "units", "each_sku": True, "period": "receipt"},
    {"above": "refuse_sale", "measure": "interval"},
    {"subject": "campaign"},
]


@pytest.mark.parametrize(("limit", "field", "sentence"), [*OF_BOTH, *OF_CAMPAIGNS])
def test_a_limit_that_counts_nothing_is_told(limit: Doc, field: str, sentence: str) -> None:
    """A campaign's limit counts what the campaign gives, and leaves some of it."""
    found = problems_of_campaign({"limits": [LIMIT | limit]})
    expect_one(found, f"campaigns[c].limits[l]{field}", sentence)


@pytest.mark.parametrize(("limit", "field", "sentence"), [*OF_BOTH, *OF_PROGRAMS])
def test_a_limit_of_a_program_is_checked(limit: Doc, field: str, sentence: str) -> None:
    """A program's limit counts what all campaigns give, or what is bought."""
    found = problems_of_program({"limits": [LIMIT | limit]})
    expect_one(found, f"programs[club].limits[l]{field}", sentence)


@pytest.mark.parametrize("limit", RIGHT)
def test_a_limit_of_a_campaign_that_bounds_is_right(limit: Doc) -> None:
    """A bound of 0 is one if it is not in force always, or not for all goods."""
    assert problems_of_campaign({"limits": [LIMIT | limit]}) == []


@pytest.mark.parametrize("limit", PROGRAMS_THAT_ARE_RIGHT)
def test_a_limit_of_a_program_that_bounds_is_right(limit: Doc) -> None:
    """A program may forbid a sale altogether."""
    assert problems_of_program({"limits": [LIMIT | limit]}) == []


def test_a_code_of_a_limit_stands_once() -> None:
    """Limits of one campaign or program have different codes."""
    limits = {"limits": [LIMIT] * 2}
    expect_one(problems_of_campaign(limits), "campaigns[c].limits[l]", "2 times")
    expect_one(problems_of_program(limits), "programs[club].limits[l]", "2 times")


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"rewards": [POINTS], "limits": [{"measure": "discount"}]}, "measure", "no discount"),
        (
            {"rewards": [POINTS], "limits": [{"measure": "points", "currency": "stars"}]},
            "measure",
            "no 'stars'",
        ),
        (
            {
                "rewards": [],
                "issues": [{"kind": "give_gift", "gift": "cup"}],
                "limits": [{"measure": "units"}],
            },
            "measure",
            "has no rewards",
        ),
        (
            {"when": {"kind": "not", "of": {"kind": "identified"}}, "limits": [{}]},
            "subject",
            "guests have no member",
        ),
        (
            {
                "schedule": {"time_from": "08:00:00", "time_until": "20:00:00"},
                "limits": [NIGHT],
            },
            "schedule",
            "the campaign's own",
        ),
        (
            {"rewards": [MULTIBUY], "limits": [{"measure": "units", "bound": 2}]},
            "bound",
            "less than 3 units, and there is room for 2",
        ),
        (
            {"rewards": [BUNDLE], "limits": [{"measure": "units"}]},
            "bound",
            "less than 2 units, and there is room for 1",
        ),
    ],
)
def test_a_limit_that_its_campaign_does_not_suit_is_told(
    changes: Doc, field: str, sentence: str
) -> None:
    """What the campaign gives, to whom and when, decides whether a limit means anything."""
    limits = [LIMIT | limit for limit in changes["limits"]]
    found = problems_of_campaign(changes | {"limits": limits})
    expect_one(found, f"campaigns[c].limits[l].{field}", sentence)


@pytest.mark.parametrize(
    "rewards",
    [
        [MULTIBUY, PERCENT],
        [MULTIBUY | {"rewarded_counts": True}],
        [MULTIBUY | {"incomplete": "gift"}],
        [{"kind": "gift", "lane": "off", "goods": MILK, "missing": "part"}],
        [{"kind": "buy_get", "lane": "off", "buy": [{"goods": MILK}], "goods": MILK}],
        [BUNDLE],
    ],
)
def test_a_limit_that_some_reward_fits_under_is_right(rewards: list[Doc]) -> None:
    """A limit of two units is enough for whatever needs no more."""
    limits = [LIMIT | {"measure": "units", "bound": 2}]
    assert problems_of_campaign({"rewards": rewards, "limits": limits}) == []
