"""Errors of calls, with what the contract says about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from google.rpc import error_details_pb2
from grpc_status import rpc_status

if TYPE_CHECKING:
    import grpc


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One field that was refused."""

    field: str
    reason: str
    message: str


class CallRefusedError(Exception):
    """A call that ended with an error: gRPC status, reason of the contract, fields to blame."""

    def __init__(self, error: grpc.aio.AioRpcError) -> None:
        self.status = error.code().name
        self.reason = ""
        self.numbers: dict[str, str] = {}
        self.faults: list[FieldFault] = []
        self.retry_after_ms = 0
        status = rpc_status.from_call(error)
        for detail in status.details if status is not None else ():
            if detail.Is(error_details_pb2.ErrorInfo.DESCRIPTOR):
                info = error_details_pb2.ErrorInfo()
                detail.Unpack(info)
                self.reason = info.reason
                self.numbers = dict(info.metadata)
            elif detail.Is(error_details_pb2.BadRequest.DESCRIPTOR):
                request = error_details_pb2.BadRequest()
                detail.Unpack(request)
                self.faults = [
                    FieldFault(fault.field, fault.reason, fault.description)
                    for fault in request.field_violations
                ]
            elif detail.Is(error_details_pb2.RetryInfo.DESCRIPTOR):
                retry = error_details_pb2.RetryInfo()
                detail.Unpack(retry)
                delay = retry.retry_delay
                self.retry_after_ms = delay.seconds * 1_000 + delay.nanos // 1_000_000
        message = error.details() or ""
        super().__init__(f"{self.status} {self.reason}: {message}")
