"""`amount`: money off each unit, quantity or line, off the receipt, or for each so much bought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.rewards.discount import DiscountReward
from checkout.engine.rewards.spreading import CompiledSpread
from checkout.engine.rewards.value import price_minor
from checkout.engine.rewards.wish import Wish
from checkout.engine.schema.conditions import Moment
from checkout.engine.schema.values import AmountPer
from checkout.primitives import AMOUNT_MAX_MINOR, UNIT_MILLI, divide_half_up

if TYPE_CHECKING:
    from checkout.engine.case import Case
    from checkout.engine.goods import Selector
    from checkout.engine.rewards.discount import Sums
    from checkout.engine.rewards.portion import Portion
    from checkout.engine.rewards.value import Value
    from checkout.engine.schema.rewards import Amount

_BY_LINE = (AmountPer.UNIT, AmountPer.QUANTITY, AmountPer.LINE)


class AmountOff(DiscountReward):
    """An amount off."""

    __slots__ = ("by_line", "by_unit", "each", "earlier_lanes", "per", "spread", "value")

    def __init__(
        self, campaign: str, document: Amount, selector: Selector | None, value: Value
    ) -> None:
        """Keep what it is off."""
        super().__init__(
            campaign, document.lane, selector, document.reduced_goods, document.maximum
        )
        self.value = value
        self.per = document.per
        self.by_line = document.per in _BY_LINE
        self.by_unit = document.per is AmountPer.UNIT
        self.each = document.each_minor or document.each_units or 1
        self.earlier_lanes = document.after is Moment.EARLIER_LANES
        self.spread = CompiledSpread(document.spread)

    @property
    def is_additive(self) -> bool:
        """Line by line, and not measured over several."""
        return self.application_minor is None and self.by_line and self.value.is_additive

    @property
    def is_proportional(self) -> bool:
        """By units or by quantity."""
        return (
            self.is_additive
            and self.per is not AmountPer.LINE
            and self.line_minor is None
            and self.value.is_proportional
        )

    def total_at_most(self) -> int | None:
        """A fixed amount that is given once."""
        return self.value.fixed if self.per is AmountPer.RECEIPT else None

    def wish(self, case: Case, portions: list[Portion], sums: Sums) -> Wish | None:
        """On each portion, or one amount for all."""
        del sums
        scale = self.value.scale
        values: list[int] = []
        if scale is None or not scale.marginal:
            portions, values = self.value.of_portions(case, portions)
            if not portions:
                return None
        wish = Wish(portions)
        if scale is not None and scale.marginal:
            return wish.line_by_line(
                [
                    min(
                        divide_half_up(scale.weighted(p.quantity_milli), UNIT_MILLI),
                        AMOUNT_MAX_MINOR,
                    )
                    for p in portions
                ]
            )
        if self.by_line:
            return wish.line_by_line(
                [
                    min(self._of_line(portion, values[i]), AMOUNT_MAX_MINOR)
                    for i, portion in enumerate(portions)
                ]
            )
        total = min(values[0] * self._times(portions), AMOUNT_MAX_MINOR)
        return wish.spread(total, self.spread.weights_of(portions), self.spread)

    def _of_line(self, portion: Portion, value: int) -> int:
        if self.by_unit:
            return value * portion.units
        if self.per is AmountPer.QUANTITY:
            return divide_half_up(value * portion.quantity_milli, UNIT_MILLI)
        return value

    def _times(self, portions: list[Portion]) -> int:
        """How often the amount is given."""
        if self.per is AmountPer.EACH_AMOUNT:
            bought = sum(price_minor(p, earlier_lanes=self.earlier_lanes) for p in portions)
            return bought // self.each
        if self.per is AmountPer.EACH_UNITS:
            return sum(portion.units for portion in portions) // self.each
        return 1
