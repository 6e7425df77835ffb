"""What conditions are about and what they saw, for people who take calls; outcomes have codes."""

from __future__ import annotations

from typing import Final

from checkout.wording.speech import said, say

#: What a condition of each kind is about; also what an explanation names beside conditions.
KINDS: Final = {
    "all": "all of",
    "any": "any of",
    "not": "not",
    "receipt_amount": "sum of goods",
    "receipt_quantity": "quantity of goods",
    "distinct_goods": "number of different articles",
    "contains_goods": "goods",
    "place": "place",
    "schedule": "time",
    "tender": "paid with",
    "channel": "channel",
    "coupon": "coupon",
    "coupon_series": "coupon of a series",
    "campaign_applied": "given before by campaign",
    "identified": "customer",
    "tier": "tier",
    "gender": "gender",
    "card_type": "card type",
    "lifecycle": "state of the member",
    "member_list": "member list",
    "segment": "segment",
    "member_tag": "tag of the member",
    "consent": "consent",
    "favourite_category": "favourite category",
    "member_attribute": "attribute of the member",
    "age": "age",
    "birthday": "birthday",
    "purchase_number": "number of this purchase",
    "days_since_purchase": "days since the last purchase",
    "spend_in_window": "spent",
    "visits_in_window": "receipts",
    "activity_in_window": "activities",
    "personal_offer": "personal offer",
    "dates": "dates of the campaign",
    "emergency_stop": "emergency stop",
    "limit": "limit",
    "budget": "budget",
}
#: Why a campaign gave nothing although its conditions held; some are followed by a code.
WHYS: Final = {
    "first": "the first of its lane goes before",
    "best": "another is better for the customer",
    "best_combination": "others together are better",
    "not_with": "does not stand beside it",
    "exclusive lane": "stands alone in its lane",
    "exclusive all": "the only discount of the receipt",
    "exclusive below": "keeps away those after it",
    "maximum": "the most that it gives",
    "floor": "the lowest price",
    "cap": "cap",
    "gift": "gift",
}
#: What gives something: where a campaign that is open gave nothing, an explanation names it.
REWARDS: Final = {
    "percent": "percentage off",
    "amount": "amount off",
    "fixed_price": "fixed price",
    "multibuy": "multibuy",
    "buy_get": "goods with goods",
    "bundle": "set of goods",
    "points_percent": "points as a percentage",
    "points_amount": "a number of points",
    "points_multiplier": "more points",
}
#: Words of the schema that stand in explanations as values.
CODES: Final = {
    "and": "and",
    "or": "or",
    "goods": "goods",
    "service": "services",
    "delivery": "delivery charges",
    "no_discount": "no discount",
    "no_points": "no points",
    "excise": "excise",
    "marked": "marked",
    "weighed": "weighed",
    "alcohol": "alcohol",
    "tobacco": "tobacco",
    "female": "female",
    "male": "male",
    "new": "new",
    "active": "active",
    "sleeping": "sleeping",
    "lost": "lost",
    "units": "units",
    "quantity": "quantity",
    "amount": "amount",
    "discount": "discount",
    "points": "points",
    "points_spent": "points spent",
    "Mon": "Mon",
    "Tue": "Tue",
    "Wed": "Wed",
    "Thu": "Thu",
    "Fri": "Fri",
    "Sat": "Sat",
    "Sun": "Sun",
}


def kind_text(kind: str) -> str:
    """What a condition is about, in the language that is spoken; a word that is no kind stays."""
    if kind in WHYS:
        return said(WHYS[kind])
    word, _, code = kind.partition(" ")
    about = KINDS.get(word) or WHYS.get(word) or REWARDS.get(word)
    return f"{said(about)} {code}".rstrip() if about else kind


def code_text(code: str) -> str:
    """A word of the schema, in the language that is spoken; what a partner chose stays."""
    return said(CODES[code]) if code in CODES else code


def of_goods_text(goods: str) -> str:
    """Of which goods a sum is, behind the sum."""
    return say(" of {goods}", goods=goods)
