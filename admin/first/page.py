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
from admin.scope import current_scope
from admin.sql import STATEMENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from admin.database import Sessions

DAYS: Final = 14
CAMPAIGNS_MAX: Final = 12
REFUSALS_MAX: Final = 30
FRESH_S: Final = 60.0
SOON_S: Final = 3.0
#: What the service answers where something is wrong with it; all else it refuses for a reason.
FAILURES: Final = ("INTERNAL", "OUTCOME_UNKNOWN", "OVERLOADED", "STORAGE_UNAVAILABLE")


class FirstPage:
    """The figures of each partner, as they were within the last minute.

    Whoever runs the installation sees some that are no partner's, too.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._read: dict[tuple[UUID, str], tuple[float, dict[str, Any]]] = {}
        self._locks: defaultdict[tuple[UUID, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def figures(self, partner_id: UUID) -> dict[str, Any]:
        """Those of the partner that the transaction's scope names."""
        key = (partner_id, current_scope().reach)
        async with self._locks[key]:
            at, found = self._read.get(key, (0.0, {}))
            # Who has just begun sees within seconds that the books have been looked at.
            is_verified = bool(found) and found["verified"].verified_at is not None
            if not found or time.monotonic() - at > (FRESH_S if is_verified else SOON_S):
                found = await self._figures()
                self._read[key] = (time.monotonic(), found)
        return found

    async def _figures(self) -> dict[str, Any]:
        async with self._sessions() as database:
            values = {"days": DAYS}
            sales = (await database.execute(STATEMENTS["sales_by_day"], values)).all()
            points = (await database.execute(STATEMENTS["points_by_day"], values)).all()
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
