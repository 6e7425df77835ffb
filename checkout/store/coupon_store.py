"""Coupons and tags of a batch: what `checkout.store.book_store` reads and writes of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from checkout.ledger.coupon_rows import Coupon, CouponUse, MemberTag
from checkout.primitives import bucket_of
from checkout.store.queries import QUERIES, columns_of
from checkout.store.reference import reading_connection

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable
    from uuid import UUID

    from asyncpg import Connection, Pool, Record

    from checkout.ledger.book import Book
    from checkout.ledger.coupon_rows import CouponRef, CouponWrites


class CouponReader:
    """Reads coupons over a pool, without locks."""

    def __init__(self, pool: Pool[Any], reads: asyncio.Semaphore | None = None) -> None:
        """Take connections from the pool, in turns with all others that read by the semaphore."""
        self._pool = pool
        self._reads = reads or asyncio.Semaphore(pool.get_max_size())

    async def find(self, refs: Iterable[CouponRef]) -> list[Coupon]:
        """The coupons that there are of these.

        Raises:
            StoreError: the database cannot be asked.
        """
        return await self._read("read_coupons", *zip(*_sorted(refs), strict=True))

    async def of_member(
        self,
        partner_id: UUID,
        member_ids: Collection[UUID],
        after: UUID | None,
        now: dt.datetime,
        limit: int,
    ) -> list[Coupon]:
        """A member's coupons that can be used now or later, by id, those after one.

        Raises:
            StoreError: the database cannot be asked.
        """
        return await self._read(
            "read_member_coupons", sorted(member_ids), partner_id, after, now, limit
        )

    async def _read(self, query: str, *arguments: object) -> list[Coupon]:
        async with reading_connection(self._pool, self._reads) as connection:
            return [Coupon(*row) for row in await connection.fetch(QUERIES[query], *arguments)]


async def lock_coupons(connection: Connection[Any], book: Book, refs: Iterable[CouponRef]) -> None:
    """Lock the coupons that there are of these, sorted."""
    wanted = _sorted(refs)
    if wanted:
        columns = zip(*wanted, strict=True)
        for row in await connection.fetch(QUERIES["lock_coupons"], *columns):
            coupon = Coupon(*row)
            book.coupons[coupon.ref] = coupon


def fill_sales(book: Book, record: Record) -> None:
    """What sales used, issued and gave: from the statement that reads sales."""
    for row in record["coupon_uses"] or ():
        use = CouponUse(*row)
        book.sales[use.receipt_id].coupon_uses.append(use)
    for receipt_id, partner_id, digest in record["coupons_issued"] or ():
        book.sales[receipt_id].coupons_issued.add((partner_id, digest))
    for receipt_id, tag in record["tags_given"] or ():
        book.sales[receipt_id].tags_given.add(tag)


def fill_tags(book: Book, record: Record) -> None:
    """Members' tags: from the statement that reads members."""
    for row in record["tags"] or ():
        tag = MemberTag(*row)
        book.members[tag.member_id].tags[tag.tag] = tag


async def write_coupons(connection: Connection[Any], writes: CouponWrites) -> None:
    """Write what a batch changed; no statement if that is nothing."""
    if writes.is_empty:
        return
    query = "write_coupons"
    groups = {
        "coupon": writes.new_coupons.values(),
        "coupon_changed": writes.coupons.values(),
        "coupon_use": writes.uses,
        "coupon_issue": writes.issues,
        "member_tag": writes.tags.values(),
        "tag_given": writes.tags_given,
    }
    await connection.execute(QUERIES[query], *columns_of(query, groups))


def _sorted(refs: Iterable[CouponRef]) -> list[tuple[int, UUID, bytes]]:
    """Keys of coupons in the order in which they are locked."""
    return sorted({(bucket_of(digest), partner_id, digest) for partner_id, digest in refs})
