"""An operator's calls about accounts, programs and QR codes, as tests make them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from checkout.v1 import operator_service_pb2 as op
from tests.service import world
from tests.service.ids import fresh


class MembershipCalls(ABC):
    """Calls of OperatorService; request ids are fresh unless given."""

    @abstractmethod
    async def call(self, method: str, request: Any, timeout_s: float = 10) -> Any:
        """Any call by its name."""

    async def freeze_account(
        self,
        member_id: str,
        *,
        lift: bool = False,
        currency: str = world.CURRENCY,
        request_id: str = "",
    ) -> op.FreezeAccountResponse:
        request = op.FreezeAccountRequest(
            request_id=request_id or fresh("account"),
            member_id=member_id,
            currency=currency,
            reason="a test",
            lift=lift,
        )
        answer: op.FreezeAccountResponse = await self.call("FreezeAccount", request)
        return answer

    async def qr(self, member_id: str, *, spends: bool = False) -> str:
        """A fresh code of a member."""
        request = op.IssueQrTokenRequest(member_id=member_id, spends=spends)
        answer: op.IssueQrTokenResponse = await self.call("IssueQrToken", request)
        return answer.qr

    async def leave(
        self, member_id: str, program: str = "main", request_id: str = ""
    ) -> op.LeaveProgramResponse:
        request = op.LeaveProgramRequest(
            request_id=request_id or fresh("leave"),
            member_id=member_id,
            program=program,
            reason="a test",
        )
        answer: op.LeaveProgramResponse = await self.call("LeaveProgram", request)
        return answer

    async def join(
        self, member_id: str, program: str = "main", request_id: str = ""
    ) -> op.JoinProgramResponse:
        request = op.JoinProgramRequest(
            request_id=request_id or fresh("join"),
            member_id=member_id,
            program=program,
            reason="a test",
        )
        answer: op.JoinProgramResponse = await self.call("JoinProgram", request)
        return answer

    async def set_tier(
        self,
        member_id: str,
        tier: str,
        *,
        program: str = "main",
        until: str = "",
        request_id: str = "",
        reason: str = "a test",
    ) -> op.SetTierResponse:
        request = op.SetTierRequest(
            request_id=request_id or fresh("tier"),
            member_id=member_id,
            program=program,
            tier=tier,
            until=until,
            reason=reason,
        )
        answer: op.SetTierResponse = await self.call("SetTier", request)
        return answer
