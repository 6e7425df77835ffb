"""Where a page of a list goes on: a moment and an id that an address carries, or nothing.

A list asks for one row more than its page shows: so it knows whether there are more.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Sequence

_Row = TypeVar("_Row")

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


def place_in(text: str) -> dict[str, Any]:
    """Behind which row a page begins, as statements ask for it; the first has no such row."""
    moment, _, named = text.partition(";")
    return {"before": moment_in(moment), "before_id": uuid_in(named)}


def place_of(row: Any, moment: str, named: str) -> str:
    """The same of a row, for an address; nothing behind the last page."""
    return "" if row is None else f"{getattr(row, moment).isoformat()};{getattr(row, named)}"


def page_of(rows: Sequence[_Row], size: int) -> tuple[Sequence[_Row], _Row | None]:
    """The rows of a page out of one more than it has, and its last row if others follow."""
    return rows[:size], rows[size - 1] if len(rows) > size else None


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
