"""`buy_get`: for every full set of what is bought, units of other goods are rewarded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.rewards.filling import Demand, can_fill, take
from checkout.engine.rewards.supply import Supply
from checkout.engine.rewards.unit_reward import APPLICATIONS_MAX, UnitCountingReward
from checkout.engine.rewards.units import reverse_of
from checkout.engine.schema.rewards import ReducedGoods
from checkout.engine.schema.unit_rewards import Incomplete

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.engine.case import Case
    from checkout.engine.goods import Selector
    from checkout.engine.rewards.discount import Sums
    from checkout.engine.rewards.portion import Portion
    from checkout.engine.rewards.wish import Wish
    from checkout.engine.schema.unit_rewards import BuyGet


class BuyAGetB(UnitCountingReward):
    """Bought goods that have others rewarded."""

    __slots__ = ("buy", "document")

    def __init__(
        self,
        campaign: str,
        document: BuyGet,
        selector: Selector | None,
        buy: tuple[tuple[Selector | None, int], ...],
    ) -> None:
        """Keep what is bought: choices of goods with units."""
        super().__init__(campaign, document, selector)
        self.document = document
        self.buy = buy

    @property
    def works_on(self) -> tuple[Selector | None, ...]:
        """What is rewarded, and all that is bought."""
        return (self.selector, *(selector for selector, _ in self.buy))

    @property
    def passes_over_reduced(self) -> bool:
        """With `next` reduced units may be bought."""
        return self.reduced_goods is ReducedGoods.SKIP

    def could_use(self, units: int) -> bool:
        """Whole applications only, where nothing else is possible."""
        if self.document.rewarded_counts or self.document.incomplete is not Incomplete.NOTHING:
            return True
        bought = sum(its_units for _, its_units in self.buy)
        return units % (bought + self.document.get_units) == 0

    def wish(self, case: Case, portions: Sequence[Portion], sums: Sums) -> Wish | None:
        """One application after the other."""
        del case, sums
        supply = Supply(portions, self.reduced_goods)
        which = self.document.which
        get = supply.demand(
            supply.order(which), self.selector, self.document.get_units, rewarded=True
        )
        order = supply.order(reverse_of(which))
        bought = [supply.demand(order, selector, units) for selector, units in self.buy]
        applications = missing = 0
        for _ in range(self.times or APPLICATIONS_MAX):
            units = self._rewarded_units(bought, get, supply.left)
            if units is None:
                break
            self._apply(supply, bought, Demand(get.runs, units))
            applications += 1 if units else 0
            missing += get.units - units if self.document.incomplete is Incomplete.GIFT else 0
        return self.wish_of(supply.runs, self.document.effect, applications, missing)

    def _rewarded_units(
        self, bought: Sequence[Demand], get: Demand, left: Sequence[int]
    ) -> int | None:
        """How many units the next application rewards; none if there is none more."""
        if self.document.rewarded_counts:
            units = min(sum(left[run] for run in get.runs), get.units)
            if not can_fill(bought, left):
                return None
        else:
            if can_fill([*bought, get], left):
                return get.units
            if not can_fill(bought, left):
                return None
            units = get.units - 1
            while units and not can_fill([*bought, Demand(get.runs, units)], left):
                units -= 1
        if units == get.units or self.document.incomplete is Incomplete.GIFT:
            return units
        return units if units and self.document.incomplete is Incomplete.PART else None

    def _apply(self, supply: Supply, bought: Sequence[Demand], get: Demand) -> None:
        """Take the units of one application."""
        counts = self.document.rewarded_counts
        here: dict[int, int] = {}
        before = list(supply.left)
        for number, demand in enumerate(bought):
            rest = [*bought[number + 1 :]] if counts else [*bought[number + 1 :], get]
            for run, units in take(demand, rest, supply.left).items():
                here[run] = here.get(run, 0) + units
        rewarded = take(get, [], before if counts else supply.left)
        for run, units in rewarded.items():
            supply.runs[run].rewarded += units
            if counts:
                twice = min(here.get(run, 0), units)
                here[run] = here.get(run, 0) - twice
                supply.left[run] -= units - twice
        for run, units in here.items():
            supply.runs[run].bought += units
