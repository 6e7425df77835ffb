from checkout.v1 import receipt_pb2 as _receipt_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CouponState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COUPON_STATE_UNSPECIFIED: _ClassVar[CouponState]
    COUPON_STATE_VALID: _ClassVar[CouponState]
    COUPON_STATE_UNKNOWN: _ClassVar[CouponState]
    COUPON_STATE_ALREADY_USED: _ClassVar[CouponState]
    COUPON_STATE_NOT_YET_VALID: _ClassVar[CouponState]
    COUPON_STATE_EXPIRED: _ClassVar[CouponState]
    COUPON_STATE_OTHER_MEMBER: _ClassVar[CouponState]
    COUPON_STATE_BLOCKED: _ClassVar[CouponState]
COUPON_STATE_UNSPECIFIED: CouponState
COUPON_STATE_VALID: CouponState
COUPON_STATE_UNKNOWN: CouponState
COUPON_STATE_ALREADY_USED: CouponState
COUPON_STATE_NOT_YET_VALID: CouponState
COUPON_STATE_EXPIRED: CouponState
COUPON_STATE_OTHER_MEMBER: CouponState
COUPON_STATE_BLOCKED: CouponState

class CouponTerms(_message.Message):
    __slots__ = ("campaign", "name", "in_force", "ends_at")
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    IN_FORCE_FIELD_NUMBER: _ClassVar[int]
    ENDS_AT_FIELD_NUMBER: _ClassVar[int]
    campaign: str
    name: str
    in_force: bool
    ends_at: str
    def __init__(self, campaign: _Optional[str] = ..., name: _Optional[str] = ..., in_force: _Optional[bool] = ..., ends_at: _Optional[str] = ...) -> None: ...

class CouponView(_message.Message):
    __slots__ = ("coupon_id", "code", "masked", "series", "of_member", "uses_max", "uses_left", "valid_from", "valid_until", "terms")
    COUPON_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MASKED_FIELD_NUMBER: _ClassVar[int]
    SERIES_FIELD_NUMBER: _ClassVar[int]
    OF_MEMBER_FIELD_NUMBER: _ClassVar[int]
    USES_MAX_FIELD_NUMBER: _ClassVar[int]
    USES_LEFT_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    coupon_id: str
    code: str
    masked: str
    series: str
    of_member: bool
    uses_max: int
    uses_left: int
    valid_from: str
    valid_until: str
    terms: _containers.RepeatedCompositeFieldContainer[CouponTerms]
    def __init__(self, coupon_id: _Optional[str] = ..., code: _Optional[str] = ..., masked: _Optional[str] = ..., series: _Optional[str] = ..., of_member: _Optional[bool] = ..., uses_max: _Optional[int] = ..., uses_left: _Optional[int] = ..., valid_from: _Optional[str] = ..., valid_until: _Optional[str] = ..., terms: _Optional[_Iterable[_Union[CouponTerms, _Mapping]]] = ...) -> None: ...

class IssuedCoupon(_message.Message):
    __slots__ = ("coupon_id", "code", "series", "campaign", "of_member", "valid_from", "valid_until")
    COUPON_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    SERIES_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    OF_MEMBER_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_FIELD_NUMBER: _ClassVar[int]
    coupon_id: str
    code: str
    series: str
    campaign: str
    of_member: bool
    valid_from: str
    valid_until: str
    def __init__(self, coupon_id: _Optional[str] = ..., code: _Optional[str] = ..., series: _Optional[str] = ..., campaign: _Optional[str] = ..., of_member: _Optional[bool] = ..., valid_from: _Optional[str] = ..., valid_until: _Optional[str] = ...) -> None: ...

class CheckCouponRequest(_message.Message):
    __slots__ = ("code", "identifier")
    CODE_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    code: str
    identifier: _receipt_pb2.Identifier
    def __init__(self, code: _Optional[str] = ..., identifier: _Optional[_Union[_receipt_pb2.Identifier, _Mapping]] = ...) -> None: ...

class CheckCouponResponse(_message.Message):
    __slots__ = ("state", "coupon", "terms")
    STATE_FIELD_NUMBER: _ClassVar[int]
    COUPON_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    state: CouponState
    coupon: CouponView
    terms: _containers.RepeatedCompositeFieldContainer[CouponTerms]
    def __init__(self, state: _Optional[_Union[CouponState, str]] = ..., coupon: _Optional[_Union[CouponView, _Mapping]] = ..., terms: _Optional[_Iterable[_Union[CouponTerms, _Mapping]]] = ...) -> None: ...

class ListCouponsRequest(_message.Message):
    __slots__ = ("identifier", "page_size", "page_token")
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    identifier: _receipt_pb2.Identifier
    page_size: int
    page_token: str
    def __init__(self, identifier: _Optional[_Union[_receipt_pb2.Identifier, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListCouponsResponse(_message.Message):
    __slots__ = ("coupons", "next_page_token")
    COUPONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    coupons: _containers.RepeatedCompositeFieldContainer[CouponView]
    next_page_token: str
    def __init__(self, coupons: _Optional[_Iterable[_Union[CouponView, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class IssueCouponsRequest(_message.Message):
    __slots__ = ("request_id", "series", "count", "codes", "member_id", "uses_max", "valid_from", "valid_until", "valid_days", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SERIES_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    CODES_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    USES_MAX_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_FIELD_NUMBER: _ClassVar[int]
    VALID_DAYS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    series: str
    count: int
    codes: _containers.RepeatedScalarFieldContainer[str]
    member_id: str
    uses_max: int
    valid_from: str
    valid_until: str
    valid_days: int
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., series: _Optional[str] = ..., count: _Optional[int] = ..., codes: _Optional[_Iterable[str]] = ..., member_id: _Optional[str] = ..., uses_max: _Optional[int] = ..., valid_from: _Optional[str] = ..., valid_until: _Optional[str] = ..., valid_days: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class IssueCouponsResponse(_message.Message):
    __slots__ = ("issue_id", "coupons")
    ISSUE_ID_FIELD_NUMBER: _ClassVar[int]
    COUPONS_FIELD_NUMBER: _ClassVar[int]
    issue_id: str
    coupons: _containers.RepeatedCompositeFieldContainer[CouponView]
    def __init__(self, issue_id: _Optional[str] = ..., coupons: _Optional[_Iterable[_Union[CouponView, _Mapping]]] = ...) -> None: ...

class BlockCouponRequest(_message.Message):
    __slots__ = ("request_id", "code", "reason", "code_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    CODE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    code: str
    reason: str
    code_id: str
    def __init__(self, request_id: _Optional[str] = ..., code: _Optional[str] = ..., reason: _Optional[str] = ..., code_id: _Optional[str] = ...) -> None: ...

class BlockCouponResponse(_message.Message):
    __slots__ = ("changed",)
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    changed: bool
    def __init__(self, changed: _Optional[bool] = ...) -> None: ...

class UnblockCouponRequest(_message.Message):
    __slots__ = ("request_id", "code", "reason", "code_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    CODE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    code: str
    reason: str
    code_id: str
    def __init__(self, request_id: _Optional[str] = ..., code: _Optional[str] = ..., reason: _Optional[str] = ..., code_id: _Optional[str] = ...) -> None: ...

class UnblockCouponResponse(_message.Message):
    __slots__ = ("changed",)
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    changed: bool
    def __init__(self, changed: _Optional[bool] = ...) -> None: ...
