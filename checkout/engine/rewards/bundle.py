"""`bundle`: a set of goods at a set price, or with something off the set."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from checkout.engine.rewards.filling import fill, repeats, together
from checkout.engine.rewards.spreading import CompiledSpread
from checkout.engine.rewards.supply import Supply
from checkout.engine.rewards.unit_reward import APPLICATIONS_MAX, UnitCountingReward
from checkout.engine.rewards.units import effect_minor, exact_worth
from checkout.engine.rewards.wish import Wish
from checkout.engine.schema.rewards import ReducedGoods, Spread
from checkout.primitives import AMOUNT_MAX_MINOR

if TYPE_CHECKING:
    from checkout.engine.case import Case
    from checkout.engine.goods import Selector
    from checkout.engine.rewards.discount import Sums
    from checkout.engine.rewards.filling import Taken
    from checkout.engine.rewards.portion import Portion
    from checkout.engine.schema.unit_rewards import Bundle

_BY_VALUE: Final = CompiledSpread(Spread())


class SetOfGoods(UnitCountingReward):
    """Sets of goods."""

    __slots__ = ("document", "parts")

    def __init__(
        self,
        campaign: str,
        document: Bundle,
        parts: tuple[tuple[Selector | None, int], ...],
    ) -> None:
        """Keep the parts: choices of goods with units."""
        super().__init__(campaign, document, None)
        self.document = document
        self.parts = parts
        if self.reduced_goods is ReducedGoods.NEXT:
            self.reduced_goods = ReducedGoods.SKIP

    @property
    def works_on(self) -> tuple[Selector | None, ...]:
        """The goods of all parts."""
        return tuple(selector for selector, _ in self.parts)

    def could_use(self, units: int) -> bool:
        """Whole sets only."""
        return units % sum(part for _, part in self.parts) == 0

    def wish(self, case: Case, portions: list[Portion], sums: Sums) -> Wish | None:
        """One set after the other, equal ones at once, then one discount for all of them."""
        del case, sums
        supply = Supply(portions, self.reduced_goods)
        order = supply.order(self.document.which)
        demands = [supply.demand(order, selector, units) for selector, units in self.parts]
        applications, most = 0, self.times or APPLICATIONS_MAX
        while applications < most:
            filled = fill(demands, supply.left)
            here = together(filled) if filled is not None else None
            if here is None or not self._is_worth_it(supply, here):
                break
            times = min(repeats(here, supply.left), most - applications)
            for run, units in here.items():
                supply.left[run] -= times * units
                supply.runs[run].rewarded += times * units
            applications += times
        taken = [run for run in supply.runs if run.rewarded]
        if not applications:
            return None
        worths = [run.portion.worth_minor(run.rewarded) for run in taken]
        used = [(run.portion.line, run.portion.milli_of(run.rewarded)) for run in taken]
        effect = self.document.effect
        wish = Wish(
            [run.portion for run in taken],
            [effect.rate_bp or 0] * len(taken),
            worths,
            [quantity for _, quantity in used],
        )
        total = effect_minor(effect, self.rounding, sum(worths), applications)
        wish.spread(min(total, AMOUNT_MAX_MINOR), worths, _BY_VALUE)
        wish.rooms = [run.portion.units_room_minor(run.rewarded) for run in taken]
        wish.used = used
        wish.applications = applications
        return wish

    def _is_worth_it(self, supply: Supply, units_by_run: Taken) -> bool:
        """Whether the exact worth of one set is more than its price, if it has one."""
        price = self.document.effect.price_minor
        if price is None:
            return True
        numerator, denominator = 0, 1
        for run, units in units_by_run.items():
            worth, its_denominator = exact_worth(supply.runs[run].portion)
            common = math.lcm(denominator, its_denominator)
            numerator *= common // denominator
            numerator += worth * units * (common // its_denominator)
            denominator = common
        return numerator > price * denominator
