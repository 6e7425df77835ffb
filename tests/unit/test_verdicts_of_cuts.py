"""What a full explanation says of campaigns that were cut, that applied, and that did not hold."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.verdict_cases import (
    MEMBER,
    amount,
    full_outcome,
    line,
    percent,
    points,
    sale,
    shop,
    verdict_on,
)

Doc = dict[str, Any]

A_100 = sale(line("a", 10_000))
TEN = percent(1_000)

CUT: dict[str, tuple[Doc, Doc, Doc, tuple[str, str]]] = {
    "floor": (
        shop({"code": "y", "rewards": [TEN]}),
        sale(line("a", 10_000, min_price_minor=10_000)),
        {},
        ("floor", "none"),
    ),
    "goods that take no discount": (
        shop({"code": "y", "rewards": [TEN]}),
        sale(line("a", 10_000, no_discount=True)),
        {},
        ("floor", "goods that take no discount"),
    ),
    "maximum": (
        shop(
            {
                "code": "y",
                "rewards": [TEN | {"maximum": {"line_minor": 999, "above": "nothing"}}],
            }
        ),
        A_100,
        {},
        ("maximum", "none"),
    ),
    "budget": (
        shop(
            {
                "code": "y",
                "rewards": [TEN],
                "budget": {"discount_minor": 100, "above": "nothing"},
            }
        ),
        A_100,
        {},
        ("budget", "none"),
    ),
    "limit of the campaign": (
        shop(
            {
                "code": "y",
                "rewards": [TEN],
                "limits": [
                    {
                        "code": "l",
                        "name": "L",
                        "measure": "discount",
                        "bound": 500,
                        "period": "day",
                        "subject": "member",
                    }
                ],
            }
        ),
        A_100,
        {**MEMBER, "limit_uses": {"y/l/2026-11-21": 500}},
        ("limit l", "none"),
    ),
    "limit of the program": (
        shop(
            {"code": "y", "rewards": [TEN]},
            limits=[
                {
                    "code": "l",
                    "name": "L",
                    "measure": "purchases",
                    "bound": 1,
                    "period": "day",
                    "subject": "member",
                }
            ],
        ),
        A_100,
        {**MEMBER, "limit_uses": {"/l/2026-11-21": 1}},
        ("limit l", "none"),
    ),
    "cap": (
        shop(
            {"code": "x", "priority": 5, "rewards": [amount(1_000)]},
            {"code": "y", "rewards": [amount(1_000)]},
            discount_cap={"amount_minor": 1_000},
        ),
        A_100,
        {},
        ("cap", "none"),
    ),
    "maximum of points": (
        shop(
            {
                "code": "y",
                "rewards": [
                    {
                        "kind": "points_percent",
                        "lane": "earn",
                        "rate_bp": 900,
                        "maximum_minor": 8,
                        "above": "nothing",
                    }
                ],
            }
        ),
        A_100,
        MEMBER,
        ("maximum", "none"),
    ),
    "limit of points": (
        shop(
            {"code": "y", "rewards": [points(9)]},
            limits=[
                {
                    "code": "l",
                    "name": "L",
                    "measure": "points",
                    "bound": 5,
                    "period": "day",
                    "subject": "member",
                }
            ],
        ),
        A_100,
        {**MEMBER, "limit_uses": {"/l/2026-11-21": 5}},
        ("limit l", "none"),
    ),
}


@pytest.mark.parametrize("case", list(CUT))
def test_what_cut_a_campaign(case: str) -> None:
    """Floor, maximum, budget, limit and cap, with what had no room, and where."""
    snapshot, receipt, facts, expected = CUT[case]
    found = verdict_on("y", snapshot, receipt, facts)
    assert (found.verdict, found.condition, found.seen) == ("cut", *expected)
    of_points = "points" in case
    assert found.needed == f"room for {9 if of_points else 1_000}"
    assert found.lane == ("earn" if of_points else "off")


def test_what_applied_and_what_lacked_a_condition_is_told_as_before() -> None:
    """The other two verdicts; nothing stands where there is nothing to say."""
    rich = {"kind": "receipt_amount", "compare": "at_least", "amount_minor": 20_000}
    snapshot = shop({"code": "x", "rewards": [TEN]}, {"code": "y", "when": rich, "rewards": [TEN]})
    applied, unmet = full_outcome(snapshot, A_100).considered
    assert (applied.verdict, applied.condition, applied.by) == ("applied", "", "")
    assert (unmet.verdict, unmet.condition) == ("unmet", "receipt_amount")
    assert (unmet.needed, unmet.seen) == ("at_least 20000", "10000")


def test_a_stop_is_told_before_anything_else_that_a_campaign_lacks() -> None:
    """Whatever else fails, who asks hears of the emergency first."""
    over = {"ends_at": "2020-01-01T00:00:00"}
    snapshot = shop({"code": "x", "rewards": [TEN], "schedule": over})
    found = verdict_on("x", snapshot, A_100, {"stopped": ["x"]})
    assert (found.verdict, found.condition) == ("unmet", "emergency_stop")
    assert (found.needed, found.seen) == ("not stopped", "stopped")
    assert verdict_on("x", snapshot, A_100).condition == "dates"
