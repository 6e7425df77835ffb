from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CertificateStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CERTIFICATE_STATUS_UNSPECIFIED: _ClassVar[CertificateStatus]
    CERTIFICATE_STATUS_APPLIED: _ClassVar[CertificateStatus]
    CERTIFICATE_STATUS_UNKNOWN: _ClassVar[CertificateStatus]
    CERTIFICATE_STATUS_NOT_ACTIVE: _ClassVar[CertificateStatus]
    CERTIFICATE_STATUS_BLOCKED: _ClassVar[CertificateStatus]
    CERTIFICATE_STATUS_EXPIRED: _ClassVar[CertificateStatus]
    CERTIFICATE_STATUS_USED_UP: _ClassVar[CertificateStatus]
    CERTIFICATE_STATUS_NOT_ACCEPTED: _ClassVar[CertificateStatus]
    CERTIFICATE_STATUS_WRONG_STORE: _ClassVar[CertificateStatus]
    CERTIFICATE_STATUS_WRONG_GOODS: _ClassVar[CertificateStatus]
    CERTIFICATE_STATUS_NOT_NEEDED: _ClassVar[CertificateStatus]
CERTIFICATE_STATUS_UNSPECIFIED: CertificateStatus
CERTIFICATE_STATUS_APPLIED: CertificateStatus
CERTIFICATE_STATUS_UNKNOWN: CertificateStatus
CERTIFICATE_STATUS_NOT_ACTIVE: CertificateStatus
CERTIFICATE_STATUS_BLOCKED: CertificateStatus
CERTIFICATE_STATUS_EXPIRED: CertificateStatus
CERTIFICATE_STATUS_USED_UP: CertificateStatus
CERTIFICATE_STATUS_NOT_ACCEPTED: CertificateStatus
CERTIFICATE_STATUS_WRONG_STORE: CertificateStatus
CERTIFICATE_STATUS_WRONG_GOODS: CertificateStatus
CERTIFICATE_STATUS_NOT_NEEDED: CertificateStatus

class CertificatePart(_message.Message):
    __slots__ = ("position", "paid_minor", "units")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    PAID_MINOR_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    position: int
    paid_minor: int
    units: int
    def __init__(self, position: _Optional[int] = ..., paid_minor: _Optional[int] = ..., units: _Optional[int] = ...) -> None: ...

class CertificateResult(_message.Message):
    __slots__ = ("masked", "series", "status", "paid_minor", "units", "left", "parts")
    MASKED_FIELD_NUMBER: _ClassVar[int]
    SERIES_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    PAID_MINOR_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    masked: str
    series: str
    status: CertificateStatus
    paid_minor: int
    units: int
    left: int
    parts: _containers.RepeatedCompositeFieldContainer[CertificatePart]
    def __init__(self, masked: _Optional[str] = ..., series: _Optional[str] = ..., status: _Optional[_Union[CertificateStatus, str]] = ..., paid_minor: _Optional[int] = ..., units: _Optional[int] = ..., left: _Optional[int] = ..., parts: _Optional[_Iterable[_Union[CertificatePart, _Mapping]]] = ...) -> None: ...

class CertificateGiven(_message.Message):
    __slots__ = ("certificate_id", "masked", "series", "unit", "face", "active_from", "expires_at", "position", "campaign", "code")
    CERTIFICATE_ID_FIELD_NUMBER: _ClassVar[int]
    MASKED_FIELD_NUMBER: _ClassVar[int]
    SERIES_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    FACE_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FROM_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    certificate_id: str
    masked: str
    series: str
    unit: str
    face: int
    active_from: str
    expires_at: str
    position: int
    campaign: str
    code: str
    def __init__(self, certificate_id: _Optional[str] = ..., masked: _Optional[str] = ..., series: _Optional[str] = ..., unit: _Optional[str] = ..., face: _Optional[int] = ..., active_from: _Optional[str] = ..., expires_at: _Optional[str] = ..., position: _Optional[int] = ..., campaign: _Optional[str] = ..., code: _Optional[str] = ...) -> None: ...

class CertificateBack(_message.Message):
    __slots__ = ("masked", "series", "paid_minor", "units")
    MASKED_FIELD_NUMBER: _ClassVar[int]
    SERIES_FIELD_NUMBER: _ClassVar[int]
    PAID_MINOR_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    masked: str
    series: str
    paid_minor: int
    units: int
    def __init__(self, masked: _Optional[str] = ..., series: _Optional[str] = ..., paid_minor: _Optional[int] = ..., units: _Optional[int] = ...) -> None: ...

class CertificateView(_message.Message):
    __slots__ = ("certificate_id", "masked", "series", "name", "unit", "face", "left", "held", "status", "active_from", "expires_at")
    CERTIFICATE_ID_FIELD_NUMBER: _ClassVar[int]
    MASKED_FIELD_NUMBER: _ClassVar[int]
    SERIES_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    FACE_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FROM_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    certificate_id: str
    masked: str
    series: str
    name: str
    unit: str
    face: int
    left: int
    held: int
    status: CertificateStatus
    active_from: str
    expires_at: str
    def __init__(self, certificate_id: _Optional[str] = ..., masked: _Optional[str] = ..., series: _Optional[str] = ..., name: _Optional[str] = ..., unit: _Optional[str] = ..., face: _Optional[int] = ..., left: _Optional[int] = ..., held: _Optional[int] = ..., status: _Optional[_Union[CertificateStatus, str]] = ..., active_from: _Optional[str] = ..., expires_at: _Optional[str] = ...) -> None: ...
