"""Campaigns that do not apply: on other goods, tiers and stores, with other codes, of other days.

Most of them the receipts do not reach; `campaigns_of` has those of which no goods are named, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from loadtests.engine.documents import OTHER_STORES, Doc, unsold_sku

#: Articles that one campaign names.
NAMED_SKUS: Final = 10


def other_campaigns(count: int) -> list[Doc]:
    """So many campaigns, of five sorts in turn."""
    sorts = (_on_skus, _on_category, _of_tier, _at_store, _with_coupon)
    return [_campaign(number, sorts[number % len(sorts)](number)) for number in range(count)]


def campaigns_on_skus(count: int) -> list[Doc]:
    """So many campaigns that each name ten articles."""
    return [_campaign(number, _on_skus(number)) for number in range(count)]


def campaigns_of(sort: str, count: int) -> list[Doc]:
    """So many campaigns of one sort, for all goods: see `SORTS`."""
    return [_campaign(number, _SORTS[sort](number)) for number in range(count)]


def _campaign(number: int, rest: Doc) -> Doc:
    """What all have: a name, dates, a limit, and now and then an exclusion and a message."""
    campaign = {
        "code": f"other-{number:05d}",
        "program": "club",
        "name": f"Campaign {number}",
        "priority": number % 7,
        "schedule": {"starts_at": "2026-11-01T00:00:00", "ends_at": "2026-12-01T00:00:00"},
        "limits": [
            {
                "code": "day",
                "name": "Once a day",
                "measure": "purchases",
                "bound": 1,
                "period": "day",
            }
        ],
        **rest,
    }
    if number % 3 == 0:
        campaign["not_with"] = [f"other-{max(number - 1, 0):05d}"] if number else []
        campaign["messages"] = [{"place": "slip", "text": "{campaign}: {discount}"}]
    return campaign


def _on_skus(number: int) -> Doc:
    first = number * NAMED_SKUS
    skus = [unsold_sku(sku) for sku in range(first, first + NAMED_SKUS)]
    return {
        "when": {
            "kind": "all",
            "of": [
                {"kind": "identified"},
                {"kind": "receipt_amount", "compare": "at_least", "amount_minor": 500},
            ],
        },
        "rewards": [_percent("goods", {"skus": skus})],
    }


def _on_category(number: int) -> Doc:
    return {"rewards": [_percent("goods", {"categories": [f"unsold-{number % 50}"]})]}


def _of_tier(number: int) -> Doc:
    tier = {"kind": "tier", "tiers": ["platinum"]}
    amount = {"kind": "receipt_amount", "compare": "at_least", "amount_minor": number % 5_000}
    return {"when": {"kind": "all", "of": [tier, amount]}, "rewards": [_percent("receipt")]}


def _at_store(number: int) -> Doc:
    stores = [OTHER_STORES[number % len(OTHER_STORES)]]
    return {"when": {"kind": "place", "stores": stores}, "rewards": [_percent("receipt")]}


def _with_coupon(number: int) -> Doc:
    return {
        "when": {"kind": "coupon", "code": f"CODE{number}"},
        "rewards": [_percent("receipt")],
    }


def _expired(number: int) -> Doc:
    ended = f"2025-{1 + number % 12:02d}-01T00:00:00"
    return {"schedule": {"ends_at": ended}, "rewards": [_percent("receipt")]}


def _with_one_of_two_coupons(number: int) -> Doc:
    codes = [{"kind": "coupon", "code": f"{name}{number}"} for name in ("CODE", "ALSO")]
    return {"when": {"kind": "any", "of": codes}, "rewards": [_percent("receipt")]}


def _from_an_amount(number: int) -> Doc:
    amount = {"kind": "receipt_amount", "compare": "at_least", "amount_minor": 10**9 + number}
    return {"when": amount, "rewards": [_percent("receipt")]}


def _percent(lane: str, goods: Doc | None = None) -> Doc:
    return {"kind": "percent", "lane": lane, "goods": goods, "rate_bp": 700}


_SORTS: Final[dict[str, Callable[[int], Doc]]] = {
    "expired": _expired,
    "codes": _with_one_of_two_coupons,
    "amount": _from_an_amount,
}
#: Out of their dates; with one of two codes; from an amount that no receipt reaches.
SORTS: Final = tuple(_SORTS)
