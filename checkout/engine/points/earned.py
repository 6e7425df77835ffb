"""Earned points by currency and dates (``docs/rules.md`` §5, "Dates")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.outcome import EarnedPoints

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from checkout.engine.schema.points import PointDates

Given = dict[tuple[str, "PointDates"], int]


def are_over(dates: PointDates, today: dt.date) -> bool:
    """Whether points with these dates would be gone on the day on which they become active."""
    return dates.on is not None and (dates.on - today).days <= dates.delay_days


def earned_points(given: Given, currencies: Iterable[str]) -> list[EarnedPoints]:
    """What was given, in the program's order of currencies, then by dates."""
    order = {currency: place for place, currency in enumerate(currencies)}
    earned = [
        EarnedPoints(
            currency,
            points,
            dates.delay_days,
            dates.days,
            dates.months,
            dates.end_of.value if dates.end_of is not None else "",
            dates.on.isoformat() if dates.on is not None else "",
        )
        for (currency, dates), points in given.items()
    ]
    if len(earned) > 1:
        earned.sort(
            key=lambda part: (
                order[part.currency],
                part.delay_days,
                part.days or 0,
                part.months or 0,
                part.end_of,
                part.on,
            )
        )
    return earned
