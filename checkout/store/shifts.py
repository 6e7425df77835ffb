"""Shifts of tills: what was sold and taken back in one, and that it was compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkout.store.errors import DRIVER_ERRORS, StoreError, failure_of
from checkout.store.queries import QUERIES

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

    def __init__(self, pool: Pool[Any]) -> None:
        self._pool = pool

    async def read(self, ref: ShiftRef) -> list[ShiftRow]:
        """Everything of the shift.

        Raises:
            StoreError: the database cannot be asked.
        """
        try:
            found = await self._pool.fetch(
                QUERIES["read_shift"],
                ref.partner_id,
                ref.store_code,
                ref.terminal_code,
                ref.business_day,
                ref.shift,
            )
        except DRIVER_ERRORS as error:
            raise StoreError(failure_of(error, committing=False)) from error
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
        try:
            await self._pool.execute(
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
        except DRIVER_ERRORS as error:
            raise StoreError(failure_of(error, committing=False)) from error
