"""Ten campaigns that the receipts reach and for which they are open: one of nearly everything."""

from __future__ import annotations

from typing import Final

from loadtests.engine.documents import Doc, every_tenth

#: The one that does not apply: it does not stand beside another one, which is first in order.
KEPT_AWAY: Final = "match-price"


def matching_campaigns() -> list[Doc]:
    """Five that compete for goods, three off the whole receipt, two that give points."""
    return [{"program": "club", **campaign} for campaign in (*_on_goods(), *_on_receipt())]


def _on_goods() -> list[Doc]:
    return [
        {
            "code": "match-skus",
            "name": "10 % off chosen goods",
            "when": {
                "kind": "all",
                "of": [
                    {"kind": "tier", "tiers": ["silver", "gold"]},
                    {"kind": "channel", "channels": ["till", "app"]},
                ],
            },
            "rewards": [
                {
                    "kind": "percent",
                    "lane": "goods",
                    "goods": {"skus": every_tenth(0, 1, 2)},
                    "rate_bp": 1_000,
                }
            ],
            "limits": [_limit("day", measure="purchases", bound=3, period="day")],
            "messages": [{"place": "slip", "text": "{campaign}: {discount} off"}],
        },
        {
            "code": "match-category",
            "name": "15 % off a category, not everything of it",
            "schedule": {
                "starts_at": "2026-11-01T00:00:00",
                "ends_at": "2026-12-01T00:00:00",
                "time_from": "08:00:00",
                "time_until": "22:00:00",
            },
            "rewards": [
                {
                    "kind": "percent",
                    "lane": "goods",
                    "goods": {"categories": ["sold-3"], "but_not": {"skus": every_tenth(3)}},
                    "rate_bp": 1_500,
                    "rounding": "down",
                }
            ],
            "limits": [
                {
                    **_limit("units", measure="units", bound=2, period="receipt"),
                    "goods": {"categories": ["sold-3"], "but_not": {"skus": every_tenth(3)}},
                }
            ],
        },
        {
            "code": "match-brand",
            "name": "0.20 off each piece of a brand",
            "not_with": ["match-price"],
            "rewards": [
                {
                    "kind": "amount",
                    "lane": "goods",
                    "goods": {"brands": ["Brand 1"]},
                    "amount_minor": 20,
                }
            ],
        },
        {
            "code": "match-price",
            "name": "A fixed price",
            "priority": -1,
            "rewards": [
                {
                    "kind": "fixed_price",
                    "lane": "goods",
                    "goods": {"skus": every_tenth(4, 9)},
                    "price_minor": 249,
                }
            ],
        },
        {
            "code": "match-multibuy",
            "name": "The third at half price",
            "rewards": [
                {
                    "kind": "multibuy",
                    "lane": "goods",
                    "goods": {"categories": ["sold-0"]},
                    "buy_units": 2,
                    "effect": {"rate_bp": 5_000},
                    "maximum": {"line_minor": 300},
                }
            ],
            "messages": [{"place": "cashier", "text": "Three for two and a half: {discount}"}],
        },
    ]


def _on_receipt() -> list[Doc]:
    return [
        {
            "code": "match-discount",
            "name": "5 % off for gold",
            "priority": 5,
            "when": {
                "kind": "all",
                "of": [
                    {"kind": "tier", "tiers": ["gold"]},
                    {"kind": "receipt_amount", "compare": "at_least", "amount_minor": 1_500},
                ],
            },
            "rewards": [{"kind": "percent", "lane": "receipt", "rate_bp": 500, "level": "total"}],
            "limits": [_limit("month", measure="discount", bound=1_000_000, period="month")],
        },
        {
            "code": "match-coupon",
            "name": "1.00 off with a code",
            "when": {"kind": "coupon", "code": "SAVE1"},
            "rewards": [
                {"kind": "amount", "lane": "receipt", "amount_minor": 100, "per": "receipt"}
            ],
            "limits": [_limit("once", measure="purchases", bound=1, period="lifetime")],
            "messages": [{"place": "slip", "text": "Your code: {discount} off"}],
        },
        {
            "code": "match-segment",
            "name": "3 % for regulars while the budget lasts",
            "priority": -5,
            "exclusive": "below",
            "when": {"kind": "segment", "segments": ["regulars"]},
            "rewards": [{"kind": "percent", "lane": "receipt", "rate_bp": 300, "level": "receipt"}],
            "budget": {"discount_minor": 100_000_000},
        },
        {
            "code": "match-base",
            "name": "A point for each unit of money",
            "when": {"kind": "identified"},
            "rewards": [{"kind": "points_percent", "lane": "points", "rate_bp": 10_000}],
        },
        {
            "code": "match-points",
            "name": "5 points for each piece of a brand",
            "rewards": [
                {
                    "kind": "points_amount",
                    "lane": "points",
                    "goods": {"brands": ["Brand 0"]},
                    "points_minor": 5,
                }
            ],
            "limits": [_limit("month", measure="points", bound=1_000_000, period="month")],
            "messages": [{"place": "slip", "text": "{points} points from {campaign}"}],
        },
    ]


def _limit(code: str, **rest: str | int) -> Doc:
    return {"code": code, "name": f"Limit {code}", **rest}
