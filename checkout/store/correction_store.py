"""Corrections of a batch: what `checkout.store.book_store` reads and writes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkout.ledger.correction_rows import Bulk, Correction
from checkout.ledger.corrections import CorrectionBook
from checkout.primitives import bucket_of_uuid
from checkout.store.queries import QUERIES, columns_of

if TYPE_CHECKING:
    from asyncpg import Connection

    from checkout.ledger.book import Book, KeyRefs
    from checkout.ledger.writes import Writes


async def read_corrections(connection: Connection[Any], book: Book, refs: KeyRefs) -> None:
    """Fill in corrections, with what they moved, and bulks that operators name."""
    if not (refs.corrections or refs.bulks):
        return
    corrections, bulks = sorted(refs.corrections), sorted(refs.bulks)
    record = await connection.fetchrow(
        QUERIES["read_corrections"],
        list(map(bucket_of_uuid, corrections)),
        corrections,
        list(map(bucket_of_uuid, bulks)),
        bulks,
    )
    for row in record["corrections"] or ():
        correction = Correction(*row)
        book.corrections[correction.correction_id] = CorrectionBook(correction)
    for correction_id, lot_id, amount in record["movements"] or ():
        book.corrections[correction_id].movements[lot_id] = amount
    for row in record["bulks"] or ():
        bulk = Bulk(*row)
        book.bulks[bulk.bulk_id] = bulk


async def write_corrections(connection: Connection[Any], writes: Writes) -> None:
    """Write what a batch changed; no statement if that is nothing."""
    if not (writes.new_corrections or writes.corrections):
        return
    query = "write_corrections"
    groups = {
        "bulk": writes.bulks.values(),
        "correction": writes.new_corrections.values(),
        "correction_changed": writes.corrections.values(),
    }
    await connection.execute(QUERIES[query], *columns_of(query, groups))
