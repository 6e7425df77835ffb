"""An operation of an operator upon one member, whom the call names by id, under the member's lock.

Ladder: no such member → its own. What asks the rules first says so in its `decide`.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from checkout.flows.operation import Decision, Operation, member_of_partner
from checkout.refusals import Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book, MemberBook


class NamedMemberOperation(Operation):
    """One member, named by id; whoever was merged into another one is only its other name."""

    def __init__(
        self, partner_id: UUID, request_id: str, content_hash: bytes, member_id: UUID
    ) -> None:
        super().__init__(partner_id, request_id, content_hash)
        self.member_id = member_id

    def member_ids(self, book: Book) -> set[UUID]:
        del book
        return {self.member_id}

    def member(self, book: Book) -> MemberBook | Refusal:
        """Who is meant, locked; nobody of another partner, and no household."""
        return member_of_partner(book, self.partner_id, self.member_id)


class MemberOperation(NamedMemberOperation):
    """One for which the rules do not matter."""

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        del snapshots
        member = self.member(book)
        if isinstance(member, Refusal):
            return Decision(member, is_final=False)
        return self.decide_on(book, member)

    @abstractmethod
    def decide_on(self, book: Book, member: MemberBook) -> Decision:
        """Refuse, or change the member and answer."""
