"""`buy_get`: for every full set of what is bought, units of other goods are rewarded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.rewards.filling import fill, most_beside, repeats, together
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
    from checkout.engine.rewards.filling import Demand, Taken
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
        return (self.selector, *[selector for selector, _ in self.buy])

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

    def wish(self, case: Case, portions: list[Portion], sums: Sums) -> Wish | None:
        """One application after the other, equal ones at once."""
        del case, sums
        supply = Supply(portions, self.reduced_goods)
        which = self.document.which
        get = supply.demand(
            supply.order(which), self.selector, self.document.get_units, rewarded=True
        )
        order = supply.order(reverse_of(which))
        bought = [supply.demand(order, selector, units) for selector, units in self.buy]
        filled = applications = missing = 0
        most = self.times or APPLICATIONS_MAX
        while filled < most:
            found = self._application(bought, get, supply.left)
            if found is None:
                break
            bought_here, rewarded = found
            used = together(found)
            times = min(repeats(used, supply.left), most - filled)
            for run, units in used.items():
                supply.left[run] -= times * units
                supply.runs[run].bought += times * bought_here.get(run, 0)
                supply.runs[run].rewarded += times * rewarded.get(run, 0)
            units = sum(rewarded.values())
            filled += times
            applications += times if units else 0
            missing += times * (get.units - units) if self._adds else 0
        return self.wish_of(supply.runs, self.document.effect, applications, missing)

    def _application(
        self, bought: Sequence[Demand], get: Demand, left: Sequence[int]
    ) -> tuple[Taken, Taken] | None:
        """What the next application takes and does not reward, and what it rewards; none if none.

        Units that are bought and rewarded are told as rewarded.
        """
        some = get.of(get.there(left))
        if self.document.rewarded_counts:
            filled, gets = fill(bought, left), fill([some], left)
        else:
            filled, gets = _apart(fill([*bought, some], left))
            if filled is None and self.document.incomplete is not Incomplete.NOTHING:
                units = most_beside(some, bought, left)
                if units is not None:
                    filled, gets = _apart(fill([*bought, some.of(units)], left))
        if filled is None or gets is None:
            return None
        rewarded = gets[0]
        units = sum(rewarded.values())
        if units < get.units and not (
            self._adds or (units and self.document.incomplete is Incomplete.PART)
        ):
            return None
        bought_here = together(filled)
        if self.document.rewarded_counts:
            for run, units in rewarded.items():
                if run in bought_here:
                    bought_here[run] -= min(bought_here[run], units)
        return bought_here, rewarded

    @property
    def _adds(self) -> bool:
        """Whether the till is told to add what is missing."""
        return self.document.incomplete is Incomplete.GIFT


def _apart(filled: list[Taken] | None) -> tuple[list[Taken] | None, list[Taken] | None]:
    """What the bought take, and what the rewarded, which came last."""
    return (None, None) if filled is None else (filled[:-1], filled[-1:])
