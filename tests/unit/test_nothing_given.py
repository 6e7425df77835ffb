"""Why there was nothing for a campaign that is open: what its reward needed, and what was seen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.verdict_cases import (
    EARN,
    LATER,
    MEMBER,
    OFF,
    amount,
    full_outcome,
    goods,
    line,
    percent,
    points,
    sale,
    shop,
    verdict_on,
)

Doc = dict[str, Any]

A_100 = sale(line("a", 10_000))
THREE_FOR_TWO: Doc = {"kind": "multibuy", "lane": "off", "buy_units": 2}
BUN: Doc = {
    "kind": "buy_get",
    "lane": "off",
    "buy": [{"goods": goods("a"), "units": 2}],
    "goods": goods("b"),
}
LUNCH: Doc = {
    "kind": "bundle",
    "lane": "off",
    "parts": [{"goods": goods("a"), "units": 2}, {"goods": goods("b")}],
    "effect": {"price_minor": 20_000},
}
GIFT: Doc = {"kind": "gift", "lane": "off", "goods": goods("b"), "units": 2, "missing": "nothing"}


def of(reward: Doc, **campaign: Any) -> Doc:
    """The campaign that is asked about, with one reward."""
    return {"code": "y", "rewards": [reward], **campaign}


#: A campaign in an earlier lane that takes something off everything.
BEFORE: Doc = {"code": "x", "rewards": [percent(1_000)]}
SCALE: Doc = {"by": "quantity", "steps": [{"from": 3_000, "value": 1_000}]}
BY_TIER: Doc = {"by_member": [{"tiers": ["gold"], "value": 1_000}]}

CASES: dict[str, tuple[Doc, Doc, Doc, str, str]] = {
    "a guest earns nothing": (
        shop(of(points(5))),
        A_100,
        {},
        "a member, as guests earn nothing",
        "a guest",
    ),
    "a receipt paid with points earns nothing": (
        shop(
            of(points(5)),
            accrual={"earn_when_points_spent": False},
        ),
        sale(line("a", 10_000), points_to_spend="max"),
        {"member": {"member_id": "m", "points": {"pt": 50}}},
        "a receipt without paying with points",
        "points were spent",
    ),
    "goods that earn nothing": (
        shop(of(points(5))),
        sale(line("a", 10_000, no_points=True)),
        MEMBER,
        "goods that earn points",
        "none",
    ),
    "no line is meant": (
        shop(of(percent(1_000, goods={"price_min_minor": 20_000}))),
        A_100,
        {},
        "goods priced from 20000",
        "none",
    ),
    "lines that all take no discount, of which no unit is wished": (
        shop(of(percent(1_000, reduced_goods="skip"))),
        sale(line("a", 10_000, external_discount_minor=5, no_discount=True)),
        {},
        "goods that take a discount",
        "none",
    ),
    "all goods are reduced already": (
        shop(of(percent(1_000, "later", reduced_goods="skip")), BEFORE),
        A_100,
        {},
        "goods that are not yet reduced",
        "reduced ones only",
    ),
    "one of the goods is reduced already": (
        shop(
            of(percent(1_000, "later", reduced_goods="refuse")),
            BEFORE | {"rewards": [percent(1_000, goods=goods("b"))]},
        ),
        sale(line("a", 10_000), line("b", 5_000)),
        {},
        "no goods that are already reduced",
        "b",
    ),
    "a multibuy that is incomplete": (
        shop(of(THREE_FOR_TWO)),
        sale(line("a", 10_000, 2)),
        {},
        "3 units",
        "2 units",
    ),
    "a multibuy of goods that are chosen": (
        shop(of(THREE_FOR_TWO | {"goods": {"skus": ["a"], "price_max_minor": 50_000}})),
        sale(line("a", 10_000), line("b", 10_000)),
        {},
        "3 units of a priced up to 50000",
        "1 unit of a priced up to 50000",
    ),
    "a multibuy of which a part of a group would do": (
        shop(of({**THREE_FOR_TWO, "get_units": 2, "incomplete": "part"})),
        sale(line("a", 10_000, 2)),
        {},
        "3 units",
        "2 units",
    ),
    "a multibuy without the units that are reduced": (
        shop(
            of({**THREE_FOR_TWO, "lane": "later", "reduced_goods": "skip"}),
            BEFORE | {"rewards": [percent(1_000, goods=goods("b"))]},
        ),
        sale(line("a", 10_000, 2), line("b", 5_000, 2)),
        {},
        "3 units",
        "2 units",
    ),
    "what is bought is incomplete": (
        shop(of(BUN)),
        sale(line("a", 10_000), line("b", 5_000)),
        {},
        "2 units of a, 1 unit of b",
        "1 unit of a, 1 unit of b",
    ),
    "what is rewarded is not there": (
        shop(of(BUN)),
        sale(line("a", 10_000, 2)),
        {},
        "2 units of a, 1 unit of b",
        "2 units of a, 0 units of b",
    ),
    "one unit cannot be bought and rewarded": (
        shop(of(BUN | {"goods": goods("a")})),
        sale(line("a", 10_000, 2)),
        {},
        "3 units together",
        "2 units",
    ),
    "a set that is incomplete": (
        shop(of(LUNCH)),
        sale(line("a", 10_000, 2)),
        {},
        "2 units of a, 1 unit of b",
        "2 units of a, 0 units of b",
    ),
    "a set that is not worth its price": (
        shop(of(LUNCH)),
        sale(line("a", 5_000, 2), line("b", 5_000)),
        {},
        "a set dearer than 20000",
        "none",
    ),
    "gifts of which one is not there": (
        shop(of(GIFT)),
        sale(line("a", 10_000), line("b", 5_000)),
        {},
        "2 units of b",
        "1 unit of b",
    ),
    "gifts that the till may add": (
        shop(of(GIFT | {"missing": "gift"})),
        A_100,
        {},
        "2 more, which the till may add",
        "not added",
    ),
    "a scale whose first step is not reached": (
        shop(of({"kind": "percent", "lane": "off", "scale": SCALE})),
        sale(line("a", 10_000, 2)),
        {},
        "3000 for the first step of its scale",
        "2000",
    ),
    "a value that the member has not": (
        shop(
            of({"kind": "percent", "lane": "off", **BY_TIER}),
            tiers=[{"code": "gold", "name": "Gold"}, {"code": "base", "name": "Base"}],
        ),
        A_100,
        {"member": {"member_id": "m", "tier": "base"}},
        "tier gold",
        "tier base",
    ),
    "goods that are not dearer than the fixed price": (
        shop(of({"kind": "fixed_price", "lane": "off", "price_minor": 10_000})),
        A_100,
        {},
        "goods dearer than 10000",
        "none",
    ),
    "less than a full so much": (
        shop(of(amount(100) | {"per": "each_amount", "each_minor": 20_000})),
        A_100,
        {},
        "goods for 20000",
        "10000",
    ),
    "points of which there are none to multiply": (
        shop(
            of({"kind": "points_multiplier", "lane": "times", "factor_bp": 20_000}),
            {"code": "x", "rewards": [points(5, goods=goods("b"))]},
            lanes=(OFF, EARN, {"code": "times", "phase": "accrual"}),
        ),
        A_100,
        MEMBER,
        "points of an earlier lane on its goods",
        "none",
    ),
    "a late condition that held only after its lane": (
        shop(
            of(
                percent(1_000),
                when={
                    "kind": "receipt_amount",
                    "after": "earlier_lanes",
                    "compare": "at_most",
                    "amount_minor": 9_000,
                },
            ),
            {"code": "x", "rewards": [percent(1_000, "later")]},
        ),
        A_100,
        {},
        "receipt_amount at_most 9000",
        "not before its lane",
    ),
    "less than a minor unit": (
        shop(of(percent(10))),
        sale(line("a", 100)),
        {},
        "at least one minor unit",
        "0",
    ),
}


@pytest.mark.parametrize("case", list(CASES))
def test_what_an_open_campaign_lacked(case: str) -> None:
    """The first reward's reason, with its kind and its lane."""
    snapshot, receipt, facts, needed, seen = CASES[case]
    found = verdict_on("y", snapshot, receipt, facts)
    assert (found.verdict, found.needed, found.seen) == ("nothing", needed, seen)
    reward = snapshot["campaigns"][0]["rewards"][0]
    assert (found.condition, found.lane) == (reward["kind"], reward["lane"])


def test_a_campaign_that_is_shut_out_and_lacks_units_is_told_what_it_lacks() -> None:
    """Alone it would not have given anything: nobody has beaten it."""
    snapshot = shop(
        {"code": "x", "exclusive": "all", "rewards": [percent(1_000)]},
        of({**THREE_FOR_TWO, "lane": LATER["code"]}),
    )
    outcome = full_outcome(snapshot, sale(line("a", 10_000, 2)))
    assert [(each.campaign, each.verdict, each.seen) for each in outcome.considered] == [
        ("x", "applied", ""),
        ("y", "nothing", "2 units"),
    ]
