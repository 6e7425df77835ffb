"""Reads the figures of the first page: each is a statement of `admin/sql/figures.sql`.

They are read at most once a minute for a partner: a large one sums millions of receipts.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from admin.first.bars import Picture, stacked
from admin.members.currencies import read_worth
from admin.sql import STATEMENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from admin.database import Sessions

DAYS: Final = 14
CAMPAIGNS_MAX: Final = 12
FRESH_S: Final = 60.0


class FirstPage:
    """The figures of each partner, as they were within the last minute."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._read: dict[UUID, tuple[float, dict[str, Any]]] = {}
        self._locks: defaultdict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def figures(self, partner_id: UUID) -> dict[str, Any]:
        """Those of the partner that the transaction's scope names."""
        async with self._locks[partner_id]:
            at, found = self._read.get(partner_id, (0.0, {}))
            if not found or time.monotonic() - at > FRESH_S:
                found = await self._figures()
                self._read[partner_id] = (time.monotonic(), found)
        return found

    async def _figures(self) -> dict[str, Any]:
        async with self._sessions() as database:
            values = {"days": DAYS}
            sales = (await database.execute(STATEMENTS["sales_by_day"], values)).all()
            points = (await database.execute(STATEMENTS["points_by_day"], values)).all()
            campaigns = (
                await database.execute(STATEMENTS["live_campaigns"], {"rows_max": CAMPAIGNS_MAX})
            ).all()
            found = {
                name: (await database.execute(STATEMENTS[name], values)).one_or_none()
                for name in ("strange_sales", "waiting")
            }
            found |= {
                name: (await database.execute(STATEMENTS[name])).one_or_none()
                for name in ("rules_in_force", "campaign_count")
            }
            worth = await read_worth(database)
        return {
            **found,
            "worth": worth,
            "sales": sales,
            "sales_picture": _picture(sales, with_member="member_minor", without="guest_minor"),
            "points": [(worth.points_of(code), *_points(points, code)) for code in _codes(points)],
            "campaigns": campaigns,
            "days": DAYS,
            "read_at": dt.datetime.now(dt.UTC),
        }


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
