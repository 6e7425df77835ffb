"""What applications of sets take their units from: runs in canonical order, and orders of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.rewards.filling import Demand
from checkout.engine.rewards.units import in_order_of, runs_of
from checkout.engine.schema.values import Which

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.engine.goods import Selector
    from checkout.engine.rewards.portion import Portion
    from checkout.engine.rewards.units import Run
    from checkout.engine.schema.rewards import ReducedGoods


class Supply:
    """The runs of a reward's portions, and how many units of each are left."""

    __slots__ = ("left", "runs")

    def __init__(self, portions: list[Portion], reduced_goods: ReducedGoods) -> None:
        """Everything is left."""
        self.runs = runs_of(portions, Which.RECEIPT_ORDER, reduced_goods)
        self.left = [run.units for run in self.runs]

    def order(self, which: Which) -> list[int]:
        """The numbers of the runs in an order of units."""
        place = {id(run): number for number, run in enumerate(self.runs)}
        return [place[id(run)] for run in in_order_of(self.runs, which)]

    def demand(
        self, order: Sequence[int], selector: Selector | None, units: int, *, rewarded: bool = False
    ) -> Demand:
        """So many units of the runs that a choice of goods means."""
        return Demand(
            [
                number
                for number in order
                if (not rewarded or self.runs[number].may_be_rewarded)
                and means(selector, self.runs[number])
            ],
            units,
        )


def means(selector: Selector | None, run: Run) -> bool:
    """Whether a choice of goods means the units of a run."""
    line = run.portion.line
    return line.counted if selector is None else selector in line.selectors
