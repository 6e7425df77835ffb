"""What tills gave away by themselves, and what of it did not fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from checkout.store.queries import QUERIES
from checkout.store.reference import reading_connection

if TYPE_CHECKING:
    import asyncio
    import datetime as dt
    from collections.abc import Sequence
    from uuid import UUID

    from asyncpg import Pool

#: Whose overruns are added up.
OverrunsBy = Literal["terminal", "member", "card"]
#: Where a page goes on: behind what was given away and receipts, both negative, and a key.
Place = tuple[int, int, "UUID"]


@dataclass(frozen=True, slots=True)
class FlagTotal:
    """How often something of a kind did not fit, and how much in all."""

    kind: str
    times: int
    currency: str
    amount: int


@dataclass(frozen=True, slots=True)
class Overruns:
    """What one terminal gave away, or what one member (none: guests) was given, or one card."""

    #: Stands for terminal, member and card.
    key: UUID
    store_code: str
    terminal_code: str
    member_id: UUID | None
    #: Its last characters; empty if no card was shown, or none is known.
    card: str
    receipts: int
    given_away_minor: int
    flagged: int
    totals: Sequence[FlagTotal]


class OverrunReader:
    """Reads over a pool, in turns with all others that read by the semaphore."""

    def __init__(self, pool: Pool[Any], reads: asyncio.Semaphore) -> None:
        self._pool = pool
        self._reads = reads

    async def behind(
        self,
        partner_id: UUID,
        days: tuple[dt.date, dt.date],
        by: OverrunsBy,
        place: Place,
        limit: int,
    ) -> list[Overruns]:
        """Those who gave away most between two business days, both included, behind a place.

        Raises:
            StoreError: the database cannot be asked.
        """
        async with reading_connection(self._pool, self._reads) as connection:
            found = await connection.fetch(
                QUERIES["read_overruns"], partner_id, *days, by, *place, limit
            )
        return [
            Overruns(**{**row, "totals": [FlagTotal(*each) for each in row["totals"]]})
            for row in found
        ]
