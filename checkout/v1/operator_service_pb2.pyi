from checkout.v1 import card_pb2 as _card_pb2
from checkout.v1 import checkout_service_pb2 as _checkout_service_pb2
from checkout.v1 import coupon_pb2 as _coupon_pb2
from checkout.v1 import error_reason_pb2 as _error_reason_pb2
from checkout.v1 import gift_pb2 as _gift_pb2
from checkout.v1 import member_pb2 as _member_pb2
from checkout.v1 import outcome_pb2 as _outcome_pb2
from checkout.v1 import receipt_pb2 as _receipt_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CorrectionState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CORRECTION_STATE_UNSPECIFIED: _ClassVar[CorrectionState]
    CORRECTION_STATE_PROPOSED: _ClassVar[CorrectionState]
    CORRECTION_STATE_BOOKED: _ClassVar[CorrectionState]
    CORRECTION_STATE_REJECTED: _ClassVar[CorrectionState]
    CORRECTION_STATE_UNDONE: _ClassVar[CorrectionState]
    CORRECTION_STATE_REFUSED: _ClassVar[CorrectionState]

class OverrunsBy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OVERRUNS_BY_UNSPECIFIED: _ClassVar[OverrunsBy]
    OVERRUNS_BY_MEMBER: _ClassVar[OverrunsBy]
    OVERRUNS_BY_CARD: _ClassVar[OverrunsBy]

class TierCause(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TIER_CAUSE_UNSPECIFIED: _ClassVar[TierCause]
    TIER_CAUSE_REACHED: _ClassVar[TierCause]
    TIER_CAUSE_KEPT: _ClassVar[TierCause]
    TIER_CAUSE_FELL: _ClassVar[TierCause]
    TIER_CAUSE_TAKEN_BACK: _ClassVar[TierCause]
    TIER_CAUSE_SET: _ClassVar[TierCause]
    TIER_CAUSE_JOINED: _ClassVar[TierCause]

class MemberReceiptKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MEMBER_RECEIPT_KIND_UNSPECIFIED: _ClassVar[MemberReceiptKind]
    MEMBER_RECEIPT_KIND_SALE: _ClassVar[MemberReceiptKind]
    MEMBER_RECEIPT_KIND_RETURN: _ClassVar[MemberReceiptKind]
    MEMBER_RECEIPT_KIND_CREDIT: _ClassVar[MemberReceiptKind]
CORRECTION_STATE_UNSPECIFIED: CorrectionState
CORRECTION_STATE_PROPOSED: CorrectionState
CORRECTION_STATE_BOOKED: CorrectionState
CORRECTION_STATE_REJECTED: CorrectionState
CORRECTION_STATE_UNDONE: CorrectionState
CORRECTION_STATE_REFUSED: CorrectionState
OVERRUNS_BY_UNSPECIFIED: OverrunsBy
OVERRUNS_BY_MEMBER: OverrunsBy
OVERRUNS_BY_CARD: OverrunsBy
TIER_CAUSE_UNSPECIFIED: TierCause
TIER_CAUSE_REACHED: TierCause
TIER_CAUSE_KEPT: TierCause
TIER_CAUSE_FELL: TierCause
TIER_CAUSE_TAKEN_BACK: TierCause
TIER_CAUSE_SET: TierCause
TIER_CAUSE_JOINED: TierCause
MEMBER_RECEIPT_KIND_UNSPECIFIED: MemberReceiptKind
MEMBER_RECEIPT_KIND_SALE: MemberReceiptKind
MEMBER_RECEIPT_KIND_RETURN: MemberReceiptKind
MEMBER_RECEIPT_KIND_CREDIT: MemberReceiptKind

class IssueCertificatesRequest(_message.Message):
    __slots__ = ("request_id", "series", "count", "face", "activate", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SERIES_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    FACE_FIELD_NUMBER: _ClassVar[int]
    ACTIVATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    series: str
    count: int
    face: int
    activate: bool
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., series: _Optional[str] = ..., count: _Optional[int] = ..., face: _Optional[int] = ..., activate: _Optional[bool] = ..., reason: _Optional[str] = ...) -> None: ...

class IssuedCertificate(_message.Message):
    __slots__ = ("certificate_id", "code")
    CERTIFICATE_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    certificate_id: str
    code: str
    def __init__(self, certificate_id: _Optional[str] = ..., code: _Optional[str] = ...) -> None: ...

class IssueCertificatesResponse(_message.Message):
    __slots__ = ("certificates", "unit", "face", "expires_at")
    CERTIFICATES_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    FACE_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    certificates: _containers.RepeatedCompositeFieldContainer[IssuedCertificate]
    unit: str
    face: int
    expires_at: str
    def __init__(self, certificates: _Optional[_Iterable[_Union[IssuedCertificate, _Mapping]]] = ..., unit: _Optional[str] = ..., face: _Optional[int] = ..., expires_at: _Optional[str] = ...) -> None: ...

class BlockCertificateRequest(_message.Message):
    __slots__ = ("request_id", "code", "certificate_id", "reason", "lift")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    LIFT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    code: str
    certificate_id: str
    reason: str
    lift: bool
    def __init__(self, request_id: _Optional[str] = ..., code: _Optional[str] = ..., certificate_id: _Optional[str] = ..., reason: _Optional[str] = ..., lift: _Optional[bool] = ...) -> None: ...

class BlockCertificateResponse(_message.Message):
    __slots__ = ("blocked", "changed")
    BLOCKED_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    blocked: bool
    changed: bool
    def __init__(self, blocked: _Optional[bool] = ..., changed: _Optional[bool] = ...) -> None: ...

class MoveCertificateRequest(_message.Message):
    __slots__ = ("request_id", "code", "certificate_id", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATE_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    code: str
    certificate_id: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., code: _Optional[str] = ..., certificate_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class MoveCertificateResponse(_message.Message):
    __slots__ = ("certificate", "unit", "moved")
    CERTIFICATE_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    MOVED_FIELD_NUMBER: _ClassVar[int]
    certificate: IssuedCertificate
    unit: str
    moved: int
    def __init__(self, certificate: _Optional[_Union[IssuedCertificate, _Mapping]] = ..., unit: _Optional[str] = ..., moved: _Optional[int] = ...) -> None: ...

class AdjustBalanceRequest(_message.Message):
    __slots__ = ("request_id", "member_id", "currency", "amount_minor", "reason", "days")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    member_id: str
    currency: str
    amount_minor: int
    reason: str
    days: int
    def __init__(self, request_id: _Optional[str] = ..., member_id: _Optional[str] = ..., currency: _Optional[str] = ..., amount_minor: _Optional[int] = ..., reason: _Optional[str] = ..., days: _Optional[int] = ...) -> None: ...

class AdjustBalanceResponse(_message.Message):
    __slots__ = ("posting_id", "balance", "correction_id", "state")
    POSTING_ID_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    CORRECTION_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    posting_id: str
    balance: _outcome_pb2.Balance
    correction_id: str
    state: CorrectionState
    def __init__(self, posting_id: _Optional[str] = ..., balance: _Optional[_Union[_outcome_pb2.Balance, _Mapping]] = ..., correction_id: _Optional[str] = ..., state: _Optional[_Union[CorrectionState, str]] = ...) -> None: ...

class BulkAdjustRequest(_message.Message):
    __slots__ = ("bulk", "file_hash", "file_name", "reason", "rows", "dry_run")
    BULK_FIELD_NUMBER: _ClassVar[int]
    FILE_HASH_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    DRY_RUN_FIELD_NUMBER: _ClassVar[int]
    bulk: str
    file_hash: bytes
    file_name: str
    reason: str
    rows: _containers.RepeatedCompositeFieldContainer[BulkRow]
    dry_run: bool
    def __init__(self, bulk: _Optional[str] = ..., file_hash: _Optional[bytes] = ..., file_name: _Optional[str] = ..., reason: _Optional[str] = ..., rows: _Optional[_Iterable[_Union[BulkRow, _Mapping]]] = ..., dry_run: _Optional[bool] = ...) -> None: ...

class BulkRow(_message.Message):
    __slots__ = ("line", "member_id", "identifier", "currency", "points", "days", "reason")
    LINE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    line: int
    member_id: str
    identifier: _receipt_pb2.Identifier
    currency: str
    points: str
    days: int
    reason: str
    def __init__(self, line: _Optional[int] = ..., member_id: _Optional[str] = ..., identifier: _Optional[_Union[_receipt_pb2.Identifier, _Mapping]] = ..., currency: _Optional[str] = ..., points: _Optional[str] = ..., days: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class BulkAdjustResponse(_message.Message):
    __slots__ = ("rows",)
    ROWS_FIELD_NUMBER: _ClassVar[int]
    rows: _containers.RepeatedCompositeFieldContainer[CorrectionResult]
    def __init__(self, rows: _Optional[_Iterable[_Union[CorrectionResult, _Mapping]]] = ...) -> None: ...

class CorrectionResult(_message.Message):
    __slots__ = ("line", "correction_id", "state", "changed", "member_id", "balance", "owed_minor", "written_off_minor", "reason", "field", "message")
    LINE_FIELD_NUMBER: _ClassVar[int]
    CORRECTION_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    OWED_MINOR_FIELD_NUMBER: _ClassVar[int]
    WRITTEN_OFF_MINOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    line: int
    correction_id: str
    state: CorrectionState
    changed: bool
    member_id: str
    balance: _outcome_pb2.Balance
    owed_minor: int
    written_off_minor: int
    reason: _error_reason_pb2.ErrorReason
    field: str
    message: str
    def __init__(self, line: _Optional[int] = ..., correction_id: _Optional[str] = ..., state: _Optional[_Union[CorrectionState, str]] = ..., changed: _Optional[bool] = ..., member_id: _Optional[str] = ..., balance: _Optional[_Union[_outcome_pb2.Balance, _Mapping]] = ..., owed_minor: _Optional[int] = ..., written_off_minor: _Optional[int] = ..., reason: _Optional[_Union[_error_reason_pb2.ErrorReason, str]] = ..., field: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class GetBulkRequest(_message.Message):
    __slots__ = ("bulk",)
    BULK_FIELD_NUMBER: _ClassVar[int]
    bulk: str
    def __init__(self, bulk: _Optional[str] = ...) -> None: ...

class GetBulkResponse(_message.Message):
    __slots__ = ("bulk", "file_hash", "file_name", "reason", "author", "opened_at", "counts")
    BULK_FIELD_NUMBER: _ClassVar[int]
    FILE_HASH_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    OPENED_AT_FIELD_NUMBER: _ClassVar[int]
    COUNTS_FIELD_NUMBER: _ClassVar[int]
    bulk: str
    file_hash: bytes
    file_name: str
    reason: str
    author: str
    opened_at: str
    counts: _containers.RepeatedCompositeFieldContainer[BulkCount]
    def __init__(self, bulk: _Optional[str] = ..., file_hash: _Optional[bytes] = ..., file_name: _Optional[str] = ..., reason: _Optional[str] = ..., author: _Optional[str] = ..., opened_at: _Optional[str] = ..., counts: _Optional[_Iterable[_Union[BulkCount, _Mapping]]] = ...) -> None: ...

class BulkCount(_message.Message):
    __slots__ = ("state", "currency", "rows", "given_minor", "taken_minor")
    STATE_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    GIVEN_MINOR_FIELD_NUMBER: _ClassVar[int]
    TAKEN_MINOR_FIELD_NUMBER: _ClassVar[int]
    state: CorrectionState
    currency: str
    rows: int
    given_minor: int
    taken_minor: int
    def __init__(self, state: _Optional[_Union[CorrectionState, str]] = ..., currency: _Optional[str] = ..., rows: _Optional[int] = ..., given_minor: _Optional[int] = ..., taken_minor: _Optional[int] = ...) -> None: ...

class ListCorrectionsRequest(_message.Message):
    __slots__ = ("bulk", "state", "page_size", "page_token")
    BULK_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    bulk: str
    state: CorrectionState
    page_size: int
    page_token: str
    def __init__(self, bulk: _Optional[str] = ..., state: _Optional[_Union[CorrectionState, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListCorrectionsResponse(_message.Message):
    __slots__ = ("corrections", "next_page_token")
    CORRECTIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    corrections: _containers.RepeatedCompositeFieldContainer[Correction]
    next_page_token: str
    def __init__(self, corrections: _Optional[_Iterable[_Union[Correction, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ExplainPurchaseRequest(_message.Message):
    __slots__ = ("purchase_id", "explain", "explain_campaign", "language")
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    purchase_id: str
    explain: _checkout_service_pb2.ExplainLevel
    explain_campaign: str
    language: str
    def __init__(self, purchase_id: _Optional[str] = ..., explain: _Optional[_Union[_checkout_service_pb2.ExplainLevel, str]] = ..., explain_campaign: _Optional[str] = ..., language: _Optional[str] = ...) -> None: ...

class ExplainPurchaseResponse(_message.Message):
    __slots__ = ("explained",)
    EXPLAINED_FIELD_NUMBER: _ClassVar[int]
    explained: _checkout_service_pb2.ExplainResponse
    def __init__(self, explained: _Optional[_Union[_checkout_service_pb2.ExplainResponse, _Mapping]] = ...) -> None: ...

class ListOverrunsRequest(_message.Message):
    __slots__ = ("first_day", "last_day", "by", "page_size", "page_token")
    FIRST_DAY_FIELD_NUMBER: _ClassVar[int]
    LAST_DAY_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    first_day: str
    last_day: str
    by: OverrunsBy
    page_size: int
    page_token: str
    def __init__(self, first_day: _Optional[str] = ..., last_day: _Optional[str] = ..., by: _Optional[_Union[OverrunsBy, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListOverrunsResponse(_message.Message):
    __slots__ = ("overruns", "next_page_token")
    OVERRUNS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    overruns: _containers.RepeatedCompositeFieldContainer[Overruns]
    next_page_token: str
    def __init__(self, overruns: _Optional[_Iterable[_Union[Overruns, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class Overruns(_message.Message):
    __slots__ = ("store", "terminal", "member_id", "receipts", "given_away_minor", "flagged", "totals", "card")
    STORE_FIELD_NUMBER: _ClassVar[int]
    TERMINAL_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    GIVEN_AWAY_MINOR_FIELD_NUMBER: _ClassVar[int]
    FLAGGED_FIELD_NUMBER: _ClassVar[int]
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    CARD_FIELD_NUMBER: _ClassVar[int]
    store: str
    terminal: str
    member_id: str
    receipts: int
    given_away_minor: int
    flagged: int
    totals: _containers.RepeatedCompositeFieldContainer[FlagTotal]
    card: str
    def __init__(self, store: _Optional[str] = ..., terminal: _Optional[str] = ..., member_id: _Optional[str] = ..., receipts: _Optional[int] = ..., given_away_minor: _Optional[int] = ..., flagged: _Optional[int] = ..., totals: _Optional[_Iterable[_Union[FlagTotal, _Mapping]]] = ..., card: _Optional[str] = ...) -> None: ...

class FlagTotal(_message.Message):
    __slots__ = ("kind", "times", "currency", "amount")
    KIND_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    kind: _outcome_pb2.FlagKind
    times: int
    currency: str
    amount: int
    def __init__(self, kind: _Optional[_Union[_outcome_pb2.FlagKind, str]] = ..., times: _Optional[int] = ..., currency: _Optional[str] = ..., amount: _Optional[int] = ...) -> None: ...

class TryCampaignRequest(_message.Message):
    __slots__ = ("campaign", "purchase_id", "local_time", "member_id", "guest", "language")
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    LOCAL_TIME_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    GUEST_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    campaign: bytes
    purchase_id: str
    local_time: str
    member_id: str
    guest: bool
    language: str
    def __init__(self, campaign: _Optional[bytes] = ..., purchase_id: _Optional[str] = ..., local_time: _Optional[str] = ..., member_id: _Optional[str] = ..., guest: _Optional[bool] = ..., language: _Optional[str] = ...) -> None: ...

class TryCampaignResponse(_message.Message):
    __slots__ = ("snapshot_id", "before", "after", "local_time", "descriptions")
    class DescriptionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    SNAPSHOT_ID_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    LOCAL_TIME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTIONS_FIELD_NUMBER: _ClassVar[int]
    snapshot_id: str
    before: _outcome_pb2.Outcome
    after: _outcome_pb2.Outcome
    local_time: str
    descriptions: _containers.ScalarMap[str, str]
    def __init__(self, snapshot_id: _Optional[str] = ..., before: _Optional[_Union[_outcome_pb2.Outcome, _Mapping]] = ..., after: _Optional[_Union[_outcome_pb2.Outcome, _Mapping]] = ..., local_time: _Optional[str] = ..., descriptions: _Optional[_Mapping[str, str]] = ...) -> None: ...

class ListTierChangesRequest(_message.Message):
    __slots__ = ("member_id", "program", "page_size", "page_token")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    program: str
    page_size: int
    page_token: str
    def __init__(self, member_id: _Optional[str] = ..., program: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListTierChangesResponse(_message.Message):
    __slots__ = ("changes", "next_page_token")
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    changes: _containers.RepeatedCompositeFieldContainer[TierChange]
    next_page_token: str
    def __init__(self, changes: _Optional[_Iterable[_Union[TierChange, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class TierChange(_message.Message):
    __slots__ = ("at", "program", "tier_before", "tier", "cause", "valid_from", "until", "figures", "author", "reason", "snapshot_id")
    AT_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    TIER_BEFORE_FIELD_NUMBER: _ClassVar[int]
    TIER_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    FIGURES_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_ID_FIELD_NUMBER: _ClassVar[int]
    at: str
    program: str
    tier_before: str
    tier: str
    cause: TierCause
    valid_from: str
    until: str
    figures: _outcome_pb2.TierProgress
    author: str
    reason: str
    snapshot_id: str
    def __init__(self, at: _Optional[str] = ..., program: _Optional[str] = ..., tier_before: _Optional[str] = ..., tier: _Optional[str] = ..., cause: _Optional[_Union[TierCause, str]] = ..., valid_from: _Optional[str] = ..., until: _Optional[str] = ..., figures: _Optional[_Union[_outcome_pb2.TierProgress, _Mapping]] = ..., author: _Optional[str] = ..., reason: _Optional[str] = ..., snapshot_id: _Optional[str] = ...) -> None: ...

class AddPurchaseRequest(_message.Message):
    __slots__ = ("request_id", "purchase_id", "member_id", "identifier", "store", "local_time", "amount_minor", "lines", "receipt_number", "shift", "terminal", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    STORE_FIELD_NUMBER: _ClassVar[int]
    LOCAL_TIME_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    SHIFT_FIELD_NUMBER: _ClassVar[int]
    TERMINAL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    purchase_id: str
    member_id: str
    identifier: _receipt_pb2.Identifier
    store: str
    local_time: str
    amount_minor: int
    lines: _containers.RepeatedCompositeFieldContainer[_receipt_pb2.Line]
    receipt_number: str
    shift: str
    terminal: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., purchase_id: _Optional[str] = ..., member_id: _Optional[str] = ..., identifier: _Optional[_Union[_receipt_pb2.Identifier, _Mapping]] = ..., store: _Optional[str] = ..., local_time: _Optional[str] = ..., amount_minor: _Optional[int] = ..., lines: _Optional[_Iterable[_Union[_receipt_pb2.Line, _Mapping]]] = ..., receipt_number: _Optional[str] = ..., shift: _Optional[str] = ..., terminal: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class AddPurchaseResponse(_message.Message):
    __slots__ = ("confirmed",)
    CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    confirmed: _checkout_service_pb2.ConfirmResponse
    def __init__(self, confirmed: _Optional[_Union[_checkout_service_pb2.ConfirmResponse, _Mapping]] = ...) -> None: ...

class ListReceiptsRequest(_message.Message):
    __slots__ = ("member_id", "page_size", "page_token")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    page_size: int
    page_token: str
    def __init__(self, member_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListReceiptsResponse(_message.Message):
    __slots__ = ("receipts", "next_page_token")
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[MemberReceipt]
    next_page_token: str
    def __init__(self, receipts: _Optional[_Iterable[_Union[MemberReceipt, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class MemberReceipt(_message.Message):
    __slots__ = ("kind", "purchase_id", "return_id", "receipt_id", "at", "store", "terminal", "business_day", "shift", "receipt_number", "cashier", "mode", "amount_minor", "discount_minor", "points_value_minor", "certificates_minor", "payable_minor", "points_spent_minor", "points_earned_minor", "already_paid", "earned_currency", "spent_currency")
    KIND_FIELD_NUMBER: _ClassVar[int]
    PURCHASE_ID_FIELD_NUMBER: _ClassVar[int]
    RETURN_ID_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_ID_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    STORE_FIELD_NUMBER: _ClassVar[int]
    TERMINAL_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DAY_FIELD_NUMBER: _ClassVar[int]
    SHIFT_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    CASHIER_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    DISCOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    POINTS_VALUE_MINOR_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATES_MINOR_FIELD_NUMBER: _ClassVar[int]
    PAYABLE_MINOR_FIELD_NUMBER: _ClassVar[int]
    POINTS_SPENT_MINOR_FIELD_NUMBER: _ClassVar[int]
    POINTS_EARNED_MINOR_FIELD_NUMBER: _ClassVar[int]
    ALREADY_PAID_FIELD_NUMBER: _ClassVar[int]
    EARNED_CURRENCY_FIELD_NUMBER: _ClassVar[int]
    SPENT_CURRENCY_FIELD_NUMBER: _ClassVar[int]
    kind: MemberReceiptKind
    purchase_id: str
    return_id: str
    receipt_id: str
    at: str
    store: str
    terminal: str
    business_day: str
    shift: str
    receipt_number: str
    cashier: str
    mode: str
    amount_minor: int
    discount_minor: int
    points_value_minor: int
    certificates_minor: int
    payable_minor: int
    points_spent_minor: int
    points_earned_minor: int
    already_paid: bool
    earned_currency: str
    spent_currency: str
    def __init__(self, kind: _Optional[_Union[MemberReceiptKind, str]] = ..., purchase_id: _Optional[str] = ..., return_id: _Optional[str] = ..., receipt_id: _Optional[str] = ..., at: _Optional[str] = ..., store: _Optional[str] = ..., terminal: _Optional[str] = ..., business_day: _Optional[str] = ..., shift: _Optional[str] = ..., receipt_number: _Optional[str] = ..., cashier: _Optional[str] = ..., mode: _Optional[str] = ..., amount_minor: _Optional[int] = ..., discount_minor: _Optional[int] = ..., points_value_minor: _Optional[int] = ..., certificates_minor: _Optional[int] = ..., payable_minor: _Optional[int] = ..., points_spent_minor: _Optional[int] = ..., points_earned_minor: _Optional[int] = ..., already_paid: _Optional[bool] = ..., earned_currency: _Optional[str] = ..., spent_currency: _Optional[str] = ...) -> None: ...

class Correction(_message.Message):
    __slots__ = ("correction_id", "bulk", "line", "member_id", "currency", "amount_minor", "reason", "author", "made_at", "state", "decided_by", "decision_reason")
    CORRECTION_ID_FIELD_NUMBER: _ClassVar[int]
    BULK_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_FIELD_NUMBER: _ClassVar[int]
    MADE_AT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    DECIDED_BY_FIELD_NUMBER: _ClassVar[int]
    DECISION_REASON_FIELD_NUMBER: _ClassVar[int]
    correction_id: str
    bulk: str
    line: int
    member_id: str
    currency: str
    amount_minor: int
    reason: str
    author: str
    made_at: str
    state: CorrectionState
    decided_by: str
    decision_reason: str
    def __init__(self, correction_id: _Optional[str] = ..., bulk: _Optional[str] = ..., line: _Optional[int] = ..., member_id: _Optional[str] = ..., currency: _Optional[str] = ..., amount_minor: _Optional[int] = ..., reason: _Optional[str] = ..., author: _Optional[str] = ..., made_at: _Optional[str] = ..., state: _Optional[_Union[CorrectionState, str]] = ..., decided_by: _Optional[str] = ..., decision_reason: _Optional[str] = ...) -> None: ...

class DecideCorrectionsRequest(_message.Message):
    __slots__ = ("request_id", "correction_ids", "reject", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CORRECTION_IDS_FIELD_NUMBER: _ClassVar[int]
    REJECT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    correction_ids: _containers.RepeatedScalarFieldContainer[str]
    reject: bool
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., correction_ids: _Optional[_Iterable[str]] = ..., reject: _Optional[bool] = ..., reason: _Optional[str] = ...) -> None: ...

class DecideCorrectionsResponse(_message.Message):
    __slots__ = ("corrections",)
    CORRECTIONS_FIELD_NUMBER: _ClassVar[int]
    corrections: _containers.RepeatedCompositeFieldContainer[CorrectionResult]
    def __init__(self, corrections: _Optional[_Iterable[_Union[CorrectionResult, _Mapping]]] = ...) -> None: ...

class UndoCorrectionsRequest(_message.Message):
    __slots__ = ("request_id", "correction_ids", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CORRECTION_IDS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    correction_ids: _containers.RepeatedScalarFieldContainer[str]
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., correction_ids: _Optional[_Iterable[str]] = ..., reason: _Optional[str] = ...) -> None: ...

class UndoCorrectionsResponse(_message.Message):
    __slots__ = ("corrections",)
    CORRECTIONS_FIELD_NUMBER: _ClassVar[int]
    corrections: _containers.RepeatedCompositeFieldContainer[CorrectionResult]
    def __init__(self, corrections: _Optional[_Iterable[_Union[CorrectionResult, _Mapping]]] = ...) -> None: ...

class EmergencyStopRequest(_message.Message):
    __slots__ = ("request_id", "campaign", "reason", "lift")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    LIFT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    campaign: str
    reason: str
    lift: bool
    def __init__(self, request_id: _Optional[str] = ..., campaign: _Optional[str] = ..., reason: _Optional[str] = ..., lift: _Optional[bool] = ...) -> None: ...

class EmergencyStopResponse(_message.Message):
    __slots__ = ("stopped", "changed")
    STOPPED_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    stopped: bool
    changed: bool
    def __init__(self, stopped: _Optional[bool] = ..., changed: _Optional[bool] = ...) -> None: ...

class BlockMemberRequest(_message.Message):
    __slots__ = ("request_id", "member_id", "reason", "lift")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    LIFT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    member_id: str
    reason: str
    lift: bool
    def __init__(self, request_id: _Optional[str] = ..., member_id: _Optional[str] = ..., reason: _Optional[str] = ..., lift: _Optional[bool] = ...) -> None: ...

class BlockMemberResponse(_message.Message):
    __slots__ = ("blocked", "changed")
    BLOCKED_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    blocked: bool
    changed: bool
    def __init__(self, blocked: _Optional[bool] = ..., changed: _Optional[bool] = ...) -> None: ...

class BlockCardRequest(_message.Message):
    __slots__ = ("request_id", "identifier", "reason", "lift", "card_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    LIFT_FIELD_NUMBER: _ClassVar[int]
    CARD_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    identifier: _receipt_pb2.Identifier
    reason: str
    lift: bool
    card_id: str
    def __init__(self, request_id: _Optional[str] = ..., identifier: _Optional[_Union[_receipt_pb2.Identifier, _Mapping]] = ..., reason: _Optional[str] = ..., lift: _Optional[bool] = ..., card_id: _Optional[str] = ...) -> None: ...

class BlockCardResponse(_message.Message):
    __slots__ = ("blocked", "changed")
    BLOCKED_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    blocked: bool
    changed: bool
    def __init__(self, blocked: _Optional[bool] = ..., changed: _Optional[bool] = ...) -> None: ...

class FreezePointsRequest(_message.Message):
    __slots__ = ("request_id", "member_id", "currency", "amount_minor", "all", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    ALL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    member_id: str
    currency: str
    amount_minor: int
    all: bool
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., member_id: _Optional[str] = ..., currency: _Optional[str] = ..., amount_minor: _Optional[int] = ..., all: _Optional[bool] = ..., reason: _Optional[str] = ...) -> None: ...

class FreezePointsResponse(_message.Message):
    __slots__ = ("freeze_id", "frozen_minor", "balance")
    FREEZE_ID_FIELD_NUMBER: _ClassVar[int]
    FROZEN_MINOR_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    freeze_id: str
    frozen_minor: int
    balance: _outcome_pb2.Balance
    def __init__(self, freeze_id: _Optional[str] = ..., frozen_minor: _Optional[int] = ..., balance: _Optional[_Union[_outcome_pb2.Balance, _Mapping]] = ...) -> None: ...

class RestorePointsRequest(_message.Message):
    __slots__ = ("request_id", "freeze_id", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    FREEZE_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    freeze_id: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., freeze_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class RestorePointsResponse(_message.Message):
    __slots__ = ("restored_minor", "balance")
    RESTORED_MINOR_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    restored_minor: int
    balance: _outcome_pb2.Balance
    def __init__(self, restored_minor: _Optional[int] = ..., balance: _Optional[_Union[_outcome_pb2.Balance, _Mapping]] = ...) -> None: ...

class FreezeAccountRequest(_message.Message):
    __slots__ = ("request_id", "member_id", "currency", "reason", "lift")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    LIFT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    member_id: str
    currency: str
    reason: str
    lift: bool
    def __init__(self, request_id: _Optional[str] = ..., member_id: _Optional[str] = ..., currency: _Optional[str] = ..., reason: _Optional[str] = ..., lift: _Optional[bool] = ...) -> None: ...

class FreezeAccountResponse(_message.Message):
    __slots__ = ("frozen", "changed", "balance")
    FROZEN_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    frozen: bool
    changed: bool
    balance: _outcome_pb2.Balance
    def __init__(self, frozen: _Optional[bool] = ..., changed: _Optional[bool] = ..., balance: _Optional[_Union[_outcome_pb2.Balance, _Mapping]] = ...) -> None: ...

class IssueQrTokenRequest(_message.Message):
    __slots__ = ("member_id", "spends")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    SPENDS_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    spends: bool
    def __init__(self, member_id: _Optional[str] = ..., spends: _Optional[bool] = ...) -> None: ...

class IssueQrTokenResponse(_message.Message):
    __slots__ = ("qr", "expires_at")
    QR_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    qr: str
    expires_at: str
    def __init__(self, qr: _Optional[str] = ..., expires_at: _Optional[str] = ...) -> None: ...

class LeaveProgramRequest(_message.Message):
    __slots__ = ("request_id", "member_id", "program", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    member_id: str
    program: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., member_id: _Optional[str] = ..., program: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class LeaveProgramResponse(_message.Message):
    __slots__ = ("changed", "written_off_minor", "balances")
    class WrittenOffMinorEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    WRITTEN_OFF_MINOR_FIELD_NUMBER: _ClassVar[int]
    BALANCES_FIELD_NUMBER: _ClassVar[int]
    changed: bool
    written_off_minor: _containers.ScalarMap[str, int]
    balances: _containers.RepeatedCompositeFieldContainer[_outcome_pb2.Balance]
    def __init__(self, changed: _Optional[bool] = ..., written_off_minor: _Optional[_Mapping[str, int]] = ..., balances: _Optional[_Iterable[_Union[_outcome_pb2.Balance, _Mapping]]] = ...) -> None: ...

class JoinProgramRequest(_message.Message):
    __slots__ = ("request_id", "member_id", "program", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    member_id: str
    program: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., member_id: _Optional[str] = ..., program: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class JoinProgramResponse(_message.Message):
    __slots__ = ("changed", "balances")
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    BALANCES_FIELD_NUMBER: _ClassVar[int]
    changed: bool
    balances: _containers.RepeatedCompositeFieldContainer[_outcome_pb2.Balance]
    def __init__(self, changed: _Optional[bool] = ..., balances: _Optional[_Iterable[_Union[_outcome_pb2.Balance, _Mapping]]] = ...) -> None: ...

class SetTierRequest(_message.Message):
    __slots__ = ("request_id", "member_id", "program", "tier", "until", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    TIER_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    member_id: str
    program: str
    tier: str
    until: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., member_id: _Optional[str] = ..., program: _Optional[str] = ..., tier: _Optional[str] = ..., until: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class SetTierResponse(_message.Message):
    __slots__ = ("changed", "tier_before", "standing")
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    TIER_BEFORE_FIELD_NUMBER: _ClassVar[int]
    STANDING_FIELD_NUMBER: _ClassVar[int]
    changed: bool
    tier_before: str
    standing: _outcome_pb2.TierView
    def __init__(self, changed: _Optional[bool] = ..., tier_before: _Optional[str] = ..., standing: _Optional[_Union[_outcome_pb2.TierView, _Mapping]] = ...) -> None: ...

class CreateHouseholdRequest(_message.Message):
    __slots__ = ("request_id", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class CreateHouseholdResponse(_message.Message):
    __slots__ = ("household_id",)
    HOUSEHOLD_ID_FIELD_NUMBER: _ClassVar[int]
    household_id: str
    def __init__(self, household_id: _Optional[str] = ...) -> None: ...

class AddToHouseholdRequest(_message.Message):
    __slots__ = ("request_id", "household_id", "member_id", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOUSEHOLD_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    household_id: str
    member_id: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., household_id: _Optional[str] = ..., member_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class AddToHouseholdResponse(_message.Message):
    __slots__ = ("members", "changed")
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    members: int
    changed: bool
    def __init__(self, members: _Optional[int] = ..., changed: _Optional[bool] = ...) -> None: ...

class RemoveFromHouseholdRequest(_message.Message):
    __slots__ = ("request_id", "member_id", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    member_id: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., member_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class RemoveFromHouseholdResponse(_message.Message):
    __slots__ = ("household_id", "members", "changed")
    HOUSEHOLD_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    household_id: str
    members: int
    changed: bool
    def __init__(self, household_id: _Optional[str] = ..., members: _Optional[int] = ..., changed: _Optional[bool] = ...) -> None: ...

class MergeMembersRequest(_message.Message):
    __slots__ = ("request_id", "absorbed_member_id", "surviving_member_id", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ABSORBED_MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    SURVIVING_MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    absorbed_member_id: str
    surviving_member_id: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., absorbed_member_id: _Optional[str] = ..., surviving_member_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class MergeMembersResponse(_message.Message):
    __slots__ = ("merge_id", "changed", "moved_minor")
    class MovedMinorEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    MERGE_ID_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    MOVED_MINOR_FIELD_NUMBER: _ClassVar[int]
    merge_id: str
    changed: bool
    moved_minor: _containers.ScalarMap[str, int]
    def __init__(self, merge_id: _Optional[str] = ..., changed: _Optional[bool] = ..., moved_minor: _Optional[_Mapping[str, int]] = ...) -> None: ...

class UnmergeMembersRequest(_message.Message):
    __slots__ = ("request_id", "merge_id", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MERGE_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    merge_id: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., merge_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class UnmergeMembersResponse(_message.Message):
    __slots__ = ("absorbed_member_id", "surviving_member_id", "changed", "moved_minor", "debts_minor")
    class MovedMinorEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    class DebtsMinorEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    ABSORBED_MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    SURVIVING_MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    MOVED_MINOR_FIELD_NUMBER: _ClassVar[int]
    DEBTS_MINOR_FIELD_NUMBER: _ClassVar[int]
    absorbed_member_id: str
    surviving_member_id: str
    changed: bool
    moved_minor: _containers.ScalarMap[str, int]
    debts_minor: _containers.ScalarMap[str, int]
    def __init__(self, absorbed_member_id: _Optional[str] = ..., surviving_member_id: _Optional[str] = ..., changed: _Optional[bool] = ..., moved_minor: _Optional[_Mapping[str, int]] = ..., debts_minor: _Optional[_Mapping[str, int]] = ...) -> None: ...

class LinkPersonRequest(_message.Message):
    __slots__ = ("request_id", "member_id", "person_id", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    PERSON_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    member_id: str
    person_id: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., member_id: _Optional[str] = ..., person_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class LinkPersonResponse(_message.Message):
    __slots__ = ("person_id", "changed")
    PERSON_ID_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    person_id: str
    changed: bool
    def __init__(self, person_id: _Optional[str] = ..., changed: _Optional[bool] = ...) -> None: ...

class UnlinkPersonRequest(_message.Message):
    __slots__ = ("request_id", "member_id", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    member_id: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., member_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class UnlinkPersonResponse(_message.Message):
    __slots__ = ("person_id", "changed")
    PERSON_ID_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    person_id: str
    changed: bool
    def __init__(self, person_id: _Optional[str] = ..., changed: _Optional[bool] = ...) -> None: ...

class EraseMemberRequest(_message.Message):
    __slots__ = ("request_id", "member_id", "reason", "write_off")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    WRITE_OFF_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    member_id: str
    reason: str
    write_off: bool
    def __init__(self, request_id: _Optional[str] = ..., member_id: _Optional[str] = ..., reason: _Optional[str] = ..., write_off: _Optional[bool] = ...) -> None: ...

class EraseMemberResponse(_message.Message):
    __slots__ = ("changed", "written_off_minor", "debts_minor")
    class WrittenOffMinorEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    class DebtsMinorEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    WRITTEN_OFF_MINOR_FIELD_NUMBER: _ClassVar[int]
    DEBTS_MINOR_FIELD_NUMBER: _ClassVar[int]
    changed: bool
    written_off_minor: _containers.ScalarMap[str, int]
    debts_minor: _containers.ScalarMap[str, int]
    def __init__(self, changed: _Optional[bool] = ..., written_off_minor: _Optional[_Mapping[str, int]] = ..., debts_minor: _Optional[_Mapping[str, int]] = ...) -> None: ...

class GetMemberLinksRequest(_message.Message):
    __slots__ = ("member_id",)
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    def __init__(self, member_id: _Optional[str] = ...) -> None: ...

class GetMemberLinksResponse(_message.Message):
    __slots__ = ("member_id", "other_names", "persons")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    OTHER_NAMES_FIELD_NUMBER: _ClassVar[int]
    PERSONS_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    other_names: _containers.RepeatedCompositeFieldContainer[MergedMember]
    persons: _containers.RepeatedCompositeFieldContainer[LinkedPerson]
    def __init__(self, member_id: _Optional[str] = ..., other_names: _Optional[_Iterable[_Union[MergedMember, _Mapping]]] = ..., persons: _Optional[_Iterable[_Union[LinkedPerson, _Mapping]]] = ...) -> None: ...

class MergedMember(_message.Message):
    __slots__ = ("merge_id", "member_id", "merged_at")
    MERGE_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    MERGED_AT_FIELD_NUMBER: _ClassVar[int]
    merge_id: str
    member_id: str
    merged_at: str
    def __init__(self, merge_id: _Optional[str] = ..., member_id: _Optional[str] = ..., merged_at: _Optional[str] = ...) -> None: ...

class LinkedPerson(_message.Message):
    __slots__ = ("person_id", "linked_at", "members_elsewhere")
    PERSON_ID_FIELD_NUMBER: _ClassVar[int]
    LINKED_AT_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_ELSEWHERE_FIELD_NUMBER: _ClassVar[int]
    person_id: str
    linked_at: str
    members_elsewhere: int
    def __init__(self, person_id: _Optional[str] = ..., linked_at: _Optional[str] = ..., members_elsewhere: _Optional[int] = ...) -> None: ...

class PublishSnapshotRequest(_message.Message):
    __slots__ = ("note", "check_only", "language")
    NOTE_FIELD_NUMBER: _ClassVar[int]
    CHECK_ONLY_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    note: str
    check_only: bool
    language: str
    def __init__(self, note: _Optional[str] = ..., check_only: _Optional[bool] = ..., language: _Optional[str] = ...) -> None: ...

class PublishSnapshotResponse(_message.Message):
    __slots__ = ("snapshot_id", "sequence", "changed", "parts", "parts_new", "warnings", "warnings_total")
    SNAPSHOT_ID_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    PARTS_NEW_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_TOTAL_FIELD_NUMBER: _ClassVar[int]
    snapshot_id: str
    sequence: int
    changed: bool
    parts: int
    parts_new: int
    warnings: _containers.RepeatedCompositeFieldContainer[RuleWarning]
    warnings_total: int
    def __init__(self, snapshot_id: _Optional[str] = ..., sequence: _Optional[int] = ..., changed: _Optional[bool] = ..., parts: _Optional[int] = ..., parts_new: _Optional[int] = ..., warnings: _Optional[_Iterable[_Union[RuleWarning, _Mapping]]] = ..., warnings_total: _Optional[int] = ...) -> None: ...

class RuleWarning(_message.Message):
    __slots__ = ("field", "message")
    FIELD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    field: str
    message: str
    def __init__(self, field: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...
