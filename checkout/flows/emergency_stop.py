"""EmergencyStop: a campaign is closed at once, also for quotes that are valid; or opened again.

A live hold keeps its price. A quote that one of its campaigns is stopped under is answered with
`PRICE_CHANGED` when what is to be paid is another sum without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.answers import StopAnswer
from checkout.flows.operation import Decision, Operation
from checkout.flows.sameness import call_hash
from checkout.ledger.interventions import stop_campaign
from checkout.primitives import key_number
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book, KeyRefs
    from checkout.ledger.interventions import Cause


class EmergencyStopOperation(Operation):
    """Stop one campaign of a partner, or lift its stop."""

    method = "EmergencyStop"

    def __init__(
        self, partner_id: UUID, *, request_id: str, campaign: str, lift: bool, cause: Cause
    ) -> None:
        content = call_hash(campaign, lift, cause.reason, cause.author)
        super().__init__(partner_id, request_id, content)
        self.campaign = campaign
        self.lift = lift
        self.cause = cause

    def key_numbers(self) -> set[int]:
        return super().key_numbers() | {
            key_number(b"stop", self.partner_id.bytes, self.campaign.encode())
        }

    def add_refs(self, refs: KeyRefs) -> None:
        super().add_refs(refs)
        refs.stop_lists.add(self.partner_id)
        refs.campaigns.add((self.partner_id, self.campaign))

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        ref = (self.partner_id, self.campaign)
        was_stopped = self.campaign in book.stopped(self.partner_id)
        snapshot = snapshots.current(self.partner_id)
        is_published = snapshot is not None and any(
            self.campaign in program.by_code for program in snapshot.programs.values()
        )
        if not (was_stopped or is_published or ref in book.campaigns):
            return Decision(
                Refusal(
                    Reason.CAMPAIGN_UNKNOWN, "the partner's rules have no such campaign", "campaign"
                ),
                is_final=False,
            )
        # After this point the campaign is stopped, or open.
        changes = was_stopped == self.lift
        if changes:
            stop_campaign(book, ref, self.cause, is_stopped=not self.lift)
        return Decision(
            StopAnswer(campaign=self.campaign, stopped=not self.lift, changed=changes),
            is_final=True,
        )
