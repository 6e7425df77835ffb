"""ChangeContact: an operator gives a member another phone or external id.

Ladder: no such member → what it stands instead of is not theirs → somebody else's → theirs, and
blocked. The old one is blocked, as a lost card is: sales by it go on without the member.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.answers import ContactAnswer
from checkout.flows.member_operation import MemberOperation
from checkout.flows.operation import (
    Decision,
    identifier_key_number,
)
from checkout.flows.sameness import call_hash
from checkout.ledger.interventions import bind_identifier, block_identifier, change_contact
from checkout.ledger.merged_view import ids_of
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.sale import PresentedIdentifier
    from checkout.ledger.book import Book, KeyRefs, MemberBook
    from checkout.ledger.interventions import Cause


class ChangeContactOperation(MemberOperation):
    """Bind one identifier to one member, instead of another or beside what there is."""

    method = "ChangeContact"

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        member_id: UUID,
        contact: PresentedIdentifier,
        shown: str,
        instead_of: PresentedIdentifier | None,
        binding: Cause,
        replacing: Cause,
    ) -> None:
        """`shown` is the contact as the profile has it; both causes have one author and reason."""
        before = instead_of.digest.hex() if instead_of is not None else ""
        content = call_hash(
            str(member_id),
            contact.kind,
            contact.digest.hex(),
            before,
            binding.reason,
            binding.author,
        )
        super().__init__(partner_id, request_id, content, member_id)
        self.contact = contact
        self.shown = shown
        self.instead_of = instead_of
        self.binding = binding
        self.replacing = replacing

    def _named(self) -> list[PresentedIdentifier]:
        return [self.contact, *([self.instead_of] if self.instead_of is not None else [])]

    def key_numbers(self) -> set[int]:
        return super().key_numbers() | {
            identifier_key_number(self.partner_id, each) for each in self._named()
        }

    def add_refs(self, refs: KeyRefs) -> None:
        super().add_refs(refs)
        refs.identifiers |= {each.ref(self.partner_id) for each in self._named()}

    def decide_on(self, book: Book, member: MemberBook) -> Decision:
        kind, own = self.contact.kind, ids_of(member)
        before = None
        if self.instead_of is not None:
            before = book.identifiers.get(self.instead_of.ref(self.partner_id))
            if before is None or before.member_id not in own:
                return _refused(
                    Reason.MEMBER_UNKNOWN, f"the member has no such {kind}", "instead_of"
                )
        known = book.identifiers.get(self.contact.ref(self.partner_id))
        if known is not None and known.member_id not in own:
            return _refused(Reason.IDENTIFIER_TAKEN, f"this {kind} is somebody else's", kind)
        if known is not None and known.blocked_at is not None:
            return _refused(Reason.CARD_BLOCKED, f"this {kind} is theirs, and it is blocked", kind)
        # After this point the contact is the member's.
        if known is None:
            ref, masked = self.contact.ref(self.partner_id), self.contact.masked
            bind_identifier(book, ref, masked, member.member, self.binding)
        replaces = before is not None and before is not known and before.blocked_at is None
        if replaces and before is not None:
            block_identifier(book, before, self.replacing, is_blocked=True)
        if known is None or replaces:
            # Also one that was theirs before: the profile must not show what brings nobody.
            change_contact(book, member, kind, self.shown, self.binding)
        return Decision(ContactAnswer(changed=known is None, replaced=replaces), is_final=True)


def _refused(reason: Reason, message: str, field: str) -> Decision:
    return Decision(Refusal(reason, message, field), is_final=False)
