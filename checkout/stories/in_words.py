"""How `explain` writes what conditions needed and saw: for people who take calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.conditions.goods_text import goods_text
from checkout.engine.conditions.words import Words
from checkout.primitives import format_minor
from checkout.wording.conditions import COMPARISONS

if TYPE_CHECKING:
    from checkout.engine.schema.document import Comparison
    from checkout.engine.schema.goods import Goods

_MILLI_DECIMALS: Final = 3

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


class InWords(Words):
    """Money with its decimals, quantities in pieces or kilograms, no codes of the schema."""

    __slots__ = ("_exponent",)

    def __init__(self, exponent: int) -> None:
        """Keep the decimals of the currency."""
        self._exponent = exponent

    def money(self, value_minor: int) -> str:
        """Such as 1000.00."""
        return format_minor(value_minor, self._exponent)

    def quantity(self, value_milli: int) -> str:
        """Such as 3 or 1.5."""
        return format_minor(value_milli, _MILLI_DECIMALS).rstrip("0").rstrip(".")

    def comparison(self, how: Comparison) -> str:
        """Such as "at least"."""
        return COMPARISONS[how]

    def kind(self, kind: str) -> str:
        """Such as "sum of goods:"."""
        return f"{KINDS[kind]}:"

    def of_goods(self, goods: Goods | None) -> str:
        """Such as " of milk"; nothing where all goods count."""
        return "" if goods is None else f" of {goods_text(goods, self)}"
