"""When points become active and when they expire (``docs/rules.md`` §5, "Dates").

Days are those of the program's zone; a moment is the midnight that begins one, as UTC. Where
clocks are changed at midnight, a day begins at the first moment that bears its date.
"""

from __future__ import annotations

import calendar
import datetime as dt
import zoneinfo
from dataclasses import dataclass
from typing import Final

_MONTHS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRule:
    """When points that are given on a day become active, and how long they live from then on.

    At most one of `days`, `months`, `end_of` (with `months`: that many later) and `on`; without
    any they never expire.
    """

    delay_days: int = 0
    days: int | None = None
    months: int | None = None
    end_of: str = ""
    on: dt.date | None = None


def lot_dates(
    rule: DateRule, zone: str, now: dt.datetime
) -> tuple[dt.datetime, dt.datetime | None]:
    """From when points given now are active (at once without a delay), and until when."""
    tz = zoneinfo.ZoneInfo(zone)
    active_on = now.astimezone(tz).date() + dt.timedelta(days=rule.delay_days)
    active_from = _midnight(active_on, tz) if rule.delay_days else now
    gone_on = expires_on(rule, active_on)
    return active_from, _midnight(gone_on, tz) if gone_on is not None else None


def expires_on(rule: DateRule, active_on: dt.date) -> dt.date | None:
    """The first day on which points that became active on a day are gone; None: never."""
    if rule.on is not None:
        return rule.on
    if rule.days is not None:
        return active_on + dt.timedelta(days=rule.days)
    later = months_later(active_on, rule.months or 0)
    match rule.end_of:
        case "month":
            return months_later(later.replace(day=1), 1)
        case "year":
            return dt.date(later.year + 1, 1, 1)
    return later if rule.months is not None else None


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day of the month so many months later, or the last of that month."""
    years, month = divmod(day.month - 1 + months, _MONTHS)
    year, month = day.year + years, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _midnight(day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)
