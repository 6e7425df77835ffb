"""Generated contests: a few campaigns without conditions that meet in one or two lanes.

What happens between rewards is seldom in worlds full of conditions; here it is the rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.generators import World

if TYPE_CHECKING:
    from tests.oracle.generated_baskets import Doc

NAMES = ("a", "B", "b", "Z", "10", "9")


class Contest(World):
    """Few lines, few units, few campaigns, all of them open."""

    def is_small(self, seed: int | str) -> bool:
        """Always: every combination is to be tried."""
        return seed is not None

    def lanes_of_program(self) -> list[Doc]:
        """One lane of discounts, seldom two; one or two of points."""
        chance = self.chance
        lanes = [self.lane_of_discounts(f"d{n}") for n in range(chance.choice([1, 1, 1, 2]))]
        return lanes + [self.lane_of_points(f"p{n}") for n in range(chance.choice([1, 1, 2]))]

    def campaigns(self) -> list[Doc]:
        """Two to four, with rewards of mostly one phase."""
        chance = self.chance
        program = self.programs[0]
        names = chance.sample(NAMES, chance.choice([2, 2, 3, 3, 4]))
        return [self.contender(name, program, names) for name in names]

    def contender(self, code: str, program: Doc, names: list[str]) -> Doc:
        """A campaign without conditions; seldom one with limits or a budget."""
        chance = self.chance
        doc: Doc = {
            "code": code,
            "program": program["code"],
            "name": f"Campaign {code}",
            "rewards": [self.reward(program) for _ in range(chance.choice([1, 1, 2, 3]))],
        }
        if self.often(40):
            doc |= self.standing([each for each in names if each != code])
        if self.often(50):
            doc["priority"] = chance.choice([-1, 0, 1])
        if self.often(15):
            doc["limits"] = [self.limit(0, program)]
        if self.often(10):
            doc["budget"] = self.budget()
        return doc

    def member(self, receipt: Doc) -> Doc:
        """A member whose limits are seldom used up."""
        return {**super().member(receipt)}
