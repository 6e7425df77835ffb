"""The contract's messages and enums under one name; generated code is imported nowhere else."""

from __future__ import annotations

from checkout.v1.checkout_service_pb2 import (
    OPERATION_STATE_DONE,
    OPERATION_STATE_IN_PROGRESS,
    OPERATION_STATE_NOT_DONE,
    PURCHASE_STATE_CANCELLED,
    PURCHASE_STATE_CONFIRMED,
    PURCHASE_STATE_HELD,
    PURCHASE_STATE_RELEASED,
    STATUS_OK,
    STATUS_PRICE_CHANGED,
    STATUS_REJECTED,
    CancelResponse,
    ConfirmResponse,
    EnrolMemberRequest,
    EnrolMemberResponse,
    ExtendHoldResponse,
    GetOperationResponse,
    GetPurchaseResponse,
    GetSnapshotInfoResponse,
    HoldResponse,
    QuoteResponse,
    Status,
)
from checkout.v1.error_reason_pb2 import ErrorReason
from checkout.v1.operator_service_pb2 import AdjustBalanceResponse, PublishSnapshotResponse
from checkout.v1.outcome_pb2 import Balance, MemberView, Outcome
from checkout.v1.receipt_pb2 import Identifier, Line, LineKind, Receipt, Settlement, Tender

__all__ = [
    "OPERATION_STATE_DONE",
    "OPERATION_STATE_IN_PROGRESS",
    "OPERATION_STATE_NOT_DONE",
    "PURCHASE_STATE_CANCELLED",
    "PURCHASE_STATE_CONFIRMED",
    "PURCHASE_STATE_HELD",
    "PURCHASE_STATE_RELEASED",
    "STATUS_OK",
    "STATUS_PRICE_CHANGED",
    "STATUS_REJECTED",
    "AdjustBalanceResponse",
    "Balance",
    "CancelResponse",
    "ConfirmResponse",
    "EnrolMemberRequest",
    "EnrolMemberResponse",
    "ErrorReason",
    "ExtendHoldResponse",
    "GetOperationResponse",
    "GetPurchaseResponse",
    "GetSnapshotInfoResponse",
    "HoldResponse",
    "Identifier",
    "Line",
    "LineKind",
    "MemberView",
    "Outcome",
    "PublishSnapshotResponse",
    "QuoteResponse",
    "Receipt",
    "Settlement",
    "Status",
    "Tender",
]
