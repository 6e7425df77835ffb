"""What conditions are about and what they saw, for people who take calls; outcomes have codes."""

from __future__ import annotations

from typing import Final

from checkout.wording.speech import counted, said, say

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
#: What conditions answer that have no value to show, and what campaigns lacked.
ANSWERS: Final = frozenset(
    {
        *("goods that take no discount", "goods that take a discount", "goods that earn points"),
        *(
            "goods that are not yet reduced",
            "reduced ones only",
            "no goods that are already reduced",
        ),
        *("not given in this store", "not given at this time", "at least one minor unit"),
        *("a member, as guests earn nothing", "a receipt without paying with points"),
        *("points were spent", "points that are still to expire", "their last day is over"),
        *("not before its lane", "not added", "points of an earlier lane on its goods"),
        *("less, after earlier lanes", "less, after discounts", "one whole unit"),
        *("a guest", "a member", "none", "no tier", "not known", "in the list", "not in the list"),
        *("never bought", "today", "yes", "no", "a personal offer", "any", "unnamed"),
    }
)


def kind_text(kind: str) -> str:
    """What a condition is about, in the language that is spoken; a word that is no kind stays."""
    if kind in WHYS:
        return said(WHYS[kind])
    word, _, code = kind.partition(" ")
    about = KINDS.get(word) or WHYS.get(word)
    return f"{said(about)} {code}".rstrip() if about else kind


def answer_text(text: str) -> str:
    """What a condition saw, or a campaign lacked, in the language that is spoken.

    What is neither one of `ANSWERS` nor counted is a value, and stays.
    """
    if text in ANSWERS:
        return said(text)
    match text.split():
        case ["room", "for", number]:
            return say("room for {number}", number=number)
        case [number, "left"]:
            return say("{number} left", number=number)
        case [number, "to", "give"]:
            return say("{number} to give", number=number)
        case [number, "unit" | "units"] if number.isdecimal():
            return counted(int(number), "unit")
        case _:
            return text


def of_goods_text(goods: str) -> str:
    """Of which goods a sum is, behind the sum."""
    return say(" of {goods}", goods=goods)
