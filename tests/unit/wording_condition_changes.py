"""What is changed of conditions, goods and schedules to see their words change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from checkout.engine.schema.conditions import (
    All,
    CampaignApplied,
    Channel,
    ContainsGoods,
    Coupon,
    CouponSeries,
    DistinctGoods,
    InSchedule,
    Not,
    Place,
    ReceiptAmount,
    ReceiptQuantity,
    Tender,
    Terminal,
)
from checkout.engine.schema.conditions import Any as AnyOf
from checkout.engine.schema.goods import Goods, GoodsAttribute
from checkout.engine.schema.member_conditions import (
    ActivityInWindow,
    Age,
    Birthday,
    CardType,
    Consent,
    DaysSincePurchase,
    FavouriteCategory,
    Gender,
    Lifecycle,
    MemberAttribute,
    MemberList,
    MemberTag,
    PurchaseNumber,
    Segment,
    SpendInWindow,
    Tier,
    VisitsInWindow,
)
from checkout.engine.schema.schedule import Schedule
from tests.unit.wording_shop import MILK, WINE

if TYPE_CHECKING:
    from pydantic import BaseModel

Doc = dict[str, Any]
Field = tuple[type["BaseModel"], str]

#: Stands for a field that is left out.
ABSENT: Final = object()
_GOLD: Final[Doc] = {"kind": "tier", "tiers": ["gold"]}
_GUEST: Final[Doc] = {"kind": "not", "of": {"kind": "identified"}}

#: For fields without a closed list of answers: two values, by the class that declares the field.
CHANGES_OF_CONDITIONS: Final[dict[Field, tuple[object, object]]] = {
    (All, "of"): ([_GOLD, _GUEST], [_GOLD, {"kind": "personal_offer"}]),
    (AnyOf, "of"): ([_GOLD, _GUEST], [_GOLD, {"kind": "personal_offer"}]),
    (Not, "of"): (_GOLD, {"kind": "identified"}),
    (ReceiptAmount, "amount_minor"): (100, 200),
    (ReceiptAmount, "goods"): (ABSENT, MILK),
    (ReceiptQuantity, "quantity_milli"): (2_000, 2_500),
    (ReceiptQuantity, "goods"): (ABSENT, MILK),
    (DistinctGoods, "count"): (2, 3),
    (DistinctGoods, "goods"): (ABSENT, WINE),
    (ContainsGoods, "goods"): (MILK, WINE),
    (Place, "stores"): (["one"], ["two"]),
    (Place, "chains"): (["chain"], ["sign"]),
    (Place, "formats"): (["super"], ["cinema"]),
    (Place, "regions"): (["north"], ["south"]),
    (Place, "terminals"): (
        [{"store": "one", "terminal": "5"}],
        [{"store": "two", "terminal": "5"}],
    ),
    (Terminal, "store"): ("one", "two"),
    (Terminal, "terminal"): ("5", "6"),
    (InSchedule, "schedule"): ({"weekdays": [1]}, {"weekdays": [2]}),
    (Tender, "kinds"): (ABSENT, ["cash", "card"]),
    (Tender, "bins"): (ABSENT, ["4276"]),
    (Tender, "tokens"): (ABSENT, ["t1"]),
    (Channel, "channels"): (["app"], ["app", "till"]),
    (Coupon, "code"): ("SAVE", "save"),
    (CouponSeries, "series"): ("spring", "autumn"),
    (CampaignApplied, "campaigns"): (["other"], ["other", "c"]),
    (Tier, "tiers"): (["gold"], ["gold", "base"]),
    (MemberList, "list"): ("staff", "press"),
    (Segment, "segments"): (["vip"], ["young"]),
    (MemberTag, "tags"): (["vip"], ["young"]),
    (MemberAttribute, "name"): ("shoe", "owner"),
    (MemberAttribute, "value"): (40, "40"),
    (Gender, "genders"): (["f"], ["m"]),
    (Age, "years"): (60, 61),
    (Birthday, "days_before"): (ABSENT, 3),
    (Birthday, "days_after"): (ABSENT, 3),
    (PurchaseNumber, "number"): (5, 6),
    (PurchaseNumber, "every"): (5, 6),
    (DaysSincePurchase, "days"): (30, 31),
    (SpendInWindow, "window_days"): (30, 31),
    (SpendInWindow, "category"): (ABSENT, "dairy"),
    (SpendInWindow, "amount_minor"): (9, 10),
    (VisitsInWindow, "window_days"): (30, 31),
    (VisitsInWindow, "category"): (ABSENT, "dairy"),
    (VisitsInWindow, "count"): (3, 4),
    (ActivityInWindow, "activity"): ("app", "review"),
    (ActivityInWindow, "window_days"): (30, 31),
    (ActivityInWindow, "count"): (3, 4),
    (FavouriteCategory, "categories"): (["dairy"], ["wine"]),
    (CardType, "types"): (["black"], ["white"]),
    (Consent, "channel"): ("sms", "mail"),
    (Lifecycle, "states"): (["new"], ["lost"]),
    (Goods, "skus"): (ABSENT, ["milk"]),
    (Goods, "barcodes"): (ABSENT, ["4600"]),
    (Goods, "categories"): (ABSENT, ["dairy"]),
    (Goods, "brands"): (ABSENT, ["milk"]),
    (Goods, "suppliers"): (ABSENT, ["milk"]),
    (Goods, "tags"): (ABSENT, ["milk"]),
    (Goods, "attributes"): (ABSENT, [{"name": "size", "values": ["milk"]}]),
    (Goods, "price_min_minor"): (ABSENT, 100),
    (Goods, "price_max_minor"): (ABSENT, 100),
    (Goods, "within"): (ABSENT, WINE),
    (Goods, "but_not"): (ABSENT, WINE),
    (GoodsAttribute, "name"): ("size", "colour"),
    (GoodsAttribute, "values"): (["milk"], ["milk", "merlot"]),
    (Schedule, "starts_at"): (ABSENT, "2026-11-01T00:00:00"),
    (Schedule, "ends_at"): (ABSENT, "2026-12-01T00:00:00"),
    (Schedule, "weekdays"): (ABSENT, [1, 7]),
    (Schedule, "days_of_month"): (ABSENT, [1, 15]),
    (Schedule, "dates"): (ABSENT, ["2026-11-21"]),
    (Schedule, "but_not_dates"): (ABSENT, ["2026-11-21"]),
    (Schedule, "time_from"): (ABSENT, "18:00"),
    (Schedule, "time_until"): (ABSENT, "09:00"),
}
