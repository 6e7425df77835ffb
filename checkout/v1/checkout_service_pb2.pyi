from checkout.v1 import certificate_pb2 as _certificate_pb2
from checkout.v1 import coupon_pb2 as _coupon_pb2
from checkout.v1 import error_reason_pb2 as _error_reason_pb2
from checkout.v1 import gift_pb2 as _gift_pb2
from checkout.v1 import outcome_pb2 as _outcome_pb2
from checkout.v1 import receipt_pb2 as _receipt_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Status(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STATUS_UNSPECIFIED: _ClassVar[Status]
    STATUS_OK: _ClassVar[Status]
    STATUS_PRICE_CHANGED: _ClassVar[Status]
    STATUS_REJECTED: _ClassVar[Status]

class ExplainLevel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXPLAIN_LEVEL_UNSPECIFIED: _ClassVar[ExplainLevel]
    EXPLAIN_LEVEL_NONE: _ClassVar[ExplainLevel]
    EXPLAIN_LEVEL_APPLIED: _ClassVar[ExplainLevel]
    EXPLAIN_LEVEL_FULL: _ClassVar[ExplainLevel]

class SaleMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SALE_MODE_UNSPECIFIED: _ClassVar[SaleMode]
    SALE_MODE_OFFLINE: _ClassVar[SaleMode]
    SALE_MODE_MANUAL: _ClassVar[SaleMode]
    SALE_MODE_TRAINING: _ClassVar[SaleMode]

class ReturnPolicy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RETURN_POLICY_UNSPECIFIED: _ClassVar[ReturnPolicy]
    RETURN_POLICY_STORED_SHARES: _ClassVar[ReturnPolicy]
    RETURN_POLICY_RECOMPUTED: _ClassVar[ReturnPolicy]

class Unevaluated(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    UNEVALUATED_UNSPECIFIED: _ClassVar[Unevaluated]
    UNEVALUATED_PRICED_BY_TILL: _ClassVar[Unevaluated]
    UNEVALUATED_CREDITED_LATER: _ClassVar[Unevaluated]
    UNEVALUATED_NOT_AS_SOLD: _ClassVar[Unevaluated]

class PurchaseState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PURCHASE_STATE_UNSPECIFIED: _ClassVar[PurchaseState]
    PURCHASE_STATE_HELD: _ClassVar[PurchaseState]
    PURCHASE_STATE_RELEASED: _ClassVar[PurchaseState]
    PURCHASE_STATE_CONFIRMED: _ClassVar[PurchaseState]
    PURCHASE_STATE_CANCELLED: _ClassVar[PurchaseState]

class OperationState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OPERATION_STATE_UNSPECIFIED: _ClassVar[OperationState]
    OPERATION_STATE_NOT_DONE: _ClassVar[OperationState]
    OPERATION_STATE_IN_PROGRESS: _ClassVar[OperationState]
    OPERATION_STATE_DONE: _ClassVar[OperationState]

class EntryKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENTRY_KIND_UNSPECIFIED: _ClassVar[EntryKind]
    ENTRY_KIND_SALE: _ClassVar[EntryKind]
    ENTRY_KIND_RETURN: _ClassVar[EntryKind]
    ENTRY_KIND_ADJUSTMENT: _ClassVar[EntryKind]
    ENTRY_KIND_OPENING: _ClassVar[EntryKind]
    ENTRY_KIND_DEBT: _ClassVar[EntryKind]
    ENTRY_KIND_CREDIT: _ClassVar[EntryKind]
    ENTRY_KIND_ACTIVATION: _ClassVar[EntryKind]
    ENTRY_KIND_EXPIRY: _ClassVar[EntryKind]
    ENTRY_KIND_UNDO: _ClassVar[EntryKind]
    ENTRY_KIND_LEAVING: _ClassVar[EntryKind]
    ENTRY_KIND_TRANSFER: _ClassVar[EntryKind]
    ENTRY_KIND_GIFT: _ClassVar[EntryKind]
    ENTRY_KIND_GIFT_BACK: _ClassVar[EntryKind]
STATUS_UNSPECIFIED: Status
STATUS_OK: Status
STATUS_PRICE_CHANGED: Status
STATUS_REJECTED: Status
EXPLAIN_LEVEL_UNSPECIFIED: ExplainLevel
EXPLAIN_LEVEL_NONE: ExplainLevel
EXPLAIN_LEVEL_APPLIED: ExplainLevel
EXPLAIN_LEVEL_FULL: ExplainLevel
SALE_MODE_UNSPECIFIED: SaleMode
SALE_MODE_OFFLINE: SaleMode
SALE_MODE_MANUAL: SaleMode
SALE_MODE_TRAINING: SaleMode
RETURN_POLICY_UNSPECIFIED: ReturnPolicy
RETURN_POLICY_STORED_SHARES: ReturnPolicy
RETURN_POLICY_RECOMPUTED: ReturnPolicy
UNEVALUATED_UNSPECIFIED: Unevaluated
UNEVALUATED_PRICED_BY_TILL: Unevaluated
UNEVALUATED_CREDITED_LATER: Unevaluated
UNEVALUATED_NOT_AS_SOLD: Unevaluated
PURCHASE_STATE_UNSPECIFIED: PurchaseState
PURCHASE_STATE_HELD: PurchaseState
PURCHASE_STATE_RELEASED: PurchaseState
PURCHASE_STATE_CONFIRMED: PurchaseState
PURCHASE_STATE_CANCELLED: PurchaseState
OPERATION_STATE_UNSPECIFIED: OperationState
OPERATION_STATE_NOT_DONE: OperationState
OPERATION_STATE_IN_PROGRESS: OperationState
OPERATION_STATE_DONE: OperationState
ENTRY_KIND_UNSPECIFIED: EntryKind
ENTRY_KIND_SALE: EntryKind
ENTRY_KIND_RETURN: EntryKind
ENTRY_KIND_ADJUSTMENT: EntryKind
ENTRY_KIND_OPENING: EntryKind
ENTRY_KIND_DEBT: EntryKind
ENTRY_KIND_CREDIT: EntryKind
ENTRY_KIND_ACTIVATION: EntryKind
ENTRY_KIND_EXPIRY: EntryKind
ENTRY_KIND_UNDO: EntryKind
ENTRY_KIND_LEAVING: EntryKind
ENTRY_KIND_TRANSFER: EntryKind
ENTRY_KIND_GIFT: EntryKind
ENTRY_KIND_GIFT_BACK: EntryKind

class IdentifyRequest(_message.Message):
    __slots__ = ("identifier",)
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    identifier: _receipt_pb2.Identifier
    def __init__(self, identifier: _Optional[_Union[_receipt_pb2.Identifier, _Mapping]] = ...) -> None: ...

class IdentifyResponse(_message.Message):
    __slots__ = ("member",)
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    member: _outcome_pb2.MemberView
    def __init__(self, member: _Optional[_Union[_outcome_pb2.MemberView, _Mapping]] = ...) -> None: ...

class EnrolMemberRequest(_message.Message):
    __slots__ = ("request_id", "card", "phone", "external_id", "first_name", "last_name", "patronymic", "email", "gender", "birth_date")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CARD_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_ID_FIELD_NUMBER: _ClassVar[int]
    FIRST_NAME_FIELD_NUMBER: _ClassVar[int]
    LAST_NAME_FIELD_NUMBER: _ClassVar[int]
    PATRONYMIC_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    GENDER_FIELD_NUMBER: _ClassVar[int]
    BIRTH_DATE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    card: str
    phone: str
    external_id: str
    first_name: str
    last_name: str
    patronymic: str
    email: str
    gender: str
    birth_date: str
    def __init__(self, request_id: _Optional[str] = ..., card: _Optional[str] = ..., phone: _Optional[str] = ..., external_id: _Optional[str] = ..., first_name: _Optional[str] = ..., last_name: _Optional[str] = ..., patronymic: _Optional[str] = ..., email: _Optional[str] = ..., gender: _Optional[str] = ..., birth_date: _Optional[str] = ...) -> None: ...

class EnrolMemberResponse(_message.Message):
    __slots__ = ("member", "was_member", "card")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    WAS_MEMBER_FIELD_NUMBER: _ClassVar[int]
    CARD_FIELD_NUMBER: _ClassVar[int]
    member: _outcome_pb2.MemberView
    was_member: bool
    card: str
    def __init__(self, member: _Optional[_Union[_outcome_pb2.MemberView, _Mapping]] = ..., was_member: _Optional[bool] = ..., card: _Optional[str] = ...) -> None: ...

class BindCardRequest(_message.Message):
    __slots__ = ("request_id", "identifier", "card", "replace")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    CARD_FIELD_NUMBER: _ClassVar[int]
    REPLACE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    identifier: _receipt_pb2.Identifier
    card: str
    replace: bool
    def __init__(self, request_id: _Optional[str] = ..., identifier: _Optional[_Union[_receipt_pb2.Identifier, _Mapping]] = ..., card: _Optional[str] = ..., replace: _Optional[bool] = ...) -> None: ...

class BindCardResponse(_message.Message):
    __slots__ = ("member", "replaced")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    REPLACED_FIELD_NUMBER: _ClassVar[int]
    member: _outcome_pb2.MemberView
    replaced: bool
    def __init__(self, member: _Optional[_Union[_outcome_pb2.MemberView, _Mapping]] = ..., replaced: _Optional[bool] = ...) -> None: ...

class QuoteRequest(_message.Message):
    __slots__ = ("purchase_id", "receipt", "hold", "request_id", "hold_ttl_s", "explain", "explain_campaign")
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    HOLD_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOLD_TTL_S_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    purchase_id: str
    receipt: _receipt_pb2.Receipt
    hold: bool
    request_id: str
    hold_ttl_s: int
    explain: ExplainLevel
    explain_campaign: str
    def __init__(self, purchase_id: _Optional[str] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., hold: _Optional[bool] = ..., request_id: _Optional[str] = ..., hold_ttl_s: _Optional[int] = ..., explain: _Optional[_Union[ExplainLevel, str]] = ..., explain_campaign: _Optional[str] = ...) -> None: ...

class QuoteResponse(_message.Message):
    __slots__ = ("purchase_id", "status", "reason", "quote_token", "valid_until", "snapshot_id", "outcome", "member", "identifier_reason", "hold", "offers")
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    QUOTE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_ID_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_REASON_FIELD_NUMBER: _ClassVar[int]
    HOLD_FIELD_NUMBER: _ClassVar[int]
    OFFERS_FIELD_NUMBER: _ClassVar[int]
    purchase_id: str
    status: Status
    reason: _error_reason_pb2.ErrorReason
    quote_token: str
    valid_until: str
    snapshot_id: str
    outcome: _outcome_pb2.Outcome
    member: _outcome_pb2.MemberView
    identifier_reason: _error_reason_pb2.ErrorReason
    hold: _outcome_pb2.HoldView
    offers: _containers.RepeatedCompositeFieldContainer[_outcome_pb2.NearMiss]
    def __init__(self, purchase_id: _Optional[str] = ..., status: _Optional[_Union[Status, str]] = ..., reason: _Optional[_Union[_error_reason_pb2.ErrorReason, str]] = ..., quote_token: _Optional[str] = ..., valid_until: _Optional[str] = ..., snapshot_id: _Optional[str] = ..., outcome: _Optional[_Union[_outcome_pb2.Outcome, _Mapping]] = ..., member: _Optional[_Union[_outcome_pb2.MemberView, _Mapping]] = ..., identifier_reason: _Optional[_Union[_error_reason_pb2.ErrorReason, str]] = ..., hold: _Optional[_Union[_outcome_pb2.HoldView, _Mapping]] = ..., offers: _Optional[_Iterable[_Union[_outcome_pb2.NearMiss, _Mapping]]] = ...) -> None: ...

class HoldRequest(_message.Message):
    __slots__ = ("request_id", "purchase_id", "receipt", "quote_token", "ttl_s")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    QUOTE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TTL_S_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    purchase_id: str
    receipt: _receipt_pb2.Receipt
    quote_token: str
    ttl_s: int
    def __init__(self, request_id: _Optional[str] = ..., purchase_id: _Optional[str] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., quote_token: _Optional[str] = ..., ttl_s: _Optional[int] = ...) -> None: ...

class HoldResponse(_message.Message):
    __slots__ = ("quote",)
    QUOTE_FIELD_NUMBER: _ClassVar[int]
    quote: QuoteResponse
    def __init__(self, quote: _Optional[_Union[QuoteResponse, _Mapping]] = ...) -> None: ...

class ExtendHoldRequest(_message.Message):
    __slots__ = ("request_id", "purchase_id", "ttl_s")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    TTL_S_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    purchase_id: str
    ttl_s: int
    def __init__(self, request_id: _Optional[str] = ..., purchase_id: _Optional[str] = ..., ttl_s: _Optional[int] = ...) -> None: ...

class ExtendHoldResponse(_message.Message):
    __slots__ = ("purchase_id", "hold")
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    HOLD_FIELD_NUMBER: _ClassVar[int]
    purchase_id: str
    hold: _outcome_pb2.HoldView
    def __init__(self, purchase_id: _Optional[str] = ..., hold: _Optional[_Union[_outcome_pb2.HoldView, _Mapping]] = ...) -> None: ...

class ConfirmRequest(_message.Message):
    __slots__ = ("request_id", "purchase_id", "receipt", "quote_token", "settlement", "already_paid")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    QUOTE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_FIELD_NUMBER: _ClassVar[int]
    ALREADY_PAID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    purchase_id: str
    receipt: _receipt_pb2.Receipt
    quote_token: str
    settlement: _receipt_pb2.Settlement
    already_paid: bool
    def __init__(self, request_id: _Optional[str] = ..., purchase_id: _Optional[str] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., quote_token: _Optional[str] = ..., settlement: _Optional[_Union[_receipt_pb2.Settlement, _Mapping]] = ..., already_paid: _Optional[bool] = ...) -> None: ...

class ConfirmResponse(_message.Message):
    __slots__ = ("purchase_id", "status", "reason", "receipt_id", "confirmed_at", "snapshot_id", "outcome", "member", "identifier_reason", "slip", "receipt_number_taken_by", "quote", "coupons_issued", "certificates", "mode", "already_paid", "flags")
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_ID_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_AT_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_ID_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_REASON_FIELD_NUMBER: _ClassVar[int]
    SLIP_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_NUMBER_TAKEN_BY_FIELD_NUMBER: _ClassVar[int]
    QUOTE_FIELD_NUMBER: _ClassVar[int]
    COUPONS_ISSUED_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATES_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    ALREADY_PAID_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    purchase_id: str
    status: Status
    reason: _error_reason_pb2.ErrorReason
    receipt_id: str
    confirmed_at: str
    snapshot_id: str
    outcome: _outcome_pb2.Outcome
    member: _outcome_pb2.MemberView
    identifier_reason: _error_reason_pb2.ErrorReason
    slip: _containers.RepeatedScalarFieldContainer[str]
    receipt_number_taken_by: str
    quote: QuoteResponse
    coupons_issued: _containers.RepeatedCompositeFieldContainer[_coupon_pb2.IssuedCoupon]
    certificates: _containers.RepeatedCompositeFieldContainer[_certificate_pb2.CertificateGiven]
    mode: SaleMode
    already_paid: bool
    flags: _containers.RepeatedCompositeFieldContainer[_outcome_pb2.Flag]
    def __init__(self, purchase_id: _Optional[str] = ..., status: _Optional[_Union[Status, str]] = ..., reason: _Optional[_Union[_error_reason_pb2.ErrorReason, str]] = ..., receipt_id: _Optional[str] = ..., confirmed_at: _Optional[str] = ..., snapshot_id: _Optional[str] = ..., outcome: _Optional[_Union[_outcome_pb2.Outcome, _Mapping]] = ..., member: _Optional[_Union[_outcome_pb2.MemberView, _Mapping]] = ..., identifier_reason: _Optional[_Union[_error_reason_pb2.ErrorReason, str]] = ..., slip: _Optional[_Iterable[str]] = ..., receipt_number_taken_by: _Optional[str] = ..., quote: _Optional[_Union[QuoteResponse, _Mapping]] = ..., coupons_issued: _Optional[_Iterable[_Union[_coupon_pb2.IssuedCoupon, _Mapping]]] = ..., certificates: _Optional[_Iterable[_Union[_certificate_pb2.CertificateGiven, _Mapping]]] = ..., mode: _Optional[_Union[SaleMode, str]] = ..., already_paid: _Optional[bool] = ..., flags: _Optional[_Iterable[_Union[_outcome_pb2.Flag, _Mapping]]] = ...) -> None: ...

class CreditLaterRequest(_message.Message):
    __slots__ = ("request_id", "purchase_id", "identifier")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    purchase_id: str
    identifier: _receipt_pb2.Identifier
    def __init__(self, request_id: _Optional[str] = ..., purchase_id: _Optional[str] = ..., identifier: _Optional[_Union[_receipt_pb2.Identifier, _Mapping]] = ...) -> None: ...

class CreditLaterResponse(_message.Message):
    __slots__ = ("purchase_id", "credit_id", "credited_at", "outcome", "member")
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    CREDIT_ID_FIELD_NUMBER: _ClassVar[int]
    CREDITED_AT_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    purchase_id: str
    credit_id: str
    credited_at: str
    outcome: _outcome_pb2.Outcome
    member: _outcome_pb2.MemberView
    def __init__(self, purchase_id: _Optional[str] = ..., credit_id: _Optional[str] = ..., credited_at: _Optional[str] = ..., outcome: _Optional[_Union[_outcome_pb2.Outcome, _Mapping]] = ..., member: _Optional[_Union[_outcome_pb2.MemberView, _Mapping]] = ...) -> None: ...

class ShiftTotals(_message.Message):
    __slots__ = ("sales", "sales_minor", "returns", "returns_minor", "points_spent_minor", "points_earned_minor", "returns_without_receipt", "returns_without_receipt_minor")
    SALES_FIELD_NUMBER: _ClassVar[int]
    SALES_MINOR_FIELD_NUMBER: _ClassVar[int]
    RETURNS_FIELD_NUMBER: _ClassVar[int]
    RETURNS_MINOR_FIELD_NUMBER: _ClassVar[int]
    POINTS_SPENT_MINOR_FIELD_NUMBER: _ClassVar[int]
    POINTS_EARNED_MINOR_FIELD_NUMBER: _ClassVar[int]
    RETURNS_WITHOUT_RECEIPT_FIELD_NUMBER: _ClassVar[int]
    RETURNS_WITHOUT_RECEIPT_MINOR_FIELD_NUMBER: _ClassVar[int]
    sales: int
    sales_minor: int
    returns: int
    returns_minor: int
    points_spent_minor: int
    points_earned_minor: int
    returns_without_receipt: int
    returns_without_receipt_minor: int
    def __init__(self, sales: _Optional[int] = ..., sales_minor: _Optional[int] = ..., returns: _Optional[int] = ..., returns_minor: _Optional[int] = ..., points_spent_minor: _Optional[int] = ..., points_earned_minor: _Optional[int] = ..., returns_without_receipt: _Optional[int] = ..., returns_without_receipt_minor: _Optional[int] = ...) -> None: ...

class ReconcileShiftRequest(_message.Message):
    __slots__ = ("shift", "business_day", "till", "purchase_ids", "return_ids")
    SHIFT_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DAY_FIELD_NUMBER: _ClassVar[int]
    TILL_FIELD_NUMBER: _ClassVar[int]
    PURCHASE_IDS_FIELD_NUMBER: _ClassVar[int]
    RETURN_IDS_FIELD_NUMBER: _ClassVar[int]
    shift: str
    business_day: str
    till: ShiftTotals
    purchase_ids: _containers.RepeatedScalarFieldContainer[str]
    return_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, shift: _Optional[str] = ..., business_day: _Optional[str] = ..., till: _Optional[_Union[ShiftTotals, _Mapping]] = ..., purchase_ids: _Optional[_Iterable[str]] = ..., return_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ReconcileShiftResponse(_message.Message):
    __slots__ = ("reconciliation_id", "service", "agrees", "purchases_missing_at_service", "purchases_missing_at_till", "returns_missing_at_service", "returns_missing_at_till")
    RECONCILIATION_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    AGREES_FIELD_NUMBER: _ClassVar[int]
    PURCHASES_MISSING_AT_SERVICE_FIELD_NUMBER: _ClassVar[int]
    PURCHASES_MISSING_AT_TILL_FIELD_NUMBER: _ClassVar[int]
    RETURNS_MISSING_AT_SERVICE_FIELD_NUMBER: _ClassVar[int]
    RETURNS_MISSING_AT_TILL_FIELD_NUMBER: _ClassVar[int]
    reconciliation_id: str
    service: ShiftTotals
    agrees: bool
    purchases_missing_at_service: _containers.RepeatedScalarFieldContainer[str]
    purchases_missing_at_till: _containers.RepeatedScalarFieldContainer[str]
    returns_missing_at_service: _containers.RepeatedScalarFieldContainer[str]
    returns_missing_at_till: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, reconciliation_id: _Optional[str] = ..., service: _Optional[_Union[ShiftTotals, _Mapping]] = ..., agrees: _Optional[bool] = ..., purchases_missing_at_service: _Optional[_Iterable[str]] = ..., purchases_missing_at_till: _Optional[_Iterable[str]] = ..., returns_missing_at_service: _Optional[_Iterable[str]] = ..., returns_missing_at_till: _Optional[_Iterable[str]] = ...) -> None: ...

class SubmitOfflineRequest(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[OfflineReceipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[OfflineReceipt, _Mapping]]] = ...) -> None: ...

class OfflineReceipt(_message.Message):
    __slots__ = ("purchase_id", "receipt", "settlement", "already_paid")
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SETTLEMENT_FIELD_NUMBER: _ClassVar[int]
    ALREADY_PAID_FIELD_NUMBER: _ClassVar[int]
    purchase_id: str
    receipt: _receipt_pb2.Receipt
    settlement: _receipt_pb2.Settlement
    already_paid: _receipt_pb2.AlreadyPaid
    def __init__(self, purchase_id: _Optional[str] = ..., receipt: _Optional[_Union[_receipt_pb2.Receipt, _Mapping]] = ..., settlement: _Optional[_Union[_receipt_pb2.Settlement, _Mapping]] = ..., already_paid: _Optional[_Union[_receipt_pb2.AlreadyPaid, _Mapping]] = ...) -> None: ...

class SubmitOfflineResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[OfflineResult]
    def __init__(self, results: _Optional[_Iterable[_Union[OfflineResult, _Mapping]]] = ...) -> None: ...

class OfflineResult(_message.Message):
    __slots__ = ("purchase_id", "confirmed", "refused")
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    purchase_id: str
    confirmed: ConfirmResponse
    refused: CallRefused
    def __init__(self, purchase_id: _Optional[str] = ..., confirmed: _Optional[_Union[ConfirmResponse, _Mapping]] = ..., refused: _Optional[_Union[CallRefused, _Mapping]] = ...) -> None: ...

class CallRefused(_message.Message):
    __slots__ = ("reason", "message", "fields", "numbers")
    class NumbersEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    NUMBERS_FIELD_NUMBER: _ClassVar[int]
    reason: _error_reason_pb2.ErrorReason
    message: str
    fields: _containers.RepeatedScalarFieldContainer[str]
    numbers: _containers.ScalarMap[str, str]
    def __init__(self, reason: _Optional[_Union[_error_reason_pb2.ErrorReason, str]] = ..., message: _Optional[str] = ..., fields: _Optional[_Iterable[str]] = ..., numbers: _Optional[_Mapping[str, str]] = ...) -> None: ...

class CancelRequest(_message.Message):
    __slots__ = ("request_id", "purchase_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    purchase_id: str
    def __init__(self, request_id: _Optional[str] = ..., purchase_id: _Optional[str] = ...) -> None: ...

class CancelResponse(_message.Message):
    __slots__ = ("purchase_id", "released_points_minor")
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    RELEASED_POINTS_MINOR_FIELD_NUMBER: _ClassVar[int]
    purchase_id: str
    released_points_minor: int
    def __init__(self, purchase_id: _Optional[str] = ..., released_points_minor: _Optional[int] = ...) -> None: ...

class ReturnLine(_message.Message):
    __slots__ = ("position", "quantity_milli")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_MILLI_FIELD_NUMBER: _ClassVar[int]
    position: int
    quantity_milli: int
    def __init__(self, position: _Optional[int] = ..., quantity_milli: _Optional[int] = ...) -> None: ...

class QuoteReturnRequest(_message.Message):
    __slots__ = ("purchase_id", "lines")
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    purchase_id: str
    lines: _containers.RepeatedCompositeFieldContainer[ReturnLine]
    def __init__(self, purchase_id: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[ReturnLine, _Mapping]]] = ...) -> None: ...

class QuoteReturnResponse(_message.Message):
    __slots__ = ("returned",)
    RETURNED_FIELD_NUMBER: _ClassVar[int]
    returned: Returned
    def __init__(self, returned: _Optional[_Union[Returned, _Mapping]] = ...) -> None: ...

class ConfirmReturnRequest(_message.Message):
    __slots__ = ("request_id", "return_id", "purchase_id", "lines", "shift", "receipt_number", "cashier", "business_day", "shown_money_minor")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RETURN_ID_FIELD_NUMBER: _ClassVar[int]
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    SHIFT_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    CASHIER_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DAY_FIELD_NUMBER: _ClassVar[int]
    SHOWN_MONEY_MINOR_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    return_id: str
    purchase_id: str
    lines: _containers.RepeatedCompositeFieldContainer[ReturnLine]
    shift: str
    receipt_number: str
    cashier: str
    business_day: str
    shown_money_minor: int
    def __init__(self, request_id: _Optional[str] = ..., return_id: _Optional[str] = ..., purchase_id: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[ReturnLine, _Mapping]]] = ..., shift: _Optional[str] = ..., receipt_number: _Optional[str] = ..., cashier: _Optional[str] = ..., business_day: _Optional[str] = ..., shown_money_minor: _Optional[int] = ...) -> None: ...

class ConfirmReturnResponse(_message.Message):
    __slots__ = ("status", "returned", "return_receipt_id", "returned_at", "member")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    RETURNED_FIELD_NUMBER: _ClassVar[int]
    RETURN_RECEIPT_ID_FIELD_NUMBER: _ClassVar[int]
    RETURNED_AT_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    status: Status
    returned: Returned
    return_receipt_id: str
    returned_at: str
    member: _outcome_pb2.MemberView
    def __init__(self, status: _Optional[_Union[Status, str]] = ..., returned: _Optional[_Union[Returned, _Mapping]] = ..., return_receipt_id: _Optional[str] = ..., returned_at: _Optional[str] = ..., member: _Optional[_Union[_outcome_pb2.MemberView, _Mapping]] = ...) -> None: ...

class ReturnedGoods(_message.Message):
    __slots__ = ("position", "sku", "quantity_milli", "price_minor", "amount_minor")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_MILLI_FIELD_NUMBER: _ClassVar[int]
    PRICE_MINOR_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    position: int
    sku: str
    quantity_milli: int
    price_minor: int
    amount_minor: int
    def __init__(self, position: _Optional[int] = ..., sku: _Optional[str] = ..., quantity_milli: _Optional[int] = ..., price_minor: _Optional[int] = ..., amount_minor: _Optional[int] = ...) -> None: ...

class ReturnWithoutReceiptRequest(_message.Message):
    __slots__ = ("request_id", "return_id", "goods", "identifier", "shift", "receipt_number", "cashier", "business_day", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RETURN_ID_FIELD_NUMBER: _ClassVar[int]
    GOODS_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    SHIFT_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    CASHIER_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DAY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    return_id: str
    goods: _containers.RepeatedCompositeFieldContainer[ReturnedGoods]
    identifier: _receipt_pb2.Identifier
    shift: str
    receipt_number: str
    cashier: str
    business_day: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., return_id: _Optional[str] = ..., goods: _Optional[_Iterable[_Union[ReturnedGoods, _Mapping]]] = ..., identifier: _Optional[_Union[_receipt_pb2.Identifier, _Mapping]] = ..., shift: _Optional[str] = ..., receipt_number: _Optional[str] = ..., cashier: _Optional[str] = ..., business_day: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ReturnWithoutReceiptResponse(_message.Message):
    __slots__ = ("return_receipt_id", "returned_at", "money_minor", "allowance_left_minor", "identifier_reason")
    RETURN_RECEIPT_ID_FIELD_NUMBER: _ClassVar[int]
    RETURNED_AT_FIELD_NUMBER: _ClassVar[int]
    MONEY_MINOR_FIELD_NUMBER: _ClassVar[int]
    ALLOWANCE_LEFT_MINOR_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_REASON_FIELD_NUMBER: _ClassVar[int]
    return_receipt_id: str
    returned_at: str
    money_minor: int
    allowance_left_minor: int
    identifier_reason: _error_reason_pb2.ErrorReason
    def __init__(self, return_receipt_id: _Optional[str] = ..., returned_at: _Optional[str] = ..., money_minor: _Optional[int] = ..., allowance_left_minor: _Optional[int] = ..., identifier_reason: _Optional[_Union[_error_reason_pb2.ErrorReason, str]] = ...) -> None: ...

class ReturnedDiscount(_message.Message):
    __slots__ = ("campaign", "discount_minor")
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    DISCOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    campaign: str
    discount_minor: int
    def __init__(self, campaign: _Optional[str] = ..., discount_minor: _Optional[int] = ...) -> None: ...

class ReturnedLine(_message.Message):
    __slots__ = ("position", "quantity_milli", "money_minor", "points_value_minor", "left_milli", "certificates_minor", "amount_minor", "discounts", "points_earned_minor")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_MILLI_FIELD_NUMBER: _ClassVar[int]
    MONEY_MINOR_FIELD_NUMBER: _ClassVar[int]
    POINTS_VALUE_MINOR_FIELD_NUMBER: _ClassVar[int]
    LEFT_MILLI_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATES_MINOR_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    DISCOUNTS_FIELD_NUMBER: _ClassVar[int]
    POINTS_EARNED_MINOR_FIELD_NUMBER: _ClassVar[int]
    position: int
    quantity_milli: int
    money_minor: int
    points_value_minor: int
    left_milli: int
    certificates_minor: int
    amount_minor: int
    discounts: _containers.RepeatedCompositeFieldContainer[ReturnedDiscount]
    points_earned_minor: int
    def __init__(self, position: _Optional[int] = ..., quantity_milli: _Optional[int] = ..., money_minor: _Optional[int] = ..., points_value_minor: _Optional[int] = ..., left_milli: _Optional[int] = ..., certificates_minor: _Optional[int] = ..., amount_minor: _Optional[int] = ..., discounts: _Optional[_Iterable[_Union[ReturnedDiscount, _Mapping]]] = ..., points_earned_minor: _Optional[int] = ...) -> None: ...

class PointsTaken(_message.Message):
    __slots__ = ("currency", "points_minor", "owed_minor", "written_off_minor")
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    POINTS_MINOR_FIELD_NUMBER: _ClassVar[int]
    OWED_MINOR_FIELD_NUMBER: _ClassVar[int]
    WRITTEN_OFF_MINOR_FIELD_NUMBER: _ClassVar[int]
    currency: str
    points_minor: int
    owed_minor: int
    written_off_minor: int
    def __init__(self, currency: _Optional[str] = ..., points_minor: _Optional[int] = ..., owed_minor: _Optional[int] = ..., written_off_minor: _Optional[int] = ...) -> None: ...

class GiftBack(_message.Message):
    __slots__ = ("gift", "count")
    GIFT_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    gift: str
    count: int
    def __init__(self, gift: _Optional[str] = ..., count: _Optional[int] = ...) -> None: ...

class Returned(_message.Message):
    __slots__ = ("return_id", "purchase_id", "lines", "money_minor", "points_value_minor", "points_currency", "points_back_minor", "points_taken", "is_all", "certificates_minor", "certificates_back", "certificates_undone", "policy", "unevaluated", "is_floored", "floored_money_minor", "floored_points_value_minor", "floored_certificates_minor", "gifts_back")
    RETURN_ID_FIELD_NUMBER: _ClassVar[int]
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    MONEY_MINOR_FIELD_NUMBER: _ClassVar[int]
    POINTS_VALUE_MINOR_FIELD_NUMBER: _ClassVar[int]
    POINTS_CURRENCY_FIELD_NUMBER: _ClassVar[int]
    POINTS_BACK_MINOR_FIELD_NUMBER: _ClassVar[int]
    POINTS_TAKEN_FIELD_NUMBER: _ClassVar[int]
    IS_ALL_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATES_MINOR_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATES_BACK_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATES_UNDONE_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    UNEVALUATED_FIELD_NUMBER: _ClassVar[int]
    IS_FLOORED_FIELD_NUMBER: _ClassVar[int]
    FLOORED_MONEY_MINOR_FIELD_NUMBER: _ClassVar[int]
    FLOORED_POINTS_VALUE_MINOR_FIELD_NUMBER: _ClassVar[int]
    FLOORED_CERTIFICATES_MINOR_FIELD_NUMBER: _ClassVar[int]
    GIFTS_BACK_FIELD_NUMBER: _ClassVar[int]
    return_id: str
    purchase_id: str
    lines: _containers.RepeatedCompositeFieldContainer[ReturnedLine]
    money_minor: int
    points_value_minor: int
    points_currency: str
    points_back_minor: int
    points_taken: _containers.RepeatedCompositeFieldContainer[PointsTaken]
    is_all: bool
    certificates_minor: int
    certificates_back: _containers.RepeatedCompositeFieldContainer[_certificate_pb2.CertificateBack]
    certificates_undone: _containers.RepeatedScalarFieldContainer[str]
    policy: ReturnPolicy
    unevaluated: Unevaluated
    is_floored: bool
    floored_money_minor: int
    floored_points_value_minor: int
    floored_certificates_minor: int
    gifts_back: _containers.RepeatedCompositeFieldContainer[GiftBack]
    def __init__(self, return_id: _Optional[str] = ..., purchase_id: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[ReturnedLine, _Mapping]]] = ..., money_minor: _Optional[int] = ..., points_value_minor: _Optional[int] = ..., points_currency: _Optional[str] = ..., points_back_minor: _Optional[int] = ..., points_taken: _Optional[_Iterable[_Union[PointsTaken, _Mapping]]] = ..., is_all: _Optional[bool] = ..., certificates_minor: _Optional[int] = ..., certificates_back: _Optional[_Iterable[_Union[_certificate_pb2.CertificateBack, _Mapping]]] = ..., certificates_undone: _Optional[_Iterable[str]] = ..., policy: _Optional[_Union[ReturnPolicy, str]] = ..., unevaluated: _Optional[_Union[Unevaluated, str]] = ..., is_floored: _Optional[bool] = ..., floored_money_minor: _Optional[int] = ..., floored_points_value_minor: _Optional[int] = ..., floored_certificates_minor: _Optional[int] = ..., gifts_back: _Optional[_Iterable[_Union[GiftBack, _Mapping]]] = ...) -> None: ...

class CheckCertificateRequest(_message.Message):
    __slots__ = ("code",)
    CODE_FIELD_NUMBER: _ClassVar[int]
    code: str
    def __init__(self, code: _Optional[str] = ...) -> None: ...

class CheckCertificateResponse(_message.Message):
    __slots__ = ("certificate",)
    CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    certificate: _certificate_pb2.CertificateView
    def __init__(self, certificate: _Optional[_Union[_certificate_pb2.CertificateView, _Mapping]] = ...) -> None: ...

class GetPurchaseRequest(_message.Message):
    __slots__ = ("purchase_id",)
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    purchase_id: str
    def __init__(self, purchase_id: _Optional[str] = ...) -> None: ...

class GetPurchaseResponse(_message.Message):
    __slots__ = ("purchase_id", "state", "confirmed", "hold", "returned", "credited")
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    HOLD_FIELD_NUMBER: _ClassVar[int]
    RETURNED_FIELD_NUMBER: _ClassVar[int]
    CREDITED_FIELD_NUMBER: _ClassVar[int]
    purchase_id: str
    state: PurchaseState
    confirmed: ConfirmResponse
    hold: _outcome_pb2.HoldView
    returned: _containers.RepeatedCompositeFieldContainer[ReturnLine]
    credited: CreditLaterResponse
    def __init__(self, purchase_id: _Optional[str] = ..., state: _Optional[_Union[PurchaseState, str]] = ..., confirmed: _Optional[_Union[ConfirmResponse, _Mapping]] = ..., hold: _Optional[_Union[_outcome_pb2.HoldView, _Mapping]] = ..., returned: _Optional[_Iterable[_Union[ReturnLine, _Mapping]]] = ..., credited: _Optional[_Union[CreditLaterResponse, _Mapping]] = ...) -> None: ...

class ExplainRequest(_message.Message):
    __slots__ = ("purchase_id", "explain", "explain_campaign")
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    purchase_id: str
    explain: ExplainLevel
    explain_campaign: str
    def __init__(self, purchase_id: _Optional[str] = ..., explain: _Optional[_Union[ExplainLevel, str]] = ..., explain_campaign: _Optional[str] = ...) -> None: ...

class ExplainResponse(_message.Message):
    __slots__ = ("purchase_id", "receipt_id", "snapshot_id", "evaluated_at", "confirmed_at", "outcome", "is_exact", "descriptions")
    class DescriptionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_ID_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_ID_FIELD_NUMBER: _ClassVar[int]
    EVALUATED_AT_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_AT_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    IS_EXACT_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTIONS_FIELD_NUMBER: _ClassVar[int]
    purchase_id: str
    receipt_id: str
    snapshot_id: str
    evaluated_at: str
    confirmed_at: str
    outcome: _outcome_pb2.Outcome
    is_exact: bool
    descriptions: _containers.ScalarMap[str, str]
    def __init__(self, purchase_id: _Optional[str] = ..., receipt_id: _Optional[str] = ..., snapshot_id: _Optional[str] = ..., evaluated_at: _Optional[str] = ..., confirmed_at: _Optional[str] = ..., outcome: _Optional[_Union[_outcome_pb2.Outcome, _Mapping]] = ..., is_exact: _Optional[bool] = ..., descriptions: _Optional[_Mapping[str, str]] = ...) -> None: ...

class GetOperationRequest(_message.Message):
    __slots__ = ("method", "request_id")
    METHOD_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    method: str
    request_id: str
    def __init__(self, method: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class GetOperationResponse(_message.Message):
    __slots__ = ("state", "quote", "confirm", "cancel", "extend_hold", "enrol_member", "confirm_return", "bind_card", "credit_later", "return_without_receipt", "refused")
    STATE_FIELD_NUMBER: _ClassVar[int]
    QUOTE_FIELD_NUMBER: _ClassVar[int]
    CONFIRM_FIELD_NUMBER: _ClassVar[int]
    CANCEL_FIELD_NUMBER: _ClassVar[int]
    EXTEND_HOLD_FIELD_NUMBER: _ClassVar[int]
    ENROL_MEMBER_FIELD_NUMBER: _ClassVar[int]
    CONFIRM_RETURN_FIELD_NUMBER: _ClassVar[int]
    BIND_CARD_FIELD_NUMBER: _ClassVar[int]
    CREDIT_LATER_FIELD_NUMBER: _ClassVar[int]
    RETURN_WITHOUT_RECEIPT_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    state: OperationState
    quote: QuoteResponse
    confirm: ConfirmResponse
    cancel: CancelResponse
    extend_hold: ExtendHoldResponse
    enrol_member: EnrolMemberResponse
    confirm_return: ConfirmReturnResponse
    bind_card: BindCardResponse
    credit_later: CreditLaterResponse
    return_without_receipt: ReturnWithoutReceiptResponse
    refused: _error_reason_pb2.ErrorReason
    def __init__(self, state: _Optional[_Union[OperationState, str]] = ..., quote: _Optional[_Union[QuoteResponse, _Mapping]] = ..., confirm: _Optional[_Union[ConfirmResponse, _Mapping]] = ..., cancel: _Optional[_Union[CancelResponse, _Mapping]] = ..., extend_hold: _Optional[_Union[ExtendHoldResponse, _Mapping]] = ..., enrol_member: _Optional[_Union[EnrolMemberResponse, _Mapping]] = ..., confirm_return: _Optional[_Union[ConfirmReturnResponse, _Mapping]] = ..., bind_card: _Optional[_Union[BindCardResponse, _Mapping]] = ..., credit_later: _Optional[_Union[CreditLaterResponse, _Mapping]] = ..., return_without_receipt: _Optional[_Union[ReturnWithoutReceiptResponse, _Mapping]] = ..., refused: _Optional[_Union[_error_reason_pb2.ErrorReason, str]] = ...) -> None: ...

class GetBalancesRequest(_message.Message):
    __slots__ = ("identifier",)
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    identifier: _receipt_pb2.Identifier
    def __init__(self, identifier: _Optional[_Union[_receipt_pb2.Identifier, _Mapping]] = ...) -> None: ...

class GetBalancesResponse(_message.Message):
    __slots__ = ("member",)
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    member: _outcome_pb2.MemberView
    def __init__(self, member: _Optional[_Union[_outcome_pb2.MemberView, _Mapping]] = ...) -> None: ...

class GetStatementRequest(_message.Message):
    __slots__ = ("identifier", "currency", "page_size", "page_token", "as_of")
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    identifier: _receipt_pb2.Identifier
    currency: str
    page_size: int
    page_token: str
    as_of: str
    def __init__(self, identifier: _Optional[_Union[_receipt_pb2.Identifier, _Mapping]] = ..., currency: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., as_of: _Optional[str] = ...) -> None: ...

class StatementEntry(_message.Message):
    __slots__ = ("sequence", "at", "kind", "purchase_id", "receipt_id", "amount_minor", "balance_after_minor", "lots")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    BALANCE_AFTER_MINOR_FIELD_NUMBER: _ClassVar[int]
    LOTS_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    at: str
    kind: EntryKind
    purchase_id: str
    receipt_id: str
    amount_minor: int
    balance_after_minor: int
    lots: _containers.RepeatedCompositeFieldContainer[StatementLot]
    def __init__(self, sequence: _Optional[int] = ..., at: _Optional[str] = ..., kind: _Optional[_Union[EntryKind, str]] = ..., purchase_id: _Optional[str] = ..., receipt_id: _Optional[str] = ..., amount_minor: _Optional[int] = ..., balance_after_minor: _Optional[int] = ..., lots: _Optional[_Iterable[_Union[StatementLot, _Mapping]]] = ...) -> None: ...

class StatementLot(_message.Message):
    __slots__ = ("amount_minor", "active_from", "expires_at")
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FROM_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    amount_minor: int
    active_from: str
    expires_at: str
    def __init__(self, amount_minor: _Optional[int] = ..., active_from: _Optional[str] = ..., expires_at: _Optional[str] = ...) -> None: ...

class StatementDebt(_message.Message):
    __slots__ = ("at", "kind", "purchase_id", "receipt_id", "correction_id", "owed_minor", "open_minor")
    AT_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_ID_FIELD_NUMBER: _ClassVar[int]
    CORRECTION_ID_FIELD_NUMBER: _ClassVar[int]
    OWED_MINOR_FIELD_NUMBER: _ClassVar[int]
    OPEN_MINOR_FIELD_NUMBER: _ClassVar[int]
    at: str
    kind: EntryKind
    purchase_id: str
    receipt_id: str
    correction_id: str
    owed_minor: int
    open_minor: int
    def __init__(self, at: _Optional[str] = ..., kind: _Optional[_Union[EntryKind, str]] = ..., purchase_id: _Optional[str] = ..., receipt_id: _Optional[str] = ..., correction_id: _Optional[str] = ..., owed_minor: _Optional[int] = ..., open_minor: _Optional[int] = ...) -> None: ...

class GetStatementResponse(_message.Message):
    __slots__ = ("currency", "exponent", "entries", "next_page_token", "balance_minor", "debt_minor", "debts")
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    EXPONENT_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    BALANCE_MINOR_FIELD_NUMBER: _ClassVar[int]
    DEBT_MINOR_FIELD_NUMBER: _ClassVar[int]
    DEBTS_FIELD_NUMBER: _ClassVar[int]
    currency: str
    exponent: int
    entries: _containers.RepeatedCompositeFieldContainer[StatementEntry]
    next_page_token: str
    balance_minor: int
    debt_minor: int
    debts: _containers.RepeatedCompositeFieldContainer[StatementDebt]
    def __init__(self, currency: _Optional[str] = ..., exponent: _Optional[int] = ..., entries: _Optional[_Iterable[_Union[StatementEntry, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., balance_minor: _Optional[int] = ..., debt_minor: _Optional[int] = ..., debts: _Optional[_Iterable[_Union[StatementDebt, _Mapping]]] = ...) -> None: ...

class ListStoresRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListStoresResponse(_message.Message):
    __slots__ = ("stores", "next_page_token")
    STORES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    stores: _containers.RepeatedCompositeFieldContainer[StoreView]
    next_page_token: str
    def __init__(self, stores: _Optional[_Iterable[_Union[StoreView, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class StoreView(_message.Message):
    __slots__ = ("store", "name", "address", "chain", "program", "program_name", "format", "region", "time_zone", "utc_offset_minutes", "own", "terminals")
    STORE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    CHAIN_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_NAME_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    UTC_OFFSET_MINUTES_FIELD_NUMBER: _ClassVar[int]
    OWN_FIELD_NUMBER: _ClassVar[int]
    TERMINALS_FIELD_NUMBER: _ClassVar[int]
    store: str
    name: str
    address: str
    chain: str
    program: str
    program_name: str
    format: str
    region: str
    time_zone: str
    utc_offset_minutes: int
    own: bool
    terminals: _containers.RepeatedCompositeFieldContainer[TerminalView]
    def __init__(self, store: _Optional[str] = ..., name: _Optional[str] = ..., address: _Optional[str] = ..., chain: _Optional[str] = ..., program: _Optional[str] = ..., program_name: _Optional[str] = ..., format: _Optional[str] = ..., region: _Optional[str] = ..., time_zone: _Optional[str] = ..., utc_offset_minutes: _Optional[int] = ..., own: _Optional[bool] = ..., terminals: _Optional[_Iterable[_Union[TerminalView, _Mapping]]] = ...) -> None: ...

class TerminalView(_message.Message):
    __slots__ = ("terminal", "permissions")
    TERMINAL_FIELD_NUMBER: _ClassVar[int]
    PERMISSIONS_FIELD_NUMBER: _ClassVar[int]
    terminal: str
    permissions: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, terminal: _Optional[str] = ..., permissions: _Optional[_Iterable[str]] = ...) -> None: ...

class GetSnapshotInfoRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetSnapshotInfoResponse(_message.Message):
    __slots__ = ("snapshot_id", "schema_version", "semantics", "campaigns", "stores", "server_version", "contract", "partner", "store", "terminal", "time_zone")
    SNAPSHOT_ID_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_VERSION_FIELD_NUMBER: _ClassVar[int]
    SEMANTICS_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGNS_FIELD_NUMBER: _ClassVar[int]
    STORES_FIELD_NUMBER: _ClassVar[int]
    SERVER_VERSION_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    PARTNER_FIELD_NUMBER: _ClassVar[int]
    STORE_FIELD_NUMBER: _ClassVar[int]
    TERMINAL_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    snapshot_id: str
    schema_version: int
    semantics: int
    campaigns: int
    stores: int
    server_version: str
    contract: str
    partner: str
    store: str
    terminal: str
    time_zone: str
    def __init__(self, snapshot_id: _Optional[str] = ..., schema_version: _Optional[int] = ..., semantics: _Optional[int] = ..., campaigns: _Optional[int] = ..., stores: _Optional[int] = ..., server_version: _Optional[str] = ..., contract: _Optional[str] = ..., partner: _Optional[str] = ..., store: _Optional[str] = ..., terminal: _Optional[str] = ..., time_zone: _Optional[str] = ...) -> None: ...

class SessionRequest(_message.Message):
    __slots__ = ("correlation_id", "terminal_id", "timeout_ms", "identify", "enrol_member", "bind_card", "quote", "hold", "extend_hold", "confirm", "cancel", "quote_return", "confirm_return", "return_without_receipt", "submit_offline", "credit_later", "reconcile_shift", "check_certificate", "get_purchase", "explain", "get_operation", "get_balances", "get_statement", "check_coupon", "list_coupons", "list_gifts", "list_stores", "get_snapshot_info")
    CORRELATION_ID_FIELD_NUMBER: _ClassVar[int]
    TERMINAL_ID_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_MS_FIELD_NUMBER: _ClassVar[int]
    IDENTIFY_FIELD_NUMBER: _ClassVar[int]
    ENROL_MEMBER_FIELD_NUMBER: _ClassVar[int]
    BIND_CARD_FIELD_NUMBER: _ClassVar[int]
    QUOTE_FIELD_NUMBER: _ClassVar[int]
    HOLD_FIELD_NUMBER: _ClassVar[int]
    EXTEND_HOLD_FIELD_NUMBER: _ClassVar[int]
    CONFIRM_FIELD_NUMBER: _ClassVar[int]
    CANCEL_FIELD_NUMBER: _ClassVar[int]
    QUOTE_RETURN_FIELD_NUMBER: _ClassVar[int]
    CONFIRM_RETURN_FIELD_NUMBER: _ClassVar[int]
    RETURN_WITHOUT_RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SUBMIT_OFFLINE_FIELD_NUMBER: _ClassVar[int]
    CREDIT_LATER_FIELD_NUMBER: _ClassVar[int]
    RECONCILE_SHIFT_FIELD_NUMBER: _ClassVar[int]
    CHECK_CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    GET_PURCHASE_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_FIELD_NUMBER: _ClassVar[int]
    GET_OPERATION_FIELD_NUMBER: _ClassVar[int]
    GET_BALANCES_FIELD_NUMBER: _ClassVar[int]
    GET_STATEMENT_FIELD_NUMBER: _ClassVar[int]
    CHECK_COUPON_FIELD_NUMBER: _ClassVar[int]
    LIST_COUPONS_FIELD_NUMBER: _ClassVar[int]
    LIST_GIFTS_FIELD_NUMBER: _ClassVar[int]
    LIST_STORES_FIELD_NUMBER: _ClassVar[int]
    GET_SNAPSHOT_INFO_FIELD_NUMBER: _ClassVar[int]
    correlation_id: int
    terminal_id: str
    timeout_ms: int
    identify: IdentifyRequest
    enrol_member: EnrolMemberRequest
    bind_card: BindCardRequest
    quote: QuoteRequest
    hold: HoldRequest
    extend_hold: ExtendHoldRequest
    confirm: ConfirmRequest
    cancel: CancelRequest
    quote_return: QuoteReturnRequest
    confirm_return: ConfirmReturnRequest
    return_without_receipt: ReturnWithoutReceiptRequest
    submit_offline: SubmitOfflineRequest
    credit_later: CreditLaterRequest
    reconcile_shift: ReconcileShiftRequest
    check_certificate: CheckCertificateRequest
    get_purchase: GetPurchaseRequest
    explain: ExplainRequest
    get_operation: GetOperationRequest
    get_balances: GetBalancesRequest
    get_statement: GetStatementRequest
    check_coupon: _coupon_pb2.CheckCouponRequest
    list_coupons: _coupon_pb2.ListCouponsRequest
    list_gifts: _gift_pb2.ListGiftsRequest
    list_stores: ListStoresRequest
    get_snapshot_info: GetSnapshotInfoRequest
    def __init__(self, correlation_id: _Optional[int] = ..., terminal_id: _Optional[str] = ..., timeout_ms: _Optional[int] = ..., identify: _Optional[_Union[IdentifyRequest, _Mapping]] = ..., enrol_member: _Optional[_Union[EnrolMemberRequest, _Mapping]] = ..., bind_card: _Optional[_Union[BindCardRequest, _Mapping]] = ..., quote: _Optional[_Union[QuoteRequest, _Mapping]] = ..., hold: _Optional[_Union[HoldRequest, _Mapping]] = ..., extend_hold: _Optional[_Union[ExtendHoldRequest, _Mapping]] = ..., confirm: _Optional[_Union[ConfirmRequest, _Mapping]] = ..., cancel: _Optional[_Union[CancelRequest, _Mapping]] = ..., quote_return: _Optional[_Union[QuoteReturnRequest, _Mapping]] = ..., confirm_return: _Optional[_Union[ConfirmReturnRequest, _Mapping]] = ..., return_without_receipt: _Optional[_Union[ReturnWithoutReceiptRequest, _Mapping]] = ..., submit_offline: _Optional[_Union[SubmitOfflineRequest, _Mapping]] = ..., credit_later: _Optional[_Union[CreditLaterRequest, _Mapping]] = ..., reconcile_shift: _Optional[_Union[ReconcileShiftRequest, _Mapping]] = ..., check_certificate: _Optional[_Union[CheckCertificateRequest, _Mapping]] = ..., get_purchase: _Optional[_Union[GetPurchaseRequest, _Mapping]] = ..., explain: _Optional[_Union[ExplainRequest, _Mapping]] = ..., get_operation: _Optional[_Union[GetOperationRequest, _Mapping]] = ..., get_balances: _Optional[_Union[GetBalancesRequest, _Mapping]] = ..., get_statement: _Optional[_Union[GetStatementRequest, _Mapping]] = ..., check_coupon: _Optional[_Union[_coupon_pb2.CheckCouponRequest, _Mapping]] = ..., list_coupons: _Optional[_Union[_coupon_pb2.ListCouponsRequest, _Mapping]] = ..., list_gifts: _Optional[_Union[_gift_pb2.ListGiftsRequest, _Mapping]] = ..., list_stores: _Optional[_Union[ListStoresRequest, _Mapping]] = ..., get_snapshot_info: _Optional[_Union[GetSnapshotInfoRequest, _Mapping]] = ...) -> None: ...

class SessionResponse(_message.Message):
    __slots__ = ("correlation_id", "error", "drain", "identify", "enrol_member", "bind_card", "quote", "hold", "extend_hold", "confirm", "cancel", "quote_return", "confirm_return", "return_without_receipt", "submit_offline", "credit_later", "reconcile_shift", "check_certificate", "get_purchase", "explain", "get_operation", "get_balances", "get_statement", "check_coupon", "list_coupons", "list_gifts", "list_stores", "get_snapshot_info")
    CORRELATION_ID_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    DRAIN_FIELD_NUMBER: _ClassVar[int]
    IDENTIFY_FIELD_NUMBER: _ClassVar[int]
    ENROL_MEMBER_FIELD_NUMBER: _ClassVar[int]
    BIND_CARD_FIELD_NUMBER: _ClassVar[int]
    QUOTE_FIELD_NUMBER: _ClassVar[int]
    HOLD_FIELD_NUMBER: _ClassVar[int]
    EXTEND_HOLD_FIELD_NUMBER: _ClassVar[int]
    CONFIRM_FIELD_NUMBER: _ClassVar[int]
    CANCEL_FIELD_NUMBER: _ClassVar[int]
    QUOTE_RETURN_FIELD_NUMBER: _ClassVar[int]
    CONFIRM_RETURN_FIELD_NUMBER: _ClassVar[int]
    RETURN_WITHOUT_RECEIPT_FIELD_NUMBER: _ClassVar[int]
    SUBMIT_OFFLINE_FIELD_NUMBER: _ClassVar[int]
    CREDIT_LATER_FIELD_NUMBER: _ClassVar[int]
    RECONCILE_SHIFT_FIELD_NUMBER: _ClassVar[int]
    CHECK_CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    GET_PURCHASE_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_FIELD_NUMBER: _ClassVar[int]
    GET_OPERATION_FIELD_NUMBER: _ClassVar[int]
    GET_BALANCES_FIELD_NUMBER: _ClassVar[int]
    GET_STATEMENT_FIELD_NUMBER: _ClassVar[int]
    CHECK_COUPON_FIELD_NUMBER: _ClassVar[int]
    LIST_COUPONS_FIELD_NUMBER: _ClassVar[int]
    LIST_GIFTS_FIELD_NUMBER: _ClassVar[int]
    LIST_STORES_FIELD_NUMBER: _ClassVar[int]
    GET_SNAPSHOT_INFO_FIELD_NUMBER: _ClassVar[int]
    correlation_id: int
    error: SessionError
    drain: SessionDrain
    identify: IdentifyResponse
    enrol_member: EnrolMemberResponse
    bind_card: BindCardResponse
    quote: QuoteResponse
    hold: HoldResponse
    extend_hold: ExtendHoldResponse
    confirm: ConfirmResponse
    cancel: CancelResponse
    quote_return: QuoteReturnResponse
    confirm_return: ConfirmReturnResponse
    return_without_receipt: ReturnWithoutReceiptResponse
    submit_offline: SubmitOfflineResponse
    credit_later: CreditLaterResponse
    reconcile_shift: ReconcileShiftResponse
    check_certificate: CheckCertificateResponse
    get_purchase: GetPurchaseResponse
    explain: ExplainResponse
    get_operation: GetOperationResponse
    get_balances: GetBalancesResponse
    get_statement: GetStatementResponse
    check_coupon: _coupon_pb2.CheckCouponResponse
    list_coupons: _coupon_pb2.ListCouponsResponse
    list_gifts: _gift_pb2.ListGiftsResponse
    list_stores: ListStoresResponse
    get_snapshot_info: GetSnapshotInfoResponse
    def __init__(self, correlation_id: _Optional[int] = ..., error: _Optional[_Union[SessionError, _Mapping]] = ..., drain: _Optional[_Union[SessionDrain, _Mapping]] = ..., identify: _Optional[_Union[IdentifyResponse, _Mapping]] = ..., enrol_member: _Optional[_Union[EnrolMemberResponse, _Mapping]] = ..., bind_card: _Optional[_Union[BindCardResponse, _Mapping]] = ..., quote: _Optional[_Union[QuoteResponse, _Mapping]] = ..., hold: _Optional[_Union[HoldResponse, _Mapping]] = ..., extend_hold: _Optional[_Union[ExtendHoldResponse, _Mapping]] = ..., confirm: _Optional[_Union[ConfirmResponse, _Mapping]] = ..., cancel: _Optional[_Union[CancelResponse, _Mapping]] = ..., quote_return: _Optional[_Union[QuoteReturnResponse, _Mapping]] = ..., confirm_return: _Optional[_Union[ConfirmReturnResponse, _Mapping]] = ..., return_without_receipt: _Optional[_Union[ReturnWithoutReceiptResponse, _Mapping]] = ..., submit_offline: _Optional[_Union[SubmitOfflineResponse, _Mapping]] = ..., credit_later: _Optional[_Union[CreditLaterResponse, _Mapping]] = ..., reconcile_shift: _Optional[_Union[ReconcileShiftResponse, _Mapping]] = ..., check_certificate: _Optional[_Union[CheckCertificateResponse, _Mapping]] = ..., get_purchase: _Optional[_Union[GetPurchaseResponse, _Mapping]] = ..., explain: _Optional[_Union[ExplainResponse, _Mapping]] = ..., get_operation: _Optional[_Union[GetOperationResponse, _Mapping]] = ..., get_balances: _Optional[_Union[GetBalancesResponse, _Mapping]] = ..., get_statement: _Optional[_Union[GetStatementResponse, _Mapping]] = ..., check_coupon: _Optional[_Union[_coupon_pb2.CheckCouponResponse, _Mapping]] = ..., list_coupons: _Optional[_Union[_coupon_pb2.ListCouponsResponse, _Mapping]] = ..., list_gifts: _Optional[_Union[_gift_pb2.ListGiftsResponse, _Mapping]] = ..., list_stores: _Optional[_Union[ListStoresResponse, _Mapping]] = ..., get_snapshot_info: _Optional[_Union[GetSnapshotInfoResponse, _Mapping]] = ...) -> None: ...

class SessionError(_message.Message):
    __slots__ = ("code", "reason", "message", "numbers", "field_violations", "retry_after_ms")
    class NumbersEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    NUMBERS_FIELD_NUMBER: _ClassVar[int]
    FIELD_VIOLATIONS_FIELD_NUMBER: _ClassVar[int]
    RETRY_AFTER_MS_FIELD_NUMBER: _ClassVar[int]
    code: int
    reason: _error_reason_pb2.ErrorReason
    message: str
    numbers: _containers.ScalarMap[str, str]
    field_violations: _containers.RepeatedCompositeFieldContainer[SessionFieldViolation]
    retry_after_ms: int
    def __init__(self, code: _Optional[int] = ..., reason: _Optional[_Union[_error_reason_pb2.ErrorReason, str]] = ..., message: _Optional[str] = ..., numbers: _Optional[_Mapping[str, str]] = ..., field_violations: _Optional[_Iterable[_Union[SessionFieldViolation, _Mapping]]] = ..., retry_after_ms: _Optional[int] = ...) -> None: ...

class SessionFieldViolation(_message.Message):
    __slots__ = ("field", "reason", "description")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    field: str
    reason: _error_reason_pb2.ErrorReason
    description: str
    def __init__(self, field: _Optional[str] = ..., reason: _Optional[_Union[_error_reason_pb2.ErrorReason, str]] = ..., description: _Optional[str] = ...) -> None: ...

class SessionDrain(_message.Message):
    __slots__ = ("ends_within_ms",)
    ENDS_WITHIN_MS_FIELD_NUMBER: _ClassVar[int]
    ends_within_ms: int
    def __init__(self, ends_within_ms: _Optional[int] = ...) -> None: ...
