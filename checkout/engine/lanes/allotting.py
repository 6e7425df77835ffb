"""What contenders of a combination may get: units of lines, or whole lines, largest first."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from checkout.engine.rewards.discount import DiscountReward
from checkout.engine.rewards.unit_reward import UnitCountingReward
from checkout.primitives import UNIT_MILLI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.lanes.discounts import DiscountPhase
    from checkout.engine.lanes.field import Allotment
    from checkout.engine.lanes.phase import Contender, Trial


def lines_of(contender: Contender, phase: DiscountPhase) -> list[CanonicalLine]:
    """All lines that a contender's rewards look at, in canonical order."""
    meant: set[CanonicalLine] = set()
    for reward in contender.rewards:
        assert isinstance(reward, DiscountReward), "discount lanes hold discounts"
        meant.update(phase.lines_of(reward))
    return [line for line in phase.case.lines if line in meant]


class Decider:
    """A contender whose lines have to be decided on before the rest goes to others."""

    __slots__ = ("contender", "lines")

    def __init__(self, contender: Contender, phase: DiscountPhase) -> None:
        """Find its lines."""
        self.contender = contender
        self.lines = lines_of(contender, phase)


class Joint(Decider):
    """What it is granted depends on all lines that it gets; it gets whole lines."""

    __slots__ = ()

    def allotments(self, left: Allotment) -> Iterator[Allotment]:
        """Every choice of lines, all of them first."""
        lines = [line for line in self.lines if left[line]]
        for many in range(len(lines), 0, -1):
            for chosen in itertools.combinations(lines, many):
                yield {line: left[line] for line in chosen}

    def fits(self, trial: Trial, allotment: Allotment) -> bool:
        """Whole lines are taken whatever is used of them."""
        del trial, allotment
        return True


class Counting(Decider):
    """It counts units, and gets those that it uses."""

    __slots__ = ("_allowed", "_single")

    def __init__(self, contender: Contender, phase: DiscountPhase) -> None:
        """Keep what limits allow, and the one reward whose counts can be ruled out early."""
        super().__init__(contender, phase)
        self._allowed = phase.allowed(contender.campaign)
        only = contender.rewards[0] if len(contender.rewards) == 1 else None
        self._single = only if isinstance(only, UnitCountingReward) else None

    @staticmethod
    def is_one(contender: Contender) -> bool:
        """Whether a contender has a reward that counts units."""
        return any(isinstance(reward, UnitCountingReward) for reward in contender.rewards)

    def allotments(self, left: Allotment) -> Iterator[Allotment]:
        """Every number of whole units of each line, most first, but none at all."""
        lines = [line for line in self.lines if self._units(line, left)]
        counts = [range(self._units(line, left), -1, -1) for line in lines]
        for units in itertools.product(*counts):
            if any(units):
                yield {
                    line: line.quantity_milli if line.weighed else many * UNIT_MILLI
                    for line, many in zip(lines, units, strict=True)
                    if many
                }

    def fits(self, trial: Trial, allotment: Allotment) -> bool:
        """It uses all that it gets: otherwise the same is found with less."""
        return trial.used == allotment

    def is_possible(self, allotment: Allotment) -> bool:
        """Whether the number of units can be used up at all."""
        if self._single is None:
            return True
        units = sum(1 if line.weighed else q // UNIT_MILLI for line, q in allotment.items())
        return self._single.could_use(units)

    def _units(self, line: CanonicalLine, left: Allotment) -> int:
        quantity = left[line]
        if self._allowed is not None:
            quantity = min(quantity, self._allowed.get(line, quantity))
        if line.weighed:
            return 1 if quantity == line.quantity_milli else 0
        return quantity // UNIT_MILLI
