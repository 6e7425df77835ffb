"""How much a combination could be worth at most: the certificate of a search that was cut short.

A line's discount is at most that of the contender which could take most off all of it; units of one
line that go to several contenders may each gain a minor unit by rounding.
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
    for contender in contenders:
        for line in lines_of(contender, phase):
            at_most = 0
            for reward in contender.rewards:
                assert isinstance(reward, DiscountReward), "discount lanes hold discounts"
                base = max(line.opened_minor, line.start_minor)
                at_most += reward.at_most(Portion(line, line.quantity_milli, base, line.room_minor))
            most[line] = max(most.get(line, 0), min(at_most, line.room_minor))
            meant[line] = meant.get(line, 0) + 1
    slack = sum(many - 1 for many in meant.values()) if by_unit else 0
    return sum(most.values()) + slack
