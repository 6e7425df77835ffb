"""How far a limit is used, and when something of it is free again: of what the database counted."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from checkout.engine.limits import CLAIMED_BY_HOUR_MAX
from checkout.engine.periods import LocalMoment
from checkout.engine.schema.limits import Measure, Period

if TYPE_CHECKING:
    from checkout.engine.schema.limits import Limit

_HOUR: Final = dt.timedelta(hours=1)
_DAY: Final = dt.timedelta(days=1)
_ENDLESS: Final = dt.datetime.max  # noqa: DTZ901 - as slots are
#: Uses that lie further back are not looked for: an interval of years was over at its first use.
LOOKED_BACK_MAX: Final = dt.timedelta(days=3_660)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is used and left of a limit by one whom it counts for."""

    used: int
    left: int
    #: The local day on which it counts anew.
    anew_on: dt.date | None = None
    #: When something of it is free again, of an interval when it may be used again.
    free_at: dt.datetime | None = None


def is_counted(limit: Limit) -> bool:
    """Whether it looks at more than one receipt."""
    return limit.measure is Measure.INTERVAL or limit.period is not Period.RECEIPT


def counted_slots(limit: Limit, now: dt.datetime, zone: str) -> tuple[dt.datetime, dt.datetime]:
    """The first and the last slot that may count now, as sales count them in a zone.

    Of calendar periods it is the one that is running there.
    """
    if limit.measure is Measure.INTERVAL:
        # For a day it is told that one may use it again.
        return _in_utc(now - _interval(limit) - _DAY), _ENDLESS
    if limit.period is Period.ROLLING:
        return _in_utc(now - _window(limit) + dt.timedelta.resolution), _ENDLESS
    local = now.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None)
    start = dt.datetime.fromisoformat(LocalMoment(local).slot_start(limit.period))
    return start, start


def slots_of(limit: Limit) -> int:
    """How many slots may count at once, of one whom the limit counts for and of one article."""
    if limit.measure is Measure.INTERVAL:
        return 1 + _DAY // max(_interval(limit), dt.timedelta(minutes=1))
    if limit.period is Period.ROLLING:
        return -(-_window(limit) // _slot_of_window(limit))
    return 1


def standing(
    limit: Limit, used: int, first_slot: dt.datetime, last_slot: dt.datetime, now: dt.datetime
) -> Standing:
    """The standing of what was counted; slots of windows and intervals are moments in UTC."""
    if limit.measure is Measure.INTERVAL:
        again = last_slot.replace(tzinfo=dt.UTC) + _interval(limit)
        return Standing(1, 0, free_at=again) if again > now else Standing(0, 1)
    left = max(limit.bound - used, 0)
    if limit.period is Period.ROLLING:
        first = first_slot.replace(tzinfo=dt.UTC)
        return Standing(used, left, free_at=first + _window(limit))
    return Standing(used, left, anew_on=_next_period(limit.period, first_slot.date()))


def _window(limit: Limit) -> dt.timedelta:
    """How long a slot counts from its beginning: until no part of it lies in the last hours."""
    return (limit.rolling_hours or 0) * _HOUR + _slot_of_window(limit)


def _slot_of_window(limit: Limit) -> dt.timedelta:
    return _HOUR if (limit.rolling_hours or 0) <= CLAIMED_BY_HOUR_MAX else _DAY


def _in_utc(moment: dt.datetime) -> dt.datetime:
    """As the database has slots of windows and intervals."""
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


def _interval(limit: Limit) -> dt.timedelta:
    return dt.timedelta(minutes=min(limit.bound, LOOKED_BACK_MAX // dt.timedelta(minutes=1)))


def _next_period(period: Period, first_day: dt.date) -> dt.date | None:
    if period is Period.DAY:
        return first_day + _DAY
    if period is Period.WEEK:
        return first_day + 7 * _DAY
    if period is Period.MONTH:
        return (first_day.replace(day=1) + 31 * _DAY).replace(day=1)
    return None
