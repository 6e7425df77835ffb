"""`multibuy`: of every so many units some are rewarded (``docs/rules.md`` §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.rewards.unit_reward import UnitCountingReward
from checkout.engine.rewards.units import runs_of
from checkout.engine.schema.rewards import ReducedGoods
from checkout.engine.schema.unit_rewards import Incomplete, Pick
from checkout.engine.schema.values import Which
from checkout.primitives import FULL_RATE_BP, divide_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from checkout.engine.case import Case
    from checkout.engine.goods import Selector
    from checkout.engine.rewards.discount import Sums
    from checkout.engine.rewards.portion import Portion
    from checkout.engine.rewards.units import Run
    from checkout.engine.rewards.wish import Wish
    from checkout.engine.schema.unit_rewards import Multibuy


class SomeOfEach(UnitCountingReward):
    """So many of every so many units."""

    __slots__ = (
        "adds_gifts",
        "buy",
        "counts_rewarded",
        "document",
        "effect",
        "from_end",
        "get",
        "group",
        "in_groups",
        "rewards_parts",
        "row",
    )

    def __init__(self, campaign: str, document: Multibuy, selector: Selector | None) -> None:
        """Work out the size of a group, and from which end of the row units are rewarded."""
        super().__init__(campaign, document, selector)
        self.document = document
        self.buy = document.buy_units
        self.get = document.get_units
        self.group = self.buy if document.rewarded_counts else self.buy + self.get
        self.row = Which.RECEIPT_ORDER if document.which is Which.RECEIPT_ORDER else Which.DEAREST
        self.effect = document.effect
        self.counts_rewarded = document.rewarded_counts
        self.rewards_parts = document.incomplete is not Incomplete.NOTHING
        self.adds_gifts = document.incomplete is Incomplete.GIFT
        self.in_groups = document.pick is Pick.EACH_GROUP
        self.from_end = document.which is Which.CHEAPEST or (
            self.in_groups and document.which is Which.RECEIPT_ORDER
        )

    @property
    def passes_over_reduced(self) -> bool:
        """With `next` reduced units count as bought."""
        return self.reduced_goods is ReducedGoods.SKIP

    def could_use(self, units: int) -> bool:
        """Whole groups only, unless parts of one are rewarded."""
        if self.rewards_parts:
            return True
        return units % self.group == 0 and units // self.group <= (self.times or units)

    def at_most(self, portion: Portion) -> int:
        """Every unit may be rewarded, if there are others to be bought."""
        rate_bp = self.document.effect.rate_bp
        if rate_bp is None:
            return portion.room_minor
        return divide_up(portion.base_minor * rate_bp, FULL_RATE_BP) + portion.units

    def at_most_on_average(self, portion: Portion) -> int:
        """Of the cheapest of each group, not more than the group's average unit is worth."""
        rate_bp = self.document.effect.rate_bp
        dearer = self.reduced_goods is ReducedGoods.NEXT  # it may have to pass over the cheapest
        if rate_bp is None or dearer or self.document.which is not Which.CHEAPEST:
            return portion.room_minor
        share = portion.base_minor * rate_bp * self.get
        return divide_up(share, FULL_RATE_BP * self.group) + 1

    def wish(self, case: Case, portions: list[Portion], sums: Sums) -> Wish | None:
        """Reward units of full groups, then of what is left over."""
        del case, sums
        runs = runs_of(portions, self.row, self.reduced_goods)
        units = sum(run.units for run in runs)
        full = units // self.group
        times = full if self.times is None else min(full, self.times)
        grouped = times * self.group
        applications = times
        if self.in_groups:
            self._reward_groups(runs, grouped)
        else:
            self._reward(runs, times * self.get)
        used = grouped
        missing = 0
        open_end = self.times is None or times < self.times
        if open_end and not self.counts_rewarded:
            rest = units - grouped
            if self.rewards_parts and rest > self.buy:
                more = self._reward_rest(runs, grouped, rest - self.buy)
                if more:
                    applications += 1
                    used = units
            if self.adds_gifts and rest >= self.buy:
                missing = self.group - rest
        _mark_bought(runs, used)
        return self.wish_of(runs, self.effect, applications, missing)

    def _reward_groups(self, runs: Sequence[Run], grouped: int) -> None:
        """In each group of consecutive units some; groups inside one run are taken at once."""
        at = 0
        i = 0
        start = 0
        while at < grouped:
            run = runs[i]
            if at >= start + run.units:
                start += run.units
                i += 1
                continue
            inside = (min(start + run.units, grouped) - at) // self.group
            if inside:
                if run.may_be_rewarded:
                    run.rewarded += inside * self.get
                at += inside * self.group
                continue
            self._reward_segments(_segments(runs, i, at - start, self.group), self.get)
            at += self.group

    def _reward_segments(self, segments: list[tuple[Run, int]], units: int) -> int:
        """So many units of a row, from the end that the settings say; how many there were."""
        left = units
        for run, count in reversed(segments) if self.from_end else segments:
            if run.may_be_rewarded:
                more = min(count, left)
                run.rewarded += more
                left -= more
        return units - left

    def _reward(self, runs: Sequence[Run], units: int) -> int:
        """So many units of all that are not rewarded yet."""
        return self._reward_segments([(run, run.units - run.rewarded) for run in runs], units)

    def _reward_rest(self, runs: Sequence[Run], grouped: int, units: int) -> int:
        """Units of an incomplete group."""
        if not self.in_groups:
            return self._reward(runs, units)
        start = 0
        rest = []
        for run in runs:
            left_over = start + run.units - max(start, grouped)
            if left_over > 0:
                rest.append((run, left_over))
            start += run.units
        return self._reward_segments(rest, units)


def _segments(runs: Sequence[Run], first: int, skip: int, units: int) -> list[tuple[Run, int]]:
    """The runs that so many consecutive units lie in, after some of the first run."""
    found = []
    i = first
    while units:
        count = min(runs[i].units - skip, units)
        found.append((runs[i], count))
        units -= count
        skip = 0
        i += 1
    return found


def _mark_bought(runs: Iterable[Run], used: int) -> None:
    """Beside the rewarded units the first others in the row, until so many are used."""
    left = used - sum(run.rewarded for run in runs)
    for run in runs:
        run.bought = min(max(left, 0), run.units - run.rewarded)
        left -= run.bought
