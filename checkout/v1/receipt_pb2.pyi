from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LineKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LINE_KIND_UNSPECIFIED: _ClassVar[LineKind]
    LINE_KIND_GOODS: _ClassVar[LineKind]
    LINE_KIND_SERVICE: _ClassVar[LineKind]
    LINE_KIND_DELIVERY: _ClassVar[LineKind]

class ReceiptMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RECEIPT_MODE_UNSPECIFIED: _ClassVar[ReceiptMode]
    RECEIPT_MODE_TRAINING: _ClassVar[ReceiptMode]
LINE_KIND_UNSPECIFIED: LineKind
LINE_KIND_GOODS: LineKind
LINE_KIND_SERVICE: LineKind
LINE_KIND_DELIVERY: LineKind
RECEIPT_MODE_UNSPECIFIED: ReceiptMode
RECEIPT_MODE_TRAINING: ReceiptMode

class Identifier(_message.Message):
    __slots__ = ("card", "phone", "external_id", "qr")
    CARD_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_ID_FIELD_NUMBER: _ClassVar[int]
    QR_FIELD_NUMBER: _ClassVar[int]
    card: str
    phone: str
    external_id: str
    qr: str
    def __init__(self, card: _Optional[str] = ..., phone: _Optional[str] = ..., external_id: _Optional[str] = ..., qr: _Optional[str] = ...) -> None: ...

class Line(_message.Message):
    __slots__ = ("position", "sku", "barcode", "category", "quantity_milli", "price_minor", "amount_minor", "min_price_minor", "external_discount_minor", "kind", "no_discount", "no_points", "excise", "marked", "weighed", "vat_code", "title", "manual_discount_minor")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    BARCODE_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_MILLI_FIELD_NUMBER: _ClassVar[int]
    PRICE_MINOR_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    MIN_PRICE_MINOR_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_DISCOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    NO_DISCOUNT_FIELD_NUMBER: _ClassVar[int]
    NO_POINTS_FIELD_NUMBER: _ClassVar[int]
    EXCISE_FIELD_NUMBER: _ClassVar[int]
    MARKED_FIELD_NUMBER: _ClassVar[int]
    WEIGHED_FIELD_NUMBER: _ClassVar[int]
    VAT_CODE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    MANUAL_DISCOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    position: int
    sku: str
    barcode: str
    category: str
    quantity_milli: int
    price_minor: int
    amount_minor: int
    min_price_minor: int
    external_discount_minor: int
    kind: LineKind
    no_discount: bool
    no_points: bool
    excise: bool
    marked: bool
    weighed: bool
    vat_code: str
    title: str
    manual_discount_minor: int
    def __init__(self, position: _Optional[int] = ..., sku: _Optional[str] = ..., barcode: _Optional[str] = ..., category: _Optional[str] = ..., quantity_milli: _Optional[int] = ..., price_minor: _Optional[int] = ..., amount_minor: _Optional[int] = ..., min_price_minor: _Optional[int] = ..., external_discount_minor: _Optional[int] = ..., kind: _Optional[_Union[LineKind, str]] = ..., no_discount: _Optional[bool] = ..., no_points: _Optional[bool] = ..., excise: _Optional[bool] = ..., marked: _Optional[bool] = ..., weighed: _Optional[bool] = ..., vat_code: _Optional[str] = ..., title: _Optional[str] = ..., manual_discount_minor: _Optional[int] = ...) -> None: ...

class PlannedTender(_message.Message):
    __slots__ = ("kind", "bin", "token")
    KIND_FIELD_NUMBER: _ClassVar[int]
    BIN_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    kind: str
    bin: str
    token: str
    def __init__(self, kind: _Optional[str] = ..., bin: _Optional[str] = ..., token: _Optional[str] = ...) -> None: ...

class Tender(_message.Message):
    __slots__ = ("kind", "amount_minor", "bin")
    KIND_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    BIN_FIELD_NUMBER: _ClassVar[int]
    kind: str
    amount_minor: int
    bin: str
    def __init__(self, kind: _Optional[str] = ..., amount_minor: _Optional[int] = ..., bin: _Optional[str] = ...) -> None: ...

class AlreadyPaid(_message.Message):
    __slots__ = ("discounts", "points_minor", "certificates")
    DISCOUNTS_FIELD_NUMBER: _ClassVar[int]
    POINTS_MINOR_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATES_FIELD_NUMBER: _ClassVar[int]
    discounts: _containers.RepeatedCompositeFieldContainer[GivenDiscount]
    points_minor: int
    certificates: _containers.RepeatedCompositeFieldContainer[TakenCertificate]
    def __init__(self, discounts: _Optional[_Iterable[_Union[GivenDiscount, _Mapping]]] = ..., points_minor: _Optional[int] = ..., certificates: _Optional[_Iterable[_Union[TakenCertificate, _Mapping]]] = ...) -> None: ...

class TakenCertificate(_message.Message):
    __slots__ = ("code", "amount_minor", "position", "units")
    CODE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    code: str
    amount_minor: int
    position: int
    units: int
    def __init__(self, code: _Optional[str] = ..., amount_minor: _Optional[int] = ..., position: _Optional[int] = ..., units: _Optional[int] = ...) -> None: ...

class GivenDiscount(_message.Message):
    __slots__ = ("position", "campaign", "amount_minor")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    position: int
    campaign: str
    amount_minor: int
    def __init__(self, position: _Optional[int] = ..., campaign: _Optional[str] = ..., amount_minor: _Optional[int] = ...) -> None: ...

class PresentedCertificate(_message.Message):
    __slots__ = ("code", "at_most")
    CODE_FIELD_NUMBER: _ClassVar[int]
    AT_MOST_FIELD_NUMBER: _ClassVar[int]
    code: str
    at_most: int
    def __init__(self, code: _Optional[str] = ..., at_most: _Optional[int] = ...) -> None: ...

class SoldCertificate(_message.Message):
    __slots__ = ("position", "code")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    position: int
    code: str
    def __init__(self, position: _Optional[int] = ..., code: _Optional[str] = ...) -> None: ...

class Receipt(_message.Message):
    __slots__ = ("local_time", "utc_offset_minutes", "identifier", "lines", "coupons", "points_minor", "points_max", "planned_tenders", "channel", "manual_permission", "language", "mode", "certificates")
    LOCAL_TIME_FIELD_NUMBER: _ClassVar[int]
    UTC_OFFSET_MINUTES_FIELD_NUMBER: _ClassVar[int]
    IDENTIFIER_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    COUPONS_FIELD_NUMBER: _ClassVar[int]
    POINTS_MINOR_FIELD_NUMBER: _ClassVar[int]
    POINTS_MAX_FIELD_NUMBER: _ClassVar[int]
    PLANNED_TENDERS_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    MANUAL_PERMISSION_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATES_FIELD_NUMBER: _ClassVar[int]
    local_time: str
    utc_offset_minutes: int
    identifier: Identifier
    lines: _containers.RepeatedCompositeFieldContainer[Line]
    coupons: _containers.RepeatedScalarFieldContainer[str]
    points_minor: int
    points_max: bool
    planned_tenders: _containers.RepeatedCompositeFieldContainer[PlannedTender]
    channel: str
    manual_permission: str
    language: str
    mode: ReceiptMode
    certificates: _containers.RepeatedCompositeFieldContainer[PresentedCertificate]
    def __init__(self, local_time: _Optional[str] = ..., utc_offset_minutes: _Optional[int] = ..., identifier: _Optional[_Union[Identifier, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[Line, _Mapping]]] = ..., coupons: _Optional[_Iterable[str]] = ..., points_minor: _Optional[int] = ..., points_max: _Optional[bool] = ..., planned_tenders: _Optional[_Iterable[_Union[PlannedTender, _Mapping]]] = ..., channel: _Optional[str] = ..., manual_permission: _Optional[str] = ..., language: _Optional[str] = ..., mode: _Optional[_Union[ReceiptMode, str]] = ..., certificates: _Optional[_Iterable[_Union[PresentedCertificate, _Mapping]]] = ...) -> None: ...

class Settlement(_message.Message):
    __slots__ = ("tenders", "shift", "receipt_number", "cashier", "business_day", "fiscal", "certificates_sold")
    class FiscalEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    TENDERS_FIELD_NUMBER: _ClassVar[int]
    SHIFT_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_NUMBER_FIELD_NUMBER: _ClassVar[int]
    CASHIER_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_DAY_FIELD_NUMBER: _ClassVar[int]
    FISCAL_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATES_SOLD_FIELD_NUMBER: _ClassVar[int]
    tenders: _containers.RepeatedCompositeFieldContainer[Tender]
    shift: str
    receipt_number: str
    cashier: str
    business_day: str
    fiscal: _containers.ScalarMap[str, str]
    certificates_sold: _containers.RepeatedCompositeFieldContainer[SoldCertificate]
    def __init__(self, tenders: _Optional[_Iterable[_Union[Tender, _Mapping]]] = ..., shift: _Optional[str] = ..., receipt_number: _Optional[str] = ..., cashier: _Optional[str] = ..., business_day: _Optional[str] = ..., fiscal: _Optional[_Mapping[str, str]] = ..., certificates_sold: _Optional[_Iterable[_Union[SoldCertificate, _Mapping]]] = ...) -> None: ...
