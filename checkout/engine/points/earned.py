"""Earned points by currency and dates (``docs/rules.md`` §5, "Dates")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.outcome import EarnedPoints

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.engine.points.dates import Told

Given = dict[tuple[str, "Told"], int]


def earned_points(given: Given, currencies: Iterable[str]) -> list[EarnedPoints]:
    """What was given, in the program's order of currencies, then by dates."""
    earned = [EarnedPoints(currency, points, *dates) for (currency, dates), points in given.items()]
    if len(earned) > 1:
        order = {currency: place for place, currency in enumerate(currencies)}
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
