"""Rewards that cannot work, or that could never give anything."""

from __future__ import annotations

import pytest

from tests.unit.spoiled_rules import (
    AMOUNT,
    FIXED,
    FOR_UNITS,
    MILK,
    MULTIBUY,
    PERCENT,
    POINTS,
    PROGRAM,
    TWICE,
    Case,
    Doc,
    expect_one,
    problems_of,
    problems_of_campaign,
)


def step(bound: int, value: int, until: int | None = None) -> Doc:
    return {"from": bound, "value": value, "until": until}


def scale(*steps: Doc, **more: object) -> Doc:
    """A scale by quantity, of one step if none is given."""
    return {"by": "quantity", "steps": steps or [step(1_000, 500)]} | more


def scaled(reward: Doc, *steps: Doc, **more: object) -> Doc:
    """A reward with a scale instead of its fixed value."""
    fixed = {"rate_bp", "amount_minor", "price_minor", "points_minor", "factor_bp"}
    without = {name: value for name, value in reward.items() if name not in fixed}
    return without | {"scale": scale(*steps, **more)}


def by_member(reward: Doc, *entries: Doc) -> Doc:
    """A reward with values by member instead of its fixed value."""
    without = scaled(reward)
    del without["scale"]
    return without | {"by_member": entries}


def entry(value: int, *tiers: str, segments: tuple[str, ...] = ()) -> Doc:
    return {"value": value, "tiers": tiers, "segments": segments}


MARGINAL: Doc = {"mode": "marginal", "over": "line"}
ROUNDED: Doc = PERCENT | {"level": "total"}
GIFT: Doc = {"kind": "gift", "lane": "off", "goods": MILK}
BUY_GET: Doc = {"kind": "buy_get", "lane": "off", "buy": [{"goods": MILK}], "goods": MILK}
BUNDLE: Doc = {
    "kind": "bundle",
    "lane": "off",
    "parts": [{"goods": MILK, "units": 2}],
    "effect": {"price_minor": 100},
}
X: Doc = {"skus": ["x"]}

LANES: list[Case] = [
    (PERCENT | {"lane": "x"}, ".lane", "no lane 'x'"),
    (PERCENT | {"lane": "earn"}, ".lane", "needs a lane of phase discount"),
    (MULTIBUY | {"lane": "earn"}, ".lane", "multibuy needs a lane of phase discount"),
    (POINTS | {"lane": "off"}, ".lane", "needs a lane of phase accrual"),
    (TWICE | {"lane": "earn"}, ".lane", "nothing has been earned before"),
]
VALUES: list[Case] = [
    (PERCENT | {"rate_bp": None}, "", "say how much: rate_bp, scale, by_member or personal"),
    (AMOUNT | {"amount_minor": None}, "", "say how much: amount_minor"),
    (FIXED | {"price_minor": None}, "", "say how much: price_minor"),
    (POINTS | {"rate_bp": None}, "", "say how much: rate_bp"),
    (FOR_UNITS | {"points_minor": None}, "", "say how much: points_minor"),
    (TWICE | {"factor_bp": None}, "", "say how much: factor_bp"),
    (PERCENT | {"personal": True}, "", "rate_bp and personal both say how much"),
    (PERCENT | {"scale": scale()}, "", "rate_bp and scale both"),
    (PERCENT | {"rate_bp": 0}, ".rate_bp", "0 does nothing"),
    (scaled(PERCENT, step(0, 0)), ".scale", "0 does nothing"),
    (by_member(AMOUNT, entry(0, "gold")), ".by_member", "0 does nothing"),
    (by_member(TWICE, entry(10_000, "gold")), ".by_member", "10000 does nothing"),
    (by_member(TWICE, entry(5_000, "gold")), ".by_member[0].value", "take points away"),
    (by_member(PERCENT, entry(10_001, "gold")), ".by_member[0].value", "at most 10000"),
    (by_member(POINTS, entry(1_000_001, "gold")), ".by_member[0].value", "at most 1000000"),
    (by_member(PERCENT, entry(5)), ".by_member[0]", "at least one tier or segment"),
    (by_member(PERCENT, entry(5, "x")), ".by_member[0].tiers", "no tier 'x'"),
    (by_member(PERCENT, entry(5, segments=("x",))), ".by_member[0].segments", "no segment 'x'"),
    (
        by_member(PERCENT, entry(5, "gold", segments=("old",)), entry(6, "gold")),
        ".by_member[1]",
        "never reached",
    ),
    (PERCENT | {"goods": {"skus": ["x"]}}, ".goods.skus", "no product 'x'"),
    (POINTS | {"goods": {"skus": ["x"]}}, ".goods.skus", "no product 'x'"),
    (POINTS | {"goods": {"kinds": ["delivery"]}}, ".goods.kinds", "earns no points"),
    (POINTS | {"goods": {"flags": ["no_points"]}}, ".goods.flags", "earn no points"),
    (POINTS | {"currency": "gems"}, ".currency", "no currency 'gems'"),
    (AMOUNT | {"per": "each_amount"}, ".each_minor", "needs it"),
    (AMOUNT | {"per": "each_units"}, ".each_units", "needs it"),
    (AMOUNT | {"each_minor": 5}, ".each_minor", "only with per: each_amount"),
    (FOR_UNITS | {"each_units": 5}, ".each_units", "only with per: each_units"),
    (AMOUNT | {"after": "earlier_lanes"}, ".after", "only with per: each_amount"),
]
SCALES: list[Case] = [
    (scaled(PERCENT, step(5, 1), step(5, 2)), ".steps[1].from", "5 does not lie above 5"),
    (scaled(PERCENT, step(0, 1, 5), step(7, 2)), ".steps[0].until", "gap from 5 to 7"),
    (scaled(PERCENT, step(0, 1, 8), step(7, 2)), ".steps[0].until", "overlap from 7 to 8"),
    (scaled(PERCENT, step(0, 1, 5)), ".steps[0].until", "the last step is open"),
    (scaled(PERCENT, step(0, 10_001)), ".steps[0].value", "at most 10000"),
    (scaled(PERCENT, by="receipt_amount", over="line"), ".over", "that of all lines"),
    (scaled(AMOUNT | {"per": "receipt"}, over="line"), ".over", "spread over several lines"),
    (
        scaled(FOR_UNITS | {"per": "each_units", "each_units": 5}, over="line"),
        ".over",
        "spread over several lines",
    ),
    (scaled(PERCENT, after="earlier_lanes"), ".after", "change no quantity"),
    (scaled(POINTS, by="amount", after="earlier_lanes"), ".after", "by original prices"),
    (scaled(ROUNDED, by="amount", mode="marginal"), ".mode", "use level: line"),
    (scaled(PERCENT, by="receipt_amount", mode="marginal"), ".mode", "quantity or by amount"),
    (scaled(AMOUNT, by="amount", mode="marginal"), ".mode", "by amount only percentages"),
    (scaled(FOR_UNITS, mode="marginal", over="line"), ".mode", "by quantity only"),
    (scaled(POINTS, mode="marginal", over="line"), ".mode", "by quantity only"),
    (scaled(AMOUNT | {"per": "line"}, mode="marginal", over="line"), ".mode", "by quantity only"),
    (scaled(FIXED | {"per": "line"}, mode="marginal", over="line"), ".mode", "by quantity only"),
    (scaled(PERCENT, mode="marginal"), ".over", "is over: line"),
]
UNITS: list[Case] = [
    (MULTIBUY | {"goods": X}, ".goods.skus", "no product"),
    (BUY_GET | {"goods": X}, ".goods.skus", "no product"),
    (BUY_GET | {"buy": [{"goods": X}]}, ".buy[0].goods.skus", "no product"),
    (BUNDLE | {"parts": [{"goods": X}]}, ".parts[0].goods.skus", "no product"),
    (GIFT | {"goods": X}, ".goods.skus", "no product"),
    (MULTIBUY | {"goods": {"flags": ["no_discount"]}}, ".goods.flags", "take no discount"),
    (MULTIBUY | {"rewarded_counts": True, "get_units": 3}, ".get_units", "at most 2 are rewarded"),
    (
        MULTIBUY | {"rewarded_counts": True, "incomplete": "gift"},
        ".incomplete",
        "no group is incomplete",
    ),
    (MULTIBUY | {"incomplete": "part"}, ".incomplete", "set get_units above 1"),
    (MULTIBUY | {"effect": {}}, ".effect", "exactly one"),
    (BUNDLE | {"effect": {"rate_bp": 5, "price_minor": 5}}, ".effect", "exactly one"),
    (GIFT | {"effect": {"rate_bp": 0}}, ".effect.rate_bp", "takes nothing off"),
    (BUNDLE | {"effect": {"amount_minor": 0}}, ".effect.amount_minor", "takes nothing off"),
]
OFF: Doc = {"effect": {"amount_minor": 500}}
MAXIMA: list[Case] = [
    (PERCENT | {"maximum": {"unit_minor": 0}}, "unit_minor", "lets nothing through"),
    (BUNDLE | {"maximum": {"line_minor": 0}}, "line_minor", "lets nothing through"),
    (FIXED | {"maximum": {"application_minor": 0}}, "application_minor", "lets nothing through"),
    (AMOUNT | {"maximum": {"unit_minor": 499}}, "unit_minor", "5.00 is wanted, 4.99 is left"),
    (AMOUNT | {"maximum": {"line_minor": 499}}, "line_minor", "cuts it always"),
    (
        AMOUNT | {"maximum": {"line_minor": 499, "above": "nothing"}},
        "line_minor",
        "nothing is ever given",
    ),
    (
        AMOUNT | {"per": "receipt", "maximum": {"application_minor": 499}},
        "application_minor",
        "cuts it always",
    ),
    (
        scaled(AMOUNT, step(0, 0), step(5, 500)) | {"maximum": {"unit_minor": 499}},
        "unit_minor",
        "5.00 is wanted",
    ),
    (MULTIBUY | OFF | {"maximum": {"unit_minor": 499}}, "unit_minor", "cuts it always"),
    (BUNDLE | OFF | {"maximum": {"application_minor": 499}}, "application_minor", "cuts it"),
]
DATES: list[tuple[Doc, str, str]] = [
    ({"days": 5, "months": 2}, "", "days and months each"),
    ({"days": 5, "end_of": "year"}, "", "days and end_of each"),
    ({"on": "2027-01-01", "months": 2, "end_of": "year"}, "", "each say"),
    ({"on": "2026-01-03", "delay_days": 2}, ".on", "active on 2026-01-03"),
]
RIGHT: list[Doc] = [
    FIXED | {"price_minor": 0},
    PERCENT | {"rate_bp": None, "personal": True},
    scaled(PERCENT, step(0, 0, 5), step(5, 10_000)),
    scaled(PERCENT, by="receipt_amount"),
    scaled(ROUNDED, over="line"),
    scaled(PERCENT, by="amount", mode="marginal"),
    scaled(PERCENT, **MARGINAL),
    scaled(AMOUNT, **MARGINAL),
    scaled(AMOUNT | {"per": "quantity"}, **MARGINAL),
    scaled(FIXED, **MARGINAL),
    scaled(FIXED | {"per": "quantity"}, step(5, 0), **MARGINAL),
    scaled(POINTS, by="amount", **MARGINAL),
    scaled(AMOUNT | {"per": "each_amount", "each_minor": 5, "after": "earlier_lanes"}),
    by_member(TWICE, entry(10_000, "gold"), entry(20_000, "silver")),
    by_member(PERCENT, entry(0, "gold"), entry(5, "gold", segments=("old",))),
    AMOUNT | {"per": "quantity", "maximum": {"unit_minor": 5}},
    AMOUNT | {"per": "receipt", "maximum": {"line_minor": 5}},
    AMOUNT | {"maximum": {"unit_minor": 500, "line_minor": 500}},
    PERCENT | {"goods": {"flags": ["no_discount", "excise"]}},
    GIFT | {"goods": {"flags": ["no_discount"]}},
    MULTIBUY | {"rewarded_counts": True, "get_units": 2},
    MULTIBUY | {"incomplete": "gift"},
    MULTIBUY | {"incomplete": "part", "get_units": 2},
    BUY_GET | {"incomplete": "part"},
    BUNDLE | {"effect": {"price_minor": 0}},
    FOR_UNITS | {"currency": "stars", "maximum_minor": 100},
    FOR_UNITS | {"dates": {"months": 2, "end_of": "month", "delay_days": 14}},
    POINTS | {"dates": {"on": "2026-01-02"}},
]


@pytest.mark.parametrize(("reward", "field", "sentence"), [*LANES, *VALUES, *UNITS])
def test_a_reward_that_cannot_work_is_told(reward: Doc, field: str, sentence: str) -> None:
    """Lane, value, goods and effect of each kind of reward are checked."""
    found = problems_of_campaign({"rewards": [reward]})
    expect_one(found, f"campaigns[c].rewards[0]{field}", sentence)


@pytest.mark.parametrize(("reward", "field", "sentence"), SCALES)
def test_a_scale_that_measures_nothing_is_told(reward: Doc, field: str, sentence: str) -> None:
    """Steps rise without gaps, and are measured only as the rules define it."""
    found = problems_of_campaign({"rewards": [reward]})
    expect_one(found, f"campaigns[c].rewards[0].scale{field}", sentence)


@pytest.mark.parametrize(("reward", "field", "sentence"), MAXIMA)
def test_a_maximum_below_its_reward_is_told(reward: Doc, field: str, sentence: str) -> None:
    """A maximum that lets nothing through, or that cuts always, was not meant."""
    found = problems_of_campaign({"rewards": [reward]})
    expect_one(found, f"campaigns[c].rewards[0].maximum.{field}", sentence)


@pytest.mark.parametrize("bound", [0, 99])
def test_a_maximum_of_points_below_its_reward_is_told(bound: int) -> None:
    """So is one of points, unless a tier lessens them."""
    rewards = [FOR_UNITS | {"maximum_minor": bound}]
    field = "campaigns[c].rewards[0].maximum_minor"
    expect_one(problems_of_campaign({"rewards": rewards}), field, "")
    tiers = [{"code": "gold", "name": "Gold", "points_multiplier_bp": 5_000}]
    rules = [{"code": "c", "program": "club", "name": "C", "rewards": rewards}]
    found = problems_of(programs=[PROGRAM | {"tiers": tiers}], campaigns=rules)
    assert [name for name, _ in found] == ([field] if bound == 0 else [])


@pytest.mark.parametrize(("dates", "field", "sentence"), DATES)
def test_dates_of_points_that_contradict_are_told(dates: Doc, field: str, sentence: str) -> None:
    """Points have one end, and it does not lie before their beginning."""
    changes = {
        "schedule": {"starts_at": "2026-01-01T00:00:00"},
        "rewards": [POINTS | {"dates": dates}],
    }
    found = problems_of_campaign(changes)
    expect_one(found, f"campaigns[c].rewards[0].dates{field}", sentence)


@pytest.mark.parametrize("reward", RIGHT)
def test_a_reward_that_can_give_something_is_right(reward: Doc) -> None:
    """What the rules define is not refused."""
    assert problems_of_campaign({"rewards": [reward]}) == []


@pytest.mark.parametrize(
    ("reward", "field"),
    [
        (POINTS, ""),
        (PERCENT | {"rate_bp": None, "personal": True}, ".personal"),
        (by_member(PERCENT, entry(5, "gold")), ".by_member"),
    ],
)
def test_what_only_members_get_is_nothing_for_guests(reward: Doc, field: str) -> None:
    """A campaign for guests only gives no points and knows no tiers."""
    when = {"kind": "not", "of": {"kind": "identified"}}
    found = problems_of_campaign({"rewards": [reward], "when": when})
    expect_one(found, f"campaigns[c].rewards[0]{field}", "guests")
