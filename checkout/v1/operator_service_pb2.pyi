from checkout.v1 import coupon_pb2 as _coupon_pb2
from checkout.v1 import outcome_pb2 as _outcome_pb2
from checkout.v1 import receipt_pb2 as _receipt_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

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
    __slots__ = ("request_id", "member_id", "currency", "amount_minor", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    member_id: str
    currency: str
    amount_minor: int
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., member_id: _Optional[str] = ..., currency: _Optional[str] = ..., amount_minor: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class AdjustBalanceResponse(_message.Message):
    __slots__ = ("posting_id", "balance")
    POSTING_ID_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    posting_id: str
    balance: _outcome_pb2.Balance
    def __init__(self, posting_id: _Optional[str] = ..., balance: _Optional[_Union[_outcome_pb2.Balance, _Mapping]] = ...) -> None: ...

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
    __slots__ = ("request_id", "identifier", "reason", "lift")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    LIFT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    identifier: _receipt_pb2.Identifier
    reason: str
    lift: bool
    def __init__(self, request_id: _Optional[str] = ..., identifier: _Optional[_Union[_receipt_pb2.Identifier, _Mapping]] = ..., reason: _Optional[str] = ..., lift: _Optional[bool] = ...) -> None: ...

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

class PublishSnapshotRequest(_message.Message):
    __slots__ = ("note", "check_only")
    NOTE_FIELD_NUMBER: _ClassVar[int]
    CHECK_ONLY_FIELD_NUMBER: _ClassVar[int]
    note: str
    check_only: bool
    def __init__(self, note: _Optional[str] = ..., check_only: _Optional[bool] = ...) -> None: ...

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
