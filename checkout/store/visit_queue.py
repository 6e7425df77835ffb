"""Which members are to be counted, and receipts that are to be counted again."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkout.store.queries import QUERIES
from checkout.store.reference import reading_connection

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from uuid import UUID

    from asyncpg import Pool


@dataclass(frozen=True, slots=True)
class ProgramDay:
    """A program of a partner, and the date where it is."""

    partner_id: UUID
    program: str
    today: dt.date


class VisitQueue:
    """Reads and queues over a pool."""

    def __init__(self, pool: Pool[Any]) -> None:
        self._pool = pool
        self._turns = asyncio.Semaphore(pool.get_max_size())

    async def due(
        self,
        partners: Iterable[UUID],
        programs: Collection[ProgramDay],
        today: dt.date,
        limit: int,
    ) -> list[tuple[UUID, UUID]]:
        """Partner and member of whom something is due, at most so many of each kind.

        Tiers end in these programs only.

        Raises:
            StoreError: the database cannot be asked.
        """
        async with reading_connection(self._pool, self._turns) as connection:
            found = await connection.fetch(
                QUERIES["due_visits"],
                [each.partner_id for each in programs],
                [each.program for each in programs],
                [each.today for each in programs],
                today,
                limit,
                list(partners),
            )
        return [(row["partner_id"], row["member_id"]) for row in found]

    async def count_again(
        self, partner_id: UUID, asked: Mapping[str, int], today: dt.date
    ) -> int | None:
        """Queue receipts of so many days if rules ask for what they did not ask before.

        How many; None if they ask for nothing new. One worker does, in one transaction.

        Raises:
            StoreError: nothing was queued.
        """
        async with (
            reading_connection(self._pool, self._turns) as connection,
            connection.transaction(),
        ):
            known = await connection.fetchval(QUERIES["read_window_rule"], partner_id)
            new = asked.keys() - set(known or ())
            if known is not None and asked.keys() == set(known):
                return None
            await connection.execute(QUERIES["write_window_rule"], partner_id, sorted(asked))
            if not new:
                return None
            since = today - dt.timedelta(days=max(asked[name] for name in new) + 1)
            done = await connection.execute(
                QUERIES["queue_visits_again"], partner_id, since, since.replace(day=1)
            )
        return int(done.rpartition(" ")[2])
