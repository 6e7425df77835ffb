"""What a campaign gives, in words: one sentence per reward, its settings below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from checkout.engine.schema.points import PointsAmount, PointsMultiplier, PointsPercent
from checkout.engine.schema.program import LaneBase
from checkout.engine.schema.rewards import Amount, FixedPrice, Percent, PricePer, RoundingLevel
from checkout.engine.schema.unit_rewards import Bundle, BuyGet, Gift, Multibuy
from checkout.engine.schema.values import AmountPer, ScaleBy, ScaleMode, ScaleOver
from checkout.wording.bounds import (
    REDUCED,
    ROUNDINGS,
    half_up_text,
    maximum_text,
    spread_text,
)
from checkout.wording.conditions import PRICES
from checkout.wording.goods import goods_text
from checkout.wording.lanes import base_of, base_text
from checkout.wording.numbers import rate_text
from checkout.wording.phrases import phrases
from checkout.wording.point_rewards import points_in_words
from checkout.wording.sections import Sentence, begun, plain
from checkout.wording.speech import say
from checkout.wording.unit_rewards import counting_in_words
from checkout.wording.values import PER, Noun, percentage, source_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.schema.campaign import Reward
    from checkout.engine.schema.rewards import DiscountReward
    from checkout.wording.names import Names

_LEVELS: Final = phrases(
    RoundingLevel,
    {
        RoundingLevel.LINE: "on each line",
        RoundingLevel.UNIT: "for one unit, times the units (a weighed line as a whole)",
        RoundingLevel.TOTAL: "once, for the sum of this reward",
        RoundingLevel.RECEIPT: "once a receipt, for all rewards that are rounded so together",
    },
)
_PRICE_PER: Final = phrases(
    PricePer,
    {
        PricePer.UNIT: "for each unit of {} (a weighed line as a whole)",
        PricePer.QUANTITY: "for each piece or kilogram of {}, in proportion",
        PricePer.LINE: "for each line of {}, whatever its quantity",
    },
)
_SPREAD_LEVELS: Final = (RoundingLevel.TOTAL, RoundingLevel.RECEIPT)
_SPREAD_PER: Final = (AmountPer.RECEIPT, AmountPer.EACH_AMOUNT, AmountPer.EACH_UNITS)


def reward_in_words(names: Names, reward: Reward) -> Sentence:
    """What a reward gives, and each of its settings."""
    match reward:
        case Percent():
            return _percent(names, reward)
        case Amount():
            return _amount(names, reward)
        case FixedPrice():
            return _fixed_price(names, reward)
        case Multibuy() | BuyGet() | Bundle() | Gift():
            return counting_in_words(names, reward)
        case PointsPercent() | PointsAmount() | PointsMultiplier():
            return points_in_words(names, reward)
    assert_never(reward)


def _percent(names: Names, reward: Percent) -> Sentence:
    source = source_of(names, reward, reward.rate_bp, percentage(), rate_text)
    marginal = reward.scale is not None and reward.scale.mode is ScaleMode.MARGINAL
    adds = (
        base_of(names, reward.lane) is LaneBase.ADDED_UP
        and reward.level is RoundingLevel.LINE
        and not marginal
    )
    rounding = say(
        "Rounded {roundings} to {smallest_money}, {levels}{adds}.",
        roundings=ROUNDINGS[reward.rounding],
        smallest_money=names.smallest_money,
        levels=_LEVELS[reward.level],
        adds=say(", together with the percentages before it in its lane") if adds else "",
    )
    return Sentence(
        begun(
            say(
                "{amount} off {goods}.", amount=source.amount, goods=goods_text(names, reward.goods)
            )
        ),
        (
            *source.detail,
            *plain(
                base_text(names, reward.lane),
                rounding,
                spread_text(names, reward.spread) if _is_spread(reward) else "",
            ),
            *_shared(names, reward),
        ),
    )


def _is_spread(reward: Percent) -> bool:
    """Whether one sum comes onto several lines."""
    scale = reward.scale
    return reward.level in _SPREAD_LEVELS or (
        scale is not None
        and scale.mode is ScaleMode.MARGINAL
        and scale.by is ScaleBy.AMOUNT
        and scale.over is ScaleOver.GOODS
    )


def _amount(names: Names, reward: Amount) -> Sentence:
    source = source_of(
        names, reward, reward.amount_minor, Noun(say("an amount"), say("the amount")), names.money
    )
    what = PER[reward.per].format(
        goods_text(names, reward.goods),
        each_minor=names.money(reward.each_minor or 1),
        each_units=reward.each_units or 1,
    )
    prices = f", {PRICES[reward.after]}" if reward.per is AmountPer.EACH_AMOUNT else ""
    spread = spread_text(names, reward.spread) if reward.per in _SPREAD_PER else ""
    rounding = half_up_text(names) if _is_divided(reward) else ""
    return Sentence(
        begun(say("{amount} off {what}{prices}.", amount=source.amount, what=what, prices=prices)),
        (
            *source.detail,
            *plain(rounding, base_text(names, reward.lane) if spread else "", spread),
            *_shared(names, reward),
        ),
    )


def _fixed_price(names: Names, reward: FixedPrice) -> Sentence:
    source = source_of(
        names, reward, reward.price_minor, Noun(say("a price"), say("the price")), names.money
    )
    goods = goods_text(names, reward.goods)
    rounding = half_up_text(names) if _is_divided(reward) else ""
    return Sentence(
        say(
            "Fixed price: {amount} {per}.",
            amount=source.amount,
            per=_PRICE_PER[reward.per].format(goods),
        ),
        (
            *source.detail,
            *plain(
                rounding,
                base_text(names, reward.lane),
                say("What is already cheaper stays as it is."),
            ),
            *_shared(names, reward),
        ),
    )


def _is_divided(reward: Amount | FixedPrice) -> bool:
    """Whether a part of the number is given for a part of a piece or step."""
    marginal = reward.scale is not None and reward.scale.mode is ScaleMode.MARGINAL
    match reward:
        case Amount():
            return marginal or reward.per is AmountPer.QUANTITY
        case FixedPrice():
            return marginal or reward.per is not PricePer.LINE
    assert_never(reward)


def _shared(names: Names, reward: DiscountReward) -> Iterator[Sentence]:
    """What all discounts with one number have."""
    yield Sentence(REDUCED[reward.reduced_goods])
    yield Sentence(maximum_text(names, reward.maximum))
