"""Generated gifts: lists of programs, and what facts say is left of them."""

from __future__ import annotations

from tests.oracle.generated_baskets import Doc
from tests.oracle.generated_goods import Choices
from tests.oracle.generated_words import GIFTS


class GiftLists(Choices):
    """What programs list of the gifts that rules name."""

    #: Set by the snapshot that they belong to.
    programs: list[Doc]

    def gifts_of(self, number: int, stores: list[str]) -> list[Doc]:
        """Those of one program: no gift stands in two lists."""
        own = [code for i, code in enumerate(GIFTS) if i % len(self.programs) == number]
        return [self.gift_of(code, stores) for code in own if self.often(70)]

    def gift_of(self, code: str, stores: list[str]) -> Doc:
        """One gift: counted as a rule."""
        doc: Doc = {"code": code, "name": code.title()}
        if self.often(25):
            doc["counted"] = self.often(30)
        if self.often(30):
            doc["stores"] = self.some(stores)
        if self.often(30):
            doc["schedule"] = self.schedule()
        if self.often(30):
            doc["points_minor"] = 100
        return doc

    def gifts_left(self) -> Doc:
        """What is left of most gifts: few, or enough."""
        few = [0, 1, 1, 2, 3, 1000]
        return {code: self.chance.choice(few) for code in GIFTS if self.often(85)}
