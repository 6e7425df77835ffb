"""The business day that a till names: near the date of what it stands on.

Figures, shifts, receipt numbers and the windows of tiers go by it. A store that is open at night
may count with the day before, and a shift that nobody closed goes on for some days; a day of
another year is a till that has lost its settings.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Final

from checkout.refusals import Reason, Refusal

#: Of a sale or return: as late as tills may tell sales, unless a partner says otherwise.
EARLIER_MAX: Final = dt.timedelta(days=7)
#: Of a shift that is compared: a closed one may be looked at again.
SHIFT_EARLIER_MAX: Final = dt.timedelta(days=366)
#: Late in the evening some count with the day to come.
LATER_MAX: Final = dt.timedelta(days=1)


def check_business_day(
    day: dt.date | None, date: dt.date, field: str, earlier: dt.timedelta = EARLIER_MAX
) -> Refusal | None:
    """Refuse a day that lies further from the date than is accepted; none is the date itself."""
    # Differences only: a day before the first one cannot be said.
    if day is None or -earlier <= day - date <= LATER_MAX:
        return None
    return Refusal(
        Reason.FIELD_OUT_OF_RANGE,
        f"{field} lies at most {earlier.days} days before and {LATER_MAX.days} after {date}",
        field,
        {
            "value": day.isoformat(),
            "date": date.isoformat(),
            "days_before_max": earlier.days,
            "days_after_max": LATER_MAX.days,
        },
    )


def date_in(zone: str, now: dt.datetime) -> dt.date:
    """The store's date."""
    return now.astimezone(zoneinfo.ZoneInfo(zone)).date()
