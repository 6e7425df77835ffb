"""What a worker tells of itself, for people to see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkout.store.queries import QUERIES
from checkout.store.reference import reading_connection

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from asyncpg import Pool

    from checkout.telemetry.refusal_counts import Refused


class WorkerReports:
    """Writes reports over a pool."""

    def __init__(self, pool: Pool[Any], reads: asyncio.Semaphore) -> None:
        self._pool = pool
        self._reads = reads

    async def tell_snapshots(
        self, worker_id: UUID, host: str, process_id: int, in_force: Mapping[UUID, str]
    ) -> None:
        """Say which snapshot of each partner the worker answers with.

        Raises:
            StoreError: the database cannot be used; nothing was told.
        """
        async with reading_connection(self._pool, self._reads) as connection:
            await connection.execute(
                QUERIES["tell_worker_snapshots"],
                worker_id,
                host,
                process_id,
                list(in_force),
                list(in_force.values()),
            )

    async def tell_refusals(self, worker_id: UUID, calls: Mapping[Refused, int]) -> None:
        """Add calls that were refused to those of the present hour.

        Raises:
            StoreError: the database cannot be used; nothing was told.
        """
        async with reading_connection(self._pool, self._reads) as connection:
            await connection.execute(
                QUERIES["tell_refusals"],
                worker_id,
                [refused.partner_id for refused in calls],
                [refused.method for refused in calls],
                [refused.reason.value for refused in calls],
                list(calls.values()),
            )

    async def tell_token_uses(self, token_hashes: Sequence[bytes]) -> None:
        """Say that terminals showed these tokens just now.

        Raises:
            StoreError: the database cannot be used; nothing was told.
        """
        async with reading_connection(self._pool, self._reads) as connection:
            await connection.execute(QUERIES["tell_token_uses"], token_hashes)
