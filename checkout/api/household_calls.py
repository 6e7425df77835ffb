"""OperatorService: households; decode → flow → encode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uuid_utils.compat import uuid7

from checkout.api.decode import decode_id
from checkout.api.gate import OPERATOR
from checkout.api.operator_care import OperatorCare, decode_cause, decode_uuid
from checkout.api.violations import Violations
from checkout.flows.households import (
    CreateHouseholdOperation,
    JoinHouseholdOperation,
    LeaveHouseholdOperation,
)
from checkout.flows.identity_answers import HouseholdAnswer
from checkout.v1 import operator_service_pb2 as pb

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    Context = ServicerContext[Any, Any]


class HouseholdCalls(OperatorCare):
    """Calls that let members pool their points, or no longer."""

    async def CreateHousehold(  # noqa: N802 - named by the contract
        self, request: pb.CreateHouseholdRequest, context: Context
    ) -> pb.CreateHouseholdResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = CreateHouseholdOperation(
            partner.partner_id,
            request_id=request.request_id,
            new_household_id=uuid7(),
            cause=cause,
        )
        answer = await self._run(operation, HouseholdAnswer)
        return pb.CreateHouseholdResponse(household_id=str(answer.household_id))

    async def AddToHousehold(  # noqa: N802
        self, request: pb.AddToHouseholdRequest, context: Context
    ) -> pb.AddToHouseholdResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        household_id = decode_uuid("household_id", request.household_id, found)
        member_id = decode_uuid("member_id", request.member_id, found)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = JoinHouseholdOperation(
            partner.partner_id,
            request_id=request.request_id,
            household_id=household_id,
            member_id=member_id,
            cause=cause,
        )
        answer = await self._run(operation, HouseholdAnswer)
        return pb.AddToHouseholdResponse(members=answer.members, changed=answer.changed)

    async def RemoveFromHousehold(  # noqa: N802
        self, request: pb.RemoveFromHouseholdRequest, context: Context
    ) -> pb.RemoveFromHouseholdResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        member_id = decode_uuid("member_id", request.member_id, found)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = LeaveHouseholdOperation(
            partner.partner_id,
            request_id=request.request_id,
            household_id=None,
            member_id=member_id,
            cause=cause,
        )
        answer = await self._run(operation, HouseholdAnswer)
        return pb.RemoveFromHouseholdResponse(
            household_id=str(answer.household_id) if answer.household_id is not None else "",
            members=answer.members,
            changed=answer.changed,
        )
