"""Generated certificates and passes: series of programs, what receipts show, what facts know."""

from __future__ import annotations

from tests.oracle.generated_baskets import Doc
from tests.oracle.generated_goods import Choices
from tests.oracle.generated_words import CERTIFICATE_CODES, CERTIFICATES, ENDS, PROBLEMS


class Certificates(Choices):
    """Series of certificates and passes, and those of them that customers show."""

    #: Set by the snapshot that they belong to.
    programs: list[Doc]

    def series_of_certificates(self, stores: list[str]) -> list[Doc]:
        """What a program takes that has these stores."""
        codes = [*CERTIFICATES, "coffee", "ride"]
        return [self.series_of(code, stores) for code in self.some(codes)]

    def series_of(self, code: str, stores: list[str]) -> Doc:
        """One series: of money, or of units."""
        chance = self.chance
        doc: Doc = {"code": code, "name": code.title()}
        is_pass = self.often(50)
        if is_pass or self.often(30):
            doc["kind"] = "pass" if is_pass else "money"
        if self.often(60):
            doc["goods"] = self.goods_of_pass() if is_pass else self.goods_of_anybody()
        if self.often(25):
            doc["stores"] = self.some(stores)
        if self.often(30):
            doc["once"] = chance.choice([True, True, False])
        if self.often(30):
            doc["face"] = chance.choice([1, 10, 100_000])
        return doc

    def goods_of_pass(self) -> Doc:
        """Goods, but not those that are weighed alone."""
        doc = self.goods_of_anybody()
        if doc.get("flags") == ["weighed"]:
            del doc["flags"]
        return doc

    def shown(self) -> list[Doc]:
        """Certificates that a customer shows, some of which pay no more than so much."""
        chance = self.chance
        codes = chance.sample(CERTIFICATE_CODES, chance.choice([1, 1, 2, 2, 3, 5]))
        shown: list[Doc] = [{"code": code} for code in codes]
        for each in shown:
            if self.often(30):
                each["at_most"] = chance.choice([0, 1, 2, 100, self.amounts()])
        return shown

    def certificate_states(self, shown: list[Doc], program: Doc) -> Doc:
        """What is known of most of those that are shown."""
        return {each["code"]: self.certificate_state(program) for each in shown if self.often(95)}

    def certificate_state(self, program: Doc) -> Doc:
        """One of a series of the program, as a rule, with little or enough left."""
        chance = self.chance
        known = [*program["certificates"], *program["certificates"], {"code": "elsewhere"}]
        series = chance.choice(known * 3 + [{"code": "money"}])
        amount = self.amounts()
        left = chance.choice([amount, amount, amount // 2, amount // 3, 10**12, 0])
        if series.get("kind") == "pass":
            left = chance.choice([1, 1, 2, 2, 3, 5, 10, 1000, 0])
        doc: Doc = {"series": series["code"], "left": left}
        if self.often(60):
            doc["ends"] = chance.choice(ENDS)
        if self.often(12):
            doc["problem"] = chance.choice(PROBLEMS)
        return doc
