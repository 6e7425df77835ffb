"""Local time as rules see it: schedules, and the slots of limits (``docs/rules.md`` §2)."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import TYPE_CHECKING, Final

from checkout.engine.frozen import frozen
from checkout.engine.schema.limits import Period

if TYPE_CHECKING:
    from checkout.engine.conditions.words import Words
    from checkout.engine.schema.schedule import Schedule

#: The one slot of a limit that never begins anew.
LIFETIME_SLOT: Final = "1970-01-01"
#: The one slot of a limit over a rolling window, as facts hold its use.
ROLLING_SLOT: Final = "rolling"
# Members of an enumeration cost a search each time that they are named; these are named often.
_LIFETIME: Final = Period.LIFETIME
_ROLLING: Final = Period.ROLLING
_RECEIPT: Final = Period.RECEIPT
_WEEK: Final = Period.WEEK
_MONTH: Final = Period.MONTH
_WEEKDAYS: Final = ("", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
#: Dates that an explanation names.
_DATES_SHOWN_MAX: Final = 5


class LocalMoment:
    """A till's local date and time, taken apart once."""

    __slots__ = ("_day", "_month", "_week", "at", "date", "time", "weekday")

    def __init__(self, at: dt.datetime) -> None:
        """Take apart a local date-time without zone."""
        self.at = at
        self.date = at.date()
        self.time = at.time()
        self.weekday = at.isoweekday()
        #: First days of periods, as soon as they are asked for: limits ask again and again.
        self._day = ""
        self._week = ""
        self._month = ""

    @property
    def is_last_of_month(self) -> bool:
        """Whether tomorrow is another month."""
        return self.date.day == calendar.monthrange(self.date.year, self.date.month)[1]

    def slot_start(self, period: Period) -> str:
        """First day of the calendar period that holds the moment, ISO; weeks begin on Monday.

        A lifetime, a rolling window and a receipt have one slot each.
        """
        if period is _LIFETIME:
            return LIFETIME_SLOT
        if period is _ROLLING:
            return ROLLING_SLOT
        if period is _RECEIPT:
            return Period.RECEIPT.value
        if period is _WEEK:
            if not self._week:
                self._week = (self.date - dt.timedelta(days=self.weekday - 1)).isoformat()
            return self._week
        if period is _MONTH:
            if not self._month:
                self._month = self.date.replace(day=1).isoformat()
            return self._month
        return self.day_slot()

    def day_slot(self) -> str:
        """The day, such as 2026-11-21."""
        if not self._day:
            self._day = self.date.isoformat()
        return self._day

    def hour_slot(self) -> str:
        """The hour, such as 2026-11-21T18."""
        return self.at.isoformat(timespec="hours")

    def text(self, words: Words) -> str:
        """The moment to the minute, for an explanation."""
        return words.moment(self.at)


class CompiledSchedule:
    """A schedule's questions, asked in the cheapest order."""

    __slots__ = (
        "but_not_dates",
        "dates",
        "days_of_month",
        "ends_at",
        "is_always",
        "last_day_of_month",
        "starts_at",
        "time_from",
        "time_until",
        "weekdays",
    )

    def __init__(self, schedule: Schedule) -> None:
        """Take over the bounds; a span of the day that ends where it begins is the whole day."""
        self.starts_at = schedule.starts_at
        self.ends_at = schedule.ends_at
        self.weekdays = frozen(schedule.weekdays)
        self.days_of_month = frozen(schedule.days_of_month)
        self.last_day_of_month = schedule.last_day_of_month
        self.dates = frozen(schedule.dates)
        self.but_not_dates = frozen(schedule.but_not_dates)
        self.time_from = schedule.time_from
        self.time_until = schedule.time_until
        #: Whether the hours are always right.
        self.is_always = (
            not (self.weekdays or self.days_of_month or self.last_day_of_month)
            and not (self.dates or self.but_not_dates)
            and self.time_from is None
            and self.time_until is None
        )

    def holds(self, moment: LocalMoment) -> bool:
        """Whether the moment lies in the schedule, dates and hours."""
        return self.dates_hold(moment) and self.hours_hold(moment)

    def dates_hold(self, moment: LocalMoment) -> bool:
        """Whether the moment lies between the first and the last."""
        if self.starts_at is not None and moment.at < self.starts_at:
            return False
        return self.ends_at is None or moment.at < self.ends_at

    def overlaps(self, date: dt.date) -> bool:
        """Whether some moment of a date lies between the first and the last."""
        if self.starts_at is not None and self.starts_at.date() > date:
            return False
        return self.ends_at is None or self.ends_at > dt.datetime.combine(date, dt.time.min)

    def hours_hold(self, moment: LocalMoment) -> bool:
        """Whether weekday, day of the month, date and time of day are right."""
        if self.is_always:
            return True
        if self.weekdays and moment.weekday not in self.weekdays:
            return False
        if (
            (self.days_of_month or self.last_day_of_month)
            and moment.date.day not in self.days_of_month
            and not (self.last_day_of_month and moment.is_last_of_month)
        ):
            return False
        if self.dates and moment.date not in self.dates:
            return False
        return moment.date not in self.but_not_dates and self._time_holds(moment.time)

    def _time_holds(self, now: dt.time) -> bool:
        since, until = self.time_from, self.time_until
        if since is None:
            return until is None or now < until
        if until is None:
            return now >= since
        if until <= since:
            return now >= since or now < until
        return since <= now < until

    def hours_text(self, words: Words) -> str:
        """Everything but the first and the last moment, for an explanation."""
        parts = []
        if self.weekdays:
            parts.append(", ".join(words.code(_WEEKDAYS[day]) for day in sorted(self.weekdays)))
        if self.days_of_month or self.last_day_of_month:
            days = [str(day) for day in sorted(self.days_of_month)]
            days += [words.say("last")] * self.last_day_of_month
            parts.append(words.say("day of the month {days}", days=", ".join(days)))
        if self.dates:
            parts.append(_days_text(words, self.dates))
        if self.but_not_dates:
            parts.append(words.say("not {dates}", dates=_days_text(words, self.but_not_dates)))
        if self.time_from is not None:
            parts.append(words.say("from {moment}", moment=self.time_from.isoformat("minutes")))
        if self.time_until is not None:
            parts.append(words.say("until {moment}", moment=self.time_until.isoformat("minutes")))
        return "; ".join(parts) or words.say("always")

    def dates_text(self, words: Words) -> str:
        """The first moment and the first after the last, for an explanation."""
        parts = []
        if self.starts_at is not None:
            parts.append(words.say("from {moment}", moment=words.moment(self.starts_at)))
        if self.ends_at is not None:
            parts.append(words.say("before {moment}", moment=words.moment(self.ends_at)))
        return "; ".join(parts) or words.say("always")

    def text(self, words: Words) -> str:
        """The whole schedule, for an explanation."""
        if self.starts_at is None and self.ends_at is None:
            return self.hours_text(words)
        return self.dates_text(words) + ("" if self.is_always else f"; {self.hours_text(words)}")


def _days_text(words: Words, dates: frozenset[dt.date]) -> str:
    shown = [words.day(day) for day in sorted(dates)[:_DATES_SHOWN_MAX]]
    more = len(dates) - len(shown)
    return ", ".join(shown) + (words.say(" and {more} more", more=more) if more else "")
