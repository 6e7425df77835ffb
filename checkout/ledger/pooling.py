"""Pooling: what a member has of points, and owes, moves to the household that the member is in.

Two postings that mirror each other, by way of the contra account `transferred`, whose sum over all
accounts is nothing. Lots keep their dates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.ledger.lots import free_minor, has_ended, moved_lot_id
from checkout.ledger.postings import NewLot, Transfer, post_transfer

if TYPE_CHECKING:
    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.postings import Movement


def bound_minor(member: MemberBook) -> dict[str, int]:
    """What keeps points of a member from being moved: held and frozen ones, by currency.

    A frozen account is not left by joining, whatever it holds.
    """
    bound = {code: each.held + each.frozen for code, each in member.accounts.items()}
    return {code: amount for code, amount in bound.items() if amount or member.is_frozen(code)}


def transfer_all(
    book: Book, giver: MemberBook, taker: MemberBook, movement: Movement, back: Movement
) -> None:
    """Move every lot that has not ended, as far as it is free, and every debt.

    `movement` takes them from the giver, `back` gives them to the taker.
    """
    taken = {
        lot.lot_id: free_minor(lot)
        for lot in giver.lots.values()
        if free_minor(lot) > 0 and not has_ended(lot, book.now)
    }
    given = [
        NewLot(
            moved_lot_id(back.posting_id, lot_id),
            giver.lots[lot_id].currency,
            amount,
            giver.lots[lot_id].active_from,
            giver.lots[lot_id].expires_at,
        )
        for lot_id, amount in taken.items()
    ]
    debts = {code: account.debt for code, account in giver.accounts.items() if account.debt}
    if taken or debts:
        post_transfer(book, giver, movement, Transfer(taken, (), debts))
        less = {code: -amount for code, amount in debts.items()}
        post_transfer(book, taker, back, Transfer({}, given, less))
