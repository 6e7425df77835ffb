"""Rewards that count units: effects that do something, groups that can be filled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.problems.goods import check_goods, check_not_only
from checkout.engine.problems.problem import Problem
from checkout.engine.schema.goods import GoodsFlag
from checkout.engine.schema.unit_rewards import Bundle, BuyGet, Gift, Incomplete, Multibuy
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.unit_rewards import Effect

CountingReward = Multibuy | BuyGet | Bundle | Gift
_EFFECTS: Final = ("rate_bp", "amount_minor", "price_minor")


def check_unit_reward(path: str, reward: CountingReward, ground: Ground) -> Iterator[Problem]:
    """Goods, effect, and what the kind itself asks for."""
    match reward:
        case Multibuy():
            yield from check_goods(f"{path}.goods", reward.goods, ground)
            yield from _check_group(path, reward)
        case BuyGet():
            for i, component in enumerate(reward.buy):
                yield from check_goods(f"{path}.buy[{i}].goods", component.goods, ground)
            yield from check_goods(f"{path}.goods", reward.goods, ground)
        case Bundle():
            for i, part in enumerate(reward.parts):
                here = f"{path}.parts[{i}].goods"
                yield from check_goods(here, part.goods, ground)
                yield from check_not_only(
                    here, part.goods, GoodsFlag.NO_DISCOUNT, "take no discount"
                )
        case Gift():
            yield from check_goods(f"{path}.goods", reward.goods, ground)
    if not isinstance(reward, Bundle) and not tells_till(reward):
        yield from check_not_only(
            f"{path}.goods", reward.goods, GoodsFlag.NO_DISCOUNT, "take no discount"
        )
    yield from _check_effect(f"{path}.effect", reward.effect)


def tells_till(reward: CountingReward) -> bool:
    """Whether the till may be told to add units that are missing."""
    match reward:
        case Multibuy() | BuyGet():
            return reward.incomplete is Incomplete.GIFT
        case Gift():
            return reward.missing is Incomplete.GIFT
        case Bundle():
            return False


def units_needed(reward: CountingReward) -> int:
    """The fewest units with which a reward grants anything."""
    match reward:
        case Multibuy():
            return reward.buy_units + _rewarded_needed(reward)
        case BuyGet():
            bought = sum(component.units for component in reward.buy)
            return bought + _rewarded_needed(reward)
        case Bundle():
            return sum(part.units for part in reward.parts)
        case Gift():
            return reward.units * (reward.times or 1) if reward.missing is Incomplete.NOTHING else 1


def _rewarded_needed(reward: Multibuy | BuyGet) -> int:
    if reward.rewarded_counts:
        return 0
    return 1 if reward.incomplete is Incomplete.PART else reward.get_units


def _check_group(path: str, reward: Multibuy) -> Iterator[Problem]:
    if reward.rewarded_counts:
        if reward.get_units > reward.buy_units:
            yield Problem(
                f"{path}.get_units",
                told(
                    "of {buy_units} units that count as bought at most {buy_units} are rewarded",
                    buy_units=reward.buy_units,
                ),
            )
        if reward.incomplete is not Incomplete.NOTHING:
            yield Problem(
                f"{path}.incomplete", "with rewarded_counts no group is incomplete: leave it out"
            )
    elif reward.incomplete is Incomplete.PART and reward.get_units == 1:
        yield Problem(f"{path}.incomplete", "one rewarded unit has no part: set get_units above 1")


def _check_effect(path: str, effect: Effect) -> Iterator[Problem]:
    given = [name for name in _EFFECTS if getattr(effect, name) is not None]
    if len(given) != 1:
        yield Problem(path, "give exactly one of rate_bp, amount_minor and price_minor")
    elif given[0] != "price_minor" and getattr(effect, given[0]) == 0:
        yield Problem(f"{path}.{given[0]}", "0 takes nothing off")
