"""The data's campaigns, when they ran, and which products each of their coupons is for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Flight:
    """One campaign of the data, with its days as the data has them."""

    number: int
    kind: str
    first_day: dt.date
    last_day: dt.date


@dataclass(frozen=True, slots=True)
class CouponGoods:
    """Products by (campaign, coupon), and the campaigns of each coupon.

    Repeated rows count once; rows with an article that the catalogue does not have are left out.
    Both are counted.
    """

    products: dict[tuple[int, int], frozenset[int]]
    campaigns: dict[int, frozenset[int]]
    rows: int
    rows_repeated: int
    rows_without_article: int


def read_flights(table: pa.Table) -> dict[int, Flight]:
    """The campaigns by number."""
    columns = ("campaign_id", "campaign_type", "start_date", "end_date")
    flights = [
        Flight(*row) for row in zip(*(table[name].to_pylist() for name in columns), strict=True)
    ]
    return {flight.number: flight for flight in sorted(flights, key=lambda f: f.number)}


def read_coupons(table: pa.Table, articles: Collection[int]) -> CouponGoods:
    """Which products each coupon is for, in which campaigns."""
    columns = ("campaign_id", "coupon_upc", "product_id")
    products: dict[tuple[int, int], set[int]] = {}
    campaigns: dict[int, set[int]] = {}
    left_out = 0
    for campaign, coupon, product in zip(
        *(table[name].to_pylist() for name in columns), strict=True
    ):
        if product not in articles:
            left_out += 1
            continue
        products.setdefault((campaign, coupon), set()).add(product)
        campaigns.setdefault(coupon, set()).add(campaign)
    return CouponGoods(
        products={pair: frozenset(products[pair]) for pair in sorted(products)},
        campaigns={coupon: frozenset(campaigns[coupon]) for coupon in sorted(campaigns)},
        rows=table.num_rows,
        rows_repeated=table.num_rows - left_out - sum(map(len, products.values())),
        rows_without_article=left_out,
    )
