"""What a batch reads of sales that were made earlier: the rules of then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkout.store.queries import QUERIES

if TYPE_CHECKING:
    from asyncpg import Connection

    from checkout.ledger.book import Book, KeyRefs


async def read_publications(connection: Connection[Any], book: Book, refs: KeyRefs) -> None:
    """Fill in what was in force when late receipts were sold."""
    if not refs.publications:
        return
    wanted = sorted(refs.publications)
    found = await connection.fetch(
        QUERIES["read_publications_then"],
        [partner_id for partner_id, _ in wanted],
        [at for _, at in wanted],
    )
    for partner_id, at, snapshot_id in found:
        book.publications[partner_id, at] = snapshot_id
