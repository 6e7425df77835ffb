"""Limits of a campaign under which its rewards give nothing, although it may be open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from checkout.engine.problems.calendars import have_common_moment, is_local
from checkout.engine.problems.choices import COUNTED, covers, kinds_of
from checkout.engine.problems.maxima import least_minor
from checkout.engine.problems.problem import Problem
from checkout.engine.problems.reward_goods import goods_needed
from checkout.engine.problems.shown import counted, money, quantity
from checkout.engine.problems.unit_rewards import tells_till, units_needed
from checkout.engine.schema.campaign import Discount
from checkout.engine.schema.goods import Goods
from checkout.engine.schema.limits import Measure
from checkout.engine.schema.points import PointsAmount, PointsReward
from checkout.engine.schema.rewards import Amount
from checkout.engine.schema.schedule import Schedule
from checkout.engine.schema.unit_rewards import Bundle, BuyGet, Gift, Multibuy
from checkout.engine.schema.values import AmountPer, ScaleBy, Valued
from checkout.engine.told import told
from checkout.primitives import UNIT_MILLI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.campaign import Campaign, Reward
    from checkout.engine.schema.limits import Limit

_ALWAYS: Final = Schedule()
_OF_GOODS: Final = (Measure.UNITS, Measure.QUANTITY, Measure.AMOUNT)


class _Lack(NamedTuple):
    """What a reward needs of the goods under a limit, and whether nothing can make up for it."""

    needed: int
    shown: str
    is_certain: bool


def check_tight(path: str, limit: Limit, campaign: Campaign, ground: Ground) -> Iterator[Problem]:
    """A limit that is always in force and certainly leaves nothing of any reward."""
    here = f"{path}.bound"
    if not is_in_force(limit, campaign):
        return
    if limit.bound > 0:
        lacks = _lacks(limit, campaign, ground)
        if lacks and all(lack.is_certain for lack in lacks):
            yield Problem(here, _sentence(lacks, limit, ground))
    elif limit.measure is Measure.PURCHASES:
        yield Problem(here, "nothing fits under 0: the campaign never opens")
    elif campaign.rewards and all(_is_stopped(each, limit, ground) for each in campaign.rewards):
        yield Problem(here, "nothing fits under 0: no reward of the campaign gives anything")


def warn_of_tight(path: str, limit: Limit, campaign: Campaign, ground: Ground) -> Iterator[Problem]:
    """A limit that perhaps leaves nothing, or less than one reward gives at once."""
    here = f"{path}.bound"
    if limit.bound == 0 or not is_in_force(limit, campaign):
        return
    lacks = _lacks(limit, campaign, ground)
    if lacks and not all(lack.is_certain for lack in lacks):
        yield Problem(
            here,
            told(
                "{sentence}: only weighed goods, each a unit, could do",
                sentence=_sentence(lacks, limit, ground),
            ),
        )
    for reward in campaign.rewards:
        if isinstance(reward, Gift) and limit.measure is Measure.UNITS and not lacks:
            units = reward.units * (reward.times or 1)
            if limit.bound < units and _binds(limit, reward.goods):
                yield Problem(
                    here,
                    told(
                        "of {units} at once only {bound} fit",
                        units=counted(units, "unit"),
                        bound=limit.bound,
                    ),
                )
    if limit.measure is Measure.DISCOUNT:
        amounts = [least_minor(each) for each in campaign.rewards if isinstance(each, Discount)]
        least = min((amount for amount in amounts if amount is not None), default=0)
        if limit.bound < least:
            yield Problem(
                here,
                told(
                    "{bound} is less than one reward of {least}: it is always cut",
                    bound=money(limit.bound, ground),
                    least=money(least, ground),
                ),
            )


def is_in_force(limit: Limit, campaign: Campaign) -> bool:
    """Whether a limit is in force whenever its campaign is."""
    if limit.schedule == _ALWAYS:
        return True
    both = (campaign.schedule, limit.schedule)
    return all(is_local(one) and have_common_moment((one,)) for one in both) and (
        not have_common_moment(both[:1], both[1:])
    )


def currency_of(reward: Reward, ground: Ground) -> str | None:
    """The currency of points; none of money."""
    if isinstance(reward, PointsReward):
        return reward.currency or ground.main_currency
    return None


def _is_stopped(reward: Reward, limit: Limit, ground: Ground) -> bool:
    """Whether a limit of 0 leaves nothing of a reward."""
    if limit.measure is Measure.DISCOUNT:
        return isinstance(reward, Discount)
    if limit.measure is Measure.POINTS:
        return currency_of(reward, ground) == (limit.currency or ground.main_currency)
    return limit.measure in _OF_GOODS and any(
        _binds(limit, goods) for _, goods in goods_needed(reward)
    )


def _binds(limit: Limit, goods: Goods) -> bool:
    """Whether a limit counts all lines of the goods."""
    bound = limit.goods or Goods()
    return covers(bound, goods, kinds_of(bound, COUNTED), kinds_of(goods, COUNTED))


def _lacks(limit: Limit, campaign: Campaign, ground: Ground) -> list[_Lack]:
    """What each reward lacks; nothing unless every reward lacks something."""
    if limit.measure not in _OF_GOODS or limit.each_sku:
        return []
    found: list[_Lack] = []
    for reward in campaign.rewards:
        lack = next(
            (each for each in _needs(reward, limit, ground) if _is_above(each, limit)), None
        )
        if lack is None:
            return []
        found.append(lack)
    return found


def _is_above(lack: _Lack, limit: Limit) -> bool:
    return lack.needed > limit.bound


def _needs(reward: Reward, limit: Limit, ground: Ground) -> Iterator[_Lack]:
    """What a reward needs in what the limit counts."""
    units = _units(reward, limit)
    if units and limit.measure is Measure.UNITS:
        yield _Lack(units, counted(units, "unit"), is_certain=True)
    elif units and limit.measure is Measure.QUANTITY:
        yield _Lack(units * UNIT_MILLI, counted(units, "unit"), is_certain=False)
    if not isinstance(reward, Valued) or not _binds(limit, reward.goods or Goods()):
        return
    scale = reward.scale
    if scale is not None and scale.steps[0].from_:
        least = scale.steps[0].from_
        if scale.by is ScaleBy.QUANTITY and limit.measure is Measure.QUANTITY:
            yield _Lack(
                least, told("a quantity of {least}", least=quantity(least)), is_certain=True
            )
        elif scale.by is ScaleBy.QUANTITY and limit.measure is Measure.UNITS:
            needed = -(-least // UNIT_MILLI)
            yield _Lack(
                needed, told("a quantity of {least}", least=quantity(least)), is_certain=False
            )
        elif scale.by is ScaleBy.AMOUNT and limit.measure is Measure.AMOUNT:
            yield _Lack(least, money(least, ground), is_certain=True)
    if (
        isinstance(reward, Amount | PointsAmount)
        and reward.per is AmountPer.EACH_AMOUNT
        and reward.each_minor is not None
        and limit.measure is Measure.AMOUNT
    ):
        yield _Lack(reward.each_minor, money(reward.each_minor, ground), is_certain=True)


def _units(reward: Reward, limit: Limit) -> int:
    """The fewest units under the limit with which a reward gives something; 0 if any will do."""
    match reward:
        case Multibuy() | BuyGet() | Gift() if tells_till(reward):
            return 0
        case Multibuy() | Gift():
            return units_needed(reward) if _binds(limit, reward.goods or Goods()) else 0
        case BuyGet():
            bought = sum(each.units for each in reward.buy if _binds(limit, each.goods))
            rewarded = units_needed(reward) - sum(each.units for each in reward.buy)
            return bought + (rewarded if _binds(limit, reward.goods) else 0)
        case Bundle():
            return sum(part.units for part in reward.parts if _binds(limit, part.goods))
        case Amount() | PointsAmount() if reward.per is AmountPer.EACH_UNITS:
            return (reward.each_units or 0) if _binds(limit, reward.goods or Goods()) else 0
        case _:
            return 0


def _sentence(lacks: list[_Lack], limit: Limit, ground: Ground) -> str:
    least = min(lacks, key=lambda lack: lack.needed)
    match limit.measure:
        case Measure.QUANTITY:
            fits = quantity(limit.bound)
        case Measure.AMOUNT:
            fits = money(limit.bound, ground)
        case _:
            fits = str(limit.bound)
    return told(
        "no reward is given on less than {shown}, and there is room for {fits}",
        shown=least.shown,
        fits=fits,
    )
