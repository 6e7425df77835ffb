"""New prices that lie above what the goods cost, and discounts on goods that cost nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.problems.choices import chain_of
from checkout.engine.problems.problem import Problem
from checkout.engine.problems.reward_goods import goods_rewarded
from checkout.engine.problems.shown import money
from checkout.engine.problems.values import values_of
from checkout.engine.schema.rewards import FixedPrice, PricePer
from checkout.engine.schema.unit_rewards import Bundle, BuyGet, Gift, Multibuy
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.campaign import Discount
    from checkout.engine.schema.goods import Goods


def warn_of_prices(path: str, reward: Discount, ground: Ground) -> Iterator[Problem]:
    """A reward that takes nothing off goods as cheap as those that it names."""
    if all(highest_minor(goods) == 0 for goods in goods_rewarded(reward)):
        yield Problem(path, "the goods cost nothing: there is nothing to take off")
        return
    field, price, highest = "", None, None
    match reward:
        case FixedPrice() if reward.per is not PricePer.LINE and not reward.personal:
            field, price = "price_minor", min(values_of(reward), default=None)
            highest = None if reward.goods is None else highest_minor(reward.goods)
        case Multibuy() | BuyGet() | Gift():
            field, price = "effect.price_minor", reward.effect.price_minor
            highest = None if reward.goods is None else highest_minor(reward.goods)
        case Bundle():
            field, price = "effect.price_minor", reward.effect.price_minor
            each = [(part.units, highest_minor(part.goods)) for part in reward.parts]
            known = [units * most for units, most in each if most is not None]
            highest = sum(known) if len(known) == len(each) else None
        case _:
            pass
    if price is not None and highest is not None and price >= highest:
        yield Problem(
            f"{path}.{field}",
            told(
                "the goods cost at most {highest}: a price of {price} takes nothing off",
                highest=money(highest, ground),
                price=money(price, ground),
            ),
        )


def highest_minor(goods: Goods) -> int | None:
    """The highest shelf price that a choice of goods leaves."""
    bounds = [each.price_max_minor for each in chain_of(goods)]
    return min((bound for bound in bounds if bound is not None), default=None)
