"""What stands in a member's history: sales, returns, and sales that were credited later."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkout.primitives import bucket_of_uuid
from checkout.store.queries import QUERIES
from checkout.store.reference import reading_connection

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection
    from uuid import UUID

    from asyncpg import Pool


@dataclass(frozen=True, slots=True)
class MemberReceipt:
    """A sale, a return or a credit; sums are those of the sale, of a return what it gave back."""

    kind: str
    receipt_id: UUID
    at: dt.datetime
    purchase_id: str
    return_id: str
    store_code: str
    terminal_code: str
    business_day: dt.date | None
    shift: str
    receipt_number: str
    cashier: str
    mode: str
    amount_minor: int
    discount_minor: int
    points_value_minor: int
    certificates_minor: int
    payable_minor: int
    points_spent_minor: int
    points_earned_minor: int
    already_paid: bool
    #: The stored answer of a credit: what the sale came to and earned stands there.
    answer: bytes | None
    earned_currency: str
    spent_currency: str


class MemberReceipts:
    """Reads over a pool, in turns with all others that read by the semaphore."""

    def __init__(self, pool: Pool[Any], reads: asyncio.Semaphore) -> None:
        self._pool = pool
        self._reads = reads

    async def before(
        self, member_ids: Collection[UUID], at: dt.datetime, receipt_id: UUID, limit: int
    ) -> list[MemberReceipt]:
        """Those of a member before a moment and id, newest first; under all of its names.

        Raises:
            StoreError: the database cannot be asked.
        """
        async with reading_connection(self._pool, self._reads) as connection:
            found = await connection.fetch(
                QUERIES["read_member_receipts"],
                list(map(bucket_of_uuid, member_ids)),
                list(member_ids),
                at,
                receipt_id,
                at.date(),
                limit,
            )
        return [MemberReceipt(*row) for row in found]
