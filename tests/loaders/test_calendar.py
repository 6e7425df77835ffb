from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from loaders.completejourney.calendar import FIRST_DAY, LAST_DAY, Shift, shift_before

DATES = st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1))


@given(DATES)
def test_year_ends_in_the_week_before_the_installation(install_date: dt.date) -> None:
    """The moved year's last day lies one to seven days before the day of installation."""
    gap = install_date - shift_before(install_date).last_day
    assert dt.timedelta(days=1) <= gap <= dt.timedelta(days=7)


@given(DATES, st.datetimes(dt.datetime(2017, 1, 1), dt.datetime(2018, 1, 1)))  # noqa: DTZ001
def test_weekday_and_time_of_day_stay(install_date: dt.date, moment: dt.datetime) -> None:
    """A moved moment keeps its weekday and its time of day."""
    moved = shift_before(install_date).moment(moment)
    assert (moved.weekday(), moved.time()) == (moment.weekday(), moment.time())


def test_shift_of_a_known_day() -> None:
    """An installation on Saturday 21 November 2026 moves the year by 463 weeks."""
    shift = shift_before(dt.date(2026, 11, 21))
    assert shift == Shift(463)
    assert (shift.first_day, shift.last_day) == (dt.date(2025, 11, 16), dt.date(2026, 11, 15))
    assert (shift.last_day - shift.first_day) == (LAST_DAY - FIRST_DAY)
