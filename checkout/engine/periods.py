"""Local time as rules see it: schedules, and the first day of a calendar period."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from checkout.engine.schema.limits import Period

if TYPE_CHECKING:
    from checkout.engine.schema.schedule import Schedule

#: The one slot of a limit that never begins anew.
LIFETIME_SLOT: Final = "1970-01-01"


class LocalMoment:
    """A till's local date and time, taken apart once."""

    __slots__ = ("at", "time", "weekday")

    def __init__(self, at: dt.datetime) -> None:
        """Take apart a local date-time without zone."""
        self.at = at
        self.time = at.time()
        self.weekday = at.isoweekday()

    def slot_start(self, period: Period) -> str:
        """First day of the calendar period that holds the moment, ISO; weeks begin on Monday."""
        day = self.at.date()
        if period is Period.LIFETIME:
            return LIFETIME_SLOT
        if period is Period.WEEK:
            day -= dt.timedelta(days=self.weekday - 1)
        elif period is Period.MONTH:
            day = day.replace(day=1)
        return day.isoformat()


class CompiledSchedule:
    """A schedule's questions, asked in the cheapest order."""

    __slots__ = ("ends_at", "is_always", "starts_at", "time_from", "time_until", "weekdays")

    def __init__(self, schedule: Schedule) -> None:
        """Take over the bounds; a span of the day that ends where it begins is the whole day."""
        self.starts_at = schedule.starts_at
        self.ends_at = schedule.ends_at
        self.weekdays = frozenset(schedule.weekdays)
        self.time_from = schedule.time_from
        self.time_until = schedule.time_until
        self.is_always = not self.weekdays and self.time_from is None and self.time_until is None

    def dates_hold(self, moment: LocalMoment) -> bool:
        """Whether the moment lies between the first and the last day."""
        if self.starts_at is not None and moment.at < self.starts_at:
            return False
        return self.ends_at is None or moment.at < self.ends_at

    def hours_hold(self, moment: LocalMoment) -> bool:
        """Whether weekday and time of day are right."""
        if self.is_always:
            return True
        if self.weekdays and moment.weekday not in self.weekdays:
            return False
        since, until, now = self.time_from, self.time_until, moment.time
        if since is None:
            return until is None or now < until
        if until is None:
            return now >= since
        if until <= since:
            return now >= since or now < until
        return since <= now < until
