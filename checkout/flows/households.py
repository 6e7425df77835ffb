"""Households: members of one partner who pool their points.

What a household has lies in accounts of its own; every member earns to them and spends from them.
Joining moves what the member has and owes to the household, lot by lot with its dates; leaving
leaves everything with the household. What is held or frozen cannot be moved, nor what lies out of
reach in a program that the member has left, so nobody joins with that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import uuid5

from checkout.flows.identity_answers import HouseholdAnswer
from checkout.flows.operation import Decision, Operation, member_of_partner
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.sameness import call_hash
from checkout.ledger.book import MemberBook
from checkout.ledger.interventions import record_household
from checkout.ledger.pooling import bound_minor, transfer_all
from checkout.ledger.postings import Movement
from checkout.ledger.rows import Member
from checkout.primitives import bucket_of_uuid
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book
    from checkout.ledger.interventions import Cause

#: Members of one household.
MEMBERS_MAX: Final = 20


def pool_points(
    book: Book, purse: MemberBook, partner_id: UUID, program_code: str, after: UUID
) -> MemberBook:
    """Whose account has now what came to a purse; `after` is the posting by which it came.

    What comes to a member's own account moves on to the household that the member has joined
    since, as when goods come back that were bought before. A household keeps what comes to it.
    """
    if purse.household is None:
        return purse
    _move_all(book, purse, purse.household, partner_id, program_code, after)
    return purse.household


def _move_all(
    book: Book,
    member: MemberBook,
    household: MemberBook,
    partner_id: UUID,
    program_code: str,
    after: UUID,
) -> None:
    out, into = (
        Movement(uuid5(after, f"pool {side}"), partner_id, program_code, "transfer")
        for side in ("out", "in")
    )
    transfer_all(book, member, household, out, into)


class HouseholdOperation(Operation):
    """A call about one household."""

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        household_id: UUID | None,
        member_id: UUID | None,
        cause: Cause,
    ) -> None:
        named = [str(each) if each is not None else "" for each in (household_id, member_id)]
        super().__init__(partner_id, request_id, call_hash(*named, cause.reason, cause.author))
        self.household_id = household_id
        self.member_id = member_id
        self.cause = cause

    def member_ids(self, book: Book) -> set[UUID]:
        del book
        return {i for i in (self.household_id, self.member_id) if i is not None}

    def answer(self, household: MemberBook, *, changed: bool) -> Decision:
        """The household as it is now."""
        row = household.member
        assert row.household_size is not None, "a household has a size"
        return Decision(
            HouseholdAnswer(
                household_id=row.member_id, members=row.household_size, changed=changed
            ),
            is_final=True,
        )


class CreateHouseholdOperation(HouseholdOperation):
    """A new household, without members."""

    method = "CreateHousehold"

    def __init__(
        self, partner_id: UUID, *, request_id: str, new_household_id: UUID, cause: Cause
    ) -> None:
        super().__init__(
            partner_id, request_id=request_id, household_id=None, member_id=None, cause=cause
        )
        self.new_household_id = new_household_id

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        del snapshots
        household_id = self.new_household_id
        row = Member(
            bucket_of_uuid(household_id), household_id, self.partner_id, 1, None, household_size=0
        )
        household = MemberBook(row)
        book.members[household_id] = household
        book.writes.new_members.append(row)
        record_household(book, row, None, "household_created", self.cause)
        return self.answer(household, changed=True)


class JoinHouseholdOperation(HouseholdOperation):
    """Add a member, with the points that the member has."""

    method = "AddToHousehold"

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        assert self.household_id is not None, "the edge requires one"
        assert self.member_id is not None, "the edge requires one"
        household = book.members.get(self.household_id)
        if (
            household is None
            or household.member.partner_id != self.partner_id
            or not household.is_household
        ):
            return _refused(
                Reason.HOUSEHOLD_UNKNOWN, "there is no such household", "household_id", {}
            )
        member = member_of_partner(book, self.partner_id, self.member_id)
        if isinstance(member, Refusal):
            return Decision(member, is_final=False)
        if member.household is household:
            return self.answer(household, changed=False)
        snapshot = snapshots.current(self.partner_id)
        if snapshot is None:
            return Decision(missing_snapshot(), is_final=False)
        refusal = _refusal_to_join(household, member, snapshot)
        if refusal is not None:
            return refusal
        # After this point the member is in the household.
        program = min(member.participations, default=min(snapshot.programs))
        _move_all(book, member, household, self.partner_id, program, self.cause.intervention_id)
        member.member.household_id = household.member.member_id
        member.household = household
        _resize(book, household, +1)
        book.touch(member.member)
        record_household(book, household.member, member.member, "household_joined", self.cause)
        return self.answer(household, changed=True)


class LeaveHouseholdOperation(HouseholdOperation):
    """Take a member out; what was pooled stays with the household."""

    method = "RemoveFromHousehold"

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        del snapshots
        assert self.member_id is not None, "the edge requires one"
        member = member_of_partner(book, self.partner_id, self.member_id)
        if isinstance(member, Refusal):
            return Decision(member, is_final=False)
        household = member.household
        if household is None:
            answer = HouseholdAnswer(household_id=None, members=0, changed=False)
            return Decision(answer, is_final=True)
        # After this point the member is in no household.
        member.member.household_id = None
        member.household = None
        _resize(book, household, -1)
        book.touch(member.member)
        record_household(book, household.member, member.member, "household_left", self.cause)
        return self.answer(household, changed=True)


def _refusal_to_join(
    household: MemberBook, member: MemberBook, snapshot: CompiledSnapshot
) -> Decision | None:
    if member.household is not None:
        return _refused(
            Reason.MEMBER_IN_HOUSEHOLD,
            "the member is in another household: take them out of it first",
            "member_id",
            {"household_id": str(member.household.member.member_id)},
        )
    size = household.member.household_size
    assert size is not None, "a household has a size"
    if size >= MEMBERS_MAX:
        return _refused(
            Reason.HOUSEHOLD_FULL,
            "the household has as many members as it may have",
            "household_id",
            {"members": size, "members_max": MEMBERS_MAX},
        )
    for currency, amount in bound_minor(member).items():
        return _refused(
            Reason.POINTS_NOT_FREE,
            "points of the member are held or frozen, and cannot be moved to the household",
            "member_id",
            {"currency": currency, "bound_minor": amount},
        )
    for currency in _out_of_reach(member, snapshot):
        return _refused(
            Reason.PROGRAM_LEFT,
            "points of a program that the member has left are out of reach: join it again first",
            "member_id",
            {"currency": currency},
        )
    return None


def _out_of_reach(member: MemberBook, snapshot: CompiledSnapshot) -> list[str]:
    """Currencies with points, or debts, of which the member takes part in no program any more."""
    within: set[str] = set()
    without: set[str] = set()
    for code in member.participations.keys() & snapshot.programs.keys():
        takes_part = member.participation(code) is not None
        currencies = {each.code for each in snapshot.programs[code].document.currencies}
        (within if takes_part else without).update(currencies)
    return [
        code
        for code, each in sorted(member.accounts.items())
        if code in without - within and (each.balance or each.pending or each.debt)
    ]


def _resize(book: Book, household: MemberBook, by: int) -> None:
    row = household.member
    assert row.household_size is not None, "a household has a size"
    row.household_size += by
    book.touch(row)


def _refused(reason: Reason, message: str, field: str, numbers: dict[str, int | str]) -> Decision:
    return Decision(Refusal(reason, message, field, numbers), is_final=False)
