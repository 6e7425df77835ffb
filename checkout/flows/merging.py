"""MergeMembers and UnmergeMembers: two members of a partner who are one person (P2).

The absorbed member becomes another name of the survivor: from then on whoever is shown its card,
phone or id, or names it, means the survivor. Its points and debts are moved; all else that is known
of it, and what it has used of limits, is seen beside the survivor's and stays where it is. So two
members are taken apart again, also after either was used: what was moved and is still there goes
back to the lots that it came from, what was spent of it stays spent, and everything new is the
survivor's. What both bought counts towards the survivor's tier, which may be reached at once; when
they are taken apart again it stands until its time ends.

Ladder of a merge, in this order: said before → no such members → erased → one already → merged
otherwise → blocked → in a household → a hold is open for the absorbed member → points that cannot
be moved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.identity_answers import MergeAnswer, UnmergeAnswer
from checkout.flows.operation import Decision, Operation, erased
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.sameness import call_hash
from checkout.flows.tier_judging import judge_tiers, judged_from, totals_of
from checkout.ledger.identity_rows import Merge
from checkout.ledger.interventions import record_merge
from checkout.ledger.lots import free_minor, has_ended
from checkout.ledger.merged_view import names_of
from checkout.ledger.merges import (
    Sides,
    Wanted,
    all_that_goes_back,
    bring_back,
    carry_over,
    moved_lots,
)
from checkout.ledger.pooling import bound_minor
from checkout.primitives import bucket_of_uuid, key_number
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book, KeyRefs, MemberBook
    from checkout.ledger.interventions import Cause
    from checkout.ledger.rows import Lot


class MergeOperation(Operation):
    """Let one member be another name of a second one."""

    method = "MergeMembers"

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        absorbed_id: UUID,
        survivor_id: UUID,
        merge_id: UUID,
        cause: Cause,
    ) -> None:
        """`merge_id` is fresh; the two members differ."""
        content = call_hash(str(absorbed_id), str(survivor_id), cause.reason, cause.author)
        super().__init__(partner_id, request_id, content)
        self.absorbed_id = absorbed_id
        self.survivor_id = survivor_id
        self.merge_id = merge_id
        self.cause = cause

    def member_ids(self, book: Book) -> set[UUID]:
        del book
        return {self.absorbed_id, self.survivor_id}

    def settled_ids(self, book: Book) -> set[UUID]:
        return self.member_ids(book)

    def visits_since(self, book: Book, snapshots: Snapshots) -> dict[UUID, dt.date]:
        snapshot = snapshots.current(self.partner_id)
        if snapshot is None:
            return {}
        named = (book.members.get(member_id) for member_id in self.member_ids(book))
        names = [each for member in named if member is not None for each in names_of(member)]
        return judged_from(snapshot, names, book.now.date())

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        absorbed = self._named(book, self.absorbed_id, "absorbed_member_id")
        survivor = self._named(book, self.survivor_id, "surviving_member_id")
        for named in (absorbed, survivor):
            if isinstance(named, Refusal):
                return Decision(named, is_final=False)
        assert not isinstance(absorbed, Refusal), "it was told above"
        assert not isinstance(survivor, Refusal), "it was told above"
        if absorbed.into is survivor:
            merge = book.identities.merged[self.absorbed_id]
            return self._answer(merge, {}, changed=False)
        snapshot = snapshots.current(self.partner_id)
        if snapshot is None:
            return Decision(missing_snapshot(), is_final=False)
        refusal = (
            _merged_already(absorbed, survivor)
            or _not_to_be_merged(absorbed, "absorbed_member_id")
            or _not_to_be_merged(survivor, "surviving_member_id")
            or _kept_from_moving(book, absorbed, survivor)
        )
        if refusal is not None:
            return Decision(refusal, is_final=False)
        # After this point the two are one.
        merge = Merge(
            bucket_of_uuid(self.merge_id),
            self.merge_id,
            self.partner_id,
            self.absorbed_id,
            self.survivor_id,
            book.now,
            None,
        )
        program = min(absorbed.participations, default=min(snapshot.programs))
        moved = carry_over(book, merge, absorbed, survivor, self._sides(program))
        book.identities.merges[self.merge_id] = merge
        book.identities.merged[self.absorbed_id] = merge
        book.writes.identities.merges[self.merge_id] = merge
        book.touch(absorbed.member)
        book.touch(survivor.member)
        absorbed.member.merged_into = self.survivor_id
        survivor.member.other_names += 1
        absorbed.into = survivor
        survivor.take_in(absorbed)
        record_merge(book, merge, "members_merged", self.cause)
        self._judge(book, snapshot, survivor, absorbed)
        return self._answer(merge, moved, changed=True)

    @staticmethod
    def _judge(
        book: Book, snapshot: CompiledSnapshot, survivor: MemberBook, absorbed: MemberBook
    ) -> None:
        """What the two bought may reach a tier together."""
        together = names_of(survivor)
        before = [each for each in together if each is not absorbed]
        had, has = (
            totals_of(book.visits[each.member.member_id] for each in names)
            for names in (before, together)
        )
        judge_tiers(book, survivor, snapshot, had, has)

    def _named(self, book: Book, member_id: UUID, field: str) -> MemberBook | Refusal:
        """A member of the partner as it is named: not whom it may have been merged into."""
        member = book.members.get(member_id)
        if member is None or member.member.partner_id != self.partner_id or member.is_household:
            return Refusal(Reason.MEMBER_UNKNOWN, "there is no such member", field)
        return erased(member, field) or member

    def _answer(self, merge: Merge, moved: dict[str, int], *, changed: bool) -> Decision:
        return Decision(
            MergeAnswer(
                merge_id=merge.merge_id,
                survivor_id=merge.survivor_id,
                changed=changed,
                moved=moved,
            ),
            is_final=True,
        )

    def _sides(self, program: str) -> Sides:
        cause = self.cause
        return Sides.of(
            self.merge_id, "merge", self.partner_id, program, cause.author, cause.reason
        )


class UnmergeOperation(Operation):
    """Take a merge back."""

    method = "UnmergeMembers"

    def __init__(self, partner_id: UUID, *, request_id: str, merge_id: UUID, cause: Cause) -> None:
        super().__init__(
            partner_id, request_id, call_hash(str(merge_id), cause.reason, cause.author)
        )
        self.merge_id = merge_id
        self.cause = cause

    def key_numbers(self) -> set[int]:
        return super().key_numbers() | {key_number(b"merge", self.merge_id.bytes)}

    def add_refs(self, refs: KeyRefs) -> None:
        super().add_refs(refs)
        refs.merges.add(self.merge_id)

    def member_ids(self, book: Book) -> set[UUID]:
        merge = book.identities.merges.get(self.merge_id)
        return {merge.absorbed_id, merge.survivor_id} if merge is not None else set()

    def settled_ids(self, book: Book) -> set[UUID]:
        return self.member_ids(book)

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        named = book.identities.merges.get(self.merge_id)
        if named is None or named.partner_id != self.partner_id:
            return Decision(
                Refusal(Reason.MERGE_UNKNOWN, "there is no such merge", "merge_id"),
                is_final=False,
            )
        if named.unmerged_at is not None:
            return self._answer(named, Wanted(), {}, changed=False)
        snapshot = snapshots.current(self.partner_id)
        if snapshot is None:
            return Decision(missing_snapshot(), is_final=False)
        absorbed, survivor = book.members[named.absorbed_id], book.members[named.survivor_id]
        # The one that was read under the locks: what it was given to owe may have changed.
        merge = book.identities.merged[named.absorbed_id]
        moved = moved_lots(absorbed, survivor)
        refusal = erased(survivor, "merge_id") or _kept_from_going_back(survivor, moved, book.now)
        if refusal is not None:
            return Decision(refusal, is_final=False)
        # After this point the two are two again.
        wanted = all_that_goes_back(merge, absorbed, survivor)
        program = min(absorbed.participations, default=min(snapshot.programs))
        bring_back(book, merge, absorbed, survivor, wanted, self._sides(program))
        points: dict[str, int] = {}
        for lot_id, amount in wanted.lots.items():
            lot = absorbed.lots[lot_id]
            if not has_ended(lot, book.now):
                points[lot.currency] = points.get(lot.currency, 0) + amount
        merge.unmerged_at = named.unmerged_at = book.now
        book.writes.identities.merges[self.merge_id] = merge
        del book.identities.merged[merge.absorbed_id]
        book.touch(absorbed.member)
        book.touch(survivor.member)
        absorbed.member.merged_into = absorbed.into = None
        survivor.member.other_names -= 1
        survivor.absorbed.remove(absorbed)
        record_merge(book, merge, "members_unmerged", self.cause)
        return self._answer(merge, wanted, points, changed=True)

    def _answer(
        self, merge: Merge, wanted: Wanted, points: dict[str, int], *, changed: bool
    ) -> Decision:
        return Decision(
            UnmergeAnswer(
                absorbed_id=merge.absorbed_id,
                survivor_id=merge.survivor_id,
                changed=changed,
                moved=points,
                debts=wanted.debts,
            ),
            is_final=True,
        )

    def _sides(self, program: str) -> Sides:
        cause = self.cause
        return Sides.of(
            self.merge_id, "unmerge", self.partner_id, program, cause.author, cause.reason
        )


def _merged_already(absorbed: MemberBook, survivor: MemberBook) -> Refusal | None:
    """A merged member is no other name of anybody else, nor are there names of names."""
    for member, field in ((absorbed, "absorbed_member_id"), (survivor, "surviving_member_id")):
        if member.into is not None:
            return Refusal(
                Reason.MEMBER_MERGED,
                "the member was merged into another one: merge with that one, or unmerge them",
                field,
                {"surviving_member_id": str(member.into.member.member_id)},
            )
    if absorbed.absorbed:
        return Refusal(
            Reason.MEMBER_MERGED,
            "others were merged into this member: let it survive, or unmerge them first",
            "absorbed_member_id",
            {"members": len(absorbed.absorbed)},
        )
    return None


def _not_to_be_merged(member: MemberBook, field: str) -> Refusal | None:
    if member.member.blocked_at is not None:
        return Refusal(Reason.MEMBER_BLOCKED, "the member is blocked: lift that first", field)
    if member.household is not None:
        return Refusal(
            Reason.MEMBER_IN_HOUSEHOLD,
            "the member pools points in a household: take them out of it first",
            field,
            {"household_id": str(member.household.member.member_id)},
        )
    return None


def _kept_from_moving(book: Book, absorbed: MemberBook, survivor: MemberBook) -> Refusal | None:
    """What a hold or an operator keeps of the absorbed member's cannot be moved.

    Nor is anything moved to an account that is frozen, where it would be frozen, too.
    """
    absorbed_id = absorbed.member.member_id
    pending = (hold for hold in book.holds.values() if hold.state == "pending")
    if absorbed_id in book.identities.holding or any(h.member_id == absorbed_id for h in pending):
        return Refusal(
            Reason.MEMBER_HAS_HOLD,
            "a hold is open for the member: confirm or cancel its purchase first",
            "absorbed_member_id",
        )
    for currency, amount in bound_minor(absorbed).items():
        return _not_free("absorbed_member_id", currency, amount)
    for currency, account in survivor.accounts.items():
        if account.frozen_at is not None:
            return _not_free("surviving_member_id", currency, account.balance)
    return None


def _kept_from_going_back(
    survivor: MemberBook, moved: dict[UUID, list[Lot]], now: dt.datetime
) -> Refusal | None:
    """What a hold or an operator keeps of what was moved cannot go back.

    A frozen account keeps what would go: what has ended stays where it is, whether or not that has
    been booked.
    """
    for lots in moved.values():
        for lot in lots:
            is_kept = survivor.is_frozen(lot.currency) and not has_ended(lot, now)
            bound = lot.held + lot.frozen + (free_minor(lot) if is_kept else 0)
            if bound:
                return _not_free("merge_id", lot.currency, bound)
    return None


def _not_free(field: str, currency: str, amount: int) -> Refusal:
    return Refusal(
        Reason.POINTS_NOT_FREE,
        "points that have to move are held or frozen: wait for the hold, or restore them first",
        field,
        {"currency": currency, "bound_minor": amount},
    )
