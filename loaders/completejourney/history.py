"""A year of sales as openings: each household's tier and purchases, and lots of points.

A household's tier follows from what it paid in the year. Its opening points are the base accrual,
without a tier's multiplier, on what it paid for goods that earn in each of the last six calendar
months of the shifted year: one lot a month, earned on the month's last day in the year, down to
whole points, expiring like any other points. Nothing is taken to have been spent.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from checkout.primitives import percent_down
from loaders.completejourney.columns import integers
from loaders.completejourney.program import BASE_RATE_BP, LIFETIME_DAYS, tier_of
from loaders.completejourney.source import moment

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from loaders.completejourney.calendar import Shift
    from loaders.completejourney.sales import Sales

#: Calendar months of the year, counted from its end, whose points are still there.
OPENING_MONTHS: Final = 6
#: Cents of a point at face value: dollars have two decimals, points none.
_MONEY_PER_POINT: Final = 100


@dataclass(frozen=True, slots=True)
class OpeningLot:
    """Points that a member brings along from one month."""

    points_minor: int
    earned_on: dt.date
    expires_on: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a household starts with."""

    household: int
    paid_minor: int
    tier: str
    first_sale_on: dt.date
    last_sale_on: dt.date
    purchases: int
    lots: tuple[OpeningLot, ...]

    @property
    def points_minor(self) -> int:
        """The opening balance."""
        return sum(lot.points_minor for lot in self.lots)


def read_openings(sales: Sales, not_earning: Collection[int], shift: Shift) -> tuple[Opening, ...]:
    """The opening of every household, by number."""
    earns = pc.invert(pc.is_in(sales.rows["product_id"], value_set=integers(not_earning)))
    paid = sales.rows["paid_minor"]
    months = _months(shift)
    totals: Counter[int] = Counter()
    purchases: Counter[int] = Counter()
    first: dict[int, dt.date] = {}
    last: dict[int, dt.date] = {}
    monthly: dict[int, Counter[dt.date]] = defaultdict(Counter)
    for household, local_s, paid_minor, earning_minor in zip(
        sales.first("household_id"),
        sales.first("local_s"),
        sales.sums(paid),
        sales.sums(pc.multiply(paid, pc.cast(earns, pa.int64()))),
        strict=True,
    ):
        day = shift.moment(moment(local_s)).date()
        totals[household] += paid_minor
        purchases[household] += 1
        first.setdefault(household, day)
        last[household] = max(day, last.get(household, day))
        if (day.year, day.month) in months:
            monthly[household][months[day.year, day.month]] += earning_minor
    return tuple(
        Opening(
            household=household,
            paid_minor=totals[household],
            tier=tier_of(totals[household]).code,
            first_sale_on=first[household],
            last_sale_on=last[household],
            purchases=purchases[household],
            lots=tuple(_lots(monthly[household])),
        )
        for household in sorted(totals)
    )


def _lots(earning: Counter[dt.date]) -> Iterator[OpeningLot]:
    for earned_on, earning_minor in sorted(earning.items()):
        points = percent_down(earning_minor, BASE_RATE_BP) // _MONEY_PER_POINT
        if points:
            yield OpeningLot(points, earned_on, earned_on + dt.timedelta(days=LIFETIME_DAYS))


def _months(shift: Shift) -> dict[tuple[int, int], dt.date]:
    """The last months of the year, and the last day of each that is in the year."""
    months = {}
    day = shift.last_day
    for _ in range(OPENING_MONTHS):
        months[day.year, day.month] = day
        day = day.replace(day=1) - dt.timedelta(days=1)
    return months
