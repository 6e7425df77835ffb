"""OperatorService: how a member came by a tier; decode → flow → encode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.api.encode import encode_goal
from checkout.api.gate import OPERATOR
from checkout.api.moments import encode_moment
from checkout.api.operator_care import OperatorCare, decode_uuid
from checkout.api.pages import PAGE_TOKEN_CHARACTERS_MAX, decode_page_size
from checkout.api.violations import Violations, unless_refused
from checkout.v1 import operator_service_pb2 as pb

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.flows.list_tier_changes import TierChangeList
    from checkout.ledger.visit_rows import TierChange

    Context = ServicerContext[Any, Any]

PROGRAM_CHARACTERS_MAX: Final = 64
_CAUSES: Final = {
    "reached": pb.TIER_CAUSE_REACHED,
    "kept": pb.TIER_CAUSE_KEPT,
    "fell": pb.TIER_CAUSE_FELL,
    "taken_back": pb.TIER_CAUSE_TAKEN_BACK,
    "set": pb.TIER_CAUSE_SET,
    "joined": pb.TIER_CAUSE_JOINED,
}


class OperatorTiers(OperatorCare):
    """Calls that read tiers."""

    _tier_changes: TierChangeList

    async def ListTierChanges(  # noqa: N802 - named by the contract
        self, request: pb.ListTierChangesRequest, context: Context
    ) -> pb.ListTierChangesResponse:
        del context
        partner, _ = OPERATOR.get()
        found = Violations()
        member_id = decode_uuid("member_id", request.member_id, found)
        found.text("program", request.program, PROGRAM_CHARACTERS_MAX)
        page_size = decode_page_size(request.page_size, found)
        found.text("page_token", request.page_token, PAGE_TOKEN_CHARACTERS_MAX)
        found.raise_if_any()
        page = unless_refused(
            await self._tier_changes.page(
                partner.partner_id, member_id, request.program, page_size, request.page_token
            )
        )
        return pb.ListTierChangesResponse(
            changes=map(_encode, page.changes), next_page_token=page.next_token
        )


def _encode(change: TierChange) -> pb.TierChange:
    return pb.TierChange(
        at=encode_moment(change.at),
        program=change.program_code,
        tier_before=change.from_tier,
        tier=change.to_tier,
        cause=_CAUSES[change.cause],
        valid_from=change.valid_from.isoformat(),
        until=change.valid_until.isoformat() if change.valid_until is not None else "",
        figures=encode_goal(change.figures) if change.figures else None,
        author=change.author,
        reason=change.reason,
        snapshot_id=change.snapshot_id,
    )
