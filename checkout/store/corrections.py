"""Reads of corrections: what a bulk has come to, and what waits for another author."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkout.ledger.correction_rows import Bulk, Correction
from checkout.primitives import bucket_of_uuid
from checkout.store.errors import DRIVER_ERRORS, StoreError, failure_of
from checkout.store.queries import QUERIES

if TYPE_CHECKING:
    from uuid import UUID

    from asyncpg import Pool


@dataclass(frozen=True, slots=True)
class BulkCount:
    """The corrections of a bulk in one state and currency."""

    state: str
    currency: str
    rows: int
    given_minor: int
    taken_minor: int


class CorrectionStore:
    """Reads over a pool; each is one statement, and fails with a `StoreError`."""

    def __init__(self, pool: Pool[Any]) -> None:
        self._pool = pool

    async def find_bulk(self, bulk_id: UUID) -> tuple[Bulk, list[BulkCount]] | None:
        """A bulk and what became of its rows, or None."""
        found = await self._fetch("find_bulk", bucket_of_uuid(bulk_id), bulk_id)
        if not found:
            return None
        *bulk, counts = found[0]
        return Bulk(*bulk), [BulkCount(*count) for count in counts or ()]

    async def list_of_bulk(
        self, bulk_id: UUID, state: str, after_line: int, limit: int
    ) -> list[Correction]:
        """Corrections of a bulk behind a line; without a state all of them."""
        found = await self._fetch("list_bulk_corrections", bulk_id, after_line, state, limit)
        return [Correction(*row) for row in found]

    async def list_proposed(
        self, partner_id: UUID, after: tuple[dt.datetime, UUID], limit: int
    ) -> list[tuple[Correction, str]]:
        """What a partner's authors have to decide on, with the code of its bulk."""
        found = await self._fetch("list_proposed_corrections", partner_id, *after, limit)
        return [(Correction(*row[:-1]), row[-1]) for row in map(tuple, found)]

    async def _fetch(self, query: str, *arguments: object) -> list[Any]:
        try:
            async with self._pool.acquire(timeout=1) as connection:
                found: list[Any] = await connection.fetch(QUERIES[query], *arguments)
        except DRIVER_ERRORS as error:
            raise StoreError(failure_of(error, committing=False)) from error
        return found
