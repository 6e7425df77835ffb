"""What a batch reads of sales that were made earlier: rules of then, and what was sold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkout.ledger.sale_book import SoldContent
from checkout.store.queries import QUERIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncpg import Connection

    from checkout.ledger import rows
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


async def read_contents(
    connection: Connection[Any], book: Book, confirmed: Sequence[rows.PurchaseKey]
) -> None:
    """Fill in what was sold in purchases that were confirmed."""
    if not confirmed:
        return
    found = await connection.fetch(
        QUERIES["read_contents"],
        [purchase.home_bucket for purchase in confirmed],
        [purchase.month for purchase in confirmed],
        [purchase.receipt_id for purchase in confirmed],
    )
    for receipt_id, store_id, content, facts in found:
        book.contents[receipt_id] = SoldContent(store_id, content, facts)
