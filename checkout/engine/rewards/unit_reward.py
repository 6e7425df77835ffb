"""What all rewards that count units have: from runs of taken units to a wish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.rewards.discount import DiscountReward
from checkout.engine.rewards.units import effect_minor
from checkout.engine.rewards.wish import Wish
from checkout.primitives import AMOUNT_MAX_MINOR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.engine.goods import Selector
    from checkout.engine.rewards.units import Run
    from checkout.engine.schema.unit_rewards import Effect, UnitReward

#: Applications of one reward that takes its units one application after the other.
APPLICATIONS_MAX = 1_000


class UnitCountingReward(DiscountReward):
    """A reward that counts units."""

    __slots__ = ("rounding", "times")

    def __init__(self, campaign: str, document: UnitReward, selector: Selector | None) -> None:
        """Keep repetition and rounding."""
        super().__init__(
            campaign, document.lane, selector, document.reduced_goods, document.maximum
        )
        self.counts_units = True
        self.rounding = document.rounding
        self.times = document.times

    def could_use(self, units: int) -> bool:
        """Whether it might use exactly so many units, bought and rewarded; true if in doubt."""
        del units
        return True

    def wish_of(
        self, runs: Sequence[Run], effect: Effect, applications: int, missing: int = 0
    ) -> Wish | None:
        """The effect on the rewarded units of each run; runs may come in any order."""
        rewarded = sorted((run for run in runs if run.rewarded), key=_line_order)
        if not rewarded and not missing:
            return None
        portions = [run.portion for run in rewarded]
        bases = [run.portion.worth_minor(run.rewarded) for run in rewarded]
        rate_bp = effect.rate_bp or 0
        wish = Wish(
            portions,
            [rate_bp] * len(portions),
            bases,
            [run.portion.milli_of(run.rewarded) for run in rewarded],
        ).line_by_line(
            [
                min(effect_minor(effect, self.rounding, base, run.rewarded), AMOUNT_MAX_MINOR)
                for base, run in zip(bases, rewarded, strict=True)
            ]
        )
        wish.rooms = [run.portion.units_room_minor(run.rewarded) for run in rewarded]
        wish.used = [
            (run.portion.line, run.portion.milli_of(run.bought + run.rewarded))
            for run in runs
            if run.bought or run.rewarded
        ]
        wish.applications = applications
        wish.missing = missing
        return wish


def _line_order(run: Run) -> int:
    return run.number
