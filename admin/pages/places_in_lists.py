"""Where a page of a list goes on: a moment and an id that an address carries, or nothing."""

from __future__ import annotations

import datetime as dt
from typing import Final
from uuid import UUID

_YEARS: Final = (1970, 9000)


def moment_in(text: str) -> dt.datetime | None:
    """A moment with its zone, of a year that a database has, in any zone."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    is_usual = _YEARS[0] < moment.year < _YEARS[1]
    return moment if moment.tzinfo is not None and is_usual else None


def uuid_in(text: str) -> UUID | None:
    """An id."""
    try:
        return UUID(text)
    except ValueError:
        return None


def day_in(text: str) -> dt.date | None:
    """A day of a year that a database has."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if _YEARS[0] < day.year < _YEARS[1] else None


def days_in(since: str, until: str, *, days: int, most: int) -> tuple[dt.date, dt.date]:
    """First and last day to look at: `days` if none are named, bounded, and in order."""
    # Stores east of UTC have tomorrow's date already.
    last = day_in(until) or dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
    first = min(day_in(since) or last - dt.timedelta(days=days), last)
    return max(first, last - dt.timedelta(days=most)), last
