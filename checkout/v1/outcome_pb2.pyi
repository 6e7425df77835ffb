from checkout.v1 import certificate_pb2 as _certificate_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class FlagKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FLAG_KIND_UNSPECIFIED: _ClassVar[FlagKind]
    FLAG_KIND_LIMIT_OVERRUN: _ClassVar[FlagKind]
    FLAG_KIND_BUDGET_OVERRUN: _ClassVar[FlagKind]
    FLAG_KIND_POINTS_OWED: _ClassVar[FlagKind]
    FLAG_KIND_POINTS_WRITTEN_OFF: _ClassVar[FlagKind]
    FLAG_KIND_POINTS_UNCHARGED: _ClassVar[FlagKind]
    FLAG_KIND_CAMPAIGN_UNKNOWN: _ClassVar[FlagKind]
    FLAG_KIND_COUPON_OVERRUN: _ClassVar[FlagKind]
    FLAG_KIND_CERTIFICATE_OWED: _ClassVar[FlagKind]
    FLAG_KIND_CERTIFICATE_WRITTEN_OFF: _ClassVar[FlagKind]
    FLAG_KIND_CERTIFICATE_UNCHARGED: _ClassVar[FlagKind]
    FLAG_KIND_CERTIFICATE_NOT_ACTIVATED: _ClassVar[FlagKind]

class CutBy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CUT_BY_UNSPECIFIED: _ClassVar[CutBy]
    CUT_BY_FLOOR: _ClassVar[CutBy]
    CUT_BY_BUDGET: _ClassVar[CutBy]
    CUT_BY_CAP: _ClassVar[CutBy]
    CUT_BY_MAXIMUM: _ClassVar[CutBy]
    CUT_BY_LIMIT: _ClassVar[CutBy]

class Verdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VERDICT_UNSPECIFIED: _ClassVar[Verdict]
    VERDICT_APPLIED: _ClassVar[Verdict]
    VERDICT_UNMET: _ClassVar[Verdict]
    VERDICT_BEATEN: _ClassVar[Verdict]
    VERDICT_CUT: _ClassVar[Verdict]
    VERDICT_NOTHING: _ClassVar[Verdict]

class CouponStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COUPON_STATUS_UNSPECIFIED: _ClassVar[CouponStatus]
    COUPON_STATUS_APPLIED: _ClassVar[CouponStatus]
    COUPON_STATUS_UNKNOWN: _ClassVar[CouponStatus]
    COUPON_STATUS_NOT_IN_FORCE: _ClassVar[CouponStatus]
    COUPON_STATUS_NOT_APPLICABLE: _ClassVar[CouponStatus]
    COUPON_STATUS_REPEATED: _ClassVar[CouponStatus]
    COUPON_STATUS_ALREADY_USED: _ClassVar[CouponStatus]
    COUPON_STATUS_NOT_YET_VALID: _ClassVar[CouponStatus]
    COUPON_STATUS_EXPIRED: _ClassVar[CouponStatus]
    COUPON_STATUS_OTHER_MEMBER: _ClassVar[CouponStatus]
    COUPON_STATUS_BLOCKED: _ClassVar[CouponStatus]

class MessagePlace(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MESSAGE_PLACE_UNSPECIFIED: _ClassVar[MessagePlace]
    MESSAGE_PLACE_SLIP: _ClassVar[MessagePlace]
    MESSAGE_PLACE_CASHIER: _ClassVar[MessagePlace]
    MESSAGE_PLACE_DISPLAY: _ClassVar[MessagePlace]

class TierMeasure(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TIER_MEASURE_UNSPECIFIED: _ClassVar[TierMeasure]
    TIER_MEASURE_SPEND: _ClassVar[TierMeasure]
    TIER_MEASURE_VISITS: _ClassVar[TierMeasure]
    TIER_MEASURE_POINTS: _ClassVar[TierMeasure]
FLAG_KIND_UNSPECIFIED: FlagKind
FLAG_KIND_LIMIT_OVERRUN: FlagKind
FLAG_KIND_BUDGET_OVERRUN: FlagKind
FLAG_KIND_POINTS_OWED: FlagKind
FLAG_KIND_POINTS_WRITTEN_OFF: FlagKind
FLAG_KIND_POINTS_UNCHARGED: FlagKind
FLAG_KIND_CAMPAIGN_UNKNOWN: FlagKind
FLAG_KIND_COUPON_OVERRUN: FlagKind
FLAG_KIND_CERTIFICATE_OWED: FlagKind
FLAG_KIND_CERTIFICATE_WRITTEN_OFF: FlagKind
FLAG_KIND_CERTIFICATE_UNCHARGED: FlagKind
FLAG_KIND_CERTIFICATE_NOT_ACTIVATED: FlagKind
CUT_BY_UNSPECIFIED: CutBy
CUT_BY_FLOOR: CutBy
CUT_BY_BUDGET: CutBy
CUT_BY_CAP: CutBy
CUT_BY_MAXIMUM: CutBy
CUT_BY_LIMIT: CutBy
VERDICT_UNSPECIFIED: Verdict
VERDICT_APPLIED: Verdict
VERDICT_UNMET: Verdict
VERDICT_BEATEN: Verdict
VERDICT_CUT: Verdict
VERDICT_NOTHING: Verdict
COUPON_STATUS_UNSPECIFIED: CouponStatus
COUPON_STATUS_APPLIED: CouponStatus
COUPON_STATUS_UNKNOWN: CouponStatus
COUPON_STATUS_NOT_IN_FORCE: CouponStatus
COUPON_STATUS_NOT_APPLICABLE: CouponStatus
COUPON_STATUS_REPEATED: CouponStatus
COUPON_STATUS_ALREADY_USED: CouponStatus
COUPON_STATUS_NOT_YET_VALID: CouponStatus
COUPON_STATUS_EXPIRED: CouponStatus
COUPON_STATUS_OTHER_MEMBER: CouponStatus
COUPON_STATUS_BLOCKED: CouponStatus
MESSAGE_PLACE_UNSPECIFIED: MessagePlace
MESSAGE_PLACE_SLIP: MessagePlace
MESSAGE_PLACE_CASHIER: MessagePlace
MESSAGE_PLACE_DISPLAY: MessagePlace
TIER_MEASURE_UNSPECIFIED: TierMeasure
TIER_MEASURE_SPEND: TierMeasure
TIER_MEASURE_VISITS: TierMeasure
TIER_MEASURE_POINTS: TierMeasure

class Flag(_message.Message):
    __slots__ = ("kind", "campaign", "limit", "currency", "amount", "uses", "code")
    KIND_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    USES_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    kind: FlagKind
    campaign: str
    limit: str
    currency: str
    amount: int
    uses: int
    code: str
    def __init__(self, kind: _Optional[_Union[FlagKind, str]] = ..., campaign: _Optional[str] = ..., limit: _Optional[str] = ..., currency: _Optional[str] = ..., amount: _Optional[int] = ..., uses: _Optional[int] = ..., code: _Optional[str] = ...) -> None: ...

class LineDiscount(_message.Message):
    __slots__ = ("campaign", "lane", "base_minor", "rate_bp", "wanted_minor", "granted_minor")
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    LANE_FIELD_NUMBER: _ClassVar[int]
    BASE_MINOR_FIELD_NUMBER: _ClassVar[int]
    RATE_BP_FIELD_NUMBER: _ClassVar[int]
    WANTED_MINOR_FIELD_NUMBER: _ClassVar[int]
    GRANTED_MINOR_FIELD_NUMBER: _ClassVar[int]
    campaign: str
    lane: str
    base_minor: int
    rate_bp: int
    wanted_minor: int
    granted_minor: int
    def __init__(self, campaign: _Optional[str] = ..., lane: _Optional[str] = ..., base_minor: _Optional[int] = ..., rate_bp: _Optional[int] = ..., wanted_minor: _Optional[int] = ..., granted_minor: _Optional[int] = ...) -> None: ...

class LinePoints(_message.Message):
    __slots__ = ("campaign", "lane", "base_minor", "rate_bp", "points_minor", "currency")
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    LANE_FIELD_NUMBER: _ClassVar[int]
    BASE_MINOR_FIELD_NUMBER: _ClassVar[int]
    RATE_BP_FIELD_NUMBER: _ClassVar[int]
    POINTS_MINOR_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    campaign: str
    lane: str
    base_minor: int
    rate_bp: int
    points_minor: int
    currency: str
    def __init__(self, campaign: _Optional[str] = ..., lane: _Optional[str] = ..., base_minor: _Optional[int] = ..., rate_bp: _Optional[int] = ..., points_minor: _Optional[int] = ..., currency: _Optional[str] = ...) -> None: ...

class PrintedLine(_message.Message):
    __slots__ = ("quantity_milli", "price_minor", "amount_minor")
    QUANTITY_MILLI_FIELD_NUMBER: _ClassVar[int]
    PRICE_MINOR_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    quantity_milli: int
    price_minor: int
    amount_minor: int
    def __init__(self, quantity_milli: _Optional[int] = ..., price_minor: _Optional[int] = ..., amount_minor: _Optional[int] = ...) -> None: ...

class OutcomeLine(_message.Message):
    __slots__ = ("position", "sku", "amount_minor", "external_discount_minor", "discount_minor", "points_value_minor", "points_earned_minor", "payable_minor", "discounts", "points", "manual_discount_minor", "printed", "certificates_minor")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_DISCOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    DISCOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    POINTS_VALUE_MINOR_FIELD_NUMBER: _ClassVar[int]
    POINTS_EARNED_MINOR_FIELD_NUMBER: _ClassVar[int]
    PAYABLE_MINOR_FIELD_NUMBER: _ClassVar[int]
    DISCOUNTS_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    MANUAL_DISCOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    PRINTED_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATES_MINOR_FIELD_NUMBER: _ClassVar[int]
    position: int
    sku: str
    amount_minor: int
    external_discount_minor: int
    discount_minor: int
    points_value_minor: int
    points_earned_minor: int
    payable_minor: int
    discounts: _containers.RepeatedCompositeFieldContainer[LineDiscount]
    points: _containers.RepeatedCompositeFieldContainer[LinePoints]
    manual_discount_minor: int
    printed: _containers.RepeatedCompositeFieldContainer[PrintedLine]
    certificates_minor: int
    def __init__(self, position: _Optional[int] = ..., sku: _Optional[str] = ..., amount_minor: _Optional[int] = ..., external_discount_minor: _Optional[int] = ..., discount_minor: _Optional[int] = ..., points_value_minor: _Optional[int] = ..., points_earned_minor: _Optional[int] = ..., payable_minor: _Optional[int] = ..., discounts: _Optional[_Iterable[_Union[LineDiscount, _Mapping]]] = ..., points: _Optional[_Iterable[_Union[LinePoints, _Mapping]]] = ..., manual_discount_minor: _Optional[int] = ..., printed: _Optional[_Iterable[_Union[PrintedLine, _Mapping]]] = ..., certificates_minor: _Optional[int] = ...) -> None: ...

class AppliedCampaign(_message.Message):
    __slots__ = ("code", "name", "discount_minor", "points_minor")
    CODE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DISCOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    POINTS_MINOR_FIELD_NUMBER: _ClassVar[int]
    code: str
    name: str
    discount_minor: int
    points_minor: int
    def __init__(self, code: _Optional[str] = ..., name: _Optional[str] = ..., discount_minor: _Optional[int] = ..., points_minor: _Optional[int] = ...) -> None: ...

class Cut(_message.Message):
    __slots__ = ("campaign", "lane", "by", "wanted_minor", "granted_minor", "limit")
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    LANE_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    WANTED_MINOR_FIELD_NUMBER: _ClassVar[int]
    GRANTED_MINOR_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    campaign: str
    lane: str
    by: CutBy
    wanted_minor: int
    granted_minor: int
    limit: str
    def __init__(self, campaign: _Optional[str] = ..., lane: _Optional[str] = ..., by: _Optional[_Union[CutBy, str]] = ..., wanted_minor: _Optional[int] = ..., granted_minor: _Optional[int] = ..., limit: _Optional[str] = ...) -> None: ...

class Gift(_message.Message):
    __slots__ = ("campaign", "lane", "skus", "units")
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    LANE_FIELD_NUMBER: _ClassVar[int]
    SKUS_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    campaign: str
    lane: str
    skus: _containers.RepeatedScalarFieldContainer[str]
    units: int
    def __init__(self, campaign: _Optional[str] = ..., lane: _Optional[str] = ..., skus: _Optional[_Iterable[str]] = ..., units: _Optional[int] = ...) -> None: ...

class Combination(_message.Message):
    __slots__ = ("lane", "value_minor", "gap_minor")
    LANE_FIELD_NUMBER: _ClassVar[int]
    VALUE_MINOR_FIELD_NUMBER: _ClassVar[int]
    GAP_MINOR_FIELD_NUMBER: _ClassVar[int]
    lane: str
    value_minor: int
    gap_minor: int
    def __init__(self, lane: _Optional[str] = ..., value_minor: _Optional[int] = ..., gap_minor: _Optional[int] = ...) -> None: ...

class EarnedPoints(_message.Message):
    __slots__ = ("currency", "points_minor", "delay_days", "days", "months", "end_of", "on")
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    POINTS_MINOR_FIELD_NUMBER: _ClassVar[int]
    DELAY_DAYS_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    MONTHS_FIELD_NUMBER: _ClassVar[int]
    END_OF_FIELD_NUMBER: _ClassVar[int]
    ON_FIELD_NUMBER: _ClassVar[int]
    currency: str
    points_minor: int
    delay_days: int
    days: int
    months: int
    end_of: str
    on: str
    def __init__(self, currency: _Optional[str] = ..., points_minor: _Optional[int] = ..., delay_days: _Optional[int] = ..., days: _Optional[int] = ..., months: _Optional[int] = ..., end_of: _Optional[str] = ..., on: _Optional[str] = ...) -> None: ...

class Issued(_message.Message):
    __slots__ = ("campaign", "kind", "code", "count", "amount_minor", "valid_days")
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    VALID_DAYS_FIELD_NUMBER: _ClassVar[int]
    campaign: str
    kind: str
    code: str
    count: int
    amount_minor: int
    valid_days: int
    def __init__(self, campaign: _Optional[str] = ..., kind: _Optional[str] = ..., code: _Optional[str] = ..., count: _Optional[int] = ..., amount_minor: _Optional[int] = ..., valid_days: _Optional[int] = ...) -> None: ...

class GiftMissed(_message.Message):
    __slots__ = ("campaign", "gift", "count", "left", "fault")
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    GIFT_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    FAULT_FIELD_NUMBER: _ClassVar[int]
    campaign: str
    gift: str
    count: int
    left: int
    fault: str
    def __init__(self, campaign: _Optional[str] = ..., gift: _Optional[str] = ..., count: _Optional[int] = ..., left: _Optional[int] = ..., fault: _Optional[str] = ...) -> None: ...

class RefusedSale(_message.Message):
    __slots__ = ("limit", "name", "sku", "wanted", "left")
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    WANTED_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    limit: str
    name: str
    sku: str
    wanted: int
    left: int
    def __init__(self, limit: _Optional[str] = ..., name: _Optional[str] = ..., sku: _Optional[str] = ..., wanted: _Optional[int] = ..., left: _Optional[int] = ...) -> None: ...

class NearlyApplied(_message.Message):
    __slots__ = ("campaign", "name", "condition", "needed", "seen")
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    CONDITION_FIELD_NUMBER: _ClassVar[int]
    NEEDED_FIELD_NUMBER: _ClassVar[int]
    SEEN_FIELD_NUMBER: _ClassVar[int]
    campaign: str
    name: str
    condition: str
    needed: str
    seen: str
    def __init__(self, campaign: _Optional[str] = ..., name: _Optional[str] = ..., condition: _Optional[str] = ..., needed: _Optional[str] = ..., seen: _Optional[str] = ...) -> None: ...

class Considered(_message.Message):
    __slots__ = ("campaign", "name", "verdict", "condition", "needed", "seen", "lane", "by", "alone_minor", "others_minor")
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    CONDITION_FIELD_NUMBER: _ClassVar[int]
    NEEDED_FIELD_NUMBER: _ClassVar[int]
    SEEN_FIELD_NUMBER: _ClassVar[int]
    LANE_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    ALONE_MINOR_FIELD_NUMBER: _ClassVar[int]
    OTHERS_MINOR_FIELD_NUMBER: _ClassVar[int]
    campaign: str
    name: str
    verdict: Verdict
    condition: str
    needed: str
    seen: str
    lane: str
    by: str
    alone_minor: int
    others_minor: int
    def __init__(self, campaign: _Optional[str] = ..., name: _Optional[str] = ..., verdict: _Optional[_Union[Verdict, str]] = ..., condition: _Optional[str] = ..., needed: _Optional[str] = ..., seen: _Optional[str] = ..., lane: _Optional[str] = ..., by: _Optional[str] = ..., alone_minor: _Optional[int] = ..., others_minor: _Optional[int] = ...) -> None: ...

class NearMiss(_message.Message):
    __slots__ = ("campaign", "name", "sku", "missing_minor", "missing_milli", "saving_minor")
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SKU_FIELD_NUMBER: _ClassVar[int]
    MISSING_MINOR_FIELD_NUMBER: _ClassVar[int]
    MISSING_MILLI_FIELD_NUMBER: _ClassVar[int]
    SAVING_MINOR_FIELD_NUMBER: _ClassVar[int]
    campaign: str
    name: str
    sku: str
    missing_minor: int
    missing_milli: int
    saving_minor: int
    def __init__(self, campaign: _Optional[str] = ..., name: _Optional[str] = ..., sku: _Optional[str] = ..., missing_minor: _Optional[int] = ..., missing_milli: _Optional[int] = ..., saving_minor: _Optional[int] = ...) -> None: ...

class CouponResult(_message.Message):
    __slots__ = ("code", "status", "used_up", "series")
    CODE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    USED_UP_FIELD_NUMBER: _ClassVar[int]
    SERIES_FIELD_NUMBER: _ClassVar[int]
    code: str
    status: CouponStatus
    used_up: bool
    series: str
    def __init__(self, code: _Optional[str] = ..., status: _Optional[_Union[CouponStatus, str]] = ..., used_up: _Optional[bool] = ..., series: _Optional[str] = ...) -> None: ...

class Redemption(_message.Message):
    __slots__ = ("currency", "max_points_minor", "max_value_minor", "wanted_points_minor", "points_minor", "value_minor", "step_points_minor", "min_points_minor")
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    MAX_POINTS_MINOR_FIELD_NUMBER: _ClassVar[int]
    MAX_VALUE_MINOR_FIELD_NUMBER: _ClassVar[int]
    WANTED_POINTS_MINOR_FIELD_NUMBER: _ClassVar[int]
    POINTS_MINOR_FIELD_NUMBER: _ClassVar[int]
    VALUE_MINOR_FIELD_NUMBER: _ClassVar[int]
    STEP_POINTS_MINOR_FIELD_NUMBER: _ClassVar[int]
    MIN_POINTS_MINOR_FIELD_NUMBER: _ClassVar[int]
    currency: str
    max_points_minor: int
    max_value_minor: int
    wanted_points_minor: int
    points_minor: int
    value_minor: int
    step_points_minor: int
    min_points_minor: int
    def __init__(self, currency: _Optional[str] = ..., max_points_minor: _Optional[int] = ..., max_value_minor: _Optional[int] = ..., wanted_points_minor: _Optional[int] = ..., points_minor: _Optional[int] = ..., value_minor: _Optional[int] = ..., step_points_minor: _Optional[int] = ..., min_points_minor: _Optional[int] = ...) -> None: ...

class Message(_message.Message):
    __slots__ = ("place", "campaign", "text")
    PLACE_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    place: MessagePlace
    campaign: str
    text: str
    def __init__(self, place: _Optional[_Union[MessagePlace, str]] = ..., campaign: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class Outcome(_message.Message):
    __slots__ = ("amount_minor", "external_discount_minor", "discount_minor", "points_value_minor", "payable_minor", "points_earned_minor", "currency", "redemption", "lines", "applied", "cuts", "nearly", "coupons", "messages", "manual_discount_minor", "rounding_minor", "earned", "gifts", "issued", "refused", "combinations", "considered", "certificates_minor", "certificates", "gifts_missed")
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_DISCOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    DISCOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    POINTS_VALUE_MINOR_FIELD_NUMBER: _ClassVar[int]
    PAYABLE_MINOR_FIELD_NUMBER: _ClassVar[int]
    POINTS_EARNED_MINOR_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    REDEMPTION_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    APPLIED_FIELD_NUMBER: _ClassVar[int]
    CUTS_FIELD_NUMBER: _ClassVar[int]
    NEARLY_FIELD_NUMBER: _ClassVar[int]
    COUPONS_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    MANUAL_DISCOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    ROUNDING_MINOR_FIELD_NUMBER: _ClassVar[int]
    EARNED_FIELD_NUMBER: _ClassVar[int]
    GIFTS_FIELD_NUMBER: _ClassVar[int]
    ISSUED_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    COMBINATIONS_FIELD_NUMBER: _ClassVar[int]
    CONSIDERED_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATES_MINOR_FIELD_NUMBER: _ClassVar[int]
    CERTIFICATES_FIELD_NUMBER: _ClassVar[int]
    GIFTS_MISSED_FIELD_NUMBER: _ClassVar[int]
    amount_minor: int
    external_discount_minor: int
    discount_minor: int
    points_value_minor: int
    payable_minor: int
    points_earned_minor: int
    currency: str
    redemption: Redemption
    lines: _containers.RepeatedCompositeFieldContainer[OutcomeLine]
    applied: _containers.RepeatedCompositeFieldContainer[AppliedCampaign]
    cuts: _containers.RepeatedCompositeFieldContainer[Cut]
    nearly: _containers.RepeatedCompositeFieldContainer[NearlyApplied]
    coupons: _containers.RepeatedCompositeFieldContainer[CouponResult]
    messages: _containers.RepeatedCompositeFieldContainer[Message]
    manual_discount_minor: int
    rounding_minor: int
    earned: _containers.RepeatedCompositeFieldContainer[EarnedPoints]
    gifts: _containers.RepeatedCompositeFieldContainer[Gift]
    issued: _containers.RepeatedCompositeFieldContainer[Issued]
    refused: _containers.RepeatedCompositeFieldContainer[RefusedSale]
    combinations: _containers.RepeatedCompositeFieldContainer[Combination]
    considered: _containers.RepeatedCompositeFieldContainer[Considered]
    certificates_minor: int
    certificates: _containers.RepeatedCompositeFieldContainer[_certificate_pb2.CertificateResult]
    gifts_missed: _containers.RepeatedCompositeFieldContainer[GiftMissed]
    def __init__(self, amount_minor: _Optional[int] = ..., external_discount_minor: _Optional[int] = ..., discount_minor: _Optional[int] = ..., points_value_minor: _Optional[int] = ..., payable_minor: _Optional[int] = ..., points_earned_minor: _Optional[int] = ..., currency: _Optional[str] = ..., redemption: _Optional[_Union[Redemption, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[OutcomeLine, _Mapping]]] = ..., applied: _Optional[_Iterable[_Union[AppliedCampaign, _Mapping]]] = ..., cuts: _Optional[_Iterable[_Union[Cut, _Mapping]]] = ..., nearly: _Optional[_Iterable[_Union[NearlyApplied, _Mapping]]] = ..., coupons: _Optional[_Iterable[_Union[CouponResult, _Mapping]]] = ..., messages: _Optional[_Iterable[_Union[Message, _Mapping]]] = ..., manual_discount_minor: _Optional[int] = ..., rounding_minor: _Optional[int] = ..., earned: _Optional[_Iterable[_Union[EarnedPoints, _Mapping]]] = ..., gifts: _Optional[_Iterable[_Union[Gift, _Mapping]]] = ..., issued: _Optional[_Iterable[_Union[Issued, _Mapping]]] = ..., refused: _Optional[_Iterable[_Union[RefusedSale, _Mapping]]] = ..., combinations: _Optional[_Iterable[_Union[Combination, _Mapping]]] = ..., considered: _Optional[_Iterable[_Union[Considered, _Mapping]]] = ..., certificates_minor: _Optional[int] = ..., certificates: _Optional[_Iterable[_Union[_certificate_pb2.CertificateResult, _Mapping]]] = ..., gifts_missed: _Optional[_Iterable[_Union[GiftMissed, _Mapping]]] = ...) -> None: ...

class Balance(_message.Message):
    __slots__ = ("currency", "exponent", "active_minor", "pending_minor", "held_minor", "expiring_minor", "expiring_at", "debt_minor", "frozen_minor", "account_frozen")
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    EXPONENT_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_MINOR_FIELD_NUMBER: _ClassVar[int]
    PENDING_MINOR_FIELD_NUMBER: _ClassVar[int]
    HELD_MINOR_FIELD_NUMBER: _ClassVar[int]
    EXPIRING_MINOR_FIELD_NUMBER: _ClassVar[int]
    EXPIRING_AT_FIELD_NUMBER: _ClassVar[int]
    DEBT_MINOR_FIELD_NUMBER: _ClassVar[int]
    FROZEN_MINOR_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FROZEN_FIELD_NUMBER: _ClassVar[int]
    currency: str
    exponent: int
    active_minor: int
    pending_minor: int
    held_minor: int
    expiring_minor: int
    expiring_at: str
    debt_minor: int
    frozen_minor: int
    account_frozen: bool
    def __init__(self, currency: _Optional[str] = ..., exponent: _Optional[int] = ..., active_minor: _Optional[int] = ..., pending_minor: _Optional[int] = ..., held_minor: _Optional[int] = ..., expiring_minor: _Optional[int] = ..., expiring_at: _Optional[str] = ..., debt_minor: _Optional[int] = ..., frozen_minor: _Optional[int] = ..., account_frozen: _Optional[bool] = ...) -> None: ...

class TierProgress(_message.Message):
    __slots__ = ("tier", "tier_name", "measure", "category", "first_day", "counted", "needed", "lacking")
    TIER_FIELD_NUMBER: _ClassVar[int]
    TIER_NAME_FIELD_NUMBER: _ClassVar[int]
    MEASURE_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    FIRST_DAY_FIELD_NUMBER: _ClassVar[int]
    COUNTED_FIELD_NUMBER: _ClassVar[int]
    NEEDED_FIELD_NUMBER: _ClassVar[int]
    LACKING_FIELD_NUMBER: _ClassVar[int]
    tier: str
    tier_name: str
    measure: TierMeasure
    category: str
    first_day: str
    counted: int
    needed: int
    lacking: int
    def __init__(self, tier: _Optional[str] = ..., tier_name: _Optional[str] = ..., measure: _Optional[_Union[TierMeasure, str]] = ..., category: _Optional[str] = ..., first_day: _Optional[str] = ..., counted: _Optional[int] = ..., needed: _Optional[int] = ..., lacking: _Optional[int] = ...) -> None: ...

class TierView(_message.Message):
    __slots__ = ("tier", "tier_name", "until", "set_by_operator", "keeps", "next")
    TIER_FIELD_NUMBER: _ClassVar[int]
    TIER_NAME_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    SET_BY_OPERATOR_FIELD_NUMBER: _ClassVar[int]
    KEEPS_FIELD_NUMBER: _ClassVar[int]
    NEXT_FIELD_NUMBER: _ClassVar[int]
    tier: str
    tier_name: str
    until: str
    set_by_operator: bool
    keeps: TierProgress
    next: TierProgress
    def __init__(self, tier: _Optional[str] = ..., tier_name: _Optional[str] = ..., until: _Optional[str] = ..., set_by_operator: _Optional[bool] = ..., keeps: _Optional[_Union[TierProgress, _Mapping]] = ..., next: _Optional[_Union[TierProgress, _Mapping]] = ...) -> None: ...

class MemberView(_message.Message):
    __slots__ = ("member_id", "tier", "balances", "household_id", "standing")
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    TIER_FIELD_NUMBER: _ClassVar[int]
    BALANCES_FIELD_NUMBER: _ClassVar[int]
    HOUSEHOLD_ID_FIELD_NUMBER: _ClassVar[int]
    STANDING_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    tier: str
    balances: _containers.RepeatedCompositeFieldContainer[Balance]
    household_id: str
    standing: TierView
    def __init__(self, member_id: _Optional[str] = ..., tier: _Optional[str] = ..., balances: _Optional[_Iterable[_Union[Balance, _Mapping]]] = ..., household_id: _Optional[str] = ..., standing: _Optional[_Union[TierView, _Mapping]] = ...) -> None: ...

class HoldView(_message.Message):
    __slots__ = ("hold_id", "points_minor", "expires_at")
    HOLD_ID_FIELD_NUMBER: _ClassVar[int]
    POINTS_MINOR_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_FIELD_NUMBER: _ClassVar[int]
    hold_id: str
    points_minor: int
    expires_at: str
    def __init__(self, hold_id: _Optional[str] = ..., points_minor: _Optional[int] = ..., expires_at: _Optional[str] = ...) -> None: ...
