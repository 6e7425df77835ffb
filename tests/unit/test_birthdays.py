"""Birthdays and ages, on the day, the days around it, and for who was born on 29 February."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.engine.birthdays import age_years, days_since_birthday, days_to_birthday


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("born", "today", "ahead", "ago", "years"),
    [
        ("1990-11-21", "2026-11-21", 0, 0, 36),
        ("1990-11-21", "2026-11-20", 1, 364, 35),
        ("1990-11-21", "2026-11-22", 364, 1, 36),
        ("1990-12-31", "2027-01-01", 364, 1, 36),
        ("1990-01-01", "2026-12-31", 1, 364, 36),
        ("1990-03-01", "2028-02-28", 2, 364, 37),
        ("2000-02-29", "2026-02-27", 1, 364, 25),
        ("2000-02-29", "2026-02-28", 0, 0, 26),
        ("2000-02-29", "2026-03-01", 364, 1, 26),
        ("2000-02-29", "2028-02-28", 1, 365, 27),
        ("2000-02-29", "2028-02-29", 0, 0, 28),
        ("2000-02-29", "2028-03-01", 364, 1, 28),
        ("2026-11-21", "2026-11-21", 0, 0, 0),
        ("2026-11-20", "2027-11-19", 1, 364, 0),
    ],
)
def test_a_birthday_is_so_many_days_off(
    born: str, today: str, ahead: int, ago: int, years: int
) -> None:
    """Who was born on 29 February celebrates, and ages, on the 28th in other years."""
    assert days_to_birthday(day(born), day(today)) == ahead
    assert days_since_birthday(day(born), day(today)) == ago
    assert age_years(day(born), day(today)) == years


@given(
    st.dates(day("1900-01-01"), day("2000-12-31")), st.dates(day("2001-01-01"), day("2100-01-01"))
)
def test_a_birthday_comes_once_a_year(born: dt.date, today: dt.date) -> None:
    """It is never farther off than a year, and the age rises on it, and on no other day."""
    ahead, ago = days_to_birthday(born, today), days_since_birthday(born, today)
    assert 0 <= ahead <= 365
    assert 0 <= ago <= 365
    assert (ahead == 0) == (ago == 0)
    assert ahead == 0 or 365 <= ahead + ago <= 366
    yesterday = today - dt.timedelta(days=1)
    assert age_years(born, today) - age_years(born, yesterday) == (ahead == 0)
