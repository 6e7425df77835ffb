"""One door for errors: every reason with its status, and the status with its details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from google.protobuf import any_pb2, duration_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc import StatusCode
from grpc_status import rpc_status

from checkout.refusals import Reason

if TYPE_CHECKING:
    from google.protobuf.message import Message
    from grpc import Status

    from checkout.api.violations import RefusedCall

#: The contract that reasons belong to.
DOMAIN: Final = "checkout.v1"

STATUS_CODES: Final = {
    Reason.TOKEN_MISSING: StatusCode.UNAUTHENTICATED,
    Reason.TOKEN_INVALID: StatusCode.UNAUTHENTICATED,
    Reason.NOT_PERMITTED: StatusCode.PERMISSION_DENIED,
    Reason.DEADLINE_TOO_SHORT: StatusCode.DEADLINE_EXCEEDED,
    Reason.OVERLOADED: StatusCode.RESOURCE_EXHAUSTED,
    Reason.STORAGE_UNAVAILABLE: StatusCode.UNAVAILABLE,
    Reason.OUTCOME_UNKNOWN: StatusCode.UNAVAILABLE,
    Reason.INTERNAL: StatusCode.INTERNAL,
    Reason.FIELD_REQUIRED: StatusCode.INVALID_ARGUMENT,
    Reason.FIELD_INVALID: StatusCode.INVALID_ARGUMENT,
    Reason.FIELD_OUT_OF_RANGE: StatusCode.INVALID_ARGUMENT,
    Reason.LINE_COUNT_OUT_OF_RANGE: StatusCode.INVALID_ARGUMENT,
    Reason.LINE_POSITION_REPEATED: StatusCode.INVALID_ARGUMENT,
    Reason.LINE_AMOUNT_MISMATCH: StatusCode.INVALID_ARGUMENT,
    Reason.PAYMENT_CARD_NUMBER: StatusCode.INVALID_ARGUMENT,
    Reason.REQUEST_ID_REUSED: StatusCode.ABORTED,
    Reason.PURCHASE_CONFIRMED: StatusCode.FAILED_PRECONDITION,
    Reason.PURCHASE_CANCELLED: StatusCode.FAILED_PRECONDITION,
    Reason.PURCHASE_UNKNOWN: StatusCode.NOT_FOUND,
    Reason.RECEIPT_NUMBER_TAKEN: StatusCode.ALREADY_EXISTS,
    Reason.RETURN_CONFIRMED: StatusCode.FAILED_PRECONDITION,
    Reason.PURCHASE_NOT_CONFIRMED: StatusCode.FAILED_PRECONDITION,
    Reason.RETURN_TOO_LATE: StatusCode.FAILED_PRECONDITION,
    Reason.RETURN_POSITION_UNKNOWN: StatusCode.INVALID_ARGUMENT,
    Reason.RETURN_ABOVE_SOLD: StatusCode.FAILED_PRECONDITION,
    Reason.RETURN_NEEDS_RECEIPT: StatusCode.FAILED_PRECONDITION,
    Reason.RETURN_ALLOWANCE_EXCEEDED: StatusCode.FAILED_PRECONDITION,
    Reason.PURCHASE_HAS_MEMBER: StatusCode.FAILED_PRECONDITION,
    Reason.PURCHASE_RETURNED: StatusCode.FAILED_PRECONDITION,
    Reason.CREDIT_TOO_LATE: StatusCode.FAILED_PRECONDITION,
    Reason.SNAPSHOT_MISSING: StatusCode.FAILED_PRECONDITION,
    Reason.SNAPSHOT_INVALID: StatusCode.FAILED_PRECONDITION,
    Reason.RECEIPT_TIME_OUT_OF_WINDOW: StatusCode.INVALID_ARGUMENT,
    Reason.QUOTE_TOKEN_INVALID: StatusCode.INVALID_ARGUMENT,
    Reason.RECEIPT_DIFFERS: StatusCode.FAILED_PRECONDITION,
    Reason.HOLD_UNKNOWN: StatusCode.NOT_FOUND,
    Reason.HOLD_EXPIRED: StatusCode.FAILED_PRECONDITION,
    Reason.HOLD_EXTENSION_EXHAUSTED: StatusCode.FAILED_PRECONDITION,
    Reason.CARD_NUMBER_INVALID: StatusCode.INVALID_ARGUMENT,
    Reason.MEMBER_UNKNOWN: StatusCode.NOT_FOUND,
    Reason.MEMBER_BLOCKED: StatusCode.FAILED_PRECONDITION,
    Reason.CARD_BLOCKED: StatusCode.FAILED_PRECONDITION,
    Reason.CARD_REPLACED: StatusCode.FAILED_PRECONDITION,
    Reason.PROGRAM_LEFT: StatusCode.FAILED_PRECONDITION,
    Reason.IDENTIFIER_TAKEN: StatusCode.ALREADY_EXISTS,
    Reason.CARD_NOT_ISSUED: StatusCode.FAILED_PRECONDITION,
    Reason.QR_INVALID: StatusCode.INVALID_ARGUMENT,
    Reason.QR_EXPIRED: StatusCode.FAILED_PRECONDITION,
    Reason.QR_USED: StatusCode.FAILED_PRECONDITION,
    Reason.CURRENCY_UNKNOWN: StatusCode.NOT_FOUND,
    Reason.PROGRAM_UNKNOWN: StatusCode.NOT_FOUND,
    Reason.TIER_UNKNOWN: StatusCode.NOT_FOUND,
    Reason.CAMPAIGN_UNKNOWN: StatusCode.NOT_FOUND,
    Reason.FREEZE_UNKNOWN: StatusCode.NOT_FOUND,
    Reason.BULK_UNKNOWN: StatusCode.NOT_FOUND,
    Reason.BULK_DIFFERS: StatusCode.FAILED_PRECONDITION,
    Reason.CORRECTION_UNKNOWN: StatusCode.NOT_FOUND,
    Reason.CORRECTION_DECIDED: StatusCode.FAILED_PRECONDITION,
    Reason.CORRECTION_NOT_BOOKED: StatusCode.FAILED_PRECONDITION,
    Reason.SAME_AUTHOR: StatusCode.FAILED_PRECONDITION,
    Reason.COUPON_SERIES_UNKNOWN: StatusCode.NOT_FOUND,
    Reason.COUPON_UNKNOWN: StatusCode.NOT_FOUND,
    Reason.COUPON_CODE_TAKEN: StatusCode.ALREADY_EXISTS,
    Reason.CARD_TYPE_UNKNOWN: StatusCode.NOT_FOUND,
    Reason.CARD_NUMBERS_EXHAUSTED: StatusCode.FAILED_PRECONDITION,
    Reason.HOUSEHOLD_UNKNOWN: StatusCode.NOT_FOUND,
    Reason.MEMBER_IN_HOUSEHOLD: StatusCode.FAILED_PRECONDITION,
    Reason.HOUSEHOLD_FULL: StatusCode.FAILED_PRECONDITION,
    Reason.POINTS_NOT_FREE: StatusCode.FAILED_PRECONDITION,
    Reason.MERGE_UNKNOWN: StatusCode.NOT_FOUND,
    Reason.MEMBER_MERGED: StatusCode.FAILED_PRECONDITION,
    Reason.MEMBER_HAS_HOLD: StatusCode.FAILED_PRECONDITION,
    Reason.PERSON_UNKNOWN: StatusCode.NOT_FOUND,
    Reason.PERSON_LINKED: StatusCode.FAILED_PRECONDITION,
    Reason.GIFT_UNKNOWN: StatusCode.NOT_FOUND,
    Reason.GIFT_GIVEN_UNKNOWN: StatusCode.NOT_FOUND,
    Reason.GIFT_NOT_GIVEN_HERE: StatusCode.FAILED_PRECONDITION,
    Reason.GIFT_NOT_GIVEN_NOW: StatusCode.FAILED_PRECONDITION,
    Reason.LIMIT_REFUSES_SALE: StatusCode.FAILED_PRECONDITION,
    Reason.MEMBER_REQUIRED: StatusCode.FAILED_PRECONDITION,
    Reason.SPENDING_NEEDS_CARD: StatusCode.FAILED_PRECONDITION,
    Reason.ACCOUNT_FROZEN: StatusCode.FAILED_PRECONDITION,
    Reason.QR_NOT_FOR_SPENDING: StatusCode.FAILED_PRECONDITION,
    Reason.INSUFFICIENT_POINTS: StatusCode.FAILED_PRECONDITION,
    Reason.POINTS_ABOVE_MAXIMUM: StatusCode.FAILED_PRECONDITION,
    Reason.POINTS_BETWEEN_STEPS: StatusCode.FAILED_PRECONDITION,
    Reason.POINTS_ALREADY_SPENT: StatusCode.FAILED_PRECONDITION,
    Reason.OFFLINE_ALLOWANCE_EXCEEDED: StatusCode.FAILED_PRECONDITION,
    Reason.CERTIFICATE_UNKNOWN: StatusCode.NOT_FOUND,
    Reason.CERTIFICATE_SERIES_UNKNOWN: StatusCode.NOT_FOUND,
    Reason.CERTIFICATE_NOT_ACTIVE: StatusCode.FAILED_PRECONDITION,
    Reason.CERTIFICATE_NOT_FOR_SALE: StatusCode.FAILED_PRECONDITION,
    Reason.CERTIFICATE_ALREADY_SPENT: StatusCode.FAILED_PRECONDITION,
    Reason.GIFT_OUT_OF_STOCK: StatusCode.FAILED_PRECONDITION,
    Reason.GIFT_LIMIT_REACHED: StatusCode.FAILED_PRECONDITION,
    Reason.PURCHASE_ALLOWANCE_EXCEEDED: StatusCode.FAILED_PRECONDITION,
    Reason.TOTAL_TOO_LARGE: StatusCode.FAILED_PRECONDITION,
    Reason.TOO_MANY_UNKNOWN: StatusCode.RESOURCE_EXHAUSTED,
    Reason.MEMBER_ERASED: StatusCode.FAILED_PRECONDITION,
    Reason.MEMBER_HAS_POINTS: StatusCode.FAILED_PRECONDITION,
}


def status_of(call: RefusedCall) -> Status:
    """A refusal as google.rpc.Status with ErrorInfo, and what else fits."""
    refusal = call.refusal
    details: list[Message] = [
        error_details_pb2.ErrorInfo(
            reason=refusal.reason.value,
            domain=DOMAIN,
            metadata={name: str(value) for name, value in refusal.numbers.items()},
        )
    ]
    if call.violations:
        details.append(
            error_details_pb2.BadRequest(
                field_violations=[
                    error_details_pb2.BadRequest.FieldViolation(
                        field=violation.field,
                        description=violation.message,
                        reason=violation.reason.value,
                    )
                    for violation in call.violations
                ]
            )
        )
    retry_after_ms = refusal.numbers.get("retry_after_ms")
    if isinstance(retry_after_ms, int):
        delay = duration_pb2.Duration(
            seconds=retry_after_ms // 1_000, nanos=retry_after_ms % 1_000 * 1_000_000
        )
        details.append(error_details_pb2.RetryInfo(retry_delay=delay))
    status = status_pb2.Status(code=STATUS_CODES[refusal.reason].value[0], message=refusal.message)
    for detail in details:
        packed = any_pb2.Any()
        packed.Pack(detail)
        status.details.append(packed)
    translated: Status = rpc_status.to_status(status)
    return translated
