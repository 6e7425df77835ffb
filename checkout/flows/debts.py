"""Debts: what returns took back beyond the lots that they had filled is paid with what comes in.

A debt counts against the points that can be spent from the moment it arises. It is paid from lots
when something else moves the member's points: at the return itself nothing is, so that the order of
several returns does not matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from checkout.ledger.lots import available_minor, pick_lots
from checkout.ledger.postings import Movement, post_debt_paid

if TYPE_CHECKING:
    from checkout.ledger.book import Book, MemberBook


def pay_debts(
    book: Book, member: MemberBook, partner_id: UUID, program_code: str, after: UUID
) -> None:
    """Pay what is owed from lots that can be spent, as far as they reach; `after` is a posting."""
    for currency, account in sorted(member.accounts.items()):
        if not account.debt:
            continue
        lots = member.lots.values()
        paid = min(account.debt, available_minor(lots, currency, book.now, book.now))
        if paid:
            movement = Movement(uuid5(after, f"debt {currency}"), partner_id, program_code, "debt")
            taken = pick_lots(lots, currency, paid, book.now, book.now)
            post_debt_paid(book, member, movement, taken)
