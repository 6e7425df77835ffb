"""Local time as rules see it: slots of limits, schedules and their edges."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.engine.conditions.words import AS_WRITTEN
from checkout.engine.periods import CompiledSchedule, LocalMoment
from checkout.engine.schema.limits import Period
from checkout.engine.schema.schedule import Schedule


def moment(text: str) -> LocalMoment:
    return LocalMoment(dt.datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("at", "period", "slot"),
    [
        ("2026-11-21T00:00:00", Period.DAY, "2026-11-21"),
        ("2026-11-21T23:59:59", Period.DAY, "2026-11-21"),
        ("2026-11-16T00:00:00", Period.WEEK, "2026-11-16"),
        ("2026-11-22T23:59:59", Period.WEEK, "2026-11-16"),
        ("2026-11-23T00:00:00", Period.WEEK, "2026-11-23"),
        ("2027-01-01T12:00:00", Period.WEEK, "2026-12-28"),
        ("2028-02-29T12:00:00", Period.MONTH, "2028-02-01"),
        ("2026-11-21T12:00:00", Period.LIFETIME, "1970-01-01"),
        ("2026-11-21T12:00:00", Period.ROLLING, "rolling"),
        ("2026-11-21T12:00:00", Period.RECEIPT, "receipt"),
    ],
)
def test_a_slot_begins_on_its_calendar_day(at: str, period: Period, slot: str) -> None:
    """Days, weeks from Monday, months, and for ever; a rolling window has one slot."""
    assert moment(at).slot_start(period) == slot


CALENDAR = (Period.DAY, Period.WEEK, Period.MONTH, Period.LIFETIME)


@given(st.datetimes(dt.datetime(2000, 1, 3), dt.datetime(2100, 1, 1)), st.sampled_from(CALENDAR))  # noqa: DTZ001
def test_a_moment_lies_in_its_slot(at: dt.datetime, period: Period) -> None:
    """A slot begins on or before the moment, not longer ago than its period."""
    began = dt.date.fromisoformat(LocalMoment(at).slot_start(period))
    longest = {Period.DAY: 0, Period.WEEK: 6, Period.MONTH: 30, Period.LIFETIME: 10**6}
    assert 0 <= (at.date() - began).days <= longest[period]
    assert LocalMoment(at.replace(hour=0, minute=0)).slot_start(period) == began.isoformat()


def test_rolling_windows_are_claimed_by_hour_or_day() -> None:
    """The slots of the hour and of the day, whatever the minute."""
    assert moment("2026-11-21T18:59:59.5").hour_slot() == "2026-11-21T18"
    assert moment("2026-11-21T00:00:00").hour_slot() == "2026-11-21T00"
    assert moment("2026-11-21T18:59:59").day_slot() == "2026-11-21"


def holds(schedule: Schedule, at: str) -> bool:
    compiled = CompiledSchedule(schedule)
    return compiled.dates_hold(moment(at)) and compiled.hours_hold(moment(at))


@pytest.mark.parametrize(
    ("fields", "inside", "outside"),
    [
        ({"starts_at": "2026-11-21T10:00"}, ["2026-11-21T10:00"], ["2026-11-21T09:59:59"]),
        ({"ends_at": "2026-11-21T10:00"}, ["2026-11-21T09:59:59"], ["2026-11-21T10:00"]),
        ({"weekdays": (6, 7)}, ["2026-11-21T00:00", "2026-11-22T23:59"], ["2026-11-23T00:00"]),
        ({"time_from": "10:00"}, ["2026-11-21T10:00"], ["2026-11-21T09:59"]),
        ({"time_until": "10:00"}, ["2026-11-21T09:59"], ["2026-11-21T10:00"]),
        (
            {"time_from": "10:00", "time_until": "12:00"},
            ["2026-11-21T10:00", "2026-11-21T11:59"],
            ["2026-11-21T12:00", "2026-11-21T09:59"],
        ),
        (
            {"time_from": "22:00", "time_until": "02:00"},
            ["2026-11-21T22:00", "2026-11-21T01:59"],
            ["2026-11-21T02:00", "2026-11-21T21:59"],
        ),
        ({"time_from": "10:00", "time_until": "10:00"}, ["2026-11-21T00:00"], []),
        ({}, ["0001-01-01T00:00", "9999-12-31T23:59"], []),
        (
            {"days_of_month": (1, 31)},
            ["2026-11-01T00:00", "2026-12-31T23:59"],
            ["2026-11-30T12:00", "2026-12-02T00:00"],
        ),
        (
            {"last_day_of_month": True},
            ["2026-11-30T00:00", "2026-02-28T12:00", "2028-02-29T12:00", "9999-12-31T23:59"],
            ["2026-11-29T23:59", "2028-02-28T12:00", "2026-12-01T00:00"],
        ),
        (
            {"last_day_of_month": True, "days_of_month": (15,)},
            ["2026-11-15T12:00", "2026-11-30T12:00"],
            ["2026-11-14T12:00", "2026-11-29T12:00"],
        ),
        (
            {"dates": ("2026-11-21", "2026-12-31")},
            ["2026-11-21T00:00", "2026-12-31T23:59"],
            ["2026-11-20T23:59", "2027-01-01T00:00"],
        ),
        (
            {"but_not_dates": ("2026-11-21",)},
            ["2026-11-20T23:59", "2026-11-22T00:00"],
            ["2026-11-21T00:00", "2026-11-21T23:59"],
        ),
        (
            {"dates": ("2026-11-21", "2026-11-22"), "but_not_dates": ("2026-11-22",)},
            ["2026-11-21T12:00"],
            ["2026-11-22T12:00"],
        ),
        (
            {"weekdays": (6,), "days_of_month": (21,), "time_from": "12:00"},
            ["2026-11-21T12:00"],
            ["2026-11-21T11:59", "2026-12-21T12:00", "2026-11-28T12:00"],
        ),
        (
            {"weekdays": (6,), "time_from": "22:00", "time_until": "02:00"},
            ["2026-11-21T01:00", "2026-11-21T23:00"],
            ["2026-11-22T01:00", "2026-11-20T23:00"],
        ),
    ],
)
def test_a_schedule_holds_from_its_first_moment_to_before_its_end(
    fields: dict[str, object], inside: list[str], outside: list[str]
) -> None:
    """Bounds include the beginning and not the end; days and dates are the moment's own."""
    schedule = Schedule.model_validate(fields)
    assert [at for at in inside if not holds(schedule, at)] == []
    assert [at for at in outside if holds(schedule, at)] == []


@pytest.mark.parametrize(
    ("fields", "hours", "whole"),
    [
        ({}, "always", "always"),
        ({"starts_at": "2026-11-21T10:00"}, "always", "from 2026-11-21T10:00"),
        (
            {"weekdays": (7, 6), "time_from": "22:00", "time_until": "02:00"},
            "Sat, Sun; from 22:00; until 02:00",
            "Sat, Sun; from 22:00; until 02:00",
        ),
        (
            {"starts_at": "2026-11-21T10:00", "ends_at": "2026-12-01T00:00"},
            "always",
            "from 2026-11-21T10:00; before 2026-12-01T00:00",
        ),
        (
            {"days_of_month": (15, 1), "last_day_of_month": True, "but_not_dates": ("2027-01-01",)},
            "day of the month 1, 15, last; not 2027-01-01",
            "day of the month 1, 15, last; not 2027-01-01",
        ),
        (
            {"ends_at": "2027-01-01", "dates": [f"2026-12-0{day}" for day in range(1, 8)]},
            "2026-12-01, 2026-12-02, 2026-12-03, 2026-12-04, 2026-12-05 and 2 more",
            (
                "before 2027-01-01T00:00; "
                "2026-12-01, 2026-12-02, 2026-12-03, 2026-12-04, 2026-12-05 and 2 more"
            ),
        ),
    ],
)
def test_a_schedule_says_when_it_holds(fields: dict[str, object], hours: str, whole: str) -> None:
    """In words for an explanation: the hours alone, and with the dates."""
    compiled = CompiledSchedule(Schedule.model_validate(fields))
    assert compiled.hours_text(AS_WRITTEN) == hours
    assert compiled.text(AS_WRITTEN) == whole


#: Europe/Berlin: on 29 March 2026 two o'clock becomes three; on 25 October three becomes two.
SMALL_HOURS = Schedule.model_validate({"time_from": "02:00", "time_until": "03:00"})
SUNDAYS = Schedule.model_validate({"weekdays": (7,)})


@pytest.mark.parametrize(
    ("instant", "local", "small_hours", "sundays"),
    [
        ("2026-03-28T22:59:59Z", "2026-03-28T23:59:59", False, False),
        ("2026-03-28T23:00:00Z", "2026-03-29T00:00:00", False, True),
        ("2026-03-29T00:59:59Z", "2026-03-29T01:59:59", False, True),
        ("2026-03-29T01:00:00Z", "2026-03-29T03:00:00", False, True),
        ("2026-03-29T21:59:59Z", "2026-03-29T23:59:59", False, True),
        ("2026-03-29T22:00:00Z", "2026-03-30T00:00:00", False, False),
        ("2026-10-24T21:59:59Z", "2026-10-24T23:59:59", False, False),
        ("2026-10-24T22:00:00Z", "2026-10-25T00:00:00", False, True),
        ("2026-10-24T23:59:59Z", "2026-10-25T01:59:59", False, True),
        ("2026-10-25T00:00:00Z", "2026-10-25T02:00:00", True, True),
        ("2026-10-25T00:59:59Z", "2026-10-25T02:59:59", True, True),
        ("2026-10-25T01:00:00Z", "2026-10-25T02:00:00", True, True),
        ("2026-10-25T01:59:59Z", "2026-10-25T02:59:59", True, True),
        ("2026-10-25T02:00:00Z", "2026-10-25T03:00:00", False, True),
        ("2026-10-25T22:59:59Z", "2026-10-25T23:59:59", False, True),
        ("2026-10-25T23:00:00Z", "2026-10-26T00:00:00", False, False),
    ],
)
def test_schedules_follow_the_clock_on_the_wall_when_it_is_changed(
    instant: str, local: str, small_hours: bool, sundays: bool
) -> None:
    """An hour that the clock skips has no offer, and one that it shows twice has it twice."""
    at = dt.datetime.fromisoformat(instant).astimezone(zoneinfo.ZoneInfo("Europe/Berlin"))
    shown = at.replace(tzinfo=None)
    assert shown == dt.datetime.fromisoformat(local)
    assert CompiledSchedule(SMALL_HOURS).holds(LocalMoment(shown)) == small_hours
    assert CompiledSchedule(SUNDAYS).holds(LocalMoment(shown)) == sundays
