"""The shift of every date by whole weeks: the dataset's year ends before the day of installation.

Whole weeks keep weekdays and times of day. The year is 2017, local days, and its last day lands one
to seven days before the installation; campaigns that ran past the year's end are therefore in force
for some weeks after it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

FIRST_DAY: Final = dt.date(2017, 1, 1)
LAST_DAY: Final = dt.date(2017, 12, 31)


@dataclass(frozen=True, slots=True)
class Shift:
    """Whole weeks from a date of the dataset to a date of the demo."""

    weeks: int

    def day(self, day: dt.date) -> dt.date:
        """A day of the dataset, moved."""
        return day + dt.timedelta(weeks=self.weeks)

    def moment(self, moment: dt.datetime) -> dt.datetime:
        """A local moment of the dataset, moved; the time of day stays."""
        return moment + dt.timedelta(weeks=self.weeks)

    @property
    def first_day(self) -> dt.date:
        """First day of the moved year."""
        return self.day(FIRST_DAY)

    @property
    def last_day(self) -> dt.date:
        """Last day of the moved year."""
        return self.day(LAST_DAY)


def shift_before(install_date: dt.date) -> Shift:
    """The largest shift whose year ends before the day of installation."""
    return Shift((install_date - LAST_DAY - dt.timedelta(days=1)) // dt.timedelta(weeks=1))
