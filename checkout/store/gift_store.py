"""Gifts of a batch: what `checkout.store.book_store` locks, reads and writes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkout.ledger.gift_rows import GiftEntry, GiftGiven, GiftStock
from checkout.ledger.gifts import GivenBook, gift_bucket
from checkout.primitives import bucket_of_uuid
from checkout.store.queries import QUERIES, columns_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from uuid import UUID

    from asyncpg import Connection, Record

    from checkout.ledger.book import Book
    from checkout.ledger.gift_rows import GiftRef, GiftsHadRef, GiftWrites


async def lock_stocks(connection: Connection[Any], book: Book, refs: Iterable[GiftRef]) -> None:
    """Lock the stocks that there are of these, sorted."""
    wanted = sorted((gift_bucket(ref), *ref) for ref in set(refs))
    if wanted:
        columns = zip(*wanted, strict=True)
        for row in await connection.fetch(QUERIES["lock_gifts"], *columns):
            stock = GiftStock(*row)
            book.gift_stocks[stock.ref] = stock


async def read_given(
    connection: Connection[Any], book: Book, refs: Collection[tuple[UUID, UUID]]
) -> None:
    """Fill in gifts that operators gave, with what they moved; no statement if none is named."""
    if not refs:
        return
    wanted = sorted((bucket_of_uuid(given_id), given_id, partner) for partner, given_id in refs)
    record = await connection.fetchrow(QUERIES["read_gifts_given"], *zip(*wanted, strict=True))
    for row in record["given"] or ():
        given = GiftGiven(*row)
        book.gifts_given[given.gift_given_id] = GivenBook(given)
    for given_id, lot_id, amount in record["movements"] or ():
        book.gifts_given[given_id].movements[lot_id] = amount


async def read_had(connection: Connection[Any], book: Book, refs: Collection[GiftsHadRef]) -> None:
    """Fill in what operators gave members; no statement if nobody is named."""
    if not refs:
        return
    for member_id, gift, _ in refs:
        book.gifts_had[member_id, gift] = {}
    columns = zip(*sorted(refs), strict=True)
    for row in await connection.fetch(QUERIES["read_gifts_had"], *columns):
        book.gifts_had[row["member_id"], row["gift_code"]][row["gift_given_id"]] = row["count"]


def fill_sales(book: Book, record: Record) -> None:
    """What campaigns gave: from the statement that reads sales."""
    for row in record["gifts"] or ():
        entry = GiftEntry(*row)
        book.sales[entry.moved_by].gifts.append(entry)


async def write_gifts(connection: Connection[Any], writes: GiftWrites) -> None:
    """Write what a batch changed; no statement if that is nothing."""
    if writes.is_empty:
        return
    query = "write_gifts"
    groups = {
        "gift_stock": writes.stocks.values(),
        "gift_given": writes.new_given.values(),
        "gift_given_changed": writes.taken_back.values(),
        "gift_entry": writes.entries,
    }
    await connection.execute(QUERIES[query], *columns_of(query, groups))
