"""Sets of days as whole numbers: each bit is a day of a span of years."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_WEEK: Final = 7
_MONTHS: Final = range(1, 13)


class Years:
    """The days of some years, both ends included; bit 0 is the first of January of the first."""

    __slots__ = ("_last_year", "_year", "every", "first", "last")

    def __init__(self, year: int, last_year: int) -> None:
        """Years of the calendar, 1 to 9999."""
        self._year = max(year, dt.MINYEAR)
        self._last_year = min(last_year, dt.MAXYEAR)
        self.first: Final = dt.date(self._year, 1, 1).toordinal()
        self.last: Final = dt.date(self._last_year, 12, 31).toordinal()
        self.every: Final = (1 << (self.last - self.first + 1)) - 1

    def since(self, ordinal: int) -> int:
        """That day and all after it."""
        past = max(ordinal - self.first, 0)
        return self.every >> past << past

    def before(self, ordinal: int) -> int:
        """All days before that day."""
        return self.every & ((1 << max(ordinal - self.first, 0)) - 1)

    def dates(self, dates: Iterable[dt.date]) -> int:
        """Those of the dates that lie in the years."""
        found = 0
        for date in dates:
            ordinal = date.toordinal()
            if self.first <= ordinal <= self.last:
                found |= 1 << (ordinal - self.first)
        return found

    def weekdays(self, weekdays: Iterable[int]) -> int:
        """All Mondays (1) … Sundays (7)."""
        wanted = frozenset(weekdays)
        week = sum(
            1 << i
            for i in range(_WEEK)
            if dt.date.fromordinal(self.first + i).isoweekday() in wanted
        )
        return _repeated(week, self.last - self.first + 1) & self.every

    def days_of_month(self, days: Iterable[int], *, with_last: bool) -> int:
        """All such days of months, and the last of each month if that is asked for."""
        found = _last_days(self._year, self._last_year) if with_last else 0
        for day in days:
            found |= _days_of_month(self._year, self._last_year, day)
        return found


def _repeated(week: int, days: int) -> int:
    length = _WEEK
    while length < days:
        week |= week << length
        length *= 2
    return week


@lru_cache(maxsize=128)
def _days_of_month(year: int, last_year: int, day: int) -> int:
    ordinals = [
        dt.date(each, month, day).toordinal()
        for each in range(year, last_year + 1)
        for month in _MONTHS
        if day <= _length(each, month)
    ]
    return _bits(year, last_year, ordinals)


@lru_cache(maxsize=16)
def _last_days(year: int, last_year: int) -> int:
    ordinals = [
        dt.date(each, month, _length(each, month)).toordinal()
        for each in range(year, last_year + 1)
        for month in _MONTHS
    ]
    return _bits(year, last_year, ordinals)


def _length(year: int, month: int) -> int:
    """How many days a month has."""
    if month == len(_MONTHS):
        return 31
    return (dt.date(year, month + 1, 1) - dt.date(year, month, 1)).days


def _bits(year: int, last_year: int, ordinals: Iterable[int]) -> int:
    first = dt.date(year, 1, 1).toordinal()
    size = dt.date(last_year, 12, 31).toordinal() - first + 1
    bits = bytearray(size // 8 + 1)
    for ordinal in ordinals:
        at = ordinal - first
        bits[at >> 3] |= 1 << (at & 7)
    return int.from_bytes(bits, "little")
