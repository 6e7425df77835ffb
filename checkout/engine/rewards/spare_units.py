"""How many units of a run can be taken for one demand so that all others can still be filled.

By Hall's theorem demands can be filled, each unit used once, exactly if no set of them wants more
than the runs that serve at least one of the set have. So what each set has to spare is kept: with
the at most eleven demands of a reward, two thousand numbers. Demands of the same runs count as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class SpareUnits:
    """What sets of demands have to spare; a set is a bit mask of different choices of runs."""

    __slots__ = ("_choice_of", "_served_by", "_sets", "_spare", "_tight")

    def __init__(self, demands: Sequence[tuple[Sequence[int], int]], left: Sequence[int]) -> None:
        """Demands are runs and units; `left` says how many units each run has."""
        choices: dict[tuple[int, ...], int] = {}
        wanted: list[int] = []
        self._choice_of: list[int] = []
        for runs, units in demands:
            choice = choices.setdefault(tuple(runs), len(choices))
            if choice == len(wanted):
                wanted.append(0)
            wanted[choice] += units
            self._choice_of.append(1 << choice)
        #: The set of choices that a run is in.
        self._served_by: dict[int, int] = {}
        for runs_of_choice, choice in choices.items():
            for run in runs_of_choice:
                self._served_by[run] = self._served_by.get(run, 0) | 1 << choice
        self._spare = _spare_of_sets(wanted, self._served_by, left)
        #: The sets of those that come later, and all that are in one with nothing to spare.
        self._sets: list[int] = []
        self._tight = 0

    @property
    def suffice(self) -> bool:
        """Whether all demands can be filled."""
        return min(self._spare) >= 0

    def beside(self, number: int) -> int:
        """How many units more than it wants a demand could get beside all others."""
        choice = self._choice_of[number]
        return min(units for each, units in enumerate(self._spare) if each & choice)

    def turn_to(self, number: int) -> None:
        """It is a demand's turn, after those before it: only later ones still want something.

        Nor do sets with its own choice count: they want so much less as it takes from them.
        """
        later = 0
        for choice in self._choice_of[number + 1 :]:
            later |= choice
        later &= ~self._choice_of[number]
        self._sets = [each for each in range(1, len(self._spare)) if not each & ~later]
        self._tight = 0
        for each in self._sets:
            if not self._spare[each]:
                self._tight |= each

    def take(self, run: int, most: int) -> int:
        """Take units of a run, so many as the later demands can spare; how many."""
        served = self._served_by[run]
        if served & self._tight:
            return 0
        spare = self._spare
        losing = [each for each in self._sets if each & served]
        units = min([most, *[spare[each] for each in losing]])
        for each in losing:
            spare[each] -= units
            if not spare[each]:
                self._tight |= each
        return units


def _spare_of_sets(wanted: list[int], served_by: dict[int, int], left: Sequence[int]) -> list[int]:
    """For each set of choices the units that serve it, less those that it wants."""
    sets = 1 << len(wanted)
    #: Units that serve a set, or a part of it, and nobody else.
    only = [0] * sets
    for run, served in served_by.items():
        only[served] += left[run]
    wants = [0] * sets
    for choice, units in enumerate(wanted):
        bit = 1 << choice
        for each in range(sets):
            if each & bit:
                only[each] += only[each ^ bit]
                wants[each] += units
    everybody = sets - 1
    total = only[everybody]
    return [total - only[everybody ^ each] - wants[each] for each in range(sets)]
