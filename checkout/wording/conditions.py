"""What must be so for a campaign to be open, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from checkout.engine.schema.conditions import (
    All,
    Any,
    CampaignApplied,
    Channel,
    ContainsGoods,
    Coupon,
    CouponSeries,
    DistinctGoods,
    InSchedule,
    Moment,
    Not,
    Place,
    ReceiptAmount,
    ReceiptQuantity,
    Tender,
)
from checkout.engine.schema.document import Comparison
from checkout.engine.schema.member_conditions import Identified
from checkout.wording.goods import goods_text
from checkout.wording.member_conditions import OfMember, member_text
from checkout.wording.numbers import quantity_text
from checkout.wording.phrases import either, phrases
from checkout.wording.schedules import schedule_texts
from checkout.wording.sections import Sentence, plain
from checkout.wording.speech import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.schema.conditions import Condition
    from checkout.wording.names import Names

COMPARISONS: Final = phrases(
    Comparison,
    {
        Comparison.LESS_THAN: "less than",
        Comparison.AT_MOST: "at most",
        Comparison.EQUAL: "exactly",
        Comparison.AT_LEAST: "at least",
        Comparison.MORE_THAN: "more than",
    },
)
#: Which price of goods is looked at; what the till and the cashier took off is always off.
PRICES: Final = phrases(
    Moment,
    {
        Moment.ORIGINAL: "at prices before the discounts of campaigns",
        Moment.EARLIER_LANES: "at prices after the discounts of earlier lanes",
    },
)


def conditions_in_words(names: Names, when: Condition | None) -> Iterator[Sentence]:
    """The conditions that must all hold, one a sentence."""
    if when is None:
        return
    yield from _required(names, when)
    if _asks_of_member(when):
        yield Sentence(
            say(
                "Conditions on the member do not hold for a guest, nor where the value is"
                " not known (and then “not” does)."
            )
        )


def _required(names: Names, condition: Condition) -> Iterator[Sentence]:
    """The parts of a condition that are required one by one: nested `all`s are one list."""
    if isinstance(condition, All):
        for part in condition.of:
            yield from _required(names, part)
    else:
        yield _sentence(names, condition)


def _sentence(names: Names, condition: Condition) -> Sentence:
    match condition:
        case All():
            return Sentence(say("All of these hold:"), _inside(names, condition.of))
        case Any():
            return Sentence(say("At least one of these holds:"), _inside(names, condition.of))
        case Not():
            return _denied(names, condition.of)
        case InSchedule():
            return Sentence(
                say("The sale is made (local time of the till):"),
                plain(*schedule_texts(condition.schedule)),
            )
        case Place():
            return Sentence(
                say("The sale is made {places}.", places=either(_places(names, condition)))
            )
        case Tender():
            return Sentence(
                say("One planned tender is {tender}.", tender=", ".join(_tender(condition)))
            )
        case (
            ReceiptAmount()
            | ReceiptQuantity()
            | DistinctGoods()
            | ContainsGoods()
            | Channel()
            | Coupon()
            | CouponSeries()
            | CampaignApplied()
        ):
            return Sentence(_of_sale(names, condition))
        case _:
            return Sentence(member_text(names, condition, COMPARISONS))


def _denied(names: Names, condition: Condition) -> Sentence:
    """What must not hold, with what that means for guests where it is about the member."""
    if isinstance(condition, Identified):
        return Sentence(say("The sale has no member: it is that of a guest."))
    for_guests = say(" (a guest meets this)") if isinstance(condition, OfMember) else ""
    denied = _sentence(names, condition)
    return Sentence(
        say(
            "Not{for_guests}: {denied}",
            for_guests=for_guests,
            denied=f"{denied.text[0].lower()}{denied.text[1:]}",
        ),
        denied.inside,
    )


def _inside(names: Names, conditions: tuple[Condition, ...]) -> tuple[Sentence, ...]:
    return tuple(_sentence(names, each) for each in conditions)


def _of_sale(
    names: Names,
    condition: ReceiptAmount
    | ReceiptQuantity
    | DistinctGoods
    | ContainsGoods
    | Channel
    | Coupon
    | CouponSeries
    | CampaignApplied,
) -> str:
    match condition:
        case ReceiptAmount():
            bound = f"{COMPARISONS[condition.compare]} {names.money(condition.amount_minor)}"
            goods = goods_text(names, condition.goods)
            return say(
                "The sum of {goods} is {bound}, {prices}.",
                goods=goods,
                bound=bound,
                prices=PRICES[condition.after],
            )
        case ReceiptQuantity():
            bound = f"{COMPARISONS[condition.compare]} {quantity_text(condition.quantity_milli)}"
            return say(
                "The quantity of {goods} is {bound}.",
                goods=goods_text(names, condition.goods),
                bound=bound,
            )
        case DistinctGoods():
            bound = f"{COMPARISONS[condition.compare]} {condition.count}"
            goods = goods_text(names, condition.goods)
            return say(
                "The number of different articles among {goods} is {bound}.",
                goods=goods,
                bound=bound,
            )
        case ContainsGoods():
            return say("At least one line is of {goods}.", goods=goods_text(names, condition.goods))
        case Channel():
            return say(
                "The sale is made through the channel {channels}.",
                channels=either(condition.channels),
            )
        case Coupon():
            matters = say("matter") if names.program.coupons.case_matters else say("do not matter")
            return say(
                "The receipt carries the coupon code “{code}” (capitals {matters}).",
                code=condition.code,
                matters=matters,
            )
        case CouponSeries():
            return say(
                "The receipt carries a valid code of the coupon series {series}.",
                series=condition.series,
            )
        case CampaignApplied():
            others = names.campaigns(condition.campaigns)
            return say(
                "The campaign {others} has granted something in an earlier lane.", others=others
            )
    assert_never(condition)


def _places(names: Names, place: Place) -> Iterator[str]:
    if place.stores:
        yield say("in the store {stores}", stores=names.stores(place.stores))
    if place.chains:
        yield say("in a store of the chain {chains}", chains=names.chains(place.chains))
    if place.formats:
        yield say("in a store of the format {formats}", formats=either(place.formats))
    if place.regions:
        yield say("in a store of the region {regions}", regions=either(place.regions))
    for till in place.terminals:
        yield say(
            "at till {terminal} of the store {stores}",
            terminal=till.terminal,
            stores=names.stores((till.store,)),
        )


def _tender(tender: Tender) -> Iterator[str]:
    """What must all hold for one and the same tender."""
    yield (
        say("of the kind {kinds}", kinds=either(tender.kinds))
        if tender.kinds
        else say("of any kind")
    )
    if tender.bins:
        yield say("by a card whose number begins with {bins}", bins=either(tender.bins))
    if tender.tokens:
        yield say("by the card with token {tokens}", tokens=either(tender.tokens))


def _asks_of_member(condition: Condition) -> bool:
    match condition:
        case All() | Any():
            return any(_asks_of_member(part) for part in condition.of)
        case Not():
            return _asks_of_member(condition.of)
        case _:
            return isinstance(condition, OfMember)
