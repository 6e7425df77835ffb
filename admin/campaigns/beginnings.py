"""What a new campaign, or program, may begin with: rules that work, to be changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from admin.texts import say

Beginning = Callable[[str, str], dict[str, Any]]

#: By name: the rule, made of the program's first lane for discounts and its first for points.
BEGINNINGS: Final[dict[str, Beginning]] = {
    "points_below": lambda _, points: {
        "when": {"kind": "receipt_amount", "compare": "less_than", "amount_minor": 1_000_00},
        "rewards": [{"kind": "points_percent", "lane": points, "rate_bp": 50}],
    },
    "percent_off": lambda discounts, _: {
        "rewards": [{"kind": "percent", "lane": discounts, "rate_bp": 1_000}],
    },
    "coupon_amount": lambda discounts, _: {
        "when": {"kind": "coupon", "code": "HELLO"},
        "rewards": [
            {"kind": "amount", "per": "receipt", "lane": discounts, "amount_minor": 100_00}
        ],
        "limits": [{"code": "once", "name": "Once per member", "bound": 1}],
    },
    "budgeted": lambda discounts, _: {
        "when": {"kind": "identified"},
        "rewards": [{"kind": "percent", "lane": discounts, "rate_bp": 500}],
        "budget": {"discount_minor": 100_000_00},
    },
    "empty": lambda _discounts, _points: {"rewards": []},
}


def beginning(name: str, program: dict[str, Any]) -> dict[str, Any]:
    """The rule of a beginning in a program; of an unknown name an empty one."""
    lanes = program.get("lanes") or []
    discounts = _first(lanes, "discount")
    points = _first(lanes, "accrual")
    return BEGINNINGS.get(name, BEGINNINGS["empty"])(discounts, points)


def program_beginning(time_zone: str = "UTC", exponent: int = 2) -> dict[str, Any]:
    """A whole simple program without its code: one tier, one currency, a point is worth 1.00.

    Points have as many decimals as the money that they stand for.
    """
    one = 10**exponent
    return {
        "name": say("program.begin_name"),
        "time_zone": time_zone,
        "tiers": [{"code": "base", "name": say("program.begin_tier")}],
        "currencies": [
            {
                "code": "points",
                "name": say("program.begin_points"),
                "exponent": exponent,
                "value_minor": one,
                "value_points_minor": one,
            }
        ],
        "lanes": [
            {"code": "goods", "phase": "discount"},
            {"code": "receipt", "phase": "discount"},
            {"code": "points", "phase": "accrual"},
        ],
        "redemption": {"rate_bp": 3_000, "min_money_minor": one},
        "accrual": {"dates": {"days": 365}},
    }


def _first(lanes: list[dict[str, Any]], phase: str) -> str:
    return next((str(lane["code"]) for lane in lanes if lane.get("phase") == phase), "")
