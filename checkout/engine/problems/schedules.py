"""Schedules: local, and with at least one moment in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from checkout.engine.problems.calendars import have_common_moment, is_local
from checkout.engine.problems.problem import Problem
from checkout.engine.schema.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Iterator

_ALWAYS: Final = Schedule()
_MOMENTS: Final = ("starts_at", "ends_at", "time_from", "time_until")
#: Parts in the order in which they narrow a schedule down, and what to say of the one that empties
#: it; the fields that may be at fault are named in this order.
_PARTS: Final[tuple[tuple[tuple[str, ...], str], ...]] = (
    (("dates", "but_not_dates"), "no date is left: all lie outside the dates or are left out"),
    (("weekdays",), "no day that the rest of the schedule leaves falls on such a weekday"),
    (
        ("days_of_month", "last_day_of_month"),
        "no month that the rest of the schedule leaves has such a day",
    ),
    (("time_from", "time_until"), "no day that the rest of the schedule leaves has such a time"),
)


def check_schedule(path: str, schedule: Schedule) -> Iterator[Problem]:
    """Zones where there must be none, and schedules in which no moment lies."""
    if schedule == _ALWAYS:
        return
    if not is_local(schedule):
        for name in _MOMENTS:
            moment = getattr(schedule, name)
            if moment is not None and moment.tzinfo is not None:
                yield Problem(f"{path}.{name}", "local time is written without a zone")
        return
    starts, ends = schedule.starts_at, schedule.ends_at
    if starts is not None and ends is not None and ends <= starts:
        yield Problem(f"{path}.ends_at", "the end must lie after the start")
    elif not have_common_moment((schedule,)):
        yield _emptied(path, schedule)


def _emptied(path: str, schedule: Schedule) -> Problem:
    """Name the part that leaves nothing of those before it."""
    given: dict[str, Any] = {"starts_at": schedule.starts_at, "ends_at": schedule.ends_at}
    for names, sentence in _PARTS:
        given |= {name: getattr(schedule, name) for name in names}
        if not have_common_moment((Schedule.model_construct(**given),)):
            field = next((name for name in names if getattr(schedule, name)), names[0])
            return Problem(f"{path}.{field}", sentence)
    return Problem(path, "no moment lies in all parts of this schedule")
