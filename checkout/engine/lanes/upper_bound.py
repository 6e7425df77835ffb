"""How much a combination could be worth at most: the certificate of a search that was cut short.

A line's discount is at most that of the contender which could take most off all of it; units of one
line that go to several contenders may each gain a minor unit by rounding. Contenders whose total is
bounded by less than that come on top with their totals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.lanes.allotting import lines_of
from checkout.engine.rewards.discount import DiscountReward
from checkout.engine.rewards.portion import Portion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.lanes.discounts import DiscountPhase
    from checkout.engine.lanes.phase import Contender


def upper_bound_minor(
    contenders: Sequence[Contender], phase: DiscountPhase, *, by_unit: bool
) -> int:
    """No combination of the contenders is worth more."""
    most: dict[CanonicalLine, int] = {}
    meant: dict[CanonicalLine, int] = {}
    on_top = 0
    for contender in contenders:
        lines = lines_of(contender, phase)
        at_most = {line: _at_most(contender, line) for line in lines}
        for line in lines:
            meant[line] = meant.get(line, 0) + 1
        total = _total_at_most(contender, phase)
        if total is not None and total < sum(at_most.values()):
            on_top += total
            continue
        for line, value in at_most.items():
            most[line] = max(most.get(line, 0), value)
    slack = sum(many - 1 for many in meant.values()) if by_unit else 0
    rooms = sum(line.room_minor for line in meant)
    return min(sum(most.values()) + on_top + slack, rooms)


def _at_most(contender: Contender, line: CanonicalLine) -> int:
    """What a contender could take off all of a line."""
    base = max(line.opened_minor, line.start_minor)
    portion = Portion(line, line.quantity_milli, base, line.room_minor)
    at_most = 0
    for reward in contender.rewards:
        assert isinstance(reward, DiscountReward), "discount lanes hold discounts"
        at_most += reward.at_most(portion)
    return min(at_most, line.room_minor)


def _total_at_most(contender: Contender, phase: DiscountPhase) -> int | None:
    """What a contender could take off in total, if its rewards or bounds say so."""
    totals = [bound.left for bound in phase.bounds_of(contender.campaign)]
    of_rewards = [
        reward.total_at_most() for reward in contender.rewards if isinstance(reward, DiscountReward)
    ]
    if None not in of_rewards:
        totals.append(sum(total for total in of_rewards if total is not None))
    return min(totals, default=None)
