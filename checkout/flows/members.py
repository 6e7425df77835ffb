"""Where quotes find members: the cache first, PostgreSQL if it does not know.

What was asked for once is read once.

At most two reads: whose the identifier is, and the member's state, which are one read for whoever
was seen here before; one more for the member that this one was merged into, and for the household
of a member who pools points, whose state is cached once for all of its members. Confirms do not
come here: they read under locks.
"""

from __future__ import annotations

import asyncio
import dataclasses
from typing import TYPE_CHECKING

from checkout.flows.operation import why_out_of_use
from checkout.flows.qr_codes import reason_of_code
from checkout.primitives import bucket_of_uuid
from checkout.refusals import Reason

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Coroutine
    from uuid import UUID

    from checkout.cache.members import MemberCache
    from checkout.flows.sale import PresentedIdentifier
    from checkout.ledger.book import Book, MemberBook
    from checkout.store.book_store import PostgresBookStore
    from checkout.store.reference import ReferenceStore


class MemberSource:
    """Members as of a version, at most two seconds behind."""

    def __init__(
        self,
        cache: MemberCache,
        books: PostgresBookStore,
        reference: ReferenceStore,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._cache = cache
        self._books = books
        self._reference = reference
        self._clock = clock
        self._reading: dict[UUID, asyncio.Task[MemberBook | None]] = {}
        self._keeping: set[asyncio.Task[None]] = set()

    async def find(
        self, partner_id: UUID, identifier: PresentedIdentifier | None
    ) -> tuple[MemberBook | None, Reason | None]:
        """The member whose identifier it is, or why there is none.

        Raises:
            StoreError: neither cache nor database can tell.
        """
        if identifier is None:
            return None, None
        if identifier.kind == "qr":
            return await self._find_by_code(partner_id, identifier)
        kind, digest = identifier.kind, identifier.digest
        member_id, state = await self._cache.find(partner_id, kind, digest)
        member = await self.get(partner_id, member_id, state) if member_id is not None else None
        if member is None:
            # Not in the cache, or what is there leads to nobody of this partner.
            found = await self._reference.find_identifier(partner_id, kind, digest)
            if found is None:
                return None, identifier.reason_if_unknown
            member = await self.get(partner_id, found.member_id)
            if found.blocked_at is not None:
                blocked = member is not None and member.member.blocked_at is not None
                return None, Reason.MEMBER_BLOCKED if blocked else why_out_of_use(found)
            self._later(self._cache.keep_identifier(partner_id, kind, digest, found.member_id))
        if member is None:
            return None, Reason.MEMBER_UNKNOWN
        if member.member.blocked_at is not None:
            return None, Reason.MEMBER_BLOCKED
        return member, None

    async def _find_by_code(
        self, partner_id: UUID, shown: PresentedIdentifier
    ) -> tuple[MemberBook | None, Reason | None]:
        """Whom a QR code stands for; whether it was used already is asked by what sells."""
        reason = reason_of_code(shown, self._clock())
        if reason is not None or shown.qr is None:
            return None, reason
        member = await self.get(partner_id, shown.qr.member_id)
        if member is None:
            return None, Reason.MEMBER_UNKNOWN
        if member.member.blocked_at is not None:
            return None, Reason.MEMBER_BLOCKED
        return member, None

    async def get(
        self, partner_id: UUID, member_id: UUID, state: MemberBook | None = None
    ) -> MemberBook | None:
        """A member of the partner by id, with the household that there may be; or None.

        The state is read unless it has just been. Who was merged into another member is that one.
        A household is no member: nothing brings one to a sale.
        """
        member = state or await self._get(partner_id, member_id)
        if member is not None and member.member.merged_into is not None:
            member = await self._get(partner_id, member.member.merged_into)
        if member is None or member.is_household:
            return None
        if member.member.household_id is None:
            return member
        # What was read is what others are given, too: it is left as it is.
        household = await self._get(partner_id, member.member.household_id)
        return dataclasses.replace(member, household=household)

    async def _get(self, partner_id: UUID, member_id: UUID) -> MemberBook | None:
        member = await self._cache.get(partner_id, member_id)
        if member is not None:
            return member
        task = self._reading.get(member_id)
        if task is None:
            task = asyncio.create_task(self._read(member_id))
            self._reading[member_id] = task
            task.add_done_callback(lambda _: self._reading.pop(member_id, None))
        member = await asyncio.shield(task)
        return member if member is not None and member.member.partner_id == partner_id else None

    async def after_commit(self, book: Book) -> None:
        """Put the committed state of changed members into the cache."""
        changed = [book.members[member_id] for member_id in book.writes.members]
        if len(changed) == 1:
            await self._cache.keep(changed[0])
        elif changed:
            await self._cache.keep_all(changed)

    async def drain(self) -> None:
        """Wait until what was read has been cached: then the cache may be closed."""
        while self._keeping:
            await asyncio.wait(self._keeping)

    async def _read(self, member_id: UUID) -> MemberBook | None:
        bucket = bucket_of_uuid(member_id)
        member = await self._books.read_member(bucket, member_id, self._clock())
        if member is not None:
            self._later(self._cache.keep(member))
        return member

    def _later(self, work: Coroutine[None, None, None]) -> None:
        """Fill the cache without keeping the caller waiting."""
        task = asyncio.create_task(work)
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)
