"""Filling components with units so that the rest can still be filled: a small flow problem.

A `Demand` wants so many units that one choice of goods means; runs supply them, each unit once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Demand:
    """So many units of certain runs; `runs` are in the order in which they are taken."""

    __slots__ = ("runs", "units")

    def __init__(self, runs: Sequence[int], units: int) -> None:
        """Keep both; runs are named by their number in the supply."""
        self.runs = runs
        self.units = units


def can_fill(demands: Sequence[Demand], left: Sequence[int]) -> bool:
    """Whether all demands can be filled at once from what is left of each run."""
    free = list(left)
    taken: list[dict[int, int]] = []
    for number, demand in enumerate(demands):
        taken.append({})
        need = demand.units
        for run in demand.runs:
            more = min(free[run], need)
            if more:
                taken[number][run] = more
                free[run] -= more
                need -= more
            if not need:
                break
        while need:
            moved = _make_room(demands, taken, free, number, need)
            if not moved:
                return False
            need -= moved
    return True


def _make_room(
    demands: Sequence[Demand],
    taken: list[dict[int, int]],
    free: list[int],
    number: int,
    need: int,
) -> int:
    """Move earlier demands to other runs along a shortest path, so that one gets more units."""
    came_from: dict[int, tuple[int, int]] = {}
    reached: dict[int, int] = {number: need}
    queue = [number]
    while queue:
        demand = queue.pop(0)
        for run in demands[demand].runs:
            if free[run]:
                return _move(taken, free, came_from, demand, run, min(reached[demand], free[run]))
            for other in range(len(taken)):
                held = taken[other].get(run, 0)
                if held and other not in reached:
                    reached[other] = min(reached[demand], held)
                    came_from[other] = (demand, run)
                    queue.append(other)
    return 0


def _move(
    taken: list[dict[int, int]],
    free: list[int],
    came_from: dict[int, tuple[int, int]],
    demand: int,
    run: int,
    units: int,
) -> int:
    free[run] -= units
    while True:
        taken[demand][run] = taken[demand].get(run, 0) + units
        step = came_from.get(demand)
        if step is None:
            return units
        to, its_run = step
        taken[demand][its_run] -= units
        demand, run = to, its_run


def take(demand: Demand, others: Sequence[Demand], left: list[int]) -> dict[int, int]:
    """Units for a demand, from its first runs, each so that the others can still be filled.

    Takes them from `left`. The demands together can be filled, which has been checked.
    """
    taken: dict[int, int] = {}
    need = demand.units
    apart = not any(set(demand.runs) & set(other.runs) for other in others)
    for run in demand.runs:
        more = min(left[run], need)
        if more and not apart:
            more = _most(demand, others, left, run, need, more)
        if more:
            taken[run] = more
            left[run] -= more
            need -= more
        if not need:
            break
    assert not need, "the demands could be filled"
    return taken


def _most(
    demand: Demand, others: Sequence[Demand], left: list[int], run: int, need: int, most: int
) -> int:
    """The largest number of units of a run that leaves the rest fillable; fewer are easier."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        left[run] -= middle
        rest = Demand(demand.runs, need - middle)
        if can_fill([rest, *others], left):
            low = middle
        else:
            high = middle - 1
        left[run] += middle
    return low
