"""What operators do about members in a story in memory: block, leave and set_tier steps."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from checkout.flows.block import BlockCardOperation, BlockMemberOperation
from checkout.flows.membership import MembershipOperation
from checkout.flows.set_tier import SetTierOperation

if TYPE_CHECKING:
    import datetime as dt

    from checkout.flows.operation import Operation
    from checkout.flows.sale import PresentedIdentifier
    from checkout.ledger.interventions import Cause


def block_operation(
    partner_id: UUID,
    member_id: str,
    identifier: PresentedIdentifier | None,
    request_id: str,
    cause: Cause,
    *,
    lift: bool,
) -> Operation:
    """Block a member, or one identifier."""
    if identifier is None:
        return BlockMemberOperation(
            partner_id, request_id=request_id, member_id=UUID(member_id), lift=lift, cause=cause
        )
    return BlockCardOperation(
        partner_id, request_id=request_id, identifier=identifier, lift=lift, cause=cause
    )


def leave_operation(
    partner_id: UUID,
    member_id: str,
    program: str,
    request_id: str,
    posting_id: UUID,
    cause: Cause,
    *,
    join: bool,
) -> Operation:
    """Let a member leave a program, or join it again."""
    return MembershipOperation(
        partner_id,
        request_id=request_id,
        member_id=UUID(member_id),
        program=program,
        joins=join,
        posting_id=posting_id,
        cause=cause,
    )


def tier_operation(
    partner_id: UUID,
    member_id: str,
    program: str,
    tier: str,
    until: dt.date | None,
    request_id: str,
) -> Operation:
    """Give a member a tier by hand."""
    return SetTierOperation(
        partner_id,
        request_id=request_id,
        member_id=UUID(member_id),
        program=program,
        tier=tier,
        until=until,
        author="story",
        reason="as the story tells",
    )
