"""The documents around the campaigns: partner, program, stores, goods, and how codes are made.

Goods repeat every ten articles, so that any ten lines of a long receipt are like the lines of a
short one.
"""

from __future__ import annotations

import functools
from typing import Any, Final

from checkout.engine.schema.snapshot import Product, Snapshot

Doc = dict[str, Any]

#: Articles that receipts are made of.
SOLD_COUNT: Final = 1_000
#: Articles that only other campaigns name.
UNSOLD_COUNT: Final = 20_000
STORE: Final = "s1"
#: Stores in which nothing is sold here.
OTHER_STORES: Final = tuple(f"s{number}" for number in range(2, 42))
#: Lanes of the ordinary program: dearest discount per line, then off the receipt, then points.
LANES: Final[list[Doc]] = [
    {"code": "goods", "phase": "discount", "policy": "best", "scope": "line"},
    {"code": "receipt", "phase": "discount"},
    {"code": "points", "phase": "accrual"},
]


def sold_sku(number: int) -> str:
    """The code of an article that receipts hold."""
    return f"sold-{number:04d}"


def unsold_sku(number: int) -> str:
    """The code of an article that no receipt holds."""
    return f"unsold-{number % UNSOLD_COUNT:05d}"


def every_tenth(*places: int) -> list[str]:
    """The articles that stand at these places of every ten."""
    return [sold_sku(number) for number in range(SOLD_COUNT) if number % 10 in places]


def snapshot_of(campaigns: list[Doc], lanes: list[Doc] = LANES) -> Snapshot:
    """A whole snapshot around some campaigns, validated."""
    return Snapshot.model_validate(
        {
            "partner": {"code": "bench", "name": "Bench", "currency": {"code": "EUR"}},
            "programs": [_program(lanes)],
            "chains": [{"code": "chain", "name": "Chain"}],
            "stores": [_store(code) for code in (STORE, *OTHER_STORES)],
            "categories": _categories(),
            "products": _products(),
            "words": {"segments": ["regulars", "students"], "member_lists": ["staff"]},
            "campaigns": campaigns,
        }
    )


def _program(lanes: list[Doc]) -> Doc:
    return {
        "code": "club",
        "name": "Club",
        "tiers": [
            {"code": "silver", "name": "Silver"},
            {"code": "gold", "name": "Gold", "points_multiplier_bp": 15_000},
            {"code": "platinum", "name": "Platinum", "points_multiplier_bp": 20_000},
        ],
        "currencies": [{"code": "points", "name": "Points", "exponent": 0}],
        "lanes": lanes,
        "discount_cap": {"rate_bp": 5_000},
        "redemption": {
            "rate_bp": 5_000,
            "goods_caps": [{"goods": {"categories": ["sold-4"]}, "rate_bp": 2_000}],
            "min_money_minor": 100,
        },
        "accrual": {"dates": {"delay_days": 1, "months": 12, "end_of": "month"}},
    }


def _store(code: str) -> Doc:
    return {"code": code, "chain": "chain", "program": "club", "name": code, "region": "north"}


def _categories() -> list[Doc]:
    roots: list[Doc] = [{"code": "sold"}, {"code": "unsold"}]
    sold = [{"code": f"sold-{number}", "parent": "sold"} for number in range(5)]
    unsold = [{"code": f"unsold-{number}", "parent": "unsold"} for number in range(50)]
    return [*roots, *sold, *unsold]


@functools.cache
def _products() -> tuple[Product, ...]:
    """The same articles for all snapshots."""
    sold = (
        Product(
            sku=sold_sku(number),
            category=f"sold-{number % 5}",
            brand=f"Brand {number % 2}",
            name=f"Article {number}",
        )
        for number in range(SOLD_COUNT)
    )
    unsold = (
        Product(
            sku=unsold_sku(number),
            category=f"unsold-{number % 50}",
            brand=f"Far brand {number % 500}",
            name=f"Article {number}",
        )
        for number in range(UNSOLD_COUNT)
    )
    return (*sold, *unsold)
