"""Local time as rules see it: slots of limits, schedules and their edges."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    ],
)
def test_a_slot_begins_on_its_calendar_day(at: str, period: Period, slot: str) -> None:
    """Days, weeks from Monday, months, and for ever."""
    assert moment(at).slot_start(period) == slot


@given(st.datetimes(dt.datetime(2000, 1, 3), dt.datetime(2100, 1, 1)), st.sampled_from(Period))  # noqa: DTZ001
def test_a_moment_lies_in_its_slot(at: dt.datetime, period: Period) -> None:
    """A slot begins on or before the moment, not longer ago than its period."""
    began = dt.date.fromisoformat(LocalMoment(at).slot_start(period))
    longest = {Period.DAY: 0, Period.WEEK: 6, Period.MONTH: 30, Period.LIFETIME: 10**6}
    assert 0 <= (at.date() - began).days <= longest[period]
    assert LocalMoment(at.replace(hour=0, minute=0)).slot_start(period) == began.isoformat()


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
    ],
)
def test_a_schedule_holds_from_its_first_moment_to_before_its_end(
    fields: dict[str, object], inside: list[str], outside: list[str]
) -> None:
    """Bounds are inclusive at the beginning and exclusive at the end, midnight included."""
    schedule = Schedule.model_validate(fields)
    assert [at for at in inside if not holds(schedule, at)] == []
    assert [at for at in outside if holds(schedule, at)] == []
