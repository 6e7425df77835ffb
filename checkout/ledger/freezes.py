"""Freezes: points that an operator takes out of reach, and restores to the same lots.

The total stays as it is; what can be spent is less. What expires last is frozen first, so that a
freeze lets as little as possible run out that could have been spent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from checkout.ledger.lots import expiring_first, free_minor, is_spendable
from checkout.ledger.rows import Freeze
from checkout.primitives import bucket_of_uuid

if TYPE_CHECKING:
    from checkout.ledger.book import Book, MemberBook


def open_freeze(
    book: Book, member: MemberBook, freeze_id: UUID, currency: str, points_minor: int
) -> Freeze:
    """Set points aside; the caller has made sure that so many can be spent."""
    free = [
        lot
        for lot in member.lots.values()
        if lot.currency == currency
        and free_minor(lot) > 0
        and is_spendable(lot, book.now, book.now)
    ]
    lots: dict[str, int] = {}
    left = points_minor
    for lot in sorted(free, key=expiring_first, reverse=True):
        part = min(left, free_minor(lot))
        if part:
            lots[str(lot.lot_id)] = part
            left -= part
    assert left == 0, "no more is frozen than can be spent"
    row = member.member
    freeze = Freeze(
        bucket_of_uuid(freeze_id),
        freeze_id,
        row.partner_id,
        row.member_id,
        currency,
        points_minor,
        lots,
        book.now,
        None,
    )
    _move(book, member, freeze, +1)
    book.freezes[freeze_id] = book.writes.new_freezes[freeze_id] = freeze
    return freeze


def restore(book: Book, member: MemberBook, freeze: Freeze) -> None:
    """Give back what a freeze set aside, to the lots that it lay in."""
    assert freeze.restored_at is None, "a freeze ends once"
    _move(book, member, freeze, -1)
    freeze.restored_at = book.now
    if freeze.freeze_id not in book.writes.new_freezes:
        book.writes.freezes[freeze.freeze_id] = freeze


def _move(book: Book, member: MemberBook, freeze: Freeze, sign: int) -> None:
    for lot_id, amount in freeze.lots.items():
        lot = member.lots[UUID(lot_id)]
        lot.frozen += sign * amount
        assert 0 <= lot.frozen <= lot.remaining - lot.held, "what is frozen is there"
        book.save_lot(lot)
    account = member.account(freeze.currency)
    account.frozen += sign * freeze.points_minor
    assert account.frozen >= 0, "no more is restored than was frozen"
    book.save_account(account)
    book.touch(member.member)
