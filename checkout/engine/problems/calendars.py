"""Whether there is a moment that lies in several schedules at once (``docs/rules.md`` §2)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from checkout.engine.schema.schedule import Schedule

#: So many days show every day of a month, leap days too, on every day of the week.
_DAYS_SHOWN: Final = 41 * 366
#: Where an open calendar is looked at: any stretch of that length shows the same.
_ANY_DAY: Final = dt.date(2000, 1, 1).toordinal()
_FIRST_DAY: Final = dt.date.min.toordinal()
_LAST_DAY: Final = dt.date.max.toordinal()
_DAY_US: Final = 86_400_000_000
_Span = tuple[int, int]


def is_local(schedule: Schedule) -> bool:
    """Whether all its times are written without a zone, as they must be."""
    return all(
        moment is None or moment.tzinfo is None
        for moment in (
            schedule.starts_at,
            schedule.ends_at,
            schedule.time_from,
            schedule.time_until,
        )
    )


def have_common_moment(schedules: Sequence[Schedule]) -> bool:
    """Whether one moment lies in all of the schedules, which are local."""
    return _Calendar(schedules).has_moment()


class _Calendar:
    """Several schedules together."""

    __slots__ = ("_ends", "_schedules", "_spans", "_starts", "_weekdays")

    def __init__(self, schedules: Sequence[Schedule]) -> None:
        self._schedules = schedules
        self._starts = max((s.starts_at for s in schedules if s.starts_at), default=None)
        self._ends = min((s.ends_at for s in schedules if s.ends_at), default=None)
        self._spans: list[_Span] = [(0, _DAY_US)]
        self._weekdays = frozenset(range(1, 8))
        for schedule in schedules:
            if schedule.weekdays:
                self._weekdays &= frozenset(schedule.weekdays)
            if schedule.time_from is not None or schedule.time_until is not None:
                self._spans = _meet(self._spans, _spans_of(schedule))

    def has_moment(self) -> bool:
        """Look for a day and a time."""
        if self._starts and self._ends and self._ends <= self._starts:
            return False
        if not self._spans or not self._weekdays:
            return False
        if not any(_picks_days(s) for s in self._schedules) and not (self._starts and self._ends):
            return True
        left_out = {day for s in self._schedules for day in s.but_not_dates}
        dated = [frozenset(s.dates) for s in self._schedules if s.dates]
        if dated:
            dates = frozenset.intersection(*dated) - left_out
            return any(self._day_holds(day) for day in dates)
        days = self._days()
        if any(
            self._day_holds(day) for day in map(dt.date.fromordinal, days) if day not in left_out
        ):
            return True
        # So long a stretch without any day: only if each that fits has been left out by name.
        return bool(left_out) and len(days) >= _DAYS_SHOWN

    def _days(self) -> range:
        """Days to be looked at, as ordinals."""
        if self._starts:
            first = self._starts.toordinal()
        elif self._ends:
            first = max(self._ends.toordinal() - _DAYS_SHOWN, _FIRST_DAY)
        else:
            first = _ANY_DAY
        last = self._ends.toordinal() if self._ends else _LAST_DAY
        return range(first, min(last, first + _DAYS_SHOWN) + 1)

    def _day_holds(self, day: dt.date) -> bool:
        """Whether some moment of a day fits."""
        if day.isoweekday() not in self._weekdays:
            return False
        if not all(_has_day_of_month(schedule, day) for schedule in self._schedules):
            return False
        low, high = 0, _DAY_US
        if self._starts:
            if day < self._starts.date():
                return False
            if day == self._starts.date():
                low = _microseconds(self._starts.time())
        if self._ends:
            if day > self._ends.date():
                return False
            if day == self._ends.date():
                high = _microseconds(self._ends.time())
        return any(max(low, begin) < min(high, end) for begin, end in self._spans)


def _picks_days(schedule: Schedule) -> bool:
    return bool(
        schedule.weekdays
        or schedule.days_of_month
        or schedule.last_day_of_month
        or schedule.dates
        or schedule.but_not_dates
    )


def _has_day_of_month(schedule: Schedule, day: dt.date) -> bool:
    if not schedule.days_of_month and not schedule.last_day_of_month:
        return True
    if day.day in schedule.days_of_month:
        return True
    return schedule.last_day_of_month and (
        day == dt.date.max or (day + dt.timedelta(days=1)).day == 1
    )


def _spans_of(schedule: Schedule) -> list[_Span]:
    """The times of day of a schedule, half open; across midnight they are two."""
    begin = _microseconds(schedule.time_from) if schedule.time_from else 0
    end = _microseconds(schedule.time_until) if schedule.time_until else _DAY_US
    if schedule.time_until is not None and end <= begin:
        return [span for span in ((0, end), (begin, _DAY_US)) if span[0] < span[1]]
    return [(begin, end)]


def _meet(spans: Iterable[_Span], others: Sequence[_Span]) -> list[_Span]:
    both = (
        (max(begin, other_begin), min(end, other_end))
        for begin, end in spans
        for other_begin, other_end in others
    )
    return [span for span in both if span[0] < span[1]]


def _microseconds(time: dt.time) -> int:
    seconds = (time.hour * 60 + time.minute) * 60 + time.second
    return seconds * 1_000_000 + time.microsecond
