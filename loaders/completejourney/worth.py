"""What each coupon of the data is worth.

The data does not say. A redemption names household, coupon, campaign and day; the rows of that
household's baskets of that local day that hold a coupon discount on one of the coupon's products
are its observations, and the coupon is worth the lower median of their discounts. The discount is
per coupon, not per unit: of 217 discounts on several units of coupons that are also seen on one
unit, 167 are the same as on one and 15 are that times the quantity.

Local days matter: with the file's UTC days, 1,680 redemptions would meet a discount of their
household and 282 coupons would be seen; it is 1,932 and 298.

A coupon that was never observed is worth the lower median of the observed coupons of its campaign
type, each counted once; of the type of its first campaign if it belongs to several.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import median_low
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from loaders.completejourney.columns import integer
from loaders.completejourney.source import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from loaders.completejourney.coupons import CouponGoods, Flight


@dataclass(frozen=True, slots=True)
class Worth:
    """The worth of every coupon, and where it came from."""

    minor: dict[int, int]
    observed: frozenset[int]
    type_medians: dict[str, int]
    from_type: dict[str, int]
    redemptions: int
    redemptions_observed: int


def estimate_worth(
    transactions: pa.Table,
    redemptions: pa.Table,
    coupons: CouponGoods,
    flights: Mapping[int, Flight],
) -> Worth:
    """The worth of each coupon in minor units."""
    discounts = _discounts_by_day(transactions)
    seen: dict[int, list[int]] = defaultdict(list)
    seen_in: dict[int, set[str]] = defaultdict(set)
    matched = 0
    rows = redemptions.to_pylist()
    for row in rows:
        coupon, campaign = row["coupon_upc"], row["campaign_id"]
        goods = coupons.products[campaign, coupon]
        observations = [
            discount
            for product, discount in discounts.get(
                (row["household_id"], row["redemption_date"]), ()
            )
            if product in goods
        ]
        if observations:
            matched += 1
            seen[coupon] += observations
            seen_in[coupon].add(flights[campaign].kind)
    minor = {coupon: median_low(values) for coupon, values in seen.items()}
    medians = _type_medians(minor, seen_in, (flight.kind for flight in flights.values()))
    first_kind = {
        coupon: flights[min(campaigns, key=lambda c: (flights[c].first_day, c))].kind
        for coupon, campaigns in coupons.campaigns.items()
    }
    unseen = {coupon: kind for coupon, kind in first_kind.items() if coupon not in minor}
    return Worth(
        minor=minor | {coupon: medians[kind] for coupon, kind in unseen.items()},
        observed=frozenset(minor),
        type_medians=medians,
        from_type=dict(sorted(Counter(unseen.values()).items())),
        redemptions=len(rows),
        redemptions_observed=matched,
    )


def _discounts_by_day(
    transactions: pa.Table,
) -> dict[tuple[int, dt.date], list[tuple[int, int]]]:
    """Products and coupon discounts by household and local day."""
    rows = transactions.filter(pc.greater(transactions["coupon_minor"], integer(0)))
    columns = ("household_id", "local_s", "product_id", "coupon_minor")
    found: dict[tuple[int, dt.date], list[tuple[int, int]]] = defaultdict(list)
    for household, local_s, product, discount in zip(
        *(rows[name].to_pylist() for name in columns), strict=True
    ):
        found[household, moment(local_s).date()].append((product, discount))
    return found


def _type_medians(
    minor: Mapping[int, int], seen_in: Mapping[int, set[str]], kinds: Iterable[str]
) -> dict[str, int]:
    return {
        kind: median_low([minor[coupon] for coupon, types in seen_in.items() if kind in types])
        for kind in sorted(set(kinds))
    }
