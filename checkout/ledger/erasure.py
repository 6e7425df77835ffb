"""Erasing: a member stays as a row that receipts and ledger hang on, and stands for nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.ledger.identity_rows import Erasure
from checkout.ledger.interventions import record_erasure
from checkout.ledger.merged_view import names_of

if TYPE_CHECKING:
    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.interventions import Cause


def erase_member(book: Book, member: MemberBook, cause: Cause) -> None:
    """Forget the person, under all names, from now on.

    What the store empties and deletes of each name follows from the one row that is written here.
    That a member is blocked, too, keeps every identifier and code from bringing them to a sale.
    """
    for each in names_of(member):
        row = each.member
        row.erased_at = book.now
        row.blocked_at = row.blocked_at or book.now
        each.gender, each.birth_date, each.traits = "", None, {}
        each.lists = frozenset()
        for participation in each.participations.values():
            participation.left_at = participation.left_at or book.now
        book.touch(row)
        book.writes.identities.erasures.append(Erasure(row.bucket, row.member_id, book.now))
    record_erasure(book, member.member, cause)
