"""The engine against the oracle, over generated sales.

`ORACLE_CASES` and `ORACLE_SEED` in the environment say how many and which; a disagreement prints
the seed, what differs, and the case as JSON.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from checkout.primitives import allocate
from tests.oracle.generated_baskets import seeded
from tests.oracle.oracle import evaluate as ask_oracle
from tests.oracle.oracle_combination import TooLargeToCheckError
from tests.oracle.oracle_numbers import spread
from tests.oracle.rewards_reached import RULES_OF_REWARDS
from tests.oracle.rules_reached import RULES_OF_SALES
from tests.oracle.running import Doc, compiled, run_engine, world_in_force
from tests.walls import part_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.generators import World

CASES = int(os.environ.get("ORACLE_CASES") or part_of(25_000, 10))
SEED = os.environ.get("ORACLE_SEED", "1")
SALES_PER_WORLD = 20
#: Fewer cases than this may by chance leave a rare rule out.
CASES_FOR_COVERAGE = 20_000


class DisagreementError(AssertionError):
    """The engine and the oracle answered a sale differently."""


def answers(world: World) -> Iterator[tuple[Doc, Doc, Doc]]:
    """Sales of one world with the engine's outcomes; where `max` is asked for, its number too."""
    snapshot = compiled(world.snapshot)
    for _ in range(SALES_PER_WORLD):
        facts, receipt = world.sale()
        outcome = run_engine(snapshot, facts, receipt)
        yield facts, receipt, outcome
        if receipt.get("points_to_spend") == "max" and world.often(30):
            most = outcome["redemption"]["max_points_minor"]
            for asked in (most, most + 1):
                again = {**receipt, "points_to_spend": asked}
                yield facts, again, run_engine(snapshot, facts, again)


def compared(outcome: Doc) -> Doc:
    """The outcome without the texts of nearly applied campaigns: the wording is the engine's."""
    nearly = [
        {k: v for k, v in each.items() if k not in {"needed", "seen"}} for each in outcome["nearly"]
    ]
    return {**outcome, "nearly": nearly}


def is_same(one: object, other: object) -> bool:
    """Whether documents are equal in values and kinds: nearly all are, which is told sooner."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return one == other


def differences(path: str, oracle: object, engine: object) -> list[str]:
    """Every place where two documents differ, and how."""
    if is_same(oracle, engine):
        return []
    if isinstance(oracle, dict) and isinstance(engine, dict):
        names = sorted(oracle.keys() | engine.keys())
        return [
            text
            for name in names
            for text in differences(f"{path}.{name}", oracle.get(name), engine.get(name))
        ]
    if isinstance(oracle, list) and isinstance(engine, list) and len(oracle) == len(engine):
        return [
            text
            for number, (one, other) in enumerate(zip(oracle, engine, strict=True))
            for text in differences(f"{path}[{number}]", one, other)
        ]
    same = type(oracle) is type(engine) and oracle == engine
    return [] if same else [f"{path}: oracle {oracle!r}, engine {engine!r}"]


@dataclass
class Tally:
    """What was compared so far."""

    cases: int = 0
    #: Cases with more combinations of campaigns than the oracle tries.
    too_large: int = 0
    #: Names of the rules that had a say.
    reached: set[str] = field(default_factory=set)


def check_world(seed: str, tally: Tally) -> None:
    """Put the sales of one world to both.

    Raises:
        DisagreementError: the two answered differently.
    """
    world = world_in_force(seed)
    for number, (facts, receipt, engine) in enumerate(answers(world)):
        tally.cases += 1
        try:
            # Where several combinations are right, the oracle judges the engine's.
            oracle = ask_oracle(world.snapshot, facts, receipt, tally.reached, hint=engine)
        except TooLargeToCheckError:
            tally.too_large += 1
            continue
        found = differences("", compared(oracle), compared(engine))
        if found:
            case = {"snapshot": world.snapshot, "facts": facts, "receipt": receipt}
            print(json.dumps(case))  # noqa: T201 - to be run again by hand
            raise DisagreementError(f"world {seed}, case {number}:\n" + "\n".join(found))


def test_the_oracle_takes_nothing_from_the_engine() -> None:
    """A second opinion is worth something only if it is one's own."""
    files = sorted(Path(__file__).parent.glob("oracle*.py"))
    assert len(files) > 1
    for file in files:
        imports = [line for line in file.read_text().splitlines() if "import" in line]
        assert not any("checkout" in line or "running" in line for line in imports)


def test_the_engine_spreads_as_the_oracle_does() -> None:
    """Also where parts have room but no weight."""
    chance = seeded(f"{SEED}/spread")
    for _ in range(20_000):
        parts = chance.randint(1, 6)
        most = chance.choice([2, 20, 10**12])
        weights = [chance.randint(0, most) for _ in range(parts)]
        rooms = [chance.randint(0, most) for _ in range(parts)]
        total = chance.choice([sum(rooms), chance.randint(0, sum(rooms))])
        spread_by_engine = allocate(total, weights, rooms)
        assert spread_by_engine == spread(total, weights, rooms, set()), (total, weights, rooms)
        assert sum(spread_by_engine) == total


@pytest.mark.wall
def test_the_engine_agrees_with_the_oracle_on_generated_sales_that_reach_every_rule() -> None:
    """Tens of thousands of dense sales have one outcome, and no rule of the page was left out."""
    print(f"ORACLE_SEED={SEED} ORACLE_CASES={CASES}")  # noqa: T201 - shown when it fails
    tally = Tally()
    world_number = 0
    while tally.cases < CASES:
        check_world(f"{SEED}/{world_number}", tally)
        world_number += 1
    assert tally.too_large <= tally.cases // 100
    if tally.cases >= CASES_FOR_COVERAGE:
        missed = (RULES_OF_SALES | RULES_OF_REWARDS) - tally.reached
        assert missed == set(), "rules that no generated sale reached"
