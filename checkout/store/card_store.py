"""Identifiers and cards of a batch: what `checkout.store.book_store` reads and writes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkout.ledger.card_rows import NewCard
from checkout.ledger.rows import Identifier
from checkout.store.queries import QUERIES, columns_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asyncpg import Connection

    from checkout.ledger.book import Book
    from checkout.ledger.card_rows import CardWrites


def add_identifier(book: Book, row: Sequence[Any]) -> None:
    """Fill in a row of `identifier`: whose it is, or a card that is nobody's yet."""
    bucket, partner_id, kind, digest, _, member_id, masked, _, type_code, issue_id, _, _ = row
    if member_id is None:
        card = NewCard(bucket, partner_id, digest, masked, type_code, issue_id)
        book.new_cards[card.ref] = card
    else:
        book.identifiers[partner_id, kind, digest] = Identifier(*row)


async def write_cards(connection: Connection[Any], writes: CardWrites) -> None:
    """Write what a batch issued; no statement if that is nothing."""
    if not writes.issues:
        return
    query = "write_cards"
    groups = {"card": writes.new.values(), "card_issue": writes.issues}
    await connection.execute(QUERIES[query], *columns_of(query, groups))
