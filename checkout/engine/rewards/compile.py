"""From a reward's document to what the engine runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.rewards.amount import AmountOff
from checkout.engine.rewards.bundle import SetOfGoods
from checkout.engine.rewards.buy_get import BuyAGetB
from checkout.engine.rewards.fixed_price import PriceFixed
from checkout.engine.rewards.gift import FreeUnits
from checkout.engine.rewards.multibuy import SomeOfEach
from checkout.engine.rewards.percent import PercentOff
from checkout.engine.rewards.points import compile_points
from checkout.engine.rewards.value import Value
from checkout.engine.schema.rewards import Amount, FixedPrice, Percent
from checkout.engine.schema.unit_rewards import Bundle, BuyGet, Component, Gift, Multibuy

if TYPE_CHECKING:
    from collections.abc import Callable

    from checkout.engine.goods import Selector
    from checkout.engine.rewards.reward import CompiledReward
    from checkout.engine.schema.campaign import Reward
    from checkout.engine.schema.goods import Goods

    SelectorOf = Callable[[Goods | None], Selector | None]


def compile_reward(campaign: str, reward: Reward, selector_of: SelectorOf) -> CompiledReward:
    """The compiled form of one reward."""
    match reward:
        case Percent():
            value = Value(campaign, reward, reward.rate_bp)
            return PercentOff(campaign, reward, selector_of(reward.goods), value)
        case Amount():
            value = Value(campaign, reward, reward.amount_minor)
            return AmountOff(campaign, reward, selector_of(reward.goods), value)
        case FixedPrice():
            value = Value(campaign, reward, reward.price_minor)
            return PriceFixed(campaign, reward, selector_of(reward.goods), value)
        case Multibuy():
            return SomeOfEach(campaign, reward, selector_of(reward.goods))
        case BuyGet():
            goods = selector_of(reward.goods)
            return BuyAGetB(campaign, reward, goods, _components(reward.buy, selector_of))
        case Bundle():
            return SetOfGoods(campaign, reward, _components(reward.parts, selector_of))
        case Gift():
            return FreeUnits(campaign, reward, selector_of(reward.goods))
        case _:
            return compile_points(campaign, reward, selector_of)


def _components(
    components: tuple[Component, ...], selector_of: SelectorOf
) -> tuple[tuple[Selector | None, int], ...]:
    return tuple((selector_of(component.goods), component.units) for component in components)
