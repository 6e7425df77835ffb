"""Errors of calls, with what the contract says about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, cast

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from checkout.v1.error_reason_pb2 import ErrorReason

if TYPE_CHECKING:
    from checkout.v1 import checkout_service_pb2 as pb


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One field that was refused."""

    field: str
    reason: str
    message: str


class CallRefusedError(Exception):
    """A call that ended with an error: gRPC status, reason of the contract, fields to blame."""

    def __init__(self, status: str, reason: str, message: str) -> None:
        super().__init__(f"{status} {reason}: {message}")
        self.status = status
        self.reason = reason
        self.numbers: dict[str, str] = {}
        self.faults: list[FieldFault] = []
        self.retry_after_ms = 0

    @classmethod
    def of_call(cls, error: grpc.aio.AioRpcError) -> Self:
        """What a unary call ended with."""
        info = error_details_pb2.ErrorInfo()
        request = error_details_pb2.BadRequest()
        retry = error_details_pb2.RetryInfo()
        status = rpc_status.from_call(error)
        for detail in status.details if status is not None else ():
            for known in (info, request, retry):
                if detail.Is(known.DESCRIPTOR):
                    detail.Unpack(known)
        refused = cls(error.code().name, info.reason, error.details() or "")
        refused.numbers = dict(info.metadata)
        refused.faults = [
            FieldFault(fault.field, fault.reason, fault.description)
            for fault in request.field_violations
        ]
        refused.retry_after_ms = retry.retry_delay.ToMilliseconds()
        return refused

    @classmethod
    def of_frame(cls, error: pb.SessionError) -> Self:
        """What the frame of a stream says."""
        (status,) = (code.name for code in grpc.StatusCode if code.value[0] == error.code)
        refused = cls(status, _reason_name(error.reason), error.message)
        refused.numbers = dict(error.numbers)
        refused.faults = [
            FieldFault(fault.field, _reason_name(fault.reason), fault.description)
            for fault in error.field_violations
        ]
        refused.retry_after_ms = error.retry_after_ms
        return refused

    @classmethod
    def unknown(cls, message: str) -> Self:
        """Nobody said what became of a call."""
        return cls("UNAVAILABLE", "OUTCOME_UNKNOWN", message)


def _reason_name(reason: int) -> str:
    return ErrorReason.Name(cast("ErrorReason", reason)).removeprefix("ERROR_REASON_")
