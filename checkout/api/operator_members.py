"""OperatorService: a member's accounts and programs as a whole; decode → flow → encode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uuid_utils.compat import uuid7

from checkout.api.decode import decode_id
from checkout.api.encode import encode_balance
from checkout.api.gate import OPERATOR
from checkout.api.moments import encode_moment
from checkout.api.operator_care import OperatorCare, decode_cause, decode_code, decode_uuid
from checkout.api.violations import Violations, unless_refused
from checkout.flows.answers import AccountAnswer, MembershipAnswer
from checkout.flows.freeze_account import FreezeAccountOperation
from checkout.flows.membership import MembershipOperation
from checkout.v1 import operator_service_pb2 as pb

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.flows.qr_issue import QrIssue

    Context = ServicerContext[Any, Any]


class OperatorMembers(OperatorCare):
    """Calls that freeze accounts, issue QR codes, and let members leave and join programs."""

    _qr_codes: QrIssue

    async def FreezeAccount(  # noqa: N802 - named by the contract
        self, request: pb.FreezeAccountRequest, context: Context
    ) -> pb.FreezeAccountResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        member_id = decode_uuid("member_id", request.member_id, found)
        decode_code("currency", request.currency, found)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = FreezeAccountOperation(
            partner.partner_id,
            request_id=request.request_id,
            member_id=member_id,
            currency=request.currency,
            lift=request.lift,
            cause=cause,
        )
        answer = await self._run(operation, AccountAnswer)
        return pb.FreezeAccountResponse(
            frozen=answer.frozen, changed=answer.changed, balance=encode_balance(answer.balance)
        )

    async def IssueQrToken(  # noqa: N802
        self, request: pb.IssueQrTokenRequest, context: Context
    ) -> pb.IssueQrTokenResponse:
        del context
        partner, _ = OPERATOR.get()
        found = Violations()
        member_id = decode_uuid("member_id", request.member_id, found)
        found.raise_if_any()
        code = unless_refused(
            await self._qr_codes.issue(partner.partner_id, member_id, spends=request.spends)
        )
        return pb.IssueQrTokenResponse(qr=code.text, expires_at=encode_moment(code.expires_at))

    async def LeaveProgram(  # noqa: N802
        self, request: pb.LeaveProgramRequest, context: Context
    ) -> pb.LeaveProgramResponse:
        del context
        answer = await self._membership(request, joins=False)
        return pb.LeaveProgramResponse(
            changed=answer.changed,
            written_off_minor=answer.written_off,
            balances=map(encode_balance, answer.balances),
        )

    async def JoinProgram(  # noqa: N802
        self, request: pb.JoinProgramRequest, context: Context
    ) -> pb.JoinProgramResponse:
        del context
        answer = await self._membership(request, joins=True)
        return pb.JoinProgramResponse(
            changed=answer.changed, balances=map(encode_balance, answer.balances)
        )

    async def _membership(
        self, request: pb.LeaveProgramRequest | pb.JoinProgramRequest, *, joins: bool
    ) -> MembershipAnswer:
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        member_id = decode_uuid("member_id", request.member_id, found)
        decode_code("program", request.program, found)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = MembershipOperation(
            partner.partner_id,
            request_id=request.request_id,
            member_id=member_id,
            program=request.program,
            joins=joins,
            posting_id=uuid7(),
            cause=cause,
        )
        return await self._run(operation, MembershipAnswer)
