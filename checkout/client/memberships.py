"""The operator's calls about a member's accounts, programs and QR codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.client.channel import WRITE_TIMEOUT_S, Client
from checkout.v1 import operator_service_pb2 as pb

if TYPE_CHECKING:
    import datetime as dt

    from checkout.v1.operator_service_pb2_grpc import OperatorServiceStub


class MembershipCalls(Client):
    """Calls of OperatorService; they raise `CallRefusedError`."""

    _stub: OperatorServiceStub

    async def freeze_account(
        self, request_id: str, member_id: str, currency: str, reason: str, *, lift: bool = False
    ) -> pb.FreezeAccountResponse:
        request = pb.FreezeAccountRequest(
            request_id=request_id, member_id=member_id, currency=currency, reason=reason, lift=lift
        )
        response: pb.FreezeAccountResponse = await self._call(
            self._stub.FreezeAccount, request, WRITE_TIMEOUT_S
        )
        return response

    async def leave_program(
        self, request_id: str, member_id: str, program: str, reason: str
    ) -> pb.LeaveProgramResponse:
        request = pb.LeaveProgramRequest(
            request_id=request_id, member_id=member_id, program=program, reason=reason
        )
        response: pb.LeaveProgramResponse = await self._call(
            self._stub.LeaveProgram, request, WRITE_TIMEOUT_S
        )
        return response

    async def join_program(
        self, request_id: str, member_id: str, program: str, reason: str
    ) -> pb.JoinProgramResponse:
        request = pb.JoinProgramRequest(
            request_id=request_id, member_id=member_id, program=program, reason=reason
        )
        response: pb.JoinProgramResponse = await self._call(
            self._stub.JoinProgram, request, WRITE_TIMEOUT_S
        )
        return response

    async def set_tier(
        self,
        request_id: str,
        member_id: str,
        program: str,
        tier: str,
        reason: str,
        *,
        until: dt.date | None = None,
    ) -> pb.SetTierResponse:
        """Give a member a tier until a day, or until it is set again."""
        request = pb.SetTierRequest(
            request_id=request_id,
            member_id=member_id,
            program=program,
            tier=tier,
            until=until.isoformat() if until is not None else "",
            reason=reason,
        )
        response: pb.SetTierResponse = await self._call(
            self._stub.SetTier, request, WRITE_TIMEOUT_S
        )
        return response

    async def issue_qr_token(
        self, member_id: str, *, spends: bool = False
    ) -> pb.IssueQrTokenResponse:
        """A code that brings the member to one sale, for 60 seconds."""
        request = pb.IssueQrTokenRequest(member_id=member_id, spends=spends)
        response: pb.IssueQrTokenResponse = await self._call(
            self._stub.IssueQrToken, request, WRITE_TIMEOUT_S
        )
        return response
