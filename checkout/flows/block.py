"""BlockMember and BlockCard: who or what is blocked brings no member to a sale any more.

Confirms and holds read it in their transaction; quotes know it within two seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.answers import BlockAnswer
from checkout.flows.member_operation import MemberOperation
from checkout.flows.operation import (
    Decision,
    Operation,
    erased,
    identifier_key_number,
)
from checkout.flows.sameness import call_hash
from checkout.ledger.interventions import block_identifier, block_member
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.ports import Snapshots
    from checkout.flows.sale import PresentedIdentifier
    from checkout.ledger.book import Book, KeyRefs, MemberBook
    from checkout.ledger.interventions import Cause


class BlockMemberOperation(MemberOperation):
    """Block one member, or lift it."""

    method = "BlockMember"

    def __init__(
        self, partner_id: UUID, *, request_id: str, member_id: UUID, lift: bool, cause: Cause
    ) -> None:
        content = call_hash(str(member_id), lift, cause.reason, cause.author)
        super().__init__(partner_id, request_id, content, member_id)
        self.lift = lift
        self.cause = cause

    def decide_on(self, book: Book, member: MemberBook) -> Decision:
        # After this point the member is blocked, or not.
        changes = (member.member.blocked_at is not None) == self.lift
        if changes:
            block_member(book, member.member, self.cause, is_blocked=not self.lift)
        return Decision(BlockAnswer(blocked=not self.lift, changed=changes), is_final=True)


class BlockCardOperation(Operation):
    """Block what a member shows - a card, phone or external id - or lift it."""

    method = "BlockCard"

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        identifier: PresentedIdentifier,
        lift: bool,
        cause: Cause,
    ) -> None:
        content = call_hash(
            identifier.kind, identifier.digest.hex(), lift, cause.reason, cause.author
        )
        super().__init__(partner_id, request_id, content)
        self.identifier = identifier
        self.lift = lift
        self.cause = cause

    def key_numbers(self) -> set[int]:
        return super().key_numbers() | {identifier_key_number(self.partner_id, self.identifier)}

    def add_refs(self, refs: KeyRefs) -> None:
        super().add_refs(refs)
        refs.identifiers.add(self.identifier.ref(self.partner_id))

    def member_ids(self, book: Book) -> set[UUID]:
        # Nobody is erased while a block of theirs is lifted.
        identifier = book.identifiers.get(self.identifier.ref(self.partner_id))
        return {identifier.member_id} if identifier is not None and self.lift else set()

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        del snapshots
        identifier = book.identifiers.get(self.identifier.ref(self.partner_id))
        if identifier is None:
            return Decision(
                Refusal(
                    Reason.MEMBER_UNKNOWN, f"nobody has this {self.identifier.kind}", "identifier"
                ),
                is_final=False,
            )
        gone = erased(book.members[identifier.member_id], "identifier") if self.lift else None
        if gone is not None:
            return Decision(gone, is_final=False)
        if identifier.replaced_by is not None and self.lift:
            return Decision(
                Refusal(
                    Reason.CARD_REPLACED, "another card has taken the place of this one", "card"
                ),
                is_final=False,
            )
        # After this point the identifier is blocked, or not.
        changes = (identifier.blocked_at is not None) == self.lift
        if changes:
            block_identifier(book, identifier, self.cause, is_blocked=not self.lift)
        return Decision(BlockAnswer(blocked=not self.lift, changed=changes), is_final=True)
