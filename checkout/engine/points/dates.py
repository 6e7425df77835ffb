"""Dates of earned points, compiled (``docs/rules.md`` §5, "Dates")."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from checkout.engine.schema.points import PointDates

#: `delay_days`, `days`, `months`, `end_of` and `on`, as an outcome has them.
Told = tuple[int, int | None, int | None, str, str]


class EarningDates:
    """When points become active, and how long they live; equal ones have equal `told`."""

    __slots__ = ("_delay_days", "_on", "told")

    def __init__(self, dates: PointDates) -> None:
        """Put them as an outcome does."""
        self._delay_days = dates.delay_days
        self._on = dates.on
        self.told: Told = (
            dates.delay_days,
            dates.days,
            dates.months,
            dates.end_of.value if dates.end_of is not None else "",
            dates.on.isoformat() if dates.on is not None else "",
        )

    def are_over(self, today: dt.date) -> bool:
        """Whether points would be gone on the day on which they become active."""
        return self._on is not None and (self._on - today).days <= self._delay_days
