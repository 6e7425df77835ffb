"""Units of portions in rows: what rewards that count units take (``docs/rules.md`` §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.rewards.order import in_order, unit_price
from checkout.engine.rewards.rounding import rounded
from checkout.engine.schema.rewards import ReducedGoods, Rounding
from checkout.engine.schema.unit_rewards import Effect
from checkout.engine.schema.values import Which
from checkout.primitives import FULL_RATE_BP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.engine.rewards.portion import Portion


class Run:
    """The equal units of one portion: how many there are, how many of them were taken as what."""

    __slots__ = ("bought", "may_be_rewarded", "number", "portion", "rewarded", "units")

    def __init__(self, number: int, portion: Portion, *, may_be_rewarded: bool) -> None:
        """Nothing is taken yet; the number says where the portion stands in canonical order."""
        self.number = number
        self.portion = portion
        self.units = portion.units
        self.may_be_rewarded = may_be_rewarded
        self.bought = 0
        self.rewarded = 0


def runs_of(portions: list[Portion], which: Which, reduced_goods: ReducedGoods) -> list[Run]:
    """The portions' units in an order; of reduced lines those that take part."""
    runs = []
    for number, portion in enumerate(portions):
        if portion.units and not (portion.reduced and reduced_goods is ReducedGoods.SKIP):
            runs.append(Run(number, portion, may_be_rewarded=not portion.reduced))
    return in_order_of(runs, which)


def in_order_of(runs: Sequence[Run], which: Which) -> list[Run]:
    """Runs, given in canonical order, by the price of a unit."""
    return in_order(runs, which, _price)


def reverse_of(which: Which) -> Which:
    """The order in which units are bought that are not to be rewarded."""
    if which is Which.CHEAPEST:
        return Which.DEAREST
    if which is Which.DEAREST:
        return Which.CHEAPEST
    return which


def effect_minor(effect: Effect, rounding: Rounding, worth: int, units: int) -> int:
    """What the effect takes off so many units that are worth so much."""
    if effect.rate_bp is not None:
        return rounded(worth * effect.rate_bp, FULL_RATE_BP, rounding)
    if effect.amount_minor is not None:
        return effect.amount_minor * units
    assert effect.price_minor is not None, "an effect is one of three"
    return max(worth - effect.price_minor * units, 0)


def exact_worth(portion: Portion) -> tuple[int, int]:
    """The exact worth of one unit, as numerator and denominator."""
    if portion.line.weighed:
        return portion.base_minor, 1
    return unit_price(portion.whole_base_minor, portion.line.quantity_milli, weighed=False)


def _price(run: Run) -> tuple[int, int]:
    return exact_worth(run.portion)
