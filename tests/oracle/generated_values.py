"""Generated values of rewards: fixed, by member, personal, on scales of all kinds."""

from __future__ import annotations

import itertools

from tests.oracle.generated_baskets import LARGE, Doc
from tests.oracle.generated_goods import Choices
from tests.oracle.generated_words import SEGMENTS

#: Amounts for all goods of the reward together: they are spread.
PER_ALL = ("receipt", "each_amount", "each_units")
LEFT_OVER = ("largest_remainder", "first_lines", "last_line")
#: Where the fixed value of a reward stands.
FIXED = {
    "percent": "rate_bp",
    "amount": "amount_minor",
    "fixed_price": "price_minor",
    "points_percent": "rate_bp",
    "points_amount": "points_minor",
    "points_multiplier": "factor_bp",
}
#: Rewards whose scales may look at prices after earlier lanes.
OF_DISCOUNTS = ("percent", "amount", "fixed_price")


class Values(Choices):
    """The one number of a reward, about the world's own amounts."""

    def with_value(self, doc: Doc, program: Doc) -> Doc:
        """The reward with its one number: fixed, by member, personal or by scale."""
        form = self.chance.randrange(10)
        if form == 0:
            doc["by_member"] = self.by_member(doc, program)
        elif form == 1:
            doc["personal"] = True
        elif form in {2, 3, 4} and doc["kind"] != "points_multiplier":
            doc["scale"] = self.scale_of(doc)
        else:
            doc[FIXED[doc["kind"]]] = max(self.value(doc), self.least(doc))
        return doc

    def least(self, doc: Doc) -> int:
        """The least that a fixed value may be."""
        of_kind = {"percent": 0, "fixed_price": 0, "points_multiplier": 10_001}
        return of_kind.get(doc["kind"], 1)

    def value(self, doc: Doc) -> int:
        """Some rate, amount, price or number of points."""
        chance = self.chance
        kind = doc["kind"]
        if kind == "percent":
            return chance.choice([1, 500, 1000, 1500, 3333, 5000, 10_000])
        if kind == "points_percent":
            highest = 1000 if self.scale == LARGE else 10**6
            return chance.choice([1, 50, 333, 1000, 333, 1000, highest])
        if kind == "points_multiplier":
            return chance.choice([10_001, 15_000, 20_000, 33_333])
        if kind == "points_amount":
            return chance.choice([1, 7, 100, 10**9])
        if kind == "fixed_price":
            return self.near(
                chance.choice(self.articles)["price_minor"] // chance.choice([1, 2, 3])
            )
        if doc["per"] in PER_ALL:
            return max(1, self.amounts() // chance.choice([1, 2, 10]))
        return max(1, self.near(self.scale // chance.choice([2, 10])))

    def by_member(self, doc: Doc, program: Doc) -> list[Doc]:
        """Values for tiers and segments."""
        tiers = [tier["code"] for tier in program["tiers"]]
        entries: list[Doc] = []
        named: set[str] = set()
        for _ in range(self.chance.choice([1, 2, 3])):
            entry: Doc = {"value": max(self.value(doc), self.least(doc))}
            if tiers and self.often(60):
                entry["tiers"] = self.some(tiers)
            if self.often(60) or "tiers" not in entry:
                entry["segments"] = self.some(SEGMENTS)
            names = {*entry.get("tiers", []), *entry.get("segments", [])}
            if not names <= named:
                entries.append(entry)
                named |= names
        return entries

    def scale_of(self, doc: Doc) -> Doc:
        """A scale that fits the reward, with steps near to what sales come to."""
        chance = self.chance
        kind, per = doc["kind"], doc.get("per", "")
        spreads = per in PER_ALL
        scale: Doc = {"by": chance.choice(["quantity", "amount", "receipt_amount"])}
        if self.often(40) and not spreads and scale["by"] != "receipt_amount":
            scale["over"] = "line"
        if self.often(45):
            scale |= self.marginal(doc)
        whole = scale.get("mode", "whole") == "whole"
        if self.often(40) and whole and scale["by"] != "quantity" and kind in OF_DISCOUNTS:
            scale["after"] = "earlier_lanes"
        scale["steps"] = self.steps(scale, doc)
        return scale

    def marginal(self, doc: Doc) -> Doc:
        """What a marginal scale of the reward may be, if it may be one."""
        chance = self.chance
        kind, per, level = doc["kind"], doc.get("per", ""), doc.get("level", "line")
        forms: list[tuple[str, str]] = []
        if kind == "percent" and level == "line":
            forms = [("quantity", "line"), ("amount", "line"), ("amount", "goods")]
        if kind in {"amount", "fixed_price"} and per == "quantity":
            forms = [("quantity", "line")]
        if kind == "points_percent":
            forms = [("amount", "line"), ("amount", "goods")]
        if not forms:
            return {}
        by, over = chance.choice(forms)
        if kind == "percent" and over == "goods" and self.often(60):
            doc["spread"] = self.spread()
        return {"mode": "marginal", "by": by, "over": over}

    def spread(self) -> Doc:
        """How one amount comes onto several lines."""
        doc: Doc = {"left_over": self.chance.choice(LEFT_OVER)}
        if self.often(50):
            doc["by"] = self.chance.choice(["value", "units"])
        if self.often(50):
            doc["full_line"] = self.chance.choice(["moves", "lapses"])
        return doc

    def steps(self, scale: Doc, doc: Doc) -> list[Doc]:
        """Rising steps; sometimes each says where it ends."""
        chance = self.chance
        if scale["by"] == "quantity":
            bounds = {0, 500, 1000, 1001, 2000, 2500, 3000, 5000}
        else:
            bounds = {0, 1, *(self.amounts() // chance.choice([1, 1, 2, 3]) for _ in range(4))}
        many = min(len(bounds), chance.choice([1, 2, 2, 3, 4]))
        starts = sorted(chance.sample(sorted(bounds), many))
        steps: list[Doc] = [
            {"from": start, "value": max(self.value(doc), self.least(doc))} for start in starts
        ]
        if self.often(30):
            for step, following in itertools.pairwise(steps):
                step["until"] = following["from"]
        return steps
