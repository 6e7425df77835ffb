"""Stores that lack one lock: what the races find when it is missing.

Without the lock two batches that meet read the same state and write over each other. They meet for
certain: each worker's first batch waits after its read until the other has read, too.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from checkout.store.book_store import PostgresBookStore, PostgresBookTransaction
from checkout.store.queries import QUERIES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterable
    from uuid import UUID

    import pytest
    from asyncpg import Pool

    from checkout.ledger.book import Book, BudgetRef, KeyRefs, LimitRef
    from checkout.ledger.certificates import CertificateRef
    from checkout.ledger.coupon_rows import CouponRef
    from checkout.ledger.gift_rows import GiftRef
    from tests.service.running import Service

MEETING_S = 5
#: A batch that gives up while the other writes is run again, reads what the other wrote, and goes
#: right: on a slow disk the missing lock would not show.
LOCK_WAIT = "set local lock_timeout = '4s'"


class MeetingStore(PostgresBookStore):
    """A store whose first transaction waits for the other worker's at one step."""

    def __init__(self, pool: Pool[Any], meeting: asyncio.Barrier, step: str) -> None:
        super().__init__(pool)
        self.meeting = meeting
        self.step = step
        self.has_met = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PostgresBookTransaction]:
        async with super().transaction() as transaction:
            await transaction._connection.execute(LOCK_WAIT)
            yield _MeetingTransaction(transaction._connection, self)

    async def meet(self, step: str) -> None:
        if step == self.step and not self.has_met:
            self.has_met = True
            async with asyncio.timeout(MEETING_S):
                await self.meeting.wait()


class _MeetingTransaction(PostgresBookTransaction):
    def __init__(self, connection: Any, store: MeetingStore) -> None:
        super().__init__(connection)
        self._store = store

    async def read_keys(self, book: Book, refs: KeyRefs) -> None:
        await super().read_keys(book, refs)
        await self._store.meet("keys")

    async def load_members(self, book: Book, member_ids: Iterable[UUID]) -> None:
        await super().load_members(book, member_ids)
        await self._store.meet("members")

    async def load_coupons(self, book: Book, refs: Iterable[CouponRef]) -> None:
        await super().load_coupons(book, refs)
        await self._store.meet("coupons")

    async def load_certificates(
        self, book: Book, refs: Iterable[CertificateRef], followed: Collection[CertificateRef]
    ) -> None:
        await super().load_certificates(book, refs, followed)
        await self._store.meet("certificates")

    async def load_limits(self, book: Book, refs: Iterable[LimitRef]) -> None:
        await super().load_limits(book, refs)
        await self._store.meet("limits")

    async def load_sale_state(self, book: Book) -> None:
        await super().load_sale_state(book)
        await self._store.meet("sale_state")

    async def lock_budgets(self, book: Book, refs: Iterable[BudgetRef]) -> None:
        await super().lock_budgets(book, refs)
        await self._store.meet("budgets")

    async def lock_gifts(self, book: Book, refs: Iterable[GiftRef]) -> None:
        await super().lock_gifts(book, refs)
        await self._store.meet("gifts")


class _ReversedTransaction(PostgresBookTransaction):
    """Locks members one by one, in the order of one worker or the other."""

    def __init__(self, connection: Any, store: ReversedStore) -> None:
        super().__init__(connection)
        self._store = store

    async def load_members(self, book: Book, member_ids: Iterable[UUID]) -> None:
        ids: Collection[UUID] = sorted(member_ids, reverse=self._store.is_reversed)
        for place, member_id in enumerate(ids):
            query = "select 1 from member where member_id = $1 for update"
            await self._connection.fetch(query, member_id)
            if place == 0 and len(ids) > 1:
                await self._store.meet("first lock")
        await super().load_members(book, ids)


class ReversedStore(MeetingStore):
    """A store that locks members in an order of its own."""

    is_reversed = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PostgresBookTransaction]:
        async with PostgresBookStore.transaction(self) as transaction:
            yield _ReversedTransaction(transaction._connection, self)


def take_lock_away(
    service: Service,
    patch: pytest.MonkeyPatch,
    step: str,
    *,
    background: bool = False,
    read_by: str = "",
) -> None:
    """Let the service run without the lock of a step, such as keys, members or certificates.

    What the lock guards has been read after that step, or after the one it is `read_by`.
    """
    query = QUERIES[f"lock_{step}"]
    unlocked = re.sub(r"for update of \w+( nowait)?|pg_advisory_xact_lock(?=\(key\))", "", query)
    assert unlocked != query
    patch.setitem(QUERIES, f"lock_{step}", unlocked)
    meet_after(service, read_by or step, background=background)


def meet_after(service: Service, step: str, *, background: bool = False) -> None:
    """Let each worker's first batch wait after a step for the other's."""
    meeting = asyncio.Barrier(len(service.workers))
    for worker in service.workers:
        commit = worker.background_commit if background else worker.group_commit
        pool = commit._store._pool  # type: ignore[attr-defined]
        commit._store = MeetingStore(pool, meeting, step)


def lock_in_opposite_orders(service: Service) -> None:
    """Let each worker lock members in the other's reverse order, meeting after the first."""
    meeting = asyncio.Barrier(len(service.workers))
    for number, worker in enumerate(service.workers):
        pool = worker.group_commit._store._pool  # type: ignore[attr-defined]
        store = ReversedStore(pool, meeting, "first lock")
        store.is_reversed = number == 1
        worker.group_commit._store = store


#: Locks members, and only looks at the households they are in.
_HOUSEHOLDS_UNLOCKED = """
with locked as (
    select m.bucket, m.member_id, m.household_id, m.merged_into, m.other_names
    from member m
    join unnest($1::smallint[], $2::uuid[]) as w (bucket, member_id)
        on m.bucket = w.bucket and m.member_id = w.member_id
    order by m.bucket, m.member_id
    for update of m
)
select * from locked
union
select h.bucket, h.member_id, h.household_id, h.merged_into, h.other_names
from member h
join locked on h.member_id = locked.household_id
"""


def leave_households_unlocked(service: Service, patch: pytest.MonkeyPatch) -> None:
    """Let the service lock members without the households that they share."""
    patch.setitem(QUERIES, "lock_members", _HOUSEHOLDS_UNLOCKED)
    meet_after(service, "members")


#: Locks members by the ids that are asked for, and only looks at those they were merged into.
_SURVIVORS_UNLOCKED = """
with locked as (
    select m.bucket, m.member_id, m.household_id, m.merged_into, m.other_names
    from member m
    join unnest($1::smallint[], $2::uuid[]) as w (bucket, member_id)
        on m.bucket = w.bucket and m.member_id = w.member_id
    order by m.bucket, m.member_id
    for update of m
)
select * from locked
union
select s.bucket, s.member_id, s.household_id, s.merged_into, s.other_names
from member s
join locked on s.member_id = locked.merged_into
"""


def leave_survivors_unlocked(service: Service, patch: pytest.MonkeyPatch) -> None:
    """Let the service lock members without those that they were merged into."""
    patch.setitem(QUERIES, "lock_members", _SURVIVORS_UNLOCKED)
    meet_after(service, "members")
