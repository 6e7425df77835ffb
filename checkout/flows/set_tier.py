"""SetTier: an operator gives a member a tier, which stands until its date or until another call.

Ladder: no rules → no such program → no such tier → a day that is over → no such member → one who
takes no part. What was set is not recalculated before its date; then it is judged like a tier
whose keep period is over. So to give the member back to the rules, set the tier until today.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from checkout.engine.tiers import Judgement, Standing, TierCause, position
from checkout.flows.member_operation import NamedMemberOperation
from checkout.flows.operation import Decision
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.sameness import call_hash
from checkout.flows.tier_answers import SetTierAnswer
from checkout.flows.tier_changes import change_tier, today_in
from checkout.flows.tier_view import tier_view
from checkout.ledger.merged_view import windows_of
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book


class SetTierOperation(NamedMemberOperation):
    """Move one member to a tier by hand; `until` is the last day, none: until it is set again."""

    method = "SetTier"

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        member_id: UUID,
        program: str,
        tier: str,
        until: dt.date | None,
        author: str,
        reason: str,
    ) -> None:
        content = call_hash(str(member_id), program, tier, str(until or ""), author, reason)
        super().__init__(partner_id, request_id, content, member_id)
        self.program = program
        self.tier = tier
        self.until = until
        self.author = author
        self.reason = reason

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        snapshot = snapshots.current(self.partner_id)
        if snapshot is None:
            return Decision(missing_snapshot(), is_final=False)
        compiled = snapshot.programs.get(self.program)
        if compiled is None:
            return _refused(Reason.PROGRAM_UNKNOWN, "there is no such program", "program")
        program = compiled.document
        if position(program.tiers, self.tier) < 0:
            return _refused(Reason.TIER_UNKNOWN, "the program has no such tier", "tier")
        today = today_in(program, book.now)
        if self.until is not None and self.until < today:
            return Decision(
                Refusal(
                    Reason.FIELD_INVALID,
                    "the last day is today or later, in the program's zone",
                    "until",
                    {"until": self.until.isoformat(), "today": today.isoformat()},
                ),
                is_final=False,
            )
        member = self.member(book)
        if isinstance(member, Refusal):
            return Decision(member, is_final=False)
        row = member.participation(self.program)
        if row is None:
            return _refused(
                Reason.PROGRAM_LEFT, "the member takes no part in the program", "member_id"
            )
        # After this point the member has the tier.
        tier_before = row.tier_code
        standing = Standing(self.tier, TierCause.SET, today, self.until)
        change_tier(
            book,
            member,
            row,
            Judgement(standing, None),
            snapshot_id=snapshot.snapshot_id,
            valid_from=today,
            author=self.author,
            reason=self.reason,
        )
        view = tier_view(program, row, windows_of(member), book.now)
        assert view is not None, "a member with a tier has a standing"
        return Decision(
            SetTierAnswer(tier_before=tier_before, changed=tier_before != self.tier, standing=view),
            is_final=True,
        )


def _refused(reason: Reason, message: str, field: str) -> Decision:
    return Decision(Refusal(reason, message, field), is_final=False)
