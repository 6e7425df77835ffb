"""Settling what a member's own books are about: goods that come back, corrections that are undone.

Mostly that concerns one member. Of one who was merged into another the points lie with that one:
then what is needed comes back first, the books are written as if there had been no merging, and
what is left in them is moved again, all in one transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.households import pool_points
from checkout.ledger.lots import free_minor
from checkout.ledger.merges import Sides, Wanted, apart, bring_back, carry_over

if TYPE_CHECKING:
    from collections.abc import Callable

    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.postings import Movement, ReturnedPoints


def judged_by(book: Book, books: MemberBook) -> tuple[MemberBook, MemberBook]:
    """What books are judged by, and whose points count where some are missing there.

    Of a merged member the books with what of their points lies with the survivor, who pays.
    """
    survivor_id = books.member.merged_into
    if survivor_id is None:
        return books, books
    merge, survivor = book.identities.merged[books.member.member_id], book.members[survivor_id]
    return apart(merge, books, survivor), survivor.purse


def settle(
    book: Book,
    books: MemberBook,
    movement: Movement,
    points: ReturnedPoints,
    post: Callable[[], None],
) -> MemberBook:
    """Post what is settled; `points` are those that `post` moves in the books.

    Whose account has now what came to them: a household's, if the member has joined one since.
    """
    partner_id, program_code = movement.partner_id, movement.program_code
    survivor_id = books.member.merged_into
    if survivor_id is None:
        post()
        return pool_points(book, books, partner_id, program_code, movement.posting_id)
    merge, survivor = book.identities.merged[books.member.member_id], book.members[survivor_id]
    back, again = (
        Sides.of(movement.posting_id, what, partner_id, program_code, "", "")
        for what in ("back", "again")
    )
    bring_back(book, merge, books, survivor, _missing(books, points), back)
    post()
    carry_over(book, merge, books, survivor, again)
    return pool_points(book, survivor, partner_id, program_code, movement.posting_id)


def _missing(books: MemberBook, points: ReturnedPoints) -> Wanted:
    """What is taken from the books and is not there."""
    accounts = books.accounts
    return Wanted(
        {i: max(amount - free_minor(books.lots[i]), 0) for i, amount in points.out.items()},
        {i: max(amount - books.lots[i].expired, 0) for i, amount in points.lapsed.items()},
        {
            code: max(amount - (accounts[code].debt if code in accounts else 0), 0)
            for code, amount in points.forgiven.items()
        },
    )
