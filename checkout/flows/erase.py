"""EraseMember: the person whom a member stands for is forgotten; receipts and ledger stay whole.

Ladder: no such member → erased already → in a household → a hold is open → points that are bound →
points or debts that nobody wants to write off. Other names of the member are erased with it.
Nothing takes it back, and nothing else is done for the member afterwards (MEMBER_ERASED).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.flows.debts import pay_debts
from checkout.flows.identity_answers import EraseAnswer
from checkout.flows.member_operation import NamedMemberOperation
from checkout.flows.membership import last_parts
from checkout.flows.operation import Decision, member_by_id
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.sameness import call_hash
from checkout.ledger.erasure import erase_member
from checkout.ledger.lots import free_minor, has_ended
from checkout.ledger.merged_view import ids_of
from checkout.ledger.pooling import bound_minor
from checkout.ledger.postings import Movement, post_leaving
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.interventions import Cause

#: Why points end, as statements say; why the person wanted it is the history's.
WHY_POINTS_END: Final = "erased"


class EraseMemberOperation(NamedMemberOperation):
    """Erase one person."""

    method = "EraseMember"

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        member_id: UUID,
        writes_off: bool,
        posting_id: UUID,
        cause: Cause,
    ) -> None:
        """`posting_id` is fresh: of the posting, if there is something to write off."""
        content = call_hash(str(member_id), writes_off, cause.reason, cause.author)
        super().__init__(partner_id, request_id, content, member_id)
        self.writes_off = writes_off
        self.posting_id = posting_id
        self.cause = cause

    def settled_ids(self, book: Book) -> set[UUID]:
        member = book.members.get(self.member_id)
        return set(ids_of(member.survivor)) if member is not None else set()

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        snapshot = snapshots.current(self.partner_id)
        if snapshot is None:
            return Decision(missing_snapshot(), is_final=False)
        member = member_by_id(book, self.partner_id, self.member_id)
        if isinstance(member, Refusal):
            return Decision(member, is_final=False)
        if member.member.erased_at is not None:
            return Decision(EraseAnswer(changed=False, written_off={}, debts={}), is_final=True)
        refusal = _kept_from_it(book, member) or self._refusal_of_points(book, member)
        if refusal is not None:
            return Decision(refusal, is_final=False)
        # After this point the person is erased.
        program = min(member.participations, default=min(snapshot.programs))
        written_off, debts = self._write_off(book, member, program)
        erase_member(book, member, self.cause)
        return Decision(
            EraseAnswer(changed=True, written_off=written_off, debts=debts), is_final=True
        )

    def _refusal_of_points(self, book: Book, member: MemberBook) -> Refusal | None:
        """Nobody loses points by the way, nor is forgiven what is owed."""
        if self.writes_off:
            return None
        for currency, account in sorted(member.accounts.items()):
            points = sum(
                free_minor(lot)
                for lot in member.lots.values()
                if lot.currency == currency and not has_ended(lot, book.now)
            )
            if points or account.debt:
                return Refusal(
                    Reason.MEMBER_HAS_POINTS,
                    "the member has points, or owes some: have them written off, or correct them",
                    "write_off",
                    {"currency": currency, "points_minor": points, "owed_minor": account.debt},
                )
        return None

    def _write_off(
        self, book: Book, member: MemberBook, program: str
    ) -> tuple[dict[str, int], dict[str, int]]:
        """What ends of the points, debts paid first; and what nobody owes any more."""
        pay_debts(book, member, self.partner_id, program, self.posting_id)
        paid, ended = last_parts(book, member, set(member.accounts))
        debts = {code: account.debt for code, account in sorted(member.accounts.items())}
        for lot_id, amount in paid.items():
            debts[member.lots[lot_id].currency] -= amount
        debts = {code: amount for code, amount in debts.items() if amount}
        written_off: dict[str, int] = {}
        for lot_id, amount in ended.items():
            currency = member.lots[lot_id].currency
            written_off[currency] = written_off.get(currency, 0) + amount
        if paid or ended or debts:
            movement = Movement(
                *(self.posting_id, self.partner_id, program, "leaving"),
                reason=WHY_POINTS_END,
                author=self.cause.author,
            )
            post_leaving(book, member, movement, ended, paid, debts)
        return written_off, debts


def _kept_from_it(book: Book, member: MemberBook) -> Refusal | None:
    """A household or a hold still needs the member, or an operator keeps points of it."""
    if member.household is not None:
        return Refusal(
            Reason.MEMBER_IN_HOUSEHOLD,
            "the member pools points in a household: take them out of it first",
            "member_id",
            {"household_id": str(member.household.member.member_id)},
        )
    names = ids_of(member)
    pending = (hold for hold in book.holds.values() if hold.state == "pending")
    if names & book.identities.holding or any(hold.member_id in names for hold in pending):
        return Refusal(
            Reason.MEMBER_HAS_HOLD,
            "a hold is open for the member: confirm or cancel its purchase first",
            "member_id",
        )
    for currency, amount in sorted(bound_minor(member).items()):
        return Refusal(
            Reason.POINTS_NOT_FREE,
            "points are held or frozen: wait for the hold, or restore them first",
            "member_id",
            {"currency": currency, "bound_minor": amount},
        )
    return None
