"""Filling demands: the first way in order of all that there are, and how often it is repeated."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING, Any

import pytest

from checkout.engine.rewards.filling import Demand, Taken, fill, most_beside, repeats, together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: The most demands of one reward, with as many units each, and a run for each line of a receipt.
DEMANDS = 11
UNITS = 90
RUNS = 1_000


class Counting(list[int]):
    """Units left, which count how often they are looked at."""

    looked_at = 0

    def __getitem__(self, run: Any) -> Any:
        """One run."""
        self.looked_at += 1
        return super().__getitem__(run)


def ways(demands: Sequence[Demand], left: Sequence[int]) -> Iterator[list[Taken]]:
    """Every way to fill the demands, those that take more of earlier runs first."""
    if not demands:
        yield []
        return
    first, *others = demands
    for units in itertools.product(*(range(left[run], -1, -1) for run in first.runs)):
        if sum(units) == first.units:
            taken = dict(zip(first.runs, units, strict=True))
            rest = [each - taken.get(run, 0) for run, each in enumerate(left)]
            for more in ways(others, rest):
                yield [{run: here for run, here in taken.items() if here}, *more]


def chance_of(seed: int) -> random.Random:
    """The same each time."""
    return random.Random(seed)  # noqa: S311 - reproducible, and no secret


def some(chance: random.Random) -> tuple[list[Demand], list[int]]:
    """Up to three demands of up to four runs, each in an order of its own."""
    left = [chance.randint(0, 4) for _ in range(chance.randint(1, 4))]
    demands = [
        Demand(chance.sample(range(len(left)), chance.randint(1, len(left))), chance.randint(1, 4))
        for _ in range(chance.randint(1, 3))
    ]
    return demands, left


@pytest.mark.parametrize("seed", range(20))
def test_what_is_taken_is_the_first_of_all_ways(seed: int) -> None:
    """As by trying every way, in the order of demands and of their runs; none where there is none.

    So many seeds that the others' needs decide in hundreds of cases.
    """
    chance = chance_of(seed)
    for _ in range(100):
        demands, left = some(chance)
        assert fill(demands, left) == next(ways(demands, left), None)


@pytest.mark.parametrize("seed", range(20))
def test_repeating_an_application_is_the_same_as_one_after_the_other(seed: int) -> None:
    """What is taken at once is what each next application would have taken."""
    chance = chance_of(seed)
    for _ in range(100):
        demands, left = some(chance)
        left = [units * chance.randint(1, 5) for units in left]
        filled = fill(demands, left)
        if filled is None:
            continue
        taken = together(filled)
        for _ in range(repeats(taken, left)):
            assert fill(demands, left) == filled
            for run, units in taken.items():
                left[run] -= units
        assert min(left) >= 0
        assert any(left[run] < units for run, units in taken.items())


@pytest.mark.parametrize("seed", range(20))
def test_the_most_units_beside_others_are_those_that_can_be_filled(seed: int) -> None:
    """One more cannot be; and there are none beside others that cannot be filled themselves."""
    chance = chance_of(seed)
    for _ in range(100):
        (demand, *others), left = some(chance)
        most = most_beside(demand, others, left)
        if fill(others, left) is None:
            assert most is None
            continue
        assert most is not None
        assert fill([*others, demand.of(most)], left) is not None
        assert most == demand.units or fill([*others, demand.of(most + 1)], left) is None


def test_runs_that_are_used_up_first_are_not_looked_at_again() -> None:
    """A thousand lines of one piece, taken one by one, cost a few looks each, not a thousand."""
    left = Counting([1] * RUNS)
    demands = [Demand(range(RUNS), 1), Demand(range(RUNS), 1)]
    for _ in range(RUNS // 2):
        filled = fill(demands, left)
        assert filled is not None
        for run, units in together(filled).items():
            left[run] -= units
    assert fill(demands, left) is None
    assert left.looked_at < 20 * RUNS


def test_the_largest_demands_are_filled_with_a_look_or_two_at_each_run() -> None:
    """Eleven choices of a thousand lines that need nearly all of them: the others' needs decide."""
    chance = chance_of(1)
    left = Counting([1] * RUNS)
    demands = [
        Demand([run for run in range(RUNS) if chance.random() < 0.5], UNITS) for _ in range(DEMANDS)
    ]
    most = most_beside(demands[0].of(RUNS), demands[1:], left)
    assert most is not None
    demands[0] = demands[0].of(most)
    assert demands[0].units < len(demands[0].runs)
    filled = fill(demands, left)
    assert filled is not None
    assert sum(together(filled).values()) == most + (DEMANDS - 1) * UNITS
    assert left.looked_at < 10 * DEMANDS * RUNS
