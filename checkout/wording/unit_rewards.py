"""Rewards that count units, in words: multibuys, buy A get B, sets, gifts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from checkout.engine.schema.unit_rewards import Bundle, BuyGet, Gift, Incomplete, Multibuy, Pick
from checkout.engine.schema.values import Which
from checkout.primitives import FULL_RATE_BP
from checkout.wording.bounds import REDUCED, REDUCED_UNITS, ROUNDINGS, maximum_text
from checkout.wording.goods import goods_text
from checkout.wording.lanes import base_text
from checkout.wording.numbers import rate_text
from checkout.wording.phrases import both, phrases
from checkout.wording.sections import Sentence, plain
from checkout.wording.speech import counted, say
from checkout.wording.values import FIRST_UNITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from checkout.engine.schema.rewards import ReducedGoods
    from checkout.engine.schema.unit_rewards import Component, Effect
    from checkout.wording.names import Names

    Reduced = Mapping[ReducedGoods, str]

Counting = Multibuy | BuyGet | Bundle | Gift
#: How often a reward is applied at most where it does not say.
_TIMES_MAX: Final = 1_000
_MULTIBUY_INCOMPLETE: Final = phrases(
    Incomplete,
    {
        Incomplete.NOTHING: "Units of a group that is not full get nothing.",
        Incomplete.PART: (
            "If rewarded units of the last group are missing, those that are there are rewarded."
        ),
        Incomplete.GIFT: (
            "If rewarded units of the last group are missing, those that are there are rewarded,"
            " and the till is told to add the rest."
        ),
    },
)
_BUY_GET_INCOMPLETE: Final = phrases(
    Incomplete,
    {
        Incomplete.NOTHING: "If rewarded units are missing on the receipt, none is rewarded.",
        Incomplete.PART: (
            "If rewarded units are missing on the receipt, those that are there are rewarded."
        ),
        Incomplete.GIFT: (
            "If rewarded units are missing on the receipt, those that are there are rewarded,"
            " and the till is told to add the rest."
        ),
    },
)
_BOUGHT: Final = phrases(
    Which,
    {
        Which.CHEAPEST: "the dearest count as bought first",
        Which.DEAREST: "the cheapest count as bought first",
        Which.RECEIPT_ORDER: "bought ones are taken in that order, too",
    },
)
#: Which units of groups are rewarded, and how groups are formed.
_OF_GROUP: Final = phrases(
    Which,
    {
        Which.CHEAPEST: "the cheapest units of each group are rewarded; groups are formed by price,"
        " dearest first",
        Which.DEAREST: "the dearest units of each group are rewarded; groups are formed by price,"
        " dearest first",
        Which.RECEIPT_ORDER: "the last units of each group are rewarded; groups are formed in the"
        " receipt's order",
    },
)


def counting_in_words(names: Names, reward: Counting) -> Sentence:
    """What a reward that counts units gives, and each of its settings."""
    match reward:
        case Multibuy():
            texts = _multibuy(names, reward)
        case BuyGet():
            texts = _buy_get(names, reward)
        case Bundle():
            texts = _bundle(names, reward)
        case Gift():
            texts = _gift(names, reward)
        case _:
            assert_never(reward)
    head, *details = texts
    return Sentence(head, plain(*details))


def _multibuy(names: Names, reward: Multibuy) -> Iterator[str]:
    goods, get = goods_text(names, reward.goods), reward.get_units
    effect = _effect(names, reward.effect, get)
    if reward.rewarded_counts:
        yield say(
            "Of each {buy_units} of {goods} {get} {effect}.",
            buy_units=counted(reward.buy_units, "unit"),
            goods=goods,
            get=get,
            effect=effect,
        )
        yield say("Rewarded units count as bought.")
    else:
        yield say(
            "For each {buy_units} of {goods} {get} more {effect}.",
            buy_units=counted(reward.buy_units, "unit"),
            goods=goods,
            get=get,
            effect=effect,
        )
        yield say("Rewarded units do not count as bought: they come on top.")
    yield say("Which: {rewarded}.", rewarded=_rewarded(reward))
    yield _times(reward.times, None)
    if not reward.rewarded_counts:
        yield _MULTIBUY_INCOMPLETE[reward.incomplete]
    yield from _shared(names, reward, REDUCED_UNITS)


def _rewarded(reward: Multibuy) -> str:
    match reward.pick:
        case Pick.EACH_GROUP:
            return _OF_GROUP[reward.which]
        case Pick.OF_ALL:
            return say(
                "{first_units} of all units that take part are rewarded",
                first_units=FIRST_UNITS[reward.which],
            )
    assert_never(reward.pick)


def _buy_get(names: Names, reward: BuyGet) -> Iterator[str]:
    get = reward.get_units
    yield (
        say(
            "For each {components} bought, {get} of {goods} {effect}.",
            components=_components(names, reward.buy),
            get=counted(get, "unit"),
            goods=goods_text(names, reward.goods),
            effect=_effect(names, reward.effect, get),
        )
    )
    if reward.rewarded_counts:
        yield say("A rewarded unit may also be one of those bought.")
    else:
        yield say("A rewarded unit is never one of those bought.")
    yield say(
        "Which: {first_units} are rewarded; {bought}.",
        first_units=FIRST_UNITS[reward.which],
        bought=_BOUGHT[reward.which],
    )
    yield _times(reward.times, _TIMES_MAX)
    yield _BUY_GET_INCOMPLETE[reward.incomplete]
    yield from _shared(names, reward, REDUCED_UNITS)


def _bundle(names: Names, reward: Bundle) -> Iterator[str]:
    effect = _effect(names, reward.effect, 1)
    yield say(
        "A set of {components} {effect}.",
        components=_components(names, reward.parts),
        effect=effect,
    )
    if reward.effect.price_minor is not None:
        yield say("A set that is worth no more than that stays as it is.")
    yield say(
        "Which: {first_units} of the units that fit are taken first.",
        first_units=FIRST_UNITS[reward.which],
    )
    yield _times(reward.times, _TIMES_MAX)
    yield (
        say(
            "The discount of all sets is spread over their lines by value; what "
            "rounding leaves over goes where most was rounded away."
        )
    )
    yield from _shared(names, reward, REDUCED)


def _gift(names: Names, reward: Gift) -> Iterator[str]:
    times = reward.times or 1
    units = reward.units * times
    goods = goods_text(names, reward.goods)
    yield say(
        "{units} of {goods} {effect}.",
        units=counted(units, "unit"),
        goods=goods,
        effect=_effect(names, reward.effect, units),
    )
    yield say(
        "That is {times} {units} a receipt, together one application.",
        times=counted(times, "time"),
        units=reward.units,
    )
    yield say("Which: {first_units} are taken first.", first_units=FIRST_UNITS[reward.which])
    yield _BUY_GET_INCOMPLETE[reward.missing]
    yield from _shared(names, reward, REDUCED)


def _components(names: Names, components: tuple[Component, ...]) -> str:
    return both(
        say(
            "{units} of ({goods})",
            units=counted(each.units, "unit"),
            goods=goods_text(names, each.goods),
        )
        for each in components
    )


def _effect(names: Names, effect: Effect, units: int) -> str:
    """What happens to each rewarded unit, or to a set."""
    be = "is" if units == 1 else "are"
    each = "" if units == 1 else say(" each")
    if effect.rate_bp == FULL_RATE_BP:
        return say("{be} free", be=be)
    if effect.rate_bp is not None:
        return say("{be} {rate} cheaper", be=be, rate=rate_text(effect.rate_bp))
    if effect.amount_minor is not None:
        return say(
            "{be} {money} cheaper{each}", be=be, money=names.money(effect.amount_minor), each=each
        )
    price = names.money(effect.price_minor or 0)
    return (
        say("costs {price}", price=price)
        if units == 1
        else say("cost {price}{each}", price=price, each=each)
    )


def _times(times: int | None, most: int | None) -> str:
    if times is not None:
        return say("At most {times} a receipt.", times=counted(times, "time"))
    bound = say(", at most {times}", times=counted(most, "time")) if most is not None else ""
    return say("As often as it fits on a receipt{bound}.", bound=bound)


def _shared(names: Names, reward: Counting, reduced: Reduced) -> Iterator[str]:
    """What all rewards that count units have."""
    if reward.effect.rate_bp is not None and reward.effect.rate_bp != FULL_RATE_BP:
        where = say("once, for all sets") if isinstance(reward, Bundle) else say("on each line")
        yield say(
            "Rounded {roundings} to {smallest_money}, {where}.",
            roundings=ROUNDINGS[reward.rounding],
            smallest_money=names.smallest_money,
            where=where,
        )
    yield say("A unit is a piece; a weighed line is one unit.")
    yield base_text(names, reward.lane)
    yield reduced[reward.reduced_goods]
    yield maximum_text(names, reward.maximum)
