"""`percent`: a rate of the base, rounded where its level says (``docs/rules.md`` §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.rewards.discount import DiscountReward
from checkout.engine.rewards.rounding import rounded, rounding_term
from checkout.engine.rewards.spreading import CompiledSpread
from checkout.engine.rewards.wish import Wish
from checkout.engine.schema.rewards import RoundingLevel
from checkout.engine.schema.values import ScaleBy
from checkout.primitives import FULL_RATE_BP, UNIT_MILLI, divide_up

if TYPE_CHECKING:
    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.goods import Selector
    from checkout.engine.rewards.discount import Sums
    from checkout.engine.rewards.portion import Portion
    from checkout.engine.rewards.value import Value
    from checkout.engine.schema.rewards import Percent

_SPREAD_LEVELS = (RoundingLevel.TOTAL, RoundingLevel.RECEIPT)


class PercentOff(DiscountReward):
    """A percentage off the goods."""

    __slots__ = ("_rounding_term", "by_unit", "level", "rounding", "spread", "spreads", "value")

    def __init__(
        self, campaign: str, document: Percent, selector: Selector | None, value: Value
    ) -> None:
        """Keep rate and rounding."""
        super().__init__(
            campaign, document.lane, selector, document.reduced_goods, document.maximum
        )
        self.value = value
        self.rounding = document.rounding
        self._rounding_term = rounding_term(FULL_RATE_BP, document.rounding)
        self.level = document.level
        self.by_unit = document.level is RoundingLevel.UNIT
        self.spreads = document.level in _SPREAD_LEVELS
        self.spread = CompiledSpread(document.spread)

    def at_most(self, portion: Portion) -> int:
        """The rate of the base, if it is always the same."""
        rate_bp = self.value.fixed
        if rate_bp is None or self.spreads:
            return portion.room_minor
        return divide_up(portion.base_minor * rate_bp, FULL_RATE_BP) + portion.units

    @property
    def is_additive(self) -> bool:
        """Unless it is rounded over several lines, or measured over them."""
        return self.application_minor is None and not self.spreads and self.value.is_additive

    @property
    def is_proportional(self) -> bool:
        """A rate of every part of a line."""
        return self.is_additive and self.line_minor is None and self.value.is_proportional

    def wish(self, case: Case, portions: list[Portion], sums: Sums) -> Wish | None:
        """By the level of rounding; by the steps of a marginal scale."""
        scale = self.value.scale
        if scale is not None and scale.marginal:
            return self._marginal(portions)
        portions, values = self.value.of_portions(case, portions)
        if not portions:
            return None
        rates = [min(FULL_RATE_BP, value) for value in values]
        wish = Wish(portions, rates)
        if self.spreads:
            return wish.spread(
                self._total(portions, rates, sums), self.spread.weights_of(portions), self.spread
            )
        if self.by_unit:
            return wish.line_by_line(
                [self._by_unit(portion, rates[i]) for i, portion in enumerate(portions)]
            )
        if sums.added is not None:
            added = sums.added
            return wish.line_by_line(
                [self._added_up(portion, rates[i], added) for i, portion in enumerate(portions)]
            )
        # `rounded`, with what is the same for all lines worked out before.
        term = self._rounding_term
        return wish.line_by_line(
            [
                (2 * portion.base_minor * rates[i] + term) // (2 * FULL_RATE_BP)
                for i, portion in enumerate(portions)
            ]
        )

    def _by_unit(self, portion: Portion, rate_bp: int) -> int:
        """Rounded for one unit, times units; what is left of the quantity on its own."""
        base, quantity = portion.base_minor, portion.quantity_milli
        if portion.line.weighed:
            return rounded(base * rate_bp, FULL_RATE_BP, self.rounding)
        units = portion.units
        rest = quantity - units * UNIT_MILLI
        one = rounded(base * UNIT_MILLI * rate_bp, quantity * FULL_RATE_BP, self.rounding)
        if not rest:
            return units * one
        return units * one + rounded(base * rest * rate_bp, quantity * FULL_RATE_BP, self.rounding)

    def _total(self, portions: list[Portion], rates: list[int], sums: Sums) -> int:
        """Rounded once for the rule, or once for all rules of the receipt up to this one."""
        exact_bp = sum([portion.base_minor * rates[i] for i, portion in enumerate(portions)])
        if self.level is RoundingLevel.TOTAL:
            return rounded(exact_bp, FULL_RATE_BP, self.rounding)
        sums.exact_bp += exact_bp
        total = max(rounded(sums.exact_bp, FULL_RATE_BP, self.rounding) - sums.given, 0)
        sums.given += total
        return total

    def _added_up(
        self, portion: Portion, rate_bp: int, added: dict[CanonicalLine, tuple[int, int]]
    ) -> int:
        """What the rates so far make together, less what earlier ones wished.

        Also beyond the whole: what one of them is kept from by its maximum is left to the next.
        """
        rate_before, wished = added.get(portion.line, (0, 0))
        rate = rate_before + rate_bp
        together = rounded(portion.base_minor * rate, FULL_RATE_BP, self.rounding)
        wanted = max(together - wished, 0)
        added[portion.line] = (rate, wished + wanted)
        return wanted

    def _marginal(self, portions: list[Portion]) -> Wish:
        """Each step for its own part: of a line's quantity, or of the base."""
        scale = self.value.scale
        assert scale is not None
        bases = [portion.base_minor for portion in portions]
        wish = Wish(portions)
        if scale.by is ScaleBy.QUANTITY:
            return wish.line_by_line(
                [
                    rounded(
                        portion.base_minor * scale.weighted(portion.quantity_milli),
                        portion.quantity_milli * FULL_RATE_BP,
                        self.rounding,
                    )
                    for portion in portions
                ]
            )
        if scale.over_line:
            return wish.line_by_line(
                [rounded(scale.weighted(base), FULL_RATE_BP, self.rounding) for base in bases]
            )
        exact_bp = scale.weighted(sum(bases))
        return wish.spread(
            rounded(exact_bp, FULL_RATE_BP, self.rounding),
            self.spread.weights_of(portions),
            self.spread,
        )
