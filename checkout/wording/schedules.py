"""When something is in force, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.wording.numbers import day_text
from checkout.wording.phrases import both, either
from checkout.wording.speech import said, say

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
        yield say("from {moment} on", moment=_moment(schedule.starts_at))
    if schedule.ends_at is not None:
        yield say("until before {moment}", moment=_moment(schedule.ends_at))
    if schedule.weekdays:
        yield say("on {days}", days=both(said(_WEEKDAYS[day - 1]) for day in schedule.weekdays))
    yield from _days_of_month(schedule)
    if schedule.dates:
        yield say("only on {dates}", dates=either(day_text(day) for day in schedule.dates))
    if schedule.but_not_dates:
        yield say("never on {dates}", dates=either(day_text(day) for day in schedule.but_not_dates))
    yield from _hours(schedule)


def _days_of_month(schedule: Schedule) -> Iterator[str]:
    days = [say("day {day}", day=day) for day in schedule.days_of_month]
    if schedule.last_day_of_month:
        days.append(say("the last day"))
    if days:
        yield say("on {days} of a month", days=either(days))


def _hours(schedule: Schedule) -> Iterator[str]:
    start, end = schedule.time_from, schedule.time_until
    if start is not None and end is not None and end <= start:
        yield (
            say(
                "daily from {start} across midnight until before {end} (weekday and "
                "date are those of the moment itself)",
                start=_time(start),
                end=_time(end),
            )
        )
    elif start is not None and end is not None:
        yield say("daily from {start} until before {end}", start=_time(start), end=_time(end))
    elif start is not None:
        yield say("daily from {time} until midnight", time=_time(start))
    elif end is not None:
        yield say("daily from midnight until before {time}", time=_time(end))


def _moment(moment: dt.datetime) -> str:
    return f"{day_text(moment)} {_time(moment.timetz())}"


def _time(time: dt.time) -> str:
    text = time.isoformat()
    return text.removesuffix(":00") if time.tzinfo is None else text
