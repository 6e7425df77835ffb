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

    small_worlds = 100
    combining_lanes = 35
    twin_rewards = 28

    # --- Receipts on which there is something to give -----------------------------------------

    def article(self, known: list[str]) -> Doc:
        """An article that is worth something and mostly takes discounts."""
        doc = super().article(known)
        doc["price_minor"] = self.chance.choice([9, 10, 99, 100, 101, 250, 999])
        for name in ("no_discount", "min_price_minor", "kind", "weighed"):
            if self.often(75):
                doc.pop(name, None)
        return doc

    def line(self) -> Doc:
        """Some units, mostly at the shelf price."""
        doc = super().line()
        if not doc.get("weighed"):
            doc["quantity_milli"] = self.chance.choice([1000, 1000, 2000, 2000, 3000, 1500])
            exact = (doc["price_minor"] * doc["quantity_milli"] * 2 + 1000) // 2000
            doc["amount_minor"] = exact + self.chance.choice([0, 0, 0, 1])
            doc["external_discount_minor"] = self.chance.choice([0, 0, 0, 0, exact // 10])
            doc["manual_discount_minor"] = 0
        return doc

    def lines(self) -> list[Doc]:
        """Two lines or three."""
        return [self.line() for _ in range(self.chance.choice([2, 3, 3]))]

    def line_reward(self, program: Doc) -> Doc:
        """Often a plain percent, so that rates add up."""
        if self.often(40):
            rate_bp = self.chance.choice([1000, 3333, 7000, 7000])
            return {"kind": "percent", "rate_bp": rate_bp}
        return super().line_reward(program)

    def choose_goods(self, doc: Doc, phase: str) -> None:
        """Often everything, or one article."""
        if self.often(40):
            doc["goods"] = self.one_article()
        elif self.often(20):
            super().choose_goods(doc, phase)

    def wide_goods(self) -> Doc:
        """Often everything."""
        return {} if self.often(60) else self.one_article()

    # --- Campaigns that meet ------------------------------------------------------------------

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
        if self.often(25):
            doc["exclusive"] = chance.choice(["below", "below", "lane", "all"])
        if self.often(50):
            doc["priority"] = chance.choice([-1, 0, 1])
        if self.often(15):
            doc["limits"] = [self.limit(0, program, doc["rewards"])]
        if self.often(10):
            doc["budget"] = self.budget(doc["rewards"])
        return doc

    def facts(self, receipt: Doc) -> Doc:
        """A member, and limits that are seldom used up."""
        doc = super().facts(receipt)
        doc["member"] = doc["member"] or self.member(receipt)
        return doc | ({} if self.often(20) else {"limit_uses": {}})
