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
#: What conditions answer that have no value to show.
ANSWERS: Final = frozenset(
    {
        *("a guest", "a member", "none", "no tier", "not known", "in the list", "not in the list"),
        *("never bought", "today", "yes", "no", "a personal offer", "any", "unnamed"),
    }
)


def kind_text(kind: str) -> str:
    """What a condition is about, in the language that is spoken; a word that is no kind stays."""
    return said(KINDS[kind]) if kind in KINDS else kind


def answer_text(text: str) -> str:
    """What a condition saw, in the language that is spoken, if it is one of `ANSWERS`."""
    return said(text) if text in ANSWERS else text


def of_goods_text(goods: str) -> str:
    """Of which goods a sum is, behind the sum."""
    return say(" of {goods}", goods=goods)
