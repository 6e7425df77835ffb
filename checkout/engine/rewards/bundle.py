"""`bundle`: a set of goods at a set price, or with something off the set."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from checkout.engine.rewards.filling import can_fill, take
from checkout.engine.rewards.supply import Supply
from checkout.engine.rewards.unit_reward import APPLICATIONS_MAX, UnitCountingReward
from checkout.engine.rewards.units import effect_minor, exact_worth
from checkout.engine.rewards.wish import Wish
from checkout.engine.schema.rewards import ReducedGoods, Spread
from checkout.primitives import AMOUNT_MAX_MINOR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.engine.case import Case
    from checkout.engine.goods import Selector
    from checkout.engine.rewards.discount import Sums
    from checkout.engine.rewards.filling import Demand
    from checkout.engine.rewards.portion import Portion
    from checkout.engine.schema.unit_rewards import Bundle

_BY_VALUE: Final = Spread()


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

    def wish(self, case: Case, portions: Sequence[Portion], sums: Sums) -> Wish | None:
        """One set after the other, then one discount for all of them."""
        del case, sums
        supply = Supply(portions, self.reduced_goods)
        order = supply.order(self.document.which)
        demands = [supply.demand(order, selector, units) for selector, units in self.parts]
        applications = 0
        while applications < (self.times or APPLICATIONS_MAX) and can_fill(demands, supply.left):
            if not self._apply(supply, demands):
                break
            applications += 1
        taken = [run for run in supply.runs if run.rewarded]
        if not applications:
            return None
        worths = [run.portion.worth_minor(run.rewarded) for run in taken]
        used = [(run.portion.line, run.portion.milli_of(run.rewarded)) for run in taken]
        effect = self.document.effect
        wish = Wish(
            [run.portion for run in taken],
            worths,
            [quantity for _, quantity in used],
            [effect.rate_bp or 0] * len(taken),
        )
        total = effect_minor(effect, self.rounding, sum(worths), applications)
        wish.spread(min(total, AMOUNT_MAX_MINOR), worths, _BY_VALUE)
        wish.rooms = [run.portion.units_room_minor(run.rewarded) for run in taken]
        wish.used = used
        wish.applications = applications
        return wish

    def _apply(self, supply: Supply, demands: Sequence[Demand]) -> bool:
        """Take the units of one set; not if they are not worth more than its price."""
        here: dict[int, int] = {}
        before = list(supply.left)
        for number, demand in enumerate(demands):
            for run, units in take(demand, demands[number + 1 :], supply.left).items():
                here[run] = here.get(run, 0) + units
        price = self.document.effect.price_minor
        if price is not None:
            worth = Fraction(0)
            for run, units in here.items():
                worth += Fraction(*exact_worth(supply.runs[run].portion)) * units
            if worth <= price:
                supply.left = before
                return False
        for run, units in here.items():
            supply.runs[run].rewarded += units
        return True
