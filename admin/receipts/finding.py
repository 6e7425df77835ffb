"""Receipts of many days, the newest first, without looking at those that a page does not show."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from admin.sql import STATEMENTS
from checkout.engine.schema.partner_settings import LATE_DAYS_MAX

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

_PLANNED_ANEW: Final = text("set local plan_cache_mode = force_custom_plan")
#: How far back is looked at first; then twice as far each time.
_FIRST_SPAN: Final = dt.timedelta(hours=1)
#: How far the day that a till names may lie before its receipt's date, and behind it.
EARLIER_MAX: Final = dt.timedelta(days=7)
LATER_MAX: Final = dt.timedelta(days=1)
#: Stores of other zones are a day off, and some count with the day to come.
_BEFORE_DAY: Final = LATER_MAX + dt.timedelta(days=2)
#: What was sold without the service, or is added by hand, is told of later, and a till may name a
#: day that lies before its receipt's.
_BEHIND_DAY: Final = dt.timedelta(days=LATE_DAYS_MAX) + EARLIER_MAX + dt.timedelta(days=2)


async def find_receipts(
    database: AsyncSession, asked: Mapping[str, Any], rows_max: int
) -> Sequence[Any]:
    """So many at most of what is asked for, in spans of time that double; of a store at once.

    No index has them in their order, as every sale would have to keep it: of a span of time a small
    one knows where in the table it lies. The first spans fill a page where much is sold. Those of a
    store have an index.
    """
    first = _midnight(asked["since"]) - _BEFORE_DAY
    last = asked["before"] or _midnight(asked["until"]) + _BEHIND_DAY
    begun = min(last, dt.datetime.now(dt.UTC))
    span = last - first if asked["store"] else _FIRST_SPAN
    found: list[Any] = []
    # Planned for what is asked: with or without a store, near or long ago.
    await database.execute(_PLANNED_ANEW)
    while last > first and len(found) < rows_max:
        begun = max(begun - span, first)
        values = {**asked, "after": begun, "last": last, "rows_max": rows_max - len(found)}
        found += (await database.execute(STATEMENTS["find_receipts"], values)).all()
        last, span = begun, 2 * span
    return found


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, dt.UTC)
