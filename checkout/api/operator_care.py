"""OperatorService: what concerns single campaigns, members and cards; decode → flow → encode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar, cast
from uuid import UUID

from uuid_utils.compat import uuid7

from checkout.api.decode import ID_CHARACTERS_MAX, Decoder, decode_id
from checkout.api.encode import encode_balance
from checkout.api.gate import OPERATOR
from checkout.api.violations import Violations, expect, present
from checkout.flows.answers import BlockAnswer, FreezeAnswer, RestoreAnswer, StopAnswer
from checkout.flows.block import BlockCardOperation, BlockMemberOperation
from checkout.flows.emergency_stop import EmergencyStopOperation
from checkout.flows.freeze import FreezeOperation, RestoreOperation
from checkout.flows.sale import PresentedIdentifier
from checkout.ledger.interventions import Cause
from checkout.refusals import Reason
from checkout.v1 import operator_service_pb2 as pb
from checkout.v1.operator_service_pb2_grpc import OperatorServiceServicer

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.flows.group_commit import GroupCommit
    from checkout.flows.operation import Operation

    Context = ServicerContext[Any, Any]

Got = TypeVar("Got")

REASON_CHARACTERS_MAX: Final = 500
#: Points of one freeze; those of a correction have a bound of their own, beside what checks it.
FREEZE_MAX_MINOR: Final = 10**12


class OperatorCare(OperatorServiceServicer):
    """Calls that stop, block, freeze, and lift that again."""

    def __init__(self, *, decoder: Decoder, group_commit: GroupCommit) -> None:
        self._decoder = decoder
        self._group_commit = group_commit

    async def EmergencyStop(  # noqa: N802 - named by the contract
        self, request: pb.EmergencyStopRequest, context: Context
    ) -> pb.EmergencyStopResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        decode_code("campaign", request.campaign, found)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = EmergencyStopOperation(
            partner.partner_id,
            request_id=request.request_id,
            campaign=request.campaign,
            lift=request.lift,
            cause=cause,
        )
        answer = await self._run(operation, StopAnswer)
        return pb.EmergencyStopResponse(stopped=answer.stopped, changed=answer.changed)

    async def BlockMember(  # noqa: N802
        self, request: pb.BlockMemberRequest, context: Context
    ) -> pb.BlockMemberResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        member_id = decode_uuid("member_id", request.member_id, found)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = BlockMemberOperation(
            partner.partner_id,
            request_id=request.request_id,
            member_id=member_id,
            lift=request.lift,
            cause=cause,
        )
        answer = await self._run(operation, BlockAnswer)
        return pb.BlockMemberResponse(blocked=answer.blocked, changed=answer.changed)

    async def BlockCard(  # noqa: N802
        self, request: pb.BlockCardRequest, context: Context
    ) -> pb.BlockCardResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        identifier = (
            decode_card_id(request.card_id, found)
            if request.card_id
            else self._decoder.identifier(request.identifier, partner, found)
        )
        if request.card_id and request.HasField("identifier"):
            found.add(Reason.FIELD_INVALID, "card_id", "name the card by its id or its number")
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = BlockCardOperation(
            partner.partner_id,
            request_id=request.request_id,
            identifier=present(identifier),
            lift=request.lift,
            cause=cause,
        )
        answer = await self._run(operation, BlockAnswer)
        return pb.BlockCardResponse(blocked=answer.blocked, changed=answer.changed)

    async def FreezePoints(  # noqa: N802
        self, request: pb.FreezePointsRequest, context: Context
    ) -> pb.FreezePointsResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        member_id = decode_uuid("member_id", request.member_id, found)
        decode_code("currency", request.currency, found)
        amount = _amount(request, found)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = FreezeOperation(
            partner.partner_id,
            request_id=request.request_id,
            member_id=member_id,
            currency=request.currency,
            amount_minor=amount,
            freeze_id=uuid7(),
            cause=cause,
        )
        answer = await self._run(operation, FreezeAnswer)
        return pb.FreezePointsResponse(
            freeze_id=str(answer.freeze_id),
            frozen_minor=answer.frozen_minor,
            balance=encode_balance(answer.balance),
        )

    async def RestorePoints(  # noqa: N802
        self, request: pb.RestorePointsRequest, context: Context
    ) -> pb.RestorePointsResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        freeze_id = decode_uuid("freeze_id", request.freeze_id, found)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = RestoreOperation(
            partner.partner_id, request_id=request.request_id, freeze_id=freeze_id, cause=cause
        )
        answer = await self._run(operation, RestoreAnswer)
        return pb.RestorePointsResponse(
            restored_minor=answer.restored_minor,
            balance=encode_balance(answer.balance) if answer.balance is not None else None,
        )

    async def _run(self, operation: Operation, expected: type[Got]) -> Got:
        return expect(await self._group_commit.run(operation), expected)


def decode_code(field: str, value: str, found: Violations) -> None:
    """A code of the rules."""
    found.require(field, value)
    found.text(field, value, ID_CHARACTERS_MAX)
    found.same_form(field, value)


def decode_uuid(field: str, value: str, found: Violations) -> UUID:
    """An id that the service gave."""
    try:
        return UUID(value)
    except ValueError:
        found.add(Reason.FIELD_INVALID, field, f"{field} is a uuid")
        return UUID(int=0)


def decode_card_id(card_id: str, found: Violations) -> PresentedIdentifier:
    """A card by its id: by what is stored of its number."""
    return PresentedIdentifier("card", decode_uuid("card_id", card_id, found).bytes, "")


def decode_cause(reason: str, author: str, found: Violations) -> Cause:
    """Who does it, and why."""
    return Cause(uuid7(), author, decode_reason(reason, found))


def decode_reason(reason: str, found: Violations) -> str:
    """Why."""
    found.require("reason", reason.strip())
    found.text("reason", reason, REASON_CHARACTERS_MAX)
    return reason.strip()


def _amount(request: pb.FreezePointsRequest, found: Violations) -> int | None:
    """So many points; none: all."""
    kind = cast("str | None", request.WhichOneof("amount"))
    if kind is None or (kind == "all" and not request.all):
        found.add(Reason.FIELD_REQUIRED, "amount_minor", "say how many points, or all")
    elif kind == "amount_minor":
        found.between("amount_minor", request.amount_minor, 1, FREEZE_MAX_MINOR)
        return request.amount_minor
    return None
