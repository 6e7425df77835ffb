"""When something is in force, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.wording.phrases import both, either

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from checkout.engine.schema.schedule import Schedule

_WEEKDAYS: Final = (
    "Mondays",
    "Tuesdays",
    "Wednesdays",
    "Thursdays",
    "Fridays",
    "Saturdays",
    "Sundays",
)


def schedule_texts(schedule: Schedule) -> Iterator[str]:
    """Every part that is given; all are meant in the till's local time."""
    if schedule.starts_at is not None:
        yield f"from {_moment(schedule.starts_at)} on"
    if schedule.ends_at is not None:
        yield f"until before {_moment(schedule.ends_at)}"
    if schedule.weekdays:
        yield f"on {both(_WEEKDAYS[day - 1] for day in schedule.weekdays)}"
    yield from _days_of_month(schedule)
    if schedule.dates:
        yield f"only on {either(day.isoformat() for day in schedule.dates)}"
    if schedule.but_not_dates:
        yield f"never on {either(day.isoformat() for day in schedule.but_not_dates)}"
    yield from _hours(schedule)


def _days_of_month(schedule: Schedule) -> Iterator[str]:
    days = [f"day {day}" for day in schedule.days_of_month]
    if schedule.last_day_of_month:
        days.append("the last day")
    if days:
        yield f"on {either(days)} of a month"


def _hours(schedule: Schedule) -> Iterator[str]:
    start, end = schedule.time_from, schedule.time_until
    if start is not None and end is not None and end <= start:
        yield (
            f"daily from {_time(start)} across midnight until before {_time(end)}"
            " (weekday and date are those of the moment itself)"
        )
    elif start is not None and end is not None:
        yield f"daily from {_time(start)} until before {_time(end)}"
    elif start is not None:
        yield f"daily from {_time(start)} until midnight"
    elif end is not None:
        yield f"daily from midnight until before {_time(end)}"


def _moment(moment: dt.datetime) -> str:
    text = moment.isoformat(sep=" ")
    return text.removesuffix(":00") if moment.tzinfo is None else text


def _time(time: dt.time) -> str:
    text = time.isoformat()
    return text.removesuffix(":00") if time.tzinfo is None else text
