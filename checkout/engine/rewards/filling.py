"""Filling demands with units, each unit once (``docs/rules.md`` §3).

A `Demand` wants so many units that one choice of goods means; runs supply them. An application
takes, demand after demand, from each demand's first runs as many units as let the rest be filled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.rewards.spare_units import SpareUnits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: Units by the number of their run in the supply.
Taken = dict[int, int]


class Demand:
    """So many units of certain runs; `runs` are in the order in which they are taken."""

    __slots__ = ("runs", "units", "_first")

    def __init__(self, runs: Sequence[int], units: int, first: int = 0) -> None:
        """Keep the runs, which are named by their number in the supply; empty ones come first."""
        self.runs = runs
        self.units = units
        self._first = first

    def of(self, units: int) -> Demand:
        """The same with another number of units."""
        return self if units == self.units else Demand(self.runs, units, self._first)

    def open_runs(self, left: Sequence[int]) -> Iterator[int]:
        """The runs of which something is left; those that were used up first are not met again."""
        runs, at = self.runs, self._first
        while at < len(runs) and not left[runs[at]]:
            at += 1
        self._first = at
        for i in range(at, len(runs)):
            if left[runs[i]]:
                yield runs[i]

    def there(self, left: Sequence[int]) -> int:
        """The units that are left for it, at most those that it wants."""
        units = 0
        for run in self.open_runs(left):
            units += left[run]
            if units >= self.units:
                return self.units
        return units


def fill(demands: Sequence[Demand], left: Sequence[int]) -> list[Taken] | None:
    """What each demand takes of what is left; none if they cannot all be filled.

    Mostly each has enough in its first runs, whatever the others want. Where that leaves one short,
    some demands use up all that could serve them: so that happens in few applications of a row.
    """
    taken = _from_first_runs(demands, left)
    return taken if taken is not None else _leaving_the_rest(demands, left)


def most_beside(demand: Demand, others: Sequence[Demand], left: Sequence[int]) -> int | None:
    """So many units of a demand as can be filled beside the others; none if these cannot be."""
    spare = SpareUnits([(each.runs, each.units) for each in (*others, demand.of(0))], left)
    return min(spare.beside(len(others)), demand.units) if spare.suffice else None


def repeats(taken: Mapping[int, int], left: Sequence[int]) -> int:
    """How many applications in a row take just this, the first of them from what is left.

    What comes first in order while more is left comes first while less is left, too, as long as it
    is there at all: less leaves fewer ways to fill the demands, and no other ones.
    """
    return min(left[run] // units for run, units in taken.items())


def together(taken: Sequence[Taken]) -> Taken:
    """What several demands take of each run."""
    sums: Taken = {}
    for each in taken:
        for run, units in each.items():
            sums[run] = sums.get(run, 0) + units
    return sums


def _from_first_runs(demands: Sequence[Demand], left: Sequence[int]) -> list[Taken] | None:
    """Each demand from its first runs, as if none came after it; none if one is left short."""
    taken = []
    used: Taken = {}
    for demand in demands:
        here: Taken = {}
        need = demand.units
        for run in demand.open_runs(left) if need else ():
            more = min(left[run] - used.get(run, 0), need)
            if more:
                here[run] = more
                used[run] = used.get(run, 0) + more
                need -= more
                if not need:
                    break
        if need:
            return None
        taken.append(here)
    return taken


def _leaving_the_rest(demands: Sequence[Demand], left: Sequence[int]) -> list[Taken] | None:
    """Each demand from its first runs what the others can spare; none if not all can be filled."""
    if any(demand.there(left) < demand.units for demand in demands):
        return None
    spare = SpareUnits([(demand.runs, demand.units) for demand in demands], left)
    if not spare.suffice:
        return None
    taken = []
    used: Taken = {}
    for number, demand in enumerate(demands):
        here: Taken = {}
        need = demand.units
        spare.turn_to(number)
        for run in demand.open_runs(left):
            more = min(left[run] - used.get(run, 0), need)
            more = spare.take(run, more) if more else 0
            if more:
                here[run] = more
                used[run] = used.get(run, 0) + more
                need -= more
            if not need:
                break
        assert not need, "all demands can be filled"
        taken.append(here)
    return taken
