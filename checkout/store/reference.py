"""Reads that no receipt waits for: publications, directory, budgets, single purchases and requests.

Each is one statement. Failures are `StoreError`s.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from checkout.deadline import patience_s
from checkout.ledger import rows
from checkout.ledger.book import key_bucket
from checkout.ledger.gift_rows import GiftStock
from checkout.ledger.open_debts import DebtLeg, DebtOrigin
from checkout.ledger.statement_rows import FilledLot, StatementRow
from checkout.primitives import bucket_of
from checkout.store.errors import DRIVER_ERRORS, Failure, StoreError, failure_of
from checkout.store.pool import borrowed
from checkout.store.queries import QUERIES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from asyncpg import Connection, Pool


#: Longest wait for a turn to read, less if the caller has less time. A worker's own reads, which
#: nobody waits for, are as patient: rules must be followed in busy times.
TURN_PATIENCE_S: Final = 5.0
#: Longest wait for a new connection.
CONNECT_PATIENCE_S: Final = 1.0
#: Longest wait for one read that a quote waits for.
STATEMENT_PATIENCE_S: Final = 1.0


#: What the queue keeps of jobs that ended: their steps, and counts per second.
JOB_LOG_KEPT: Final = dt.timedelta(days=7)
JOB_COUNTS_KEPT: Final = dt.timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Publication:
    """The snapshot in force of a partner."""

    partner_id: UUID
    seq: int
    snapshot_id: str


@dataclass(frozen=True, slots=True)
class Poll:
    """The time, the newest publication, the version of the directory, and stopped campaigns."""

    now: dt.datetime
    publication_seq: int
    directory_version: int
    stopped: list[tuple[UUID, str]]


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """A tenant and its settings."""

    partner_id: UUID
    code: str
    name: str
    settings: dict[str, Any]
    #: Code, prefix, digits and whether one is issued at enrolment, of each type of cards.
    card_types: list[tuple[str, str, int, bool]]


@dataclass(frozen=True, slots=True)
class SoldRow:
    """All that a receipt was evaluated with, and what was answered."""

    receipt_id: UUID
    snapshot_id: str
    evaluated_at: dt.datetime
    confirmed_at: dt.datetime
    content: bytes
    facts: bytes
    answer: bytes


@dataclass(frozen=True, slots=True)
class SaleRow:
    """The state of a purchase, and its receipt if it was confirmed."""

    state: str
    sold: SoldRow | None


@dataclass(frozen=True, slots=True)
class TerminalRow:
    """A terminal with its living tokens."""

    terminal_id: UUID
    partner_id: UUID
    store_code: str
    code: str
    kind: str
    store_id: UUID
    time_zone: str
    token_hashes: tuple[bytes, ...]
    permissions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StoreRow:
    """A store and its zone."""

    partner_id: UUID
    code: str
    store_id: UUID
    time_zone: str


@dataclass(frozen=True, slots=True)
class PurchaseRow:
    """What became of a purchase."""

    state: str
    answer: bytes | None
    hold_state: str | None
    hold_id: UUID | None
    points_minor: int | None
    expires_at: dt.datetime | None
    #: Thousandths by position.
    returned: dict[str, int]
    #: The answer of the call that credited it to a member.
    credited: bytes | None


@dataclass(frozen=True, slots=True)
class Invalidations:
    """Cached values to drop: members with their version, identifiers."""

    members: list[tuple[int, UUID, UUID, int]] = field(default_factory=list)
    identifiers: list[tuple[int, UUID, str, bytes]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.members) + len(self.identifiers)


class ReferenceStore:
    """Reads over a pool."""

    def __init__(self, pool: Pool[Any], reads: asyncio.Semaphore | None = None) -> None:
        """Take connections from the pool, in turns with all others that read by the semaphore."""
        self._pool = pool
        self._reads = reads or asyncio.Semaphore(pool.get_max_size())

    async def poll(self) -> Poll:
        """What a worker asks again and again."""
        async with self._connection() as connection:
            row = await connection.fetchrow(QUERIES["poll"])
        return Poll(*row)

    async def read_publications(self) -> list[Publication]:
        """What is in force, per partner."""
        async with self._connection() as connection:
            found = await connection.fetch(QUERIES["read_publications"])
        return [Publication(r["partner_id"], r["seq"], r["snapshot_id"]) for r in found]

    async def read_partners(self) -> list[PartnerRow]:
        """All tenants."""
        async with self._connection() as connection:
            found = await connection.fetch(QUERIES["read_partners"])
        return [
            PartnerRow(r["partner_id"], r["code"], r["name"], r["settings"], r["card_types"])
            for r in found
        ]

    async def read_terminals(self) -> list[TerminalRow]:
        """All terminals that are not blocked."""
        async with self._connection() as connection:
            found = await connection.fetch(QUERIES["read_terminals"])
        return [
            TerminalRow(
                r["terminal_id"],
                r["partner_id"],
                r["store_code"],
                r["code"],
                r["kind"],
                r["store_id"],
                r["time_zone"],
                tuple(r["token_hashes"]),
                frozenset(r["permissions"]),
            )
            for r in found
        ]

    async def read_stores(self) -> list[StoreRow]:
        """All stores."""
        async with self._connection() as connection:
            found = await connection.fetch(QUERIES["read_stores"])
        return [StoreRow(*row) for row in found]

    async def read_budgets(self) -> list[rows.Budget]:
        """All budgets."""
        async with self._connection() as connection:
            found = await connection.fetch(QUERIES["read_budgets"])
        return [rows.Budget(*row) for row in found]

    async def read_gift_stocks(self) -> list[GiftStock]:
        """All stocks of counted gifts."""
        async with self._connection() as connection:
            found = await connection.fetch(QUERIES["read_gift_stocks"])
        return [GiftStock(*row) for row in found]

    async def read_shared_slots(
        self, changed_within: dt.timedelta, since: dt.datetime
    ) -> list[rows.LimitSlot]:
        """Slots of shared limits that changed lately and began since then, or never begin anew."""
        async with self._connection() as connection:
            found = await connection.fetch(QUERIES["read_shared_slots"], changed_within, since)
        return [rows.LimitSlot(*row) for row in found]

    async def read_manifest(self, snapshot_id: str) -> bytes | None:
        """The manifest of a snapshot, or None."""
        async with self._connection() as connection:
            row = await connection.fetchrow(QUERIES["read_snapshot"], snapshot_id)
        return row["manifest"] if row is not None else None

    async def read_parts(self, hashes: list[str]) -> dict[str, bytes]:
        """Parts by hash."""
        async with self._connection() as connection:
            found = await connection.fetch(QUERIES["read_snapshot_parts"], hashes)
        return {row["part_hash"]: row["body"] for row in found}

    async def find_identifier(
        self, partner_id: UUID, kind: str, digest: bytes
    ) -> rows.Identifier | None:
        """Whose it is, or None."""
        async with self._connection() as connection:
            row = await connection.fetchrow(
                QUERIES["find_identifier"], bucket_of(digest), partner_id, kind, digest
            )
        return rows.Identifier(*row) if row is not None else None

    async def find_purchase(self, partner_id: UUID, purchase_id: str) -> PurchaseRow | None:
        """What became of a purchase, or None."""
        async with self._connection() as connection:
            row = await connection.fetchrow(
                QUERIES["find_purchase"],
                key_bucket(partner_id, purchase_id),
                partner_id,
                purchase_id,
            )
        return PurchaseRow(*row) if row is not None else None

    async def find_sale(self, partner_id: UUID, purchase_id: str) -> SaleRow | None:
        """What a purchase was sold with, or None."""
        async with self._connection() as connection:
            row = await connection.fetchrow(
                QUERIES["find_sale"], key_bucket(partner_id, purchase_id), partner_id, purchase_id
            )
        if row is None:
            return None
        state, *sold = row
        return SaleRow(state, SoldRow(*sold) if sold[0] is not None else None)

    async def find_request(
        self, partner_id: UUID, method: str, request_id: str, key_number: int
    ) -> tuple[bytes | None, bool]:
        """The stored answer of a call, and whether some transaction works under its key right now.

        The key is tried first: if it is free, whatever the call did is visible to the read that
        follows. Two statements without a transaction around them: it is asked most when the
        database is slow.
        """
        async with self._connection() as connection:
            is_free = await connection.fetchval(QUERIES["is_key_free"], key_number)
            row = await connection.fetchrow(
                QUERIES["find_request"],
                key_bucket(partner_id, request_id),
                partner_id,
                method,
                request_id,
            )
        return (row["answer"] if row is not None else None), not is_free

    async def read_statement(
        self,
        bucket: int,
        member_id: UUID,
        currency: str,
        *,
        below: int | None,
        as_of: dt.datetime | None,
        limit: int,
    ) -> list[StatementRow]:
        """Entries of an account, newest first: below a sequence number, made by a moment."""
        async with self._connection() as connection:
            found = await connection.fetch(
                QUERIES["read_statement"], bucket, member_id, currency, below, as_of, limit
            )
        return [
            StatementRow(
                row["seq"],
                row["amount"],
                row["balance_after"],
                row["at"],
                row["kind"],
                row["receipt_id"],
                row["purchase_id"],
                [FilledLot(*lot) for lot in row["lots"] or ()],
                row["is_second"],
            )
            for row in found
        ]

    async def read_debts(
        self, bucket: int, member_id: UUID, currency: str, as_of: dt.datetime | None
    ) -> list[DebtLeg]:
        """What moved the debt of an account by a moment."""
        async with self._connection() as connection:
            found = await connection.fetch(
                QUERIES["read_debts"], bucket, member_id, currency, as_of
            )
        return [DebtLeg(DebtOrigin(*origin), owed) for owed, *origin in found]

    async def due_holds(self, now: dt.datetime, limit: int) -> list[tuple[UUID, str]]:
        """Pending holds whose time is over."""
        async with self._connection() as connection:
            found = await connection.fetch(QUERIES["due_holds"], now, limit)
        return [(row["partner_id"], row["purchase_id"]) for row in found]

    async def due_lots(
        self, begun_by: dt.datetime, ended_by: dt.datetime, limit: int
    ) -> list[tuple[UUID, UUID]]:
        """Partner and member of lots whose beginning or end is to be booked."""
        async with self._connection() as connection:
            found = await connection.fetch(QUERIES["due_lots"], begun_by, ended_by, limit)
        return [(row["partner_id"], row["member_id"]) for row in found]

    async def due_certificates(self, ended_by: dt.datetime, limit: int) -> list[tuple[UUID, bytes]]:
        """Partner and digest of certificates whose end is to be booked."""
        async with self._connection() as connection:
            found = await connection.fetch(QUERIES["due_certificates"], ended_by, limit)
        return [(row["partner_id"], row["digest"]) for row in found]

    async def forget_jobs(self) -> None:
        """Remove what the queue's library keeps of jobs that ended long ago."""
        async with self._connection() as connection:
            await connection.execute(QUERIES["forget_jobs"], JOB_LOG_KEPT, JOB_COUNTS_KEPT)

    async def create_months(self, first: dt.date, last: dt.date) -> int:
        """Make the partitions of these months that are missing; how many."""
        async with self._connection() as connection:
            made: int = await connection.fetchval(QUERIES["create_months"], first, last)
        return made

    @asynccontextmanager
    async def taken_invalidations(
        self, limit: int
    ) -> AsyncIterator[tuple[Invalidations, Invalidations]]:
        """Take invalidations off the queue; they stay on it if the block fails.

        What the block adds to the second stands at the end of the queue again.
        """
        async with self._connection() as connection, connection.transaction():
            found = await connection.fetch(QUERIES["take_invalidations"], limit)
            taken = Invalidations(
                [
                    (r["bucket"], r["partner_id"], r["member_id"], r["version"])
                    for r in found
                    if r["member_id"] is not None
                ],
                [
                    (r["bucket"], r["partner_id"], r["kind"], r["digest"])
                    for r in found
                    if r["digest"] is not None
                ],
            )
            left = Invalidations()
            yield taken, left
            if left:
                again: list[tuple[object, ...]] = [(*each, None, None) for each in left.members]
                again += [(*each[:2], None, None, *each[2:]) for each in left.identifiers]
                columns = zip(*again, strict=True)
                await connection.execute(QUERIES["queue_invalidations_again"], *columns)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection[Any]]:
        async with reading_connection(self._pool, self._reads) as connection:
            yield connection


@asynccontextmanager
async def reading_connection(
    pool: Pool[Any], reads: asyncio.Semaphore
) -> AsyncIterator[Connection[Any]]:
    """A connection to read with.

    Raises:
        StoreError: others have them all (`Failure.BUSY`), or the database cannot be asked.
    """
    try:
        async with asyncio.timeout(patience_s(TURN_PATIENCE_S)):
            await reads.acquire()
    except TimeoutError:
        raise StoreError(Failure.BUSY) from None
    try:
        async with borrowed(pool, reads, CONNECT_PATIENCE_S) as connection:
            yield connection
    except DRIVER_ERRORS as error:
        raise StoreError(failure_of(error, committing=False)) from error
