"""How much contenders could be granted at most on what is left: where a search need not look.

A line's discount is at most that of the contender which could take most off it; units of one line
that go to several contenders may each gain minor units by rounding. Contenders whose total is
bounded by less than that come on top with their totals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.lanes.allotting import lines_of
from checkout.engine.rewards.discount import DiscountReward
from checkout.engine.rewards.portion import Portion
from checkout.primitives import divide_up

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.lanes.discounts import DiscountPhase
    from checkout.engine.lanes.field import Allotment
    from checkout.engine.lanes.phase import Contender


class UpperBound:
    """What some contenders could be granted together on any part of their lines."""

    __slots__ = ("_most", "_on_top")

    def __init__(self, contenders: Sequence[Contender], phase: DiscountPhase) -> None:
        """Find the most that each line could give, and how many could share it."""
        self._on_top = 0
        #: Of each line: what could be taken off all of it, and minor units gained by rounding.
        self._most: dict[CanonicalLine, tuple[int, int]] = {}
        for contender in contenders:
            lines = lines_of(contender, phase)
            at_most = _at_most(contender, lines)
            total = total_at_most_of(contender, phase)
            if total is not None and total < sum(at_most.values()):
                self._on_top += total
                continue
            for line, value in at_most.items():
                most, shared = self._most.get(line, (0, 0))
                self._most[line] = (max(most, value), shared + len(contender.rewards))

    def of(self, left: Allotment) -> int:
        """No combination of the contenders is worth more on what is left of lines."""
        total = self._on_top
        for line, quantity in left.items():
            found = self._most.get(line) if quantity else None
            if found is not None:
                most, shared = found
                total += divide_up(most * quantity, line.quantity_milli) + shared
        return total


def _at_most(contender: Contender, lines: Sequence[CanonicalLine]) -> dict[CanonicalLine, int]:
    """What a contender could take off all of each line, or so much that the sum is no less."""
    rewards = [reward for reward in contender.rewards if isinstance(reward, DiscountReward)]
    portions = {line: _whole(line) for line in lines}
    on_average = {
        line: sum(reward.at_most_on_average(portion) for reward in rewards)
        for line, portion in portions.items()
    }
    if all(value <= line.room_minor for line, value in on_average.items()):
        return on_average
    return {
        line: min(sum(reward.at_most(portion) for reward in rewards), line.room_minor)
        for line, portion in portions.items()
    }


def _whole(line: CanonicalLine) -> Portion:
    """All of a line, at the most that rewards may start from."""
    base = max(line.opened_minor, line.start_minor)
    return Portion(line, line.quantity_milli, base, line.room_minor)


def total_at_most_of(contender: Contender, phase: DiscountPhase) -> int | None:
    """What a contender could take off in total, if its rewards or bounds say so."""
    totals = [bound.left for bound in phase.bounds_of(contender.campaign)]
    of_rewards = [
        reward.total_at_most() for reward in contender.rewards if isinstance(reward, DiscountReward)
    ]
    if None not in of_rewards:
        totals.append(sum(total for total in of_rewards if total is not None))
    return min(totals, default=None)
