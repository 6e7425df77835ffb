"""`gift`: units that are free, or reduced, for whom the campaign is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.rewards.unit_reward import UnitCountingReward
from checkout.engine.rewards.units import runs_of
from checkout.engine.schema.rewards import ReducedGoods
from checkout.engine.schema.unit_rewards import Incomplete

if TYPE_CHECKING:
    from checkout.engine.case import Case
    from checkout.engine.goods import Selector
    from checkout.engine.rewards.discount import Sums
    from checkout.engine.rewards.portion import Portion
    from checkout.engine.rewards.wish import Wish
    from checkout.engine.schema.unit_rewards import Gift


class FreeUnits(UnitCountingReward):
    """Gifts on the receipt, or to be added to it."""

    __slots__ = ("document",)

    def __init__(self, campaign: str, document: Gift, selector: Selector | None) -> None:
        """Keep how many."""
        super().__init__(campaign, document, selector)
        self.document = document

    @property
    def passes_over_reduced(self) -> bool:
        """With `next` reduced units take part, but are not rewarded."""
        return self.reduced_goods is ReducedGoods.SKIP

    @property
    def selectors(self) -> tuple[Selector | None, ...]:
        """A gift that is to be added is reached without being there."""
        return (None,) if self.document.missing is Incomplete.GIFT else self.works_on

    def wish(self, case: Case, portions: list[Portion], sums: Sums) -> Wish | None:
        """The first units in the order, and what is missing of them."""
        del case, sums
        left = self.document.units * (self.times or 1)
        runs = runs_of(portions, self.document.which, self.reduced_goods)
        if self.document.missing is Incomplete.NOTHING and left > sum(
            run.units for run in runs if run.may_be_rewarded
        ):
            return None
        for run in runs:
            if run.may_be_rewarded:
                run.rewarded = min(run.units, left)
                left -= run.rewarded
        missing = left if self.document.missing is Incomplete.GIFT else 0
        return self.wish_of(runs, self.document.effect, 1, missing)
