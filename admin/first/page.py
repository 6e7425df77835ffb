"""Reads the figures of the first page: each is a statement of `admin/sql/figures.sql`.

They are read at most once a minute for a partner: a large one sums millions of receipts.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from admin.first.bars import Picture, stacked
from admin.members.currencies import read_worth
from admin.records.reasons import stopped_campaigns
from admin.scope import current_scope
from admin.sql import STATEMENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from admin.database import Sessions

DAYS: Final = 14
CAMPAIGNS_MAX: Final = 12
REFUSALS_MAX: Final = 30
FRESH_S: Final = 60.0
SOON_S: Final = 3.0
#: Partners whose figures are kept: some 100 kB each.
KEPT_MAX: Final = 100
#: What the service answers where something is wrong with it; all else it refuses for a reason.
FAILURES: Final = ("INTERNAL", "OUTCOME_UNKNOWN", "OVERLOADED", "STORAGE_UNAVAILABLE")


@dataclass(slots=True)
class _Kept:
    """Figures, and when they were read; whoever asks meanwhile waits instead of reading, too."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    at_s: float = 0.0
    found: dict[str, Any] | None = None


class FirstPage:
    """The figures of each partner, as they were within the last minute.

    Whoever runs the installation sees some that are no partner's, too.
    """

    def __init__(self, sessions: Sessions, clock: Callable[[], float] = time.monotonic) -> None:
        self._sessions = sessions
        self._clock = clock
        self._kept: dict[tuple[UUID | None, str], _Kept] = {}

    async def figures(self) -> dict[str, Any]:
        """Those of the scope: what they are kept under is what the database reads them by."""
        scope = current_scope()
        key = (scope.partner_id, scope.reach)
        # Behind all others: the first is the one that nobody has asked for longest.
        self._kept[key] = kept = self._kept.pop(key, None) or _Kept()
        if len(self._kept) > KEPT_MAX:
            del self._kept[next(iter(self._kept))]
        async with kept.lock:
            found = kept.found
            # Who has just begun sees within seconds that the books have been looked at.
            is_verified = found is not None and found["verified"].verified_at is not None
            if found is None or self._clock() - kept.at_s > (FRESH_S if is_verified else SOON_S):
                kept.found = found = await self._figures()
                kept.at_s = self._clock()
        return found

    async def _figures(self) -> dict[str, Any]:
        # What takes time with many sales is summed up side by side.
        sales, points, found = await asyncio.gather(
            self._by_day("sales_by_day"), self._by_day("points_by_day"), self._others()
        )
        worth = found["worth"]
        return {
            **found,
            "sales": sales,
            "sales_picture": _picture(sales, with_member="member_minor", without="guest_minor"),
            "discount_picture": _picture(sales, discount="discount_minor"),
            "points": [(worth.points_of(code), *_points(points, code)) for code in _codes(points)],
            "days": DAYS,
            "read_at": dt.datetime.now(dt.UTC),
        }

    async def _by_day(self, name: str) -> Sequence[Any]:
        async with self._sessions() as database:
            return (await database.execute(STATEMENTS[name], {"days": DAYS})).all()

    async def _others(self) -> dict[str, Any]:
        async with self._sessions() as database:
            values = {"days": DAYS}
            campaigns = (
                await database.execute(STATEMENTS["live_campaigns"], {"rows_max": CAMPAIGNS_MAX})
            ).all()
            found: dict[str, Any] = {
                name: (await database.execute(STATEMENTS[name], values)).one_or_none()
                for name in ("strange_sales", "qr_sales", "waiting")
            }
            found |= {
                name: (await database.execute(STATEMENTS[name])).one_or_none()
                for name in ("rules_in_force", "campaign_count", "verified")
            }
            found |= {
                name: (await database.execute(STATEMENTS[name])).all()
                for name in ("workers", "verified_checks")
            }
            refused = {"failures": list(FAILURES)}
            found["refusal_count"] = (
                await database.execute(STATEMENTS["refusal_count"], refused)
            ).one()
            found["refusals"] = (
                await database.execute(
                    STATEMENTS["refusals"], {**refused, "rows_max": REFUSALS_MAX}
                )
            ).all()
            worth = await read_worth(database)
            stopped = await stopped_campaigns(database)
        return {**found, "worth": worth, "campaigns": campaigns, "stopped": stopped}


def _picture(rows: Sequence[Any], **parts: str) -> Picture:
    """Bars for all days of the span, also those without a row; kind of part → its column."""
    held = {row.day: row for row in rows}
    # The span's last day, though nothing was sold on it; east of here it may be tomorrow.
    last = max([dt.datetime.now(dt.UTC).date(), *held])
    days = [last - dt.timedelta(days=back) for back in reversed(range(DAYS))]
    series = [
        (
            kind.replace("_", "-"),
            # What is given back in a day may be more than what came in: a bar does not hang.
            [max(getattr(held[day], column), 0) if day in held else 0 for day in days],
        )
        for kind, column in parts.items()
    ]
    return stacked([f"{day:%d.%m}" for day in days], series)


def _codes(points: Sequence[Any]) -> list[str]:
    return sorted({row.currency for row in points})


def _points(points: Sequence[Any], code: str) -> tuple[list[Any], Picture, Picture]:
    """Rows of a currency; pictures of what came in and of what went out."""
    rows = [row for row in points if row.currency == code]
    return rows, _picture(rows, with_member="in_minor"), _picture(rows, without="out_minor")
