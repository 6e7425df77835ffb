from checkout.v1 import outcome_pb2 as _outcome_pb2
from checkout.v1 import receipt_pb2 as _receipt_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListGiftsRequest(_message.Message):
    __slots__ = ("identifier",)
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    identifier: _receipt_pb2.Identifier
    def __init__(self, identifier: _Optional[_Union[_receipt_pb2.Identifier, _Mapping]] = ...) -> None: ...

class GiftView(_message.Message):
    __slots__ = ("gift", "name", "description", "sku", "points_minor", "currency", "left", "has_points")
    GIFT_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    POINTS_MINOR_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    HAS_POINTS_FIELD_NUMBER: _ClassVar[int]
    gift: str
    name: str
    description: str
    sku: str
    points_minor: int
    currency: str
    left: int
    has_points: bool
    def __init__(self, gift: _Optional[str] = ..., name: _Optional[str] = ..., description: _Optional[str] = ..., sku: _Optional[str] = ..., points_minor: _Optional[int] = ..., currency: _Optional[str] = ..., left: _Optional[int] = ..., has_points: _Optional[bool] = ...) -> None: ...

class ListGiftsResponse(_message.Message):
    __slots__ = ("gifts",)
    GIFTS_FIELD_NUMBER: _ClassVar[int]
    gifts: _containers.RepeatedCompositeFieldContainer[GiftView]
    def __init__(self, gifts: _Optional[_Iterable[_Union[GiftView, _Mapping]]] = ...) -> None: ...

class GiveGiftRequest(_message.Message):
    __slots__ = ("request_id", "member_id", "gift", "count", "store", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    GIFT_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    STORE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    member_id: str
    gift: str
    count: int
    store: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., member_id: _Optional[str] = ..., gift: _Optional[str] = ..., count: _Optional[int] = ..., store: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class GiveGiftResponse(_message.Message):
    __slots__ = ("gift_given_id", "points_minor", "balance", "left")
    GIFT_GIVEN_ID_FIELD_NUMBER: _ClassVar[int]
    POINTS_MINOR_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    gift_given_id: str
    points_minor: int
    balance: _outcome_pb2.Balance
    left: int
    def __init__(self, gift_given_id: _Optional[str] = ..., points_minor: _Optional[int] = ..., balance: _Optional[_Union[_outcome_pb2.Balance, _Mapping]] = ..., left: _Optional[int] = ...) -> None: ...

class TakeGiftBackRequest(_message.Message):
    __slots__ = ("request_id", "gift_given_id", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    GIFT_GIVEN_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    gift_given_id: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., gift_given_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class TakeGiftBackResponse(_message.Message):
    __slots__ = ("changed", "points_minor", "balance")
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    POINTS_MINOR_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    changed: bool
    points_minor: int
    balance: _outcome_pb2.Balance
    def __init__(self, changed: _Optional[bool] = ..., points_minor: _Optional[int] = ..., balance: _Optional[_Union[_outcome_pb2.Balance, _Mapping]] = ...) -> None: ...

class SetGiftStockRequest(_message.Message):
    __slots__ = ("request_id", "gift", "counted", "difference", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    GIFT_FIELD_NUMBER: _ClassVar[int]
    COUNTED_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    gift: str
    counted: int
    difference: int
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., gift: _Optional[str] = ..., counted: _Optional[int] = ..., difference: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class SetGiftStockResponse(_message.Message):
    __slots__ = ("stock", "held", "difference")
    STOCK_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCE_FIELD_NUMBER: _ClassVar[int]
    stock: int
    held: int
    difference: int
    def __init__(self, stock: _Optional[int] = ..., held: _Optional[int] = ..., difference: _Optional[int] = ...) -> None: ...
