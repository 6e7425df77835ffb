"""AdjustBalance: correct a member's points, with a reason and an author (L4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.answers import AdjustAnswer
from checkout.flows.author_allowance import AuthorAllowance
from checkout.flows.corrections import Wanted, make_correction
from checkout.flows.operation import Decision, Operation
from checkout.flows.sameness import call_hash
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book, ContestedRefs


class AdjustOperation(Operation):
    """Give points (positive) or take them (negative); no more is taken than can be spent."""

    method = "AdjustBalance"

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        member_id: UUID,
        currency: str,
        amount_minor: int,
        reason: str,
        author: str,
        correction_id: UUID,
        days: int = 0,
        four_eyes_above_minor: int | None = None,
    ) -> None:
        content = call_hash(
            str(member_id), currency, amount_minor, reason, author, *([days] if days else [])
        )
        super().__init__(partner_id, request_id, content)
        self.allowance = AuthorAllowance(partner_id, author, four_eyes_above_minor)
        self.wanted = Wanted(
            partner_id=partner_id,
            correction_id=correction_id,
            member_id=member_id,
            currency=currency,
            amount_minor=amount_minor,
            days=days,
            reason=reason,
            author=author,
        )

    def member_ids(self, book: Book) -> set[UUID]:
        del book
        return {self.wanted.member_id}

    def contested_refs(self, book: Book, snapshots: Snapshots) -> ContestedRefs:
        del book, snapshots
        return self.allowance.refs()

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        made = make_correction(book, snapshots, self.wanted, self.allowance)
        if isinstance(made, Refusal):
            return Decision(made, is_final=made.reason is Reason.INSUFFICIENT_POINTS)
        assert made.correction_id is not None, "what was made has an id"
        assert made.balance is not None, "whose points are corrected has a balance"
        return Decision(
            AdjustAnswer(
                posting_id=made.correction_id if made.state == "booked" else None,
                balance=made.balance,
                correction_id=made.correction_id,
                state=made.state,
            ),
            is_final=True,
        )
