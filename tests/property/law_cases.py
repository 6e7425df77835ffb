"""Generated sales with their outcomes, for laws that need no second opinion."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.oracle.generated_baskets import seeded
from tests.oracle.oracle_lines import LINE_DEFAULTS
from tests.oracle.running import Doc, compiled, run_engine, world_in_force
from tests.walls import part_of

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from checkout.engine.compiled import CompiledSnapshot
    from tests.oracle.generators import World

WORLDS = part_of(150)
SALES_PER_WORLD = 8


class Case(NamedTuple):
    """A generated sale, its outcome, and chance of its own for what a law does to it."""

    world: World
    snapshot: CompiledSnapshot
    facts: Doc
    receipt: Doc
    outcome: Doc
    chance: random.Random

    def again(self, receipt: Doc) -> Doc:
        """The outcome of another receipt in the same world."""
        return run_engine(self.snapshot, self.facts, receipt)

    def till_line(self, position: int) -> Doc:
        """A line of the receipt with its defaults."""
        line = next(each for each in self.receipt["lines"] if each["position"] == position)
        return {**LINE_DEFAULTS, **line}


def cases(law: str, worlds: int = WORLDS) -> Iterator[Case]:
    """Sales for one law: each law has worlds of its own."""
    for number in range(worlds):
        world = world_in_force(f"{law}/{number}")
        snapshot = compiled(world.snapshot)
        for sale in range(SALES_PER_WORLD):
            facts, receipt = world.sale()
            outcome = run_engine(snapshot, facts, receipt)
            chance = seeded(f"{law}/{number}/{sale}")
            yield Case(world, snapshot, facts, receipt, outcome, chance)
