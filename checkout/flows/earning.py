"""From earned and given points to lots: the currency and dates that the rules say."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from checkout.ledger.point_dates import DateRule, lot_dates
from checkout.ledger.postings import NewLot

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from checkout.engine.outcome import EarnedPoints
    from checkout.engine.schema.points import PointDates
    from checkout.engine.schema.program import Program


def earned_lots(
    earned: Iterable[EarnedPoints], zone: str, lot_ids: Iterable[UUID], now: dt.datetime
) -> list[NewLot]:
    """A lot for each currency and dates of what a sale earned."""
    lots = []
    for points, lot_id in zip(earned, lot_ids, strict=False):
        rule = DateRule(
            delay_days=points.delay_days,
            days=points.days,
            months=points.months,
            end_of=points.end_of,
            on=dt.date.fromisoformat(points.on) if points.on else None,
        )
        active_from, expires_at = lot_dates(rule, zone, now)
        lots.append(NewLot(lot_id, points.currency, points.points_minor, active_from, expires_at))
    return lots


def date_rule(dates: PointDates) -> DateRule:
    """The dates of the rules, as the ledger reads them."""
    return DateRule(
        delay_days=dates.delay_days,
        days=dates.days,
        months=dates.months,
        end_of=dates.end_of or "",
        on=dates.on,
    )


def given_lot(
    program: Program,
    currency: str,
    amount_minor: int,
    lot_id: UUID,
    now: dt.datetime,
    days: int = 0,
) -> NewLot:
    """Points that an operator gives: active at once, for so many days or as the program's are."""
    rule = dataclasses.replace(date_rule(program.accrual.dates), delay_days=0)
    if days:
        rule = DateRule(days=days)
    active_from, expires_at = lot_dates(rule, program.time_zone, now)
    return NewLot(lot_id, currency, amount_minor, active_from, expires_at)
