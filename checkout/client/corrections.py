"""The operator's calls about corrections: single, in bulk, decided and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from checkout.client.channel import WRITE_TIMEOUT_S, Client
from checkout.v1 import operator_service_pb2 as pb
from checkout.v1.operator_service_pb2_grpc import OperatorServiceStub

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A page of a hundred rows shares the database with the tills.
CORRECTIONS_TIMEOUT_S: Final = 10.0


class CorrectionCalls(Client):
    """Calls of OperatorService; they raise `CallRefusedError`."""

    _stub: OperatorServiceStub

    async def adjust_balance(
        self,
        request_id: str,
        member_id: str,
        currency: str,
        amount_minor: int,
        reason: str,
        *,
        days: int = 0,
    ) -> pb.AdjustBalanceResponse:
        request = pb.AdjustBalanceRequest(
            request_id=request_id,
            member_id=member_id,
            currency=currency,
            amount_minor=amount_minor,
            reason=reason,
            days=days,
        )
        response: pb.AdjustBalanceResponse = await self._call(
            self._stub.AdjustBalance, request, WRITE_TIMEOUT_S
        )
        return response

    async def bulk_adjust(self, request: pb.BulkAdjustRequest) -> list[pb.CorrectionResult]:
        """One page of a file; what became of each row."""
        response: pb.BulkAdjustResponse = await self._call(
            self._stub.BulkAdjust, request, CORRECTIONS_TIMEOUT_S
        )
        return list(response.rows)

    async def get_bulk(self, bulk: str) -> pb.GetBulkResponse:
        request = pb.GetBulkRequest(bulk=bulk)
        response: pb.GetBulkResponse = await self._call(
            self._stub.GetBulk, request, CORRECTIONS_TIMEOUT_S
        )
        return response

    async def list_corrections(
        self, bulk: str = "", *, state: int = 0, page_size: int = 0, page_token: str = ""
    ) -> pb.ListCorrectionsResponse:
        """A page of a bulk's corrections; without a bulk of all that are proposed."""
        request = pb.ListCorrectionsRequest(
            bulk=bulk,
            state=cast("pb.CorrectionState", state),
            page_size=page_size,
            page_token=page_token,
        )
        response: pb.ListCorrectionsResponse = await self._call(
            self._stub.ListCorrections, request, CORRECTIONS_TIMEOUT_S
        )
        return response

    async def decide_corrections(
        self, request_id: str, correction_ids: Sequence[str], reason: str, *, reject: bool = False
    ) -> list[pb.CorrectionResult]:
        """Book what is proposed, or reject it; what became of each."""
        request = pb.DecideCorrectionsRequest(
            request_id=request_id, correction_ids=correction_ids, reject=reject, reason=reason
        )
        response: pb.DecideCorrectionsResponse = await self._call(
            self._stub.DecideCorrections, request, CORRECTIONS_TIMEOUT_S
        )
        return list(response.corrections)

    async def undo_corrections(
        self, request_id: str, correction_ids: Sequence[str], reason: str
    ) -> list[pb.CorrectionResult]:
        """Take back what was booked; what became of each."""
        request = pb.UndoCorrectionsRequest(
            request_id=request_id, correction_ids=correction_ids, reason=reason
        )
        response: pb.UndoCorrectionsResponse = await self._call(
            self._stub.UndoCorrections, request, CORRECTIONS_TIMEOUT_S
        )
        return list(response.corrections)
