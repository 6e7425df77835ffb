"""What became of a member's tiers: judgements, and what operators set."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from checkout.ledger.visit_rows import TierChange
from checkout.primitives import bucket_of_uuid
from checkout.store.queries import QUERIES
from checkout.store.reference import reading_connection

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection
    from uuid import UUID

    from asyncpg import Pool

#: A change in the order of the list: its moment, number and id.
Place = tuple["dt.datetime", int, "UUID"]


class TierHistory:
    """Reads over a pool, in turns with all others that read by the semaphore."""

    def __init__(self, pool: Pool[Any], reads: asyncio.Semaphore) -> None:
        self._pool = pool
        self._reads = reads

    async def before(
        self, names: Collection[UUID], program: str, place: Place, limit: int
    ) -> list[TierChange]:
        """Those of a member under all its names, newest first, from before a place.

        Of one program, or (without a code) of all.

        Raises:
            StoreError: the database cannot be asked.
        """
        async with reading_connection(self._pool, self._reads) as connection:
            found = await connection.fetch(
                QUERIES["read_tier_changes"],
                list(map(bucket_of_uuid, names)),
                list(names),
                program,
                *place,
                limit,
            )
        return [TierChange(*row) for row in found]
