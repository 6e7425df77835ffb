"""AdjustBalance: correct a member's points, with a reason and an author (L4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.answers import AdjustAnswer
from checkout.flows.currencies import find_currency
from checkout.flows.debts import pay_debts
from checkout.flows.earning import given_lot
from checkout.flows.operation import Decision, Operation, member_of_partner
from checkout.flows.pricing import balance_of
from checkout.flows.sameness import call_hash
from checkout.ledger.lots import pick_lots
from checkout.ledger.postings import Movement, post_adjustment
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book


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
        posting_id: UUID,
        lot_id: UUID,
    ) -> None:
        content = call_hash(str(member_id), currency, amount_minor, reason, author)
        super().__init__(partner_id, request_id, content)
        self.member_id = member_id
        self.currency = currency
        self.amount_minor = amount_minor
        self.reason = reason
        self.author = author
        self.posting_id = posting_id
        self.lot_id = lot_id

    def member_ids(self, book: Book) -> set[UUID]:
        del book
        return {self.member_id}

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        found = find_currency(snapshots, self.partner_id, self.currency)
        if isinstance(found, Refusal):
            return Decision(found, is_final=False)
        program, currency = found
        member = member_of_partner(book, self.partner_id, self.member_id)
        if isinstance(member, Refusal):
            return Decision(member, is_final=False)
        taken: dict[UUID, int] = {}
        given = []
        if self.amount_minor < 0:
            available = max(member.net_minor(self.currency, book.now, book.now), 0)
            if -self.amount_minor > available:
                return Decision(
                    Refusal(
                        Reason.INSUFFICIENT_POINTS,
                        "more is to be taken than the member can spend",
                        "amount_minor",
                        {"wanted_minor": -self.amount_minor, "available_minor": available},
                    ),
                    is_final=True,
                )
            lots = member.lots.values()
            taken = pick_lots(lots, self.currency, -self.amount_minor, book.now, book.now)
        else:
            lot = given_lot(program, self.currency, self.amount_minor, self.lot_id, book.now)
            given = [lot]
        # After this point the correction must succeed.
        post_adjustment(
            book,
            member,
            Movement(
                self.posting_id,
                self.partner_id,
                program.code,
                "adjustment",
                reason=self.reason,
                author=self.author,
            ),
            taken,
            given,
        )
        pay_debts(book, member, self.partner_id, program.code, self.posting_id)
        return Decision(
            AdjustAnswer(
                posting_id=self.posting_id,
                balance=balance_of(member, currency, book.now),
            ),
            is_final=True,
        )
