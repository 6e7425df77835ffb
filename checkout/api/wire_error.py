"""A refusal as a frame of a stream carries it: what `google.rpc.Status` says, typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.api.encode import encode_reason
from checkout.api.status import STATUS_CODES
from checkout.v1 import checkout_service_pb2 as pb

if TYPE_CHECKING:
    from checkout.api.violations import RefusedCall


def encode_error(call: RefusedCall) -> pb.SessionError:
    """Code, reason, numbers, fields and when to come back."""
    refusal = call.refusal
    retry_after_ms = refusal.numbers.get("retry_after_ms")
    return pb.SessionError(
        code=STATUS_CODES[refusal.reason].value[0],
        reason=encode_reason(refusal.reason),
        message=refusal.message,
        numbers={name: str(value) for name, value in refusal.numbers.items()},
        field_violations=[
            pb.SessionFieldViolation(
                field=violation.field,
                reason=encode_reason(violation.reason),
                description=violation.message,
            )
            for violation in call.violations
        ],
        retry_after_ms=retry_after_ms if isinstance(retry_after_ms, int) else 0,
    )
