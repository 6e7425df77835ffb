"""One small document per form of the schema, put into a whole snapshot, and its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from checkout.engine.documents import parse_snapshot
from checkout.engine.problems import check_snapshot
from checkout.engine.schema import campaign as campaigns
from checkout.engine.schema import (
    certificates,
    gifts,
    issues,
    limits,
    points,
    program,
    returns,
    rewards,
    schedule,
    tiers,
    unit_rewards,
    values,
)
from checkout.engine.schema import conditions as sale
from checkout.engine.schema import goods as choices
from checkout.engine.schema import member_conditions as member
from checkout.stories.describe import described
from tests.unit.wording_shop import (
    AMOUNT,
    CLUB,
    FEW,
    MILK,
    PERCENT,
    bundle,
    campaign,
    club,
    condition,
    earning_club,
    goal,
    goods,
    issue,
    limit,
    reward,
    scale,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

    from checkout.engine.problems import Problem

Doc = dict[str, Any]

#: Where a document of each form stands, and one that is as short as can be.
SAMPLES: Final[dict[type[BaseModel], tuple[Callable[[Doc], Doc], Doc]]] = {
    campaigns.Campaign: (campaign, {}),
    campaigns.Budget: (lambda doc: campaign({"budget": doc}), {"uses": 5}),
    campaigns.Message: (
        lambda doc: campaign({"messages": [doc]}),
        {"place": "slip", "text": "Hello"},
    ),
    sale.All: (lambda doc: condition({"kind": "any", "of": [doc]}), {"kind": "all"}),
    sale.Any: (condition, {"kind": "any"}),
    sale.Not: (condition, {"kind": "not"}),
    sale.ReceiptAmount: (
        condition,
        {"kind": "receipt_amount", "compare": "at_least", "amount_minor": 100},
    ),
    sale.ReceiptQuantity: (
        condition,
        {"kind": "receipt_quantity", "compare": "at_least", "quantity_milli": 2_000},
    ),
    sale.DistinctGoods: (condition, {"kind": "distinct_goods", "compare": "at_least", "count": 2}),
    sale.ContainsGoods: (condition, {"kind": "contains_goods", "goods": MILK}),
    sale.Place: (condition, {"kind": "place"}),
    sale.Terminal: (
        lambda doc: condition({"kind": "place", "terminals": [doc]}),
        {"store": "one", "terminal": "5"},
    ),
    sale.InSchedule: (condition, {"kind": "schedule", "schedule": {"weekdays": [1]}}),
    sale.Tender: (condition, {"kind": "tender"}),
    sale.Channel: (condition, {"kind": "channel", "channels": ["app"]}),
    sale.Coupon: (condition, {"kind": "coupon", "code": "SAVE"}),
    sale.CouponSeries: (condition, {"kind": "coupon_series", "series": "spring"}),
    sale.CampaignApplied: (condition, {"kind": "campaign_applied", "campaigns": ["other"]}),
    member.Identified: (condition, {"kind": "identified"}),
    member.Tier: (condition, {"kind": "tier", "tiers": ["gold"]}),
    member.MemberList: (condition, {"kind": "member_list", "list": "staff"}),
    member.Segment: (condition, {"kind": "segment", "segments": ["vip"]}),
    member.MemberTag: (condition, {"kind": "member_tag", "tags": ["vip"]}),
    member.MemberAttribute: (
        condition,
        {"kind": "member_attribute", "name": "shoe", "value": 40},
    ),
    member.Gender: (condition, {"kind": "gender", "genders": ["f"]}),
    member.Age: (condition, {"kind": "age", "compare": "at_least", "years": 60}),
    member.Birthday: (condition, {"kind": "birthday"}),
    member.PurchaseNumber: (condition, {"kind": "purchase_number", "number": 5}),
    member.DaysSincePurchase: (
        condition,
        {"kind": "days_since_purchase", "compare": "at_least", "days": 30},
    ),
    member.SpendInWindow: (
        condition,
        {"kind": "spend_in_window", "compare": "at_least", "window_days": 30, "amount_minor": 9},
    ),
    member.VisitsInWindow: (
        condition,
        {"kind": "visits_in_window", "compare": "at_least", "window_days": 30, "count": 3},
    ),
    member.ActivityInWindow: (
        condition,
        {
            "kind": "activity_in_window",
            "activity": "app",
            "compare": "at_least",
            "window_days": 30,
            "count": 3,
        },
    ),
    member.FavouriteCategory: (condition, {"kind": "favourite_category", "categories": ["dairy"]}),
    member.CardType: (condition, {"kind": "card_type", "types": ["black"]}),
    member.Consent: (condition, {"kind": "consent", "channel": "sms"}),
    member.Lifecycle: (condition, {"kind": "lifecycle", "states": ["new"]}),
    member.PersonalOffer: (condition, {"kind": "personal_offer"}),
    choices.Goods: (goods, {}),
    choices.GoodsAttribute: (
        lambda doc: goods({"attributes": [doc]}),
        {"name": "size", "values": ["milk"]},
    ),
    schedule.Schedule: (lambda doc: campaign({"schedule": doc}), {}),
    rewards.Percent: (reward, PERCENT),
    rewards.Amount: (reward, AMOUNT),
    rewards.FixedPrice: (reward, {"kind": "fixed_price", "lane": "more", "price_minor": 500}),
    rewards.Spread: (lambda doc: reward(AMOUNT | {"per": "receipt", "spread": doc}), {}),
    rewards.Maximum: (lambda doc: reward(PERCENT | {"maximum": doc}), {}),
    unit_rewards.Multibuy: (
        reward,
        {"kind": "multibuy", "lane": "more", "buy_units": 3, "effect": {"rate_bp": 5_000}},
    ),
    unit_rewards.BuyGet: (
        reward,
        {
            "kind": "buy_get",
            "lane": "more",
            "buy": [{"goods": MILK}],
            "goods": {"skus": ["merlot"]},
            "effect": {"rate_bp": 5_000},
        },
    ),
    unit_rewards.Bundle: (bundle, {}),
    unit_rewards.Gift: (
        reward,
        {"kind": "gift", "lane": "more", "goods": MILK, "effect": {"rate_bp": 5_000}},
    ),
    unit_rewards.Effect: (lambda doc: bundle({"effect": doc}), {}),
    unit_rewards.Component: (lambda doc: bundle({"parts": [doc]}), {"goods": MILK}),
    points.PointsPercent: (reward, {"kind": "points_percent", "lane": "earn", "rate_bp": 500}),
    points.PointsAmount: (reward, {"kind": "points_amount", "lane": "earn", "points_minor": 50}),
    points.PointsMultiplier: (
        reward,
        {"kind": "points_multiplier", "lane": "extra", "factor_bp": 20_000},
    ),
    points.PointDates: (
        lambda doc: reward(
            {"kind": "points_percent", "lane": "earn", "rate_bp": 500, "dates": doc}
        ),
        {},
    ),
    values.Scale: (scale, {"by": "amount", "steps": [{"from": 1_000, "value": 500}]}),
    values.Step: (
        lambda doc: scale({"by": "amount", "steps": [doc, {"from": 90_000, "value": 900}]}),
        {"from": 1_000, "value": 500},
    ),
    values.MemberValue: (
        lambda doc: reward({"kind": "percent", "lane": "more", "by_member": [doc]}),
        {"tiers": ["gold"], "value": 500},
    ),
    limits.Limit: (limit, FEW),
    limits.ProgramLimit: (lambda doc: club({"limits": [doc]}), FEW),
    limits.LimitMessage: (lambda doc: limit(FEW | {"message": doc}), {}),
    issues.IssueCoupon: (issue, {"kind": "issue_coupon", "series": "spring"}),
    issues.IssueCertificate: (
        issue,
        {"kind": "issue_certificate", "series": "gift10", "amount_minor": 1_000},
    ),
    issues.GiveTag: (issue, {"kind": "give_tag", "tag": "vip"}),
    issues.GiveGift: (issue, {"kind": "give_gift", "gift": "cup"}),
    program.Program: (earning_club, {}),
    tiers.Tier: (
        lambda doc: club({"tiers": [{"code": "base", "name": "Base"}, doc]}),
        {"code": "gold", "name": "Gold"},
    ),
    tiers.TierGoal: (goal, {"measure": "spend", "at_least": 500, "keep_days": 30}),
    tiers.LifecycleRule: (
        lambda doc: club({"lifecycle": doc}),
        {"new_days": 30, "active_days": 60, "sleeping_days": 180},
    ),
    program.PointCurrency: (
        lambda doc: club({"currencies": [*CLUB["currencies"], doc]}),
        {"code": "miles", "name": "Miles"},
    ),
    program.DiscountCap: (lambda doc: club({"discount_cap": doc}), {}),
    program.ManualDiscounts: (
        lambda doc: club({"manual_discounts": doc}),
        {"permissions": [{"code": "senior", "rate_bp": 1_000}]},
    ),
    program.ManualPermission: (
        lambda doc: club({"manual_discounts": {"permissions": [doc]}}),
        {"code": "senior", "rate_bp": 1_000},
    ),
    program.CouponRules: (lambda doc: club({"coupons": doc}), {}),
    program.Redemption: (lambda doc: club({"redemption": doc}), {}),
    program.GoodsCap: (
        lambda doc: club({"redemption": {"goods_caps": [doc]}}),
        {"goods": MILK, "rate_bp": 1_000},
    ),
    program.Accrual: (lambda doc: earning_club({"accrual": doc}), {}),
    certificates.CertificateSeries: (
        lambda doc: club({"certificates": [doc]}),
        {"code": "gift", "name": "Gift card"},
    ),
    gifts.ProgramGift: (lambda doc: club({"gifts": [doc]}), {"code": "mug", "name": "Mug"}),
    gifts.GiftBound: (
        lambda doc: club({"gifts": [{"code": "mug", "name": "Mug", "per_member": doc}]}),
        {"bound": 2},
    ),
    returns.Returns: (lambda doc: club({"returns": doc}), {}),
    program.CashRounding: (lambda doc: club({"cash_rounding": doc}), {"to_minor": 100}),
    program.Lane: (
        lambda doc: club({"lanes": [*CLUB["lanes"], doc]}),
        {"code": "last", "phase": "discount"},
    ),
}


def document_of(form: type[BaseModel], document: Doc) -> Doc:
    """The snapshot in which a document of the form stands."""
    place, shortest = SAMPLES[form]
    return place(shortest | document)


def words(form: type[BaseModel], document: Doc) -> list[str]:
    """All words of that snapshot."""
    return list(described(parse_snapshot(document_of(form, document))))


def problems(form: type[BaseModel], document: Doc) -> list[Problem]:
    """What publishing would say of it."""
    return check_snapshot(parse_snapshot(document_of(form, document)))
