"""BookLots: what the dates of lots say already is booked, by the workers (L2, L3).

Points that have become active go from the pending account to the member's; points that have
expired go to the expired one, once no quote that was made before can spend them any more. What a
hold or an operator keeps stays until it is given back. Members are looked at again under their
locks: so it may be run twice, and by two at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from checkout.flows.background_answers import BookedAnswer
from checkout.flows.currencies import find_currency
from checkout.flows.operation import Decision, Operation
from checkout.flows.pricing import QUOTE_VALIDITY
from checkout.ledger.lots import is_to_begin, is_to_end
from checkout.ledger.postings import Movement, post_activation, post_expiry
from checkout.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection

    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.rows import Lot


class BookLotsOperation(Operation):
    """Book what is due of some members of a partner."""

    method = "BookLots"

    def __init__(self, partner_id: UUID, members: Collection[UUID], run_id: UUID) -> None:
        """`run_id` is fresh: ids of what is posted are made of it."""
        super().__init__(partner_id, "", b"")
        self.members = members
        self.run_id = run_id

    def member_ids(self, book: Book) -> set[UUID]:
        del book
        return set(self.members)

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        postings = 0
        for member_id in sorted(self.members):
            member = book.members.get(member_id)
            if member is not None:
                postings += self._begin(book, snapshots, member)
                postings += self._end(book, snapshots, member)
        return Decision(BookedAnswer(postings=postings), is_final=False)

    def _begin(self, book: Book, snapshots: Snapshots, member: MemberBook) -> int:
        begun = [lot for lot in member.lots.values() if is_to_begin(lot, book.now)]
        if not begun:
            return 0
        currency = min(lot.currency for lot in begun)
        post_activation(book, member, self._movement(snapshots, member, "activation", currency))
        return 1

    def _end(self, book: Book, snapshots: Snapshots, member: MemberBook) -> int:
        ended: dict[str, list[Lot]] = {}
        for lot in member.lots.values():
            if is_to_end(lot, book.now - QUOTE_VALIDITY):
                ended.setdefault(lot.currency, []).append(lot)
        for currency, lots in sorted(ended.items()):
            post_expiry(book, member, self._movement(snapshots, member, "expiry", currency), lots)
        return len(ended)

    def _movement(
        self, snapshots: Snapshots, member: MemberBook, kind: str, currency: str
    ) -> Movement:
        found = find_currency(snapshots, self.partner_id, currency)
        return Movement(
            uuid5(self.run_id, f"{member.member.member_id} {kind} {currency}"),
            self.partner_id,
            # Points outlive the program that gave them.
            "" if isinstance(found, Refusal) else found[0].code,
            kind,
        )
