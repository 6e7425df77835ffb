"""Expected "no"s as values: every reason a caller can be given, in order of precedence.

A decision returns its result or a `Refusal`; nothing raises for an expected no. When several
reasons hold, the one that stands first here is given. The contract lists the same names with what
the till should do (``proto/checkout/v1/error_reason.proto``); a test holds the two lists equal.
"""

from __future__ import annotations

import dataclasses
import enum


class Reason(enum.StrEnum):
    """Why not. Members stand in order of precedence."""

    # The call itself
    TOKEN_MISSING = "TOKEN_MISSING"
    TOKEN_INVALID = "TOKEN_INVALID"
    NOT_PERMITTED = "NOT_PERMITTED"
    DEADLINE_TOO_SHORT = "DEADLINE_TOO_SHORT"
    OVERLOADED = "OVERLOADED"
    STORAGE_UNAVAILABLE = "STORAGE_UNAVAILABLE"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    INTERNAL = "INTERNAL"
    # What was sent
    FIELD_REQUIRED = "FIELD_REQUIRED"
    FIELD_INVALID = "FIELD_INVALID"
    FIELD_OUT_OF_RANGE = "FIELD_OUT_OF_RANGE"
    LINE_COUNT_OUT_OF_RANGE = "LINE_COUNT_OUT_OF_RANGE"
    LINE_POSITION_REPEATED = "LINE_POSITION_REPEATED"
    LINE_AMOUNT_MISMATCH = "LINE_AMOUNT_MISMATCH"
    PAYMENT_CARD_NUMBER = "PAYMENT_CARD_NUMBER"
    # Said before: found first, so that a retry is answered before anything else is judged
    REQUEST_ID_REUSED = "REQUEST_ID_REUSED"
    PURCHASE_CONFIRMED = "PURCHASE_CONFIRMED"
    PURCHASE_CANCELLED = "PURCHASE_CANCELLED"
    PURCHASE_UNKNOWN = "PURCHASE_UNKNOWN"
    RECEIPT_NUMBER_TAKEN = "RECEIPT_NUMBER_TAKEN"
    # Returns
    RETURN_CONFIRMED = "RETURN_CONFIRMED"
    PURCHASE_NOT_CONFIRMED = "PURCHASE_NOT_CONFIRMED"
    RETURN_TOO_LATE = "RETURN_TOO_LATE"
    RETURN_POSITION_UNKNOWN = "RETURN_POSITION_UNKNOWN"
    RETURN_ABOVE_SOLD = "RETURN_ABOVE_SOLD"
    # Points for a receipt that was made already
    PURCHASE_HAS_MEMBER = "PURCHASE_HAS_MEMBER"
    PURCHASE_RETURNED = "PURCHASE_RETURNED"
    CREDIT_TOO_LATE = "CREDIT_TOO_LATE"
    # The quote and the hold
    SNAPSHOT_MISSING = "SNAPSHOT_MISSING"
    SNAPSHOT_INVALID = "SNAPSHOT_INVALID"
    RECEIPT_TIME_OUT_OF_WINDOW = "RECEIPT_TIME_OUT_OF_WINDOW"
    QUOTE_TOKEN_INVALID = "QUOTE_TOKEN_INVALID"
    RECEIPT_DIFFERS = "RECEIPT_DIFFERS"
    HOLD_UNKNOWN = "HOLD_UNKNOWN"
    HOLD_EXPIRED = "HOLD_EXPIRED"
    HOLD_EXTENSION_EXHAUSTED = "HOLD_EXTENSION_EXHAUSTED"
    # The member
    MEMBER_UNKNOWN = "MEMBER_UNKNOWN"
    MEMBER_BLOCKED = "MEMBER_BLOCKED"
    CARD_BLOCKED = "CARD_BLOCKED"
    IDENTIFIER_TAKEN = "IDENTIFIER_TAKEN"
    CURRENCY_UNKNOWN = "CURRENCY_UNKNOWN"
    # What operators name
    CAMPAIGN_UNKNOWN = "CAMPAIGN_UNKNOWN"
    FREEZE_UNKNOWN = "FREEZE_UNKNOWN"
    COUPON_SERIES_UNKNOWN = "COUPON_SERIES_UNKNOWN"
    COUPON_UNKNOWN = "COUPON_UNKNOWN"
    COUPON_CODE_TAKEN = "COUPON_CODE_TAKEN"
    # What is sold
    LIMIT_REFUSES_SALE = "LIMIT_REFUSES_SALE"
    # Points
    MEMBER_REQUIRED = "MEMBER_REQUIRED"
    SPENDING_NEEDS_CARD = "SPENDING_NEEDS_CARD"
    INSUFFICIENT_POINTS = "INSUFFICIENT_POINTS"
    POINTS_ABOVE_MAXIMUM = "POINTS_ABOVE_MAXIMUM"
    POINTS_ALREADY_SPENT = "POINTS_ALREADY_SPENT"
    OFFLINE_ALLOWANCE_EXCEEDED = "OFFLINE_ALLOWANCE_EXCEEDED"
    # Certificates
    CERTIFICATE_UNKNOWN = "CERTIFICATE_UNKNOWN"
    CERTIFICATE_SERIES_UNKNOWN = "CERTIFICATE_SERIES_UNKNOWN"
    CERTIFICATE_NOT_ACTIVE = "CERTIFICATE_NOT_ACTIVE"
    CERTIFICATE_NOT_FOR_SALE = "CERTIFICATE_NOT_FOR_SALE"
    CERTIFICATE_ALREADY_SPENT = "CERTIFICATE_ALREADY_SPENT"


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """One "no": its reason, a sentence for a developer, the field if one is to blame.

    The numbers behind it.
    """

    reason: Reason
    message: str
    field: str = ""
    numbers: dict[str, int | str] = dataclasses.field(default_factory=dict)
