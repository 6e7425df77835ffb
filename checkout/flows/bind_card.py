"""BindCard: give a member who shows something of theirs another card.

With `replace` it takes the place of the card that was shown, in the same transaction.
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
from checkout.flows.replace_card import refusal_of_new_card
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.sameness import call_hash
from checkout.ledger.interventions import bind_identifier, replace_card
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.ports import Snapshots
    from checkout.flows.sale import Caller, PresentedIdentifier
    from checkout.ledger.book import Book, KeyRefs
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
        member, reason = member_of_identifier(book, self.partner_id, self.shown)
        if member is None:
            return Decision(
                Refusal(
                    reason or Reason.MEMBER_UNKNOWN,
                    "what was shown brings no member to whom a card could be given",
                    "identifier",
                ),
                is_final=False,
            )
        refusal = refusal_of_new_card(book, self.partner_id, self.card, member, "card")
        if refusal is not None:
            return Decision(refusal, is_final=False)
        # After this point the card is the member's.
        ref = self.card.ref(self.partner_id)
        if ref not in book.identifiers:
            bind_identifier(book, ref, self.card.masked, member.member, self.binding)
        if self.replace:
            shown = book.identifiers[self.shown.ref(self.partner_id)]
            replace_card(book, shown, self.card.digest, self.replacing, replaced_for="")
        return Decision(
            BindAnswer(
                member=member_view(snapshot, self.caller.store_code, member, book.now),
                replaced=self.replace,
            ),
            is_final=True,
        )
