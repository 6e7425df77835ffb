"""LeaveProgram and JoinProgram: participation as a state, that ends and may begin again.

What becomes of the points is the program's: they are kept, out of reach until the member joins
again, or written off by a posting, but for those that holds and freezes keep.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.schema.program import PointsAfterLeaving
from checkout.engine.tiers import Judgement, Standing, TierCause
from checkout.flows.answers import MembershipAnswer
from checkout.flows.debts import pay_debts
from checkout.flows.member_operation import NamedMemberOperation
from checkout.flows.operation import Decision
from checkout.flows.pricing import balance_of
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.sameness import call_hash
from checkout.flows.tier_changes import change_tier, today_in
from checkout.ledger.interventions import record_membership
from checkout.ledger.lots import expiring_first, free_minor, has_ended
from checkout.ledger.postings import Movement, post_leaving
from checkout.ledger.rows import Participation
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.schema.program import Program
    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.interventions import Cause


class MembershipOperation(NamedMemberOperation):
    """Let one member leave a program, or (again) take part in it."""

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        member_id: UUID,
        program: str,
        joins: bool,
        posting_id: UUID,
        cause: Cause,
    ) -> None:
        self.method = "JoinProgram" if joins else "LeaveProgram"
        content = call_hash(str(member_id), program, cause.reason, cause.author)
        super().__init__(partner_id, request_id, content, member_id)
        self.program = program
        self.joins = joins
        self.posting_id = posting_id
        self.cause = cause

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        snapshot = snapshots.current(self.partner_id)
        if snapshot is None:
            return Decision(missing_snapshot(), is_final=False)
        if self.program not in snapshot.programs:
            return Decision(
                Refusal(Reason.PROGRAM_UNKNOWN, "there is no such program", "program"),
                is_final=False,
            )
        member = self.member(book)
        if isinstance(member, Refusal):
            return Decision(member, is_final=False)
        program = snapshot.programs[self.program].document
        # After this point the member takes part, or does not.
        takes_part = member.participation(self.program) is not None
        changed = takes_part != self.joins
        written_off: dict[str, int] = {}
        if changed:
            if not self.joins and member.household is None:
                # What is pooled is not the member's alone: it stays with the household.
                written_off = self._write_off(book, snapshot, member, program)
            if self.joins:
                join(book, member, program, snapshot.snapshot_id, self.cause)
            else:
                self._leave(book, member, program)
        return Decision(
            MembershipAnswer(
                takes_part=self.joins,
                changed=changed,
                written_off=written_off,
                balances=[balance_of(member.purse, each, book.now) for each in program.currencies],
            ),
            is_final=True,
        )

    def _leave(self, book: Book, member: MemberBook, program: Program) -> None:
        row = member.member
        seen = member.participation(program.code)
        assert seen is not None, "who leaves has taken part"
        # Of a merged member it is taken over: that one's own row stays as it is.
        changed = member.participations.get(program.code) or Participation(
            row.bucket, row.member_id, program.code, seen.tier_code, seen.joined_at
        )
        changed.left_at = book.now
        _record(book, member, changed, "program_left", self.cause)

    def _write_off(
        self, book: Book, snapshot: CompiledSnapshot, member: MemberBook, program: Program
    ) -> dict[str, int]:
        """What is free of the currencies that no other program of the member has; debts first."""
        if program.points_after_leaving is PointsAfterLeaving.KEPT:
            return {}
        others = {
            currency.code
            for code, other in snapshot.programs.items()
            if code != program.code and member.participation(code) is not None
            for currency in other.document.currencies
        }
        ending = {currency.code for currency in program.currencies} - others
        pay_debts(book, member, self.partner_id, program.code, self.posting_id)
        paid, ended = last_parts(book, member, ending)
        if not (paid or ended):
            return {}
        movement = Movement(
            self.posting_id,
            self.partner_id,
            program.code,
            "leaving",
            reason=self.cause.reason,
            author=self.cause.author,
        )
        post_leaving(book, member, movement, ended, paid)
        written_off: dict[str, int] = {}
        for lot_id, amount in ended.items():
            currency = member.lots[lot_id].currency
            written_off[currency] = written_off.get(currency, 0) + amount
        return written_off


def join(book: Book, member: MemberBook, program: Program, snapshot_id: str, cause: Cause) -> None:
    """Let a member who takes no part in a program take part, for the first time or again.

    Who comes back begins anew: the tier is that of whoever is enrolled.
    """
    row = member.member
    tier = program.tiers[0].code if program.tiers else ""
    changed = Participation(row.bucket, row.member_id, program.code, tier, book.now)
    known = member.participations.get(program.code)
    if known is not None:
        changed.tier_code, changed.tier_seq = known.tier_code, known.tier_seq
        today = today_in(program, book.now)
        change_tier(
            book,
            member,
            changed,
            Judgement(Standing(tier, TierCause.JOINED, today), None),
            snapshot_id=snapshot_id,
            valid_from=today,
            author=cause.author,
            reason=cause.reason,
            is_till=cause.is_till,
        )
    _record(book, member, changed, "program_joined", cause)


def _record(
    book: Book, member: MemberBook, changed: Participation, kind: str, cause: Cause
) -> None:
    row = member.member
    member.participations[changed.program_code] = changed
    book.writes.memberships[row.member_id, changed.program_code] = changed
    book.touch(row)
    record_membership(book, row, changed.program_code, kind, cause)


def last_parts(
    book: Book, member: MemberBook, currencies: set[str]
) -> tuple[dict[UUID, int], dict[UUID, int]]:
    """What pays debts of what is free in these currencies, and what ends; what had ended is left.

    What could be spent has paid already, so this is of points that are not active yet: nobody loses
    them and goes on owing.
    """
    owed = {code: account.debt for code, account in member.accounts.items()}
    paid: dict[UUID, int] = {}
    ended: dict[UUID, int] = {}
    for lot in sorted(member.lots.values(), key=expiring_first):
        if lot.currency not in currencies or has_ended(lot, book.now):
            continue
        pays = min(owed[lot.currency], free_minor(lot))
        if pays:
            paid[lot.lot_id] = pays
            owed[lot.currency] -= pays
        if free_minor(lot) > pays:
            ended[lot.lot_id] = free_minor(lot) - pays
    return paid, ended
