"""Goods that a reward works on, and which of them must be there for it to give anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.problems.unit_rewards import tells_till
from checkout.engine.schema.goods import Goods
from checkout.engine.schema.unit_rewards import Bundle, BuyGet, Gift, Multibuy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.schema.campaign import Reward


def goods_needed(reward: Reward) -> Iterator[tuple[str, Goods]]:
    """All choices of goods of each of which there must be a line, with their fields.

    None if the till may be told to add what is missing.
    """
    match reward:
        case Multibuy() | BuyGet() | Gift() if tells_till(reward):
            return
        case BuyGet():
            for i, component in enumerate(reward.buy):
                yield f".buy[{i}].goods", component.goods
            yield ".goods", reward.goods
        case Bundle():
            for i, part in enumerate(reward.parts):
                yield f".parts[{i}].goods", part.goods
        case _:
            yield ".goods", reward.goods or Goods()


def goods_rewarded(reward: Reward) -> Iterator[Goods]:
    """All choices of goods on which a reward may give something."""
    match reward:
        case Bundle():
            for part in reward.parts:
                yield part.goods
        case _:
            yield reward.goods or Goods()
