"""Days to and since a birthday, and full years: the pure arithmetic of members' facts.

Who was born on 29 February has the birthday on the 28th in other years.
"""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Final

_FEBRUARY: Final = 2
_LEAP_DAY: Final = 29


def birthday_in(born: dt.date, year: int) -> dt.date:
    """The day on which the birthday falls in a year."""
    if born.month == _FEBRUARY and born.day == _LEAP_DAY and not calendar.isleap(year):
        return dt.date(year, _FEBRUARY, _LEAP_DAY - 1)
    return born.replace(year=year)


def days_to_birthday(born: dt.date, today: dt.date) -> int:
    """Days until the next birthday; 0 on the birthday itself."""
    birthday = birthday_in(born, today.year)
    if birthday < today:
        birthday = birthday_in(born, today.year + 1)
    return (birthday - today).days


def days_since_birthday(born: dt.date, today: dt.date) -> int:
    """Days since the last birthday; 0 on the birthday itself."""
    birthday = birthday_in(born, today.year)
    if birthday > today:
        birthday = birthday_in(born, today.year - 1)
    return (today - birthday).days


def age_years(born: dt.date, today: dt.date) -> int:
    """Full years of age on a day that is not before the birth."""
    return today.year - born.year - (today < birthday_in(born, today.year))
