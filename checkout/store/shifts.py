"""Shifts of tills: what was sold and taken back in one, and that it was compared."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkout.store.queries import QUERIES
from checkout.store.reference import reading_connection

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID

    from asyncpg import Pool


@dataclass(frozen=True, slots=True)
class ShiftRef:
    """A terminal's shift on a business day."""

    partner_id: UUID
    store_code: str
    terminal_code: str
    business_day: dt.date
    shift: str


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A sale or a return of a shift; of a return only money is told."""

    kind: str
    id: str
    money_minor: int
    points_spent_minor: int
    points_earned_minor: int


class ShiftStore:
    """Reads shifts, and keeps comparisons."""

    def __init__(self, pool: Pool[Any], reads: asyncio.Semaphore | None = None) -> None:
        """Take connections from the pool, in turns with all others that read by the semaphore."""
        self._pool = pool
        self._reads = reads or asyncio.Semaphore(pool.get_max_size())

    async def read(self, ref: ShiftRef) -> list[ShiftRow]:
        """Everything of the shift.

        Raises:
            StoreError: the database cannot be asked.
        """
        async with reading_connection(self._pool, self._reads) as connection:
            found = await connection.fetch(
                QUERIES["read_shift"],
                ref.partner_id,
                ref.store_code,
                ref.terminal_code,
                ref.business_day,
                ref.shift,
            )
        return [ShiftRow(*row) for row in found]

    async def keep(
        self,
        ref: ShiftRef,
        bucket: int,
        reconciliation_id: UUID,
        till: dict[str, int],
        service: dict[str, int],
        missing: int,
        *,
        agrees: bool,
    ) -> None:
        """Keep what a comparison found.

        Raises:
            StoreError: it was not kept.
        """
        async with reading_connection(self._pool, self._reads) as connection:
            await connection.execute(
                QUERIES["write_reconciliation"],
                bucket,
                reconciliation_id,
                ref.partner_id,
                ref.store_code,
                ref.terminal_code,
                ref.shift,
                ref.business_day,
                till,
                service,
                missing,
                agrees,
            )
