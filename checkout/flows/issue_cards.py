"""IssueCards: cards of a type, with numbers, for nobody yet: for a printer, a rack, a mailing.

They are somebody's once EnrolMember, BindCard or ReplaceCard gives them to a member.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.card_answers import IssueCardsAnswer
from checkout.flows.operation import Decision, Operation
from checkout.flows.sameness import call_hash
from checkout.flows.unissued_cards import too_few_numbers
from checkout.ledger.cards import issue_cards

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.card_numbers import CardDraw
    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book, KeyRefs
    from checkout.ledger.interventions import Cause


class IssueCardsOperation(Operation):
    """Issue so many cards, all or none; their numbers follow from the id of the issue."""

    method = "IssueCards"

    def __init__(
        self, partner_id: UUID, *, request_id: str, draw: CardDraw, count: int, cause: Cause
    ) -> None:
        content = call_hash(draw.card_type.code, count, cause.reason, cause.author)
        super().__init__(partner_id, request_id, content)
        self.draw = draw
        self.count = count
        self.cause = cause

    def key_numbers(self) -> set[int]:
        # Numbers are no keys, since there may be too many of them.
        return super().key_numbers() | {self.draw.key_number(self.partner_id)}

    def add_refs(self, refs: KeyRefs) -> None:
        super().add_refs(refs)
        refs.identifiers |= {card.ref(self.partner_id) for card in self.draw.candidates}

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        del snapshots
        card_type = self.draw.card_type
        places = self.draw.free(book, self.partner_id, self.count)
        if places is None:
            return Decision(too_few_numbers(card_type.code, self.count), is_final=False)
        # After this point the cards are issued.
        drawn = [self.draw.candidates[place] for place in places]
        issue_cards(
            book,
            card_type.code,
            ((card.ref(self.partner_id), card.masked) for card in drawn),
            self.cause,
        )
        answer = IssueCardsAnswer(
            issue_id=self.draw.draw_id,
            card_type=card_type.code,
            prefix=card_type.prefix,
            digits=card_type.digits,
            places=places,
        )
        return Decision(answer, is_final=True)
