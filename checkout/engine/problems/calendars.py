"""Whether there is a moment that lies in several schedules at once (``docs/rules.md`` §2)."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from checkout.engine.problems.days import Years

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.schema.schedule import Schedule

#: So many years show every day of a month, leap days too, on every day of the week.
_YEARS_SHOWN: Final = 41
#: Where an open calendar is looked at: any stretch of that length shows the same.
_ANY_YEAR: Final = 2000
_MIDNIGHT: Final = dt.time()


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


@lru_cache(maxsize=1_024)
def have_common_moment(schedules: tuple[Schedule, ...], denied: tuple[Schedule, ...] = ()) -> bool:
    """Whether one moment lies in all of the schedules, which are local, and in none denied."""
    held, denied = tuple(dict.fromkeys(schedules)), tuple(dict.fromkeys(denied))
    starts = max((s.starts_at for s in held if s.starts_at), default=None)
    ends = min((s.ends_at for s in held if s.ends_at), default=None)
    if starts and ends and ends <= starts:
        return False
    named = [year for s in (*held, *denied) for year in _years_of(s)] or [_ANY_YEAR]
    first = starts.year if starts else min(named) - _YEARS_SHOWN
    last = ends.year if ends else max(named) + _YEARS_SHOWN
    return _Calendar(Years(first, last)).has_moment(held, denied)


def _years_of(schedule: Schedule) -> Iterator[int]:
    """Years in which it begins, ends, or names a date."""
    for moment in (schedule.starts_at, schedule.ends_at):
        if moment is not None:
            yield moment.year
    for dates in (schedule.dates, schedule.but_not_dates):
        if dates:
            yield min(dates).year
            yield max(dates).year


class _Calendar:
    """Several schedules over some years: sets of days, for each time of day that differs."""

    __slots__ = ("_years",)

    def __init__(self, years: Years) -> None:
        self._years = years

    def has_moment(self, held: tuple[Schedule, ...], denied: tuple[Schedule, ...]) -> bool:
        """Look for a day, at each time at which anything changes."""
        days = self._years.every
        timed: list[tuple[Schedule, int, bool]] = []
        for holds, schedules in ((True, held), (False, denied)):
            for schedule in schedules:
                its_days = self._days(schedule)
                if _has_times(schedule):
                    timed.append((schedule, its_days, holds))
                else:
                    its_days &= self._between(schedule, _MIDNIGHT)
                    days &= its_days if holds else ~its_days
        times = {_MIDNIGHT, *(time for schedule, _, _ in timed for time in _times(schedule))}
        return any(self._days_left(days, timed, time) for time in times)

    def _days_left(self, days: int, timed: list[tuple[Schedule, int, bool]], time: dt.time) -> int:
        """Days on which a time of day will do."""
        for schedule, its_days, holds in timed:
            fits = its_days & self._between(schedule, time) if _has_time(schedule, time) else 0
            days &= fits if holds else ~fits
            if not days:
                break
        return days

    def _days(self, schedule: Schedule) -> int:
        """Days that a schedule picks, its start and its end aside."""
        years = self._years
        days = years.dates(schedule.dates) if schedule.dates else years.every
        if schedule.weekdays:
            days &= years.weekdays(schedule.weekdays)
        if schedule.days_of_month or schedule.last_day_of_month:
            days &= years.days_of_month(
                schedule.days_of_month, with_last=schedule.last_day_of_month
            )
        return days & ~years.dates(schedule.but_not_dates)

    def _between(self, schedule: Schedule, time: dt.time) -> int:
        """Days on which a time of day lies between its start and its end."""
        days = self._years.every
        starts, ends = schedule.starts_at, schedule.ends_at
        if starts is not None:
            days &= self._years.since(starts.toordinal() + (time < starts.time()))
        if ends is not None:
            days &= self._years.before(ends.toordinal() + (time < ends.time()))
        return days


def _has_times(schedule: Schedule) -> bool:
    """Whether it makes a difference at what time of a day one looks."""
    return any(time != _MIDNIGHT for time in _times(schedule)) or (
        schedule.time_from is not None or schedule.time_until is not None
    )


def _times(schedule: Schedule) -> Iterator[dt.time]:
    for moment in (schedule.starts_at, schedule.ends_at):
        if moment is not None:
            yield moment.time()
    for time in (schedule.time_from, schedule.time_until):
        if time is not None:
            yield time


def _has_time(schedule: Schedule, time: dt.time) -> bool:
    """Whether a time of day lies in it; a span that ends before it begins is across midnight."""
    begin, end = schedule.time_from, schedule.time_until
    if begin is None or end is None:
        return (begin is None or time >= begin) and (end is None or time < end)
    return time >= begin or time < end if end <= begin else begin <= time < end
