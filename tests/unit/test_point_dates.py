"""When points become active and expire: calendar arithmetic in the program's zone."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest

from checkout.ledger.point_dates import DateRule, expires_on, lot_dates, months_later

D = dt.date


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (D(2027, 1, 31), 1, D(2027, 2, 28)),
        (D(2028, 1, 31), 1, D(2028, 2, 29)),
        (D(2028, 2, 29), 12, D(2029, 2, 28)),
        (D(2028, 2, 29), 48, D(2032, 2, 29)),
        (D(2026, 10, 31), 1, D(2026, 11, 30)),
        (D(2026, 11, 15), 2, D(2027, 1, 15)),
        (D(2026, 12, 31), 1, D(2027, 1, 31)),
        (D(2026, 12, 1), 12, D(2027, 12, 1)),
        (D(2026, 5, 31), 1_200, D(2126, 5, 31)),
        (D(2026, 5, 31), 0, D(2026, 5, 31)),
    ],
)
def test_months_later_is_the_same_day_or_the_last(day: D, months: int, later: D) -> None:
    """A month without such a day ends the count on its last one."""
    assert months_later(day, months) == later


@pytest.mark.parametrize(
    ("rule", "active_on", "gone_on"),
    [
        (DateRule(), D(2026, 11, 21), None),
        (DateRule(delay_days=5), D(2026, 11, 21), None),
        (DateRule(days=1), D(2026, 12, 31), D(2027, 1, 1)),
        (DateRule(days=365), D(2027, 3, 1), D(2028, 2, 29)),
        (DateRule(months=1), D(2027, 1, 31), D(2027, 2, 28)),
        (DateRule(end_of="month"), D(2026, 11, 1), D(2026, 12, 1)),
        (DateRule(end_of="month"), D(2026, 12, 31), D(2027, 1, 1)),
        (DateRule(end_of="month", months=1), D(2027, 1, 31), D(2027, 3, 1)),
        (DateRule(end_of="month", months=12), D(2028, 2, 29), D(2029, 3, 1)),
        (DateRule(end_of="year"), D(2026, 1, 1), D(2027, 1, 1)),
        (DateRule(end_of="year"), D(2026, 12, 31), D(2027, 1, 1)),
        (DateRule(end_of="year", months=1), D(2026, 12, 31), D(2028, 1, 1)),
        (DateRule(on=D(2027, 5, 9)), D(2026, 11, 21), D(2027, 5, 9)),
    ],
)
def test_points_are_gone_on_the_day_of_their_rule(
    rule: DateRule, active_on: D, gone_on: D | None
) -> None:
    """Counted from the day on which they become active."""
    assert expires_on(rule, active_on) == gone_on


def test_points_without_a_delay_are_active_at_once() -> None:
    """The day of the sale is that of the program's zone: late in the evening it is tomorrow."""
    now = dt.datetime(2026, 11, 20, 22, 30, tzinfo=dt.UTC)
    active_from, expires_at = lot_dates(DateRule(days=30), "Europe/Moscow", now)
    assert active_from == now
    assert expires_at == dt.datetime(2026, 12, 20, 21, tzinfo=dt.UTC)


def test_a_delay_ends_at_midnight_and_life_begins_there() -> None:
    """Fourteen days later at local midnight, and a month from that day on."""
    now = dt.datetime(2026, 11, 20, 22, 30, tzinfo=dt.UTC)
    rule = DateRule(delay_days=14, months=1)
    active_from, expires_at = lot_dates(rule, "Europe/Moscow", now)
    assert active_from == dt.datetime(2026, 12, 4, 21, tzinfo=dt.UTC)
    assert expires_at == dt.datetime(2027, 1, 4, 21, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        # Clocks went forward in the night before, and back in that after.
        ("Europe/Berlin", D(2027, 3, 29), dt.datetime(2027, 3, 28, 22, tzinfo=dt.UTC)),
        ("Europe/Berlin", D(2027, 10, 31), dt.datetime(2027, 10, 30, 22, tzinfo=dt.UTC)),
        ("Europe/Berlin", D(2027, 11, 1), dt.datetime(2027, 10, 31, 23, tzinfo=dt.UTC)),
        # A midnight that there was not: the day began at one o'clock.
        ("America/Sao_Paulo", D(2018, 11, 4), dt.datetime(2018, 11, 4, 3, tzinfo=dt.UTC)),
        # A midnight that there was twice: the day began with the first.
        ("America/Havana", D(2027, 11, 7), dt.datetime(2027, 11, 7, 4, tzinfo=dt.UTC)),
    ],
)
def test_a_day_begins_when_its_date_begins(zone: str, day: D, begins: dt.datetime) -> None:
    """Where clocks are changed a day has more or fewer hours, and still one beginning."""
    now = begins - dt.timedelta(days=40)
    _, expires_at = lot_dates(DateRule(on=day), zone, now)
    assert expires_at == begins
    tz = zoneinfo.ZoneInfo(zone)
    assert begins.astimezone(tz).date() == day
    assert (begins - dt.timedelta(minutes=1)).astimezone(tz).date() == day - dt.timedelta(days=1)
