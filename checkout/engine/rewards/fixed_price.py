"""`fixed_price`: the goods at a price of their own; one that is already lower stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.rewards.discount import DiscountReward
from checkout.engine.rewards.wish import Wish
from checkout.engine.schema.rewards import PricePer
from checkout.engine.schema.values import ScaleBy
from checkout.primitives import UNIT_MILLI, divide_half_up

if TYPE_CHECKING:
    from checkout.engine.case import Case
    from checkout.engine.goods import Selector
    from checkout.engine.rewards.discount import Sums
    from checkout.engine.rewards.portion import Portion
    from checkout.engine.rewards.value import CompiledScale, Value
    from checkout.engine.schema.rewards import FixedPrice


class PriceFixed(DiscountReward):
    """A fixed price."""

    __slots__ = ("by_line", "by_unit", "value")

    def __init__(
        self, campaign: str, document: FixedPrice, selector: Selector | None, value: Value
    ) -> None:
        """Keep what the price is for."""
        super().__init__(
            campaign, document.lane, selector, document.reduced_goods, document.maximum
        )
        self.value = value
        self.by_line = document.per is PricePer.LINE
        self.by_unit = document.per is PricePer.UNIT

    @property
    def is_additive(self) -> bool:
        """Unless it is measured over several lines."""
        return self.application_minor is None and self.value.is_additive

    @property
    def is_proportional(self) -> bool:
        """Unless it is the price of a whole line."""
        return (
            self.is_additive
            and not self.by_line
            and self.line_minor is None
            and self.value.is_proportional
        )

    def wish(self, case: Case, portions: list[Portion], sums: Sums) -> Wish | None:
        """What each portion costs more than its price."""
        del sums
        scale = self.value.scale
        if scale is not None and scale.marginal:
            return Wish(portions).line_by_line([_marginal(scale, portion) for portion in portions])
        portions, prices = self.value.of_portions(case, portions)
        if not portions:
            return None
        return Wish(portions).line_by_line(
            [
                max(portion.base_minor - self._price_of(portion, prices[i]), 0)
                for i, portion in enumerate(portions)
            ]
        )

    def _price_of(self, portion: Portion, price: int) -> int:
        if self.by_line or (self.by_unit and portion.line.weighed):
            return price
        return divide_half_up(price * portion.quantity_milli, UNIT_MILLI)


def _marginal(scale: CompiledScale, portion: Portion) -> int:
    """What the steps' parts of a line cost more than the steps' prices; rounded once, half up."""
    assert scale.by is ScaleBy.QUANTITY, "prices go by quantity"
    parts = scale.parts(portion.quantity_milli)
    quantity = portion.quantity_milli
    # base × Σq / quantity − Σ price × q / 1000, over one denominator
    numerator = portion.base_minor * sum(part for part, _ in parts) * UNIT_MILLI
    numerator -= quantity * sum(part * price for part, price in parts)
    return divide_half_up(max(numerator, 0), quantity * UNIT_MILLI)
