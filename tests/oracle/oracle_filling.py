"""The oracle's taking of units so that the rest can still be filled (docs/rules.md, 3)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.oracle.oracle_lines import CanonicalLine
    from tests.oracle.oracle_rewards import Portion

#: How many of the units of a line: bought, rewarded, or both.
Count = dict["CanonicalLine", int]


@dataclass
class Demand:
    """So many units, of these lines."""

    lines: set[CanonicalLine]
    units: int


@dataclass
class Application:
    """One application while it is being filled: what it still asks for, and what is free."""

    bought: list[Demand]
    gets: Demand
    free: Count
    #: What is rewarded may be among what is bought.
    both: bool = False

    def __post_init__(self) -> None:
        self.at_start = dict(self.free)

    def can_be_filled(self) -> bool:
        """Whether there are units for the rest.

        If the rewarded units may be among the bought, any that were free at the start serve.
        """
        if self.both:
            return are_there(self.bought, self.free) and are_there([self.gets], self.at_start)
        return are_there([*self.bought, self.gets], self.free)

    def take(self, demand: Demand, order: list[Portion]) -> list[Portion]:
        """Take a demand's units in order, each so that the rest can still be filled."""
        taken = []
        while demand.units:
            for portion in order:
                line = portion.line
                if line in demand.lines and self.free.get(line, 0) > 0:
                    self.free[line] -= 1
                    demand.units -= 1
                    if self.can_be_filled():
                        taken.append(portion)
                        break
                    self.free[line] += 1
                    demand.units += 1
            else:
                raise AssertionError("what can be filled is filled")
        return taken


def are_there(demands: list[Demand], free: Count) -> bool:
    """Whether there are units for all of these, none taken twice.

    By Hall: any of the demands together ask for no more than the lines that serve them have.
    """
    asking = [demand for demand in demands if demand.units]
    for many in range(1, len(asking) + 1):
        for some in itertools.combinations(asking, many):
            lines = set().union(*(demand.lines for demand in some))
            if sum(demand.units for demand in some) > sum(free.get(line, 0) for line in lines):
                return False
    return True
