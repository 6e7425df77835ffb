"""BindCard: give a member who shows something of theirs another card.

With `replace` the card that was shown is blocked in the same transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.answers import BindAnswer
from checkout.flows.operation import (
    Decision,
    Operation,
    identifier_key_number,
    member_of_identifier,
)
from checkout.flows.pricing import member_view
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.sameness import call_hash
from checkout.ledger.interventions import bind_identifier, block_identifier
from checkout.ledger.merged_view import ids_of
from checkout.ledger.rows import Identifier
from checkout.primitives import bucket_of
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.ports import Snapshots
    from checkout.flows.sale import Caller, PresentedIdentifier
    from checkout.ledger.book import Book, KeyRefs, MemberBook
    from checkout.ledger.interventions import Cause


class BindCardOperation(Operation):
    """Give one member one card."""

    method = "BindCard"

    def __init__(
        self,
        caller: Caller,
        *,
        request_id: str,
        shown: PresentedIdentifier,
        card: PresentedIdentifier,
        replace: bool,
        binding: Cause,
        replacing: Cause,
    ) -> None:
        content = call_hash(shown.kind, shown.digest.hex(), card.digest.hex(), replace)
        super().__init__(caller.partner_id, request_id, content)
        self.caller = caller
        self.shown = shown
        self.card = card
        self.replace = replace
        self.binding = binding
        self.replacing = replacing

    def key_numbers(self) -> set[int]:
        return super().key_numbers() | {
            identifier_key_number(self.partner_id, self.shown),
            identifier_key_number(self.partner_id, self.card),
        }

    def add_refs(self, refs: KeyRefs) -> None:
        super().add_refs(refs)
        refs.identifiers |= {self.shown.ref(self.partner_id), self.card.ref(self.partner_id)}

    def member_ids(self, book: Book) -> set[UUID]:
        shown = book.identifiers.get(self.shown.ref(self.partner_id))
        return {shown.member_id} if shown is not None else set()

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        snapshot = snapshots.current(self.partner_id)
        if snapshot is None or self.caller.store_code not in snapshot.stores:
            return Decision(missing_snapshot(), is_final=False)
        member, reason = member_of_identifier(book, self.shown.ref(self.partner_id))
        if member is None:
            return Decision(
                Refusal(
                    reason or Reason.MEMBER_UNKNOWN,
                    "what was shown brings no member to whom a card could be given",
                    "identifier",
                ),
                is_final=False,
            )
        known = book.identifiers.get(self.card.ref(self.partner_id))
        refusal = self._refusal_of_card(known, member)
        if refusal is not None:
            return Decision(refusal, is_final=False)
        # After this point the card is the member's.
        if known is None:
            bind_identifier(book, self._identifier(member), self.binding)
        if self.replace:
            shown = book.identifiers[self.shown.ref(self.partner_id)]
            block_identifier(book, shown, self.replacing, is_blocked=True)
        return Decision(
            BindAnswer(
                member=member_view(snapshot, self.caller.store_code, member, book.now),
                replaced=self.replace,
            ),
            is_final=True,
        )

    def _refusal_of_card(self, known: Identifier | None, member: MemberBook) -> Refusal | None:
        if known is None:
            return None
        if known.member_id not in ids_of(member):
            return Refusal(
                Reason.IDENTIFIER_TAKEN,
                "this card belongs to another member",
                "card",
                {"masked": self.card.masked},
            )
        if known.blocked_at is not None:
            return Refusal(
                Reason.CARD_BLOCKED, "this card is the member's, and it is blocked", "card"
            )
        return None

    def _identifier(self, member: MemberBook) -> Identifier:
        row = member.member
        return Identifier(
            bucket_of(self.card.digest),
            self.partner_id,
            self.card.kind,
            self.card.digest,
            row.bucket,
            row.member_id,
            self.card.masked,
            None,
        )
