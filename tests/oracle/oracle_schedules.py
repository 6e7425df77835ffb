"""The oracle's schedules: dates and hours (docs/rules.md, 2)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.oracle.oracle_conditions import Sale

Doc = dict[str, Any]


def schedule_holds(sale: Sale, schedule: Doc) -> bool:
    """The moment lies in the schedule."""
    dates, hours = dates_hold(sale, schedule), hours_hold(sale, schedule)
    return dates and hours


def in_force(sale: Sale, campaign: Doc) -> bool:
    """The moment lies within the campaign's dates, and it was not stopped."""
    dates = dates_hold(sale, campaign.get("schedule", {}))
    stopped = campaign["code"] in sale.facts.get("stopped", [])
    if dates:
        sale.reached.add(f"emergency stop: {'failed' if stopped else 'held'}")
    return dates and not stopped


def dates_hold(sale: Sale, schedule: Doc) -> bool:
    """From the first moment until before the end."""
    starts_at, ends_at = schedule.get("starts_at"), schedule.get("ends_at")
    held = {
        "starts_at": starts_at is None or dt.datetime.fromisoformat(starts_at) <= sale.now,
        "ends_at": ends_at is None or sale.now < dt.datetime.fromisoformat(ends_at),
    }
    note(sale, schedule, held)
    return all(held.values())


def hours_hold(sale: Sale, schedule: Doc) -> bool:
    """Everything but the dates: weekday, day of the month, single dates, time of day."""
    today = sale.now.date()
    weekdays = schedule.get("weekdays") or [1, 2, 3, 4, 5, 6, 7]
    dates = schedule.get("dates") or [today.isoformat()]
    held = {
        "weekdays": today.isoweekday() in weekdays,
        "days_of_month": is_day_of_month(sale, schedule, today),
        "dates": today.isoformat() in dates,
        "but_not_dates": today.isoformat() not in schedule.get("but_not_dates", []),
    }
    note(sale, schedule, held)
    in_time = time_holds(sale, schedule.get("time_from"), schedule.get("time_until"))
    return all(held.values()) and in_time


def is_day_of_month(sale: Sale, schedule: Doc, today: dt.date) -> bool:
    """The day is listed, or the last of its month and that is meant; or neither is given."""
    days, last_meant = schedule.get("days_of_month", []), schedule.get("last_day_of_month", False)
    is_last = (today + dt.timedelta(days=1)).day == 1
    if last_meant:
        sale.reached.add(f"schedule last_day_of_month: {'held' if is_last else 'failed'}")
    if not days and not last_meant:
        return True
    return today.day in days or (last_meant and is_last)


def time_holds(sale: Sale, time_from: str | None, time_until: str | None) -> bool:
    """From a time of day until before another, which may be across midnight."""
    if time_from is None and time_until is None:
        return True
    time = sale.now.time()
    after = time_from is None or dt.time.fromisoformat(time_from) <= time
    before = time_until is None or time < dt.time.fromisoformat(time_until)
    form = "one bound"
    held = after and before
    if time_from is not None and time_until is not None:
        across = dt.time.fromisoformat(time_until) <= dt.time.fromisoformat(time_from)
        form = "across midnight" if across else "within a day"
        held = (after or before) if across else (after and before)
    sale.reached.add(f"schedule time {form}: {'held' if held else 'failed'}")
    return held


def note(sale: Sale, schedule: Doc, held: dict[str, bool]) -> None:
    """Name the parts that are given and how they stood."""
    for name, one in held.items():
        if schedule.get(name):
            sale.reached.add(f"schedule {name}: {'held' if one else 'failed'}")
