"""ReplaceCard: another card takes the place of one that was lost, damaged or stolen.

The old one is out of use for ever, blocked before or not; points, tier and all else are the
member's, and so stay. A sale with the old card that is confirmed at the same moment is before or
after: before, it is the member's; after, a guest's, and the answer says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from checkout.flows.card_answers import ReplaceCardAnswer
from checkout.flows.operation import Decision, Operation, identifier_key_number
from checkout.flows.sameness import call_hash
from checkout.flows.unissued_cards import refusal_of_unissued, too_few_numbers
from checkout.ledger.interventions import bind_identifier, replace_card
from checkout.ledger.merged_view import ids_of
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from checkout.flows.card_numbers import CardDraw, DrawnNumber
    from checkout.flows.ports import Snapshots
    from checkout.flows.sale import PresentedIdentifier
    from checkout.ledger.book import Book, KeyRefs, MemberBook
    from checkout.ledger.interventions import Cause
    from checkout.ledger.rows import Identifier


@dataclass(frozen=True, slots=True)
class Successor:
    """What takes the place: a card that somebody holds in their hand, or a number to be made."""

    card: PresentedIdentifier | None
    draw: CardDraw | None

    @property
    def names(self) -> str:
        """For the sameness of a call: the card, or the type."""
        if self.card is not None:
            return self.card.digest.hex()
        return f"type {self.draw.card_type.code}" if self.draw is not None else ""


class ReplaceCardOperation(Operation):
    """Put a card in the place of another one of its member."""

    method = "ReplaceCard"

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        old: PresentedIdentifier,
        successor: Successor,
        replaced_for: str,
        binding: Cause,
        replacing: Cause,
    ) -> None:
        content = call_hash(
            old.digest.hex(), successor.names, replaced_for, replacing.reason, replacing.author
        )
        super().__init__(partner_id, request_id, content)
        self.old = old
        self.successor = successor
        self.replaced_for = replaced_for
        self.binding = binding
        self.replacing = replacing

    def key_numbers(self) -> set[int]:
        keys = super().key_numbers() | {identifier_key_number(self.partner_id, self.old)}
        if self.successor.card is not None:
            keys.add(identifier_key_number(self.partner_id, self.successor.card))
        if self.successor.draw is not None:
            keys.add(self.successor.draw.key_number(self.partner_id))
        return keys

    def add_refs(self, refs: KeyRefs) -> None:
        super().add_refs(refs)
        refs.identifiers.add(self.old.ref(self.partner_id))
        if self.successor.card is not None:
            refs.identifiers.add(self.successor.card.ref(self.partner_id))
        if self.successor.draw is not None:
            refs.identifiers |= {
                card.ref(self.partner_id) for card in self.successor.draw.candidates
            }

    def member_ids(self, book: Book) -> set[UUID]:
        old = book.identifiers.get(self.old.ref(self.partner_id))
        return {old.member_id} if old is not None else set()

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        del snapshots
        old = book.identifiers.get(self.old.ref(self.partner_id))
        if old is None:
            return _refused(Reason.MEMBER_UNKNOWN, "nobody has this card", "card")
        member = book.members[old.member_id].survivor
        if member.member.blocked_at is not None:
            return _refused(Reason.MEMBER_BLOCKED, "the member is blocked", "card")
        if old.replaced_by is not None:
            return _refused(Reason.CARD_REPLACED, "another card took its place before", "card")
        found = self._successor(book, member)
        if isinstance(found, Refusal):
            return Decision(found, is_final=False)
        # After this point the new card is in the place of the old one.
        card, drawn = found
        ref = card.ref(self.partner_id)
        if ref not in book.identifiers:
            bind_identifier(
                book,
                ref,
                card.masked,
                member.member,
                self.binding,
                type_code=card.card_type if drawn is not None else "",
            )
        replace_card(book, old, card.digest, self.replacing, replaced_for=self.replaced_for)
        answer = ReplaceCardAnswer(
            member_id=member.member.member_id,
            card_id=UUID(bytes=card.digest),
            masked=card.masked,
            drawn=drawn,
        )
        return Decision(answer, is_final=True)

    def _successor(
        self, book: Book, member: MemberBook
    ) -> tuple[PresentedIdentifier, DrawnNumber | None] | Refusal:
        draw = self.successor.draw
        if draw is not None:
            places = draw.free(book, self.partner_id, 1)
            if places is None:
                return too_few_numbers(draw.card_type.code, 1)
            return draw.candidates[places[0]], draw.number(places[0])
        card = self.successor.card
        assert card is not None, "a card or a type is named"
        refusal = refusal_of_new_card(book, self.partner_id, card, member, "new_card")
        return refusal or (card, None)


def refusal_of_new_card(
    book: Book, partner_id: UUID, card: PresentedIdentifier, member: MemberBook, field: str
) -> Refusal | None:
    """Why a card cannot be a member's; one that they have already can, if it is in use."""
    known: Identifier | None = book.identifiers.get(card.ref(partner_id))
    if known is None:
        return refusal_of_unissued(book, partner_id, card, field)
    if known.member_id not in ids_of(member):
        return Refusal(
            Reason.IDENTIFIER_TAKEN,
            "this card belongs to another member",
            field,
            {"masked": card.masked},
        )
    if known.replaced_by is not None:
        return Refusal(
            Reason.CARD_REPLACED, "this card was the member's, and another took its place", field
        )
    if known.blocked_at is not None:
        return Refusal(Reason.CARD_BLOCKED, "this card is the member's, and it is blocked", field)
    return None


def _refused(reason: Reason, message: str, field: str) -> Decision:
    return Decision(Refusal(reason, message, field), is_final=False)
