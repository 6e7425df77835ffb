"""What is changed of each form to see its words change: beside what, and from what to what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from checkout.engine.schema.campaign import Budget, Campaign, Message
from checkout.engine.schema.issues import GiveGift, GiveTag, IssueCertificate, IssueCoupon
from checkout.engine.schema.limits import Limit, LimitMessage
from checkout.engine.schema.member_conditions import PurchaseNumber
from checkout.engine.schema.points import (
    PointDates,
    PointsAmount,
    PointsMultiplier,
    PointsPercent,
    PointsReward,
)
from checkout.engine.schema.program import (
    Accrual,
    CashRounding,
    DiscountCap,
    GoodsCap,
    Lane,
    ManualDiscounts,
    ManualPermission,
    PointCurrency,
    Program,
    Redemption,
)
from checkout.engine.schema.program import Tier as Level
from checkout.engine.schema.returns import Returns
from checkout.engine.schema.rewards import Amount, DiscountReward, FixedPrice, Maximum, Percent
from checkout.engine.schema.unit_rewards import (
    Bundle,
    BuyGet,
    Component,
    Effect,
    Gift,
    Multibuy,
    UnitReward,
)
from checkout.engine.schema.values import MemberValue, Repeated, Scale, Step, Valued
from tests.unit.wording_condition_changes import ABSENT, CHANGES_OF_CONDITIONS
from tests.unit.wording_shop import MILK, PERCENT, WINE

if TYPE_CHECKING:
    from pydantic import BaseModel

Doc = dict[str, Any]
Field = tuple[type["BaseModel"], str]

_GOLD: Final[Doc] = {"kind": "tier", "tiers": ["gold"]}
_SCALE: Final[Doc] = {"by": "quantity", "steps": [{"from": 3_000, "value": 20_000}]}
_LATER: Final[Doc] = {"by": "quantity", "steps": [{"from": 5_000, "value": 20_000}]}

#: Without its own number, so that another source may say how much.
NUMBERS: Final = {
    Percent: "rate_bp",
    Amount: "amount_minor",
    FixedPrice: "price_minor",
    PointsPercent: "rate_bp",
    PointsAmount: "points_minor",
    PointsMultiplier: "factor_bp",
}
#: What else must be set for the field to matter, by the class that declares it.
BESIDE: Final[dict[Field, Doc]] = {
    (Campaign, "above_maximum"): {"maximum_discount_minor": 500},
    (Budget, "above"): {"discount_minor": 500},
    (Percent, "spread"): {"level": "total"},
    (Amount, "spread"): {"per": "receipt"},
    (Amount, "after"): {"per": "each_amount", "each_minor": 100},
    (Repeated, "each_minor"): {"per": "each_amount"},
    (Repeated, "each_units"): {"per": "each_units"},
    (Maximum, "above"): {"line_minor": 500},
    (PointsReward, "above"): {"maximum_minor": 500},
    (Limit, "rolling_hours"): {"period": "rolling"},
    (Limit, "goods"): {"measure": "units"},
    (Limit, "which"): {"measure": "units"},
    (Limit, "each_sku"): {"measure": "units"},
    (Limit, "currency"): {"measure": "points"},
    (DiscountCap, "above"): {"rate_bp": 500},
    (Lane, "work_steps"): {"policy": "best_combination"},
    (Lane, "scope"): {"policy": "first"},
    (PurchaseNumber, "every"): {"number": None},
    (Multibuy, "rewarded_counts"): {"buy_units": 3},
}
#: For fields without a closed list of answers: two values, by the class that declares the field.
CHANGES: Final[dict[Field, tuple[object, object]]] = {
    **CHANGES_OF_CONDITIONS,
    (Campaign, "code"): ("a", "b"),
    (Campaign, "program"): ("club", "cinema"),
    (Campaign, "name"): ("Sale", "Sales"),
    (Campaign, "description"): (ABSENT, "For students."),
    (Campaign, "priority"): (ABSENT, 5),
    (Campaign, "not_with"): (ABSENT, ["other"]),
    (Campaign, "schedule"): (ABSENT, {"weekdays": [6]}),
    (Campaign, "when"): (ABSENT, _GOLD),
    (Campaign, "rewards"): ([PERCENT], [PERCENT, {**PERCENT, "rate_bp": 500}]),
    (Campaign, "issues"): (ABSENT, [{"kind": "give_gift", "gift": "cup"}]),
    (Campaign, "limits"): (
        ABSENT,
        [{"code": "few", "name": "Few", "bound": 3, "period": "day"}],
    ),
    (Campaign, "budget"): (ABSENT, {"uses": 5}),
    (Campaign, "maximum_discount_minor"): (ABSENT, 500),
    (Campaign, "messages"): (ABSENT, [{"place": "slip", "text": "Hello"}]),
    (Budget, "discount_minor"): (ABSENT, 500),
    (Budget, "uses"): (5, 6),
    (Message, "text"): ("Hello", "Welcome"),
    (Message, "translations"): (ABSENT, {"de": "Hallo"}),
    (Valued, "scale"): (_SCALE, _LATER),
    (Valued, "by_member"): (
        [{"tiers": ["gold"], "value": 20_000}],
        [{"tiers": ["base"], "value": 20_000}],
    ),
    (DiscountReward, "lane"): ("off", "more"),
    (DiscountReward, "goods"): (ABSENT, MILK),
    (DiscountReward, "maximum"): (ABSENT, {"line_minor": 5}),
    (Percent, "rate_bp"): (1_000, 1_050),
    (Percent, "spread"): (ABSENT, {"by": "units"}),
    (Repeated, "each_minor"): (100, 200),
    (Repeated, "each_units"): (2, 3),
    (Amount, "amount_minor"): (500, 600),
    (Amount, "spread"): (ABSENT, {"by": "units"}),
    (FixedPrice, "price_minor"): (500, 600),
    (Maximum, "unit_minor"): (ABSENT, 500),
    (Maximum, "line_minor"): (ABSENT, 500),
    (Maximum, "application_minor"): (ABSENT, 500),
    (UnitReward, "lane"): ("off", "more"),
    (UnitReward, "times"): (ABSENT, 2),
    (UnitReward, "maximum"): (ABSENT, {"line_minor": 5}),
    (Multibuy, "goods"): (ABSENT, MILK),
    (Multibuy, "buy_units"): (2, 3),
    (Multibuy, "get_units"): (ABSENT, 2),
    (Multibuy, "effect"): (ABSENT, {"price_minor": 100}),
    (BuyGet, "buy"): ([{"goods": MILK}], [{"goods": MILK, "units": 2}]),
    (BuyGet, "goods"): (MILK, WINE),
    (BuyGet, "get_units"): (ABSENT, 2),
    (BuyGet, "effect"): (ABSENT, {"price_minor": 100}),
    (Bundle, "parts"): ([{"goods": MILK}], [{"goods": MILK}, {"goods": WINE}]),
    (Bundle, "effect"): ({"amount_minor": 100}, {"price_minor": 100}),
    (Gift, "goods"): (MILK, WINE),
    (Gift, "units"): (ABSENT, 2),
    (Gift, "effect"): (ABSENT, {"price_minor": 100}),
    (Effect, "rate_bp"): (1_000, 10_000),
    (Effect, "amount_minor"): (100, 200),
    (Effect, "price_minor"): (0, 100),
    (Component, "goods"): (MILK, WINE),
    (Component, "units"): (ABSENT, 2),
    (PointsReward, "lane"): ("earn", "extra"),
    (PointsReward, "goods"): (ABSENT, MILK),
    (PointsReward, "currency"): (ABSENT, "stars"),
    (PointsReward, "maximum_minor"): (ABSENT, 500),
    (PointsReward, "dates"): (ABSENT, {"days": 30}),
    (PointsPercent, "rate_bp"): (500, 600),
    (PointsAmount, "points_minor"): (50, 60),
    (PointsMultiplier, "factor_bp"): (20_000, 25_000),
    (PointDates, "delay_days"): (ABSENT, 14),
    (PointDates, "days"): (ABSENT, 90),
    (PointDates, "months"): (ABSENT, 3),
    (PointDates, "on"): (ABSENT, "2027-01-01"),
    (Scale, "steps"): ([{"from": 1_000, "value": 500}], [{"from": 1_000, "value": 600}]),
    (Step, "from_"): (1_000, 2_000),
    (Step, "value"): (500, 600),
    (MemberValue, "tiers"): (["gold"], ["gold", "base"]),
    (MemberValue, "segments"): (ABSENT, ["vip"]),
    (MemberValue, "value"): (500, 600),
    (Limit, "code"): ("few", "less"),
    (Limit, "name"): ("Few", "Less"),
    (Limit, "description"): (ABSENT, "For fairness."),
    (Limit, "bound"): (3, 4),
    (Limit, "rolling_hours"): (24, 48),
    (Limit, "goods"): (ABSENT, MILK),
    (Limit, "currency"): (ABSENT, "stars"),
    (Limit, "schedule"): (ABSENT, {"weekdays": [6]}),
    (Limit, "message"): (ABSENT, {"slip": "Full."}),
    (LimitMessage, "slip"): (ABSENT, "Full."),
    (LimitMessage, "cashier"): (ABSENT, "Full."),
    (LimitMessage, "display"): (ABSENT, "Full."),
    (IssueCoupon, "series"): ("spring", "autumn"),
    (IssueCoupon, "count"): (ABSENT, 2),
    (IssueCoupon, "valid_days"): (ABSENT, 30),
    (IssueCertificate, "series"): ("gift10", "gift20"),
    (IssueCertificate, "amount_minor"): (1_000, 2_000),
    (GiveTag, "tag"): ("vip", "young"),
    (GiveGift, "gift"): ("cup", "bag"),
    (GiveGift, "count"): (ABSENT, 2),
    (Program, "code"): ("club", "circle"),
    (Program, "name"): ("Club", "Circle"),
    (Program, "time_zone"): (ABSENT, "Europe/Berlin"),
    (Program, "tiers"): (ABSENT, [{"code": "gold", "name": "Golden"}]),
    (Program, "currencies"): (
        [{"code": "points", "name": "Points"}],
        [{"code": "points", "name": "Points", "exponent": 2}],
    ),
    (Program, "lanes"): (
        ABSENT,
        [
            {"code": "off", "phase": "discount", "base": "original"},
            {"code": "more", "phase": "discount"},
            {"code": "earn", "phase": "accrual"},
        ],
    ),
    (Program, "discount_cap"): (ABSENT, {"rate_bp": 500}),
    (Program, "limits"): (
        ABSENT,
        [{"code": "few", "name": "Few", "bound": 3, "period": "day"}],
    ),
    (Program, "manual_discounts"): (ABSENT, {"permissions": [{"code": "a", "rate_bp": 500}]}),
    (Program, "coupons"): (ABSENT, {"case_matters": True}),
    (Program, "redemption"): (ABSENT, {"rate_bp": 500}),
    (Program, "accrual"): (ABSENT, {"rounding": "up"}),
    (Program, "cash_rounding"): (ABSENT, {"to_minor": 100}),
    (Program, "returns"): (ABSENT, {"window_days": 30}),
    (Program, "slip_footer"): (ABSENT, "Thank you!"),
    (Level, "code"): ("gold", "base"),
    (Level, "name"): ("Gold", "Golden"),
    (Level, "points_multiplier_bp"): (ABSENT, 15_000),
    (PointCurrency, "code"): ("miles", "knots"),
    (PointCurrency, "name"): ("Miles", "Knots"),
    (PointCurrency, "exponent"): (ABSENT, 2),
    (PointCurrency, "value_minor"): (ABSENT, 100),
    (PointCurrency, "value_points_minor"): (ABSENT, 100),
    (DiscountCap, "rate_bp"): (ABSENT, 500),
    (DiscountCap, "amount_minor"): (ABSENT, 500),
    (ManualDiscounts, "permissions"): ([], [{"code": "senior", "rate_bp": 1_000}]),
    (ManualPermission, "code"): ("senior", "junior"),
    (ManualPermission, "rate_bp"): (1_000, 2_000),
    (Redemption, "currency"): (ABSENT, "stars"),
    (Redemption, "rate_bp"): (ABSENT, 5_000),
    (Redemption, "goods_caps"): (ABSENT, [{"goods": MILK, "rate_bp": 0}]),
    (Redemption, "min_money_minor"): (ABSENT, 100),
    (GoodsCap, "goods"): (MILK, WINE),
    (GoodsCap, "rate_bp"): (1_000, 0),
    (Accrual, "goods"): (ABSENT, MILK),
    (Accrual, "dates"): (ABSENT, {"days": 90}),
    (CashRounding, "to_minor"): (100, 50),
    (Returns, "window_days"): (ABSENT, 30),
    (Returns, "expired_points_days"): (ABSENT, 30),
    (Lane, "code"): ("last", "final"),
    (Lane, "work_steps"): (ABSENT, 900),
}
