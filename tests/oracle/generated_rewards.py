"""Generated rewards and lanes: every kind, bound, policy and scope, dense and small."""

from __future__ import annotations

import copy

from tests.oracle.generated_baskets import DAYS, Doc, seeded
from tests.oracle.generated_values import PER_ALL, Values

LINE_REWARDS = ("percent", "amount", "fixed_price")
UNIT_REWARDS = ("multibuy", "buy_get", "bundle", "gift")
POINT_REWARDS = ("points_percent", "points_amount", "points_multiplier")
ROUNDINGS = ("half_up", "down", "up", "half_up_price")
WHICH = ("cheapest", "dearest", "receipt_order")
PER = ("unit", "quantity", "line", "receipt", "each_amount", "each_units")
INCOMPLETE = ("nothing", "part", "gift")
REDUCED = ("count", "skip", "next", "refuse")
LANES_OF_DISCOUNTS = (
    ("all", "line"),
    ("all", "line"),
    ("first", "line"),
    ("first", "receipt"),
    ("first", "unit"),
    ("first", "unit"),
    ("best", "line"),
    ("best", "receipt"),
)
LANES_OF_POINTS = (
    ("all", "line"),
    ("all", "line"),
    ("first", "line"),
    ("first", "receipt"),
    ("best", "line"),
    ("best", "receipt"),
)
FEW = (1, 1, 1, 2, 2, 3)
SOME = (1, 1, 2, 2, 3)
LINES_OF_SMALL_MAX = 3
UNITS_OF_SMALL_MAX = 3


class Rewards(Values):
    """Rewards about the world's own articles and amounts, in lanes of its programs."""

    #: Of a hundred worlds so many are small, of their lanes so many look for combinations, and of
    #: rewards so many are the same as one before.
    small_worlds = 18
    combining_lanes = 60
    twin_rewards = 8

    def __init__(self, seed: int | str) -> None:
        #: Rewards that were made, by program.
        self.made: dict[str, list[Doc]] = {}
        #: Few lines and units, so that every combination can be tried.
        self.small = seeded(f"{seed}/small").randrange(100) < self.small_worlds
        super().__init__(seed)

    def lines(self) -> list[Doc]:
        """Few lines in a small world."""
        lines = super().lines()
        return lines[:LINES_OF_SMALL_MAX] if self.small else lines

    def line(self) -> Doc:
        """Few units in a small world."""
        doc = super().line()
        while self.small and doc["quantity_milli"] > UNITS_OF_SMALL_MAX * 1000:
            doc = super().line()
        return doc

    # --- Lanes and how campaigns stand --------------------------------------------------------

    def lanes_of_program(self) -> list[Doc]:
        """Lanes of both phases, in any order."""
        chance = self.chance
        many = chance.choice([1, 1, 2] if self.small else [1, 1, 2, 2, 3])
        lanes = [self.lane_of_discounts(f"d{n}") for n in range(many)]
        lanes += [self.lane_of_points(f"p{n}") for n in range(chance.choice([1, 1, 2, 3]))]
        chance.shuffle(lanes)
        return lanes

    def lane_of_discounts(self, code: str) -> Doc:
        """A lane of any policy, scope and base; some things are left to the standard."""
        chance = self.chance
        policy, scope = chance.choice(LANES_OF_DISCOUNTS)
        if self.small and self.often(self.combining_lanes):
            policy, scope = "best_combination", chance.choice(["line", "unit"])
        base = chance.choice(["current", "current", "original"])
        if policy == "all":
            base = chance.choice(["current", "original", "added_up", "added_up"])
        doc = self.lane(code, "discount", policy, scope) | {"base": base}
        if base == "current" and self.often(60):
            del doc["base"]
        if policy == "best_combination" and self.often(30):
            doc["work_steps"] = chance.choice([1, 2, 5, 20])
        return doc

    def lane_of_points(self, code: str) -> Doc:
        """A lane of any policy and scope."""
        return self.lane(code, "accrual", *self.chance.choice(LANES_OF_POINTS))

    def lane(self, code: str, phase: str, policy: str, scope: str) -> Doc:
        """A lane; what is standard is often left out."""
        doc: Doc = {"code": code, "phase": phase, "policy": policy, "scope": scope}
        if scope == "line" and self.often(60):
            del doc["scope"]
        if policy == "all" and self.often(60):
            del doc["policy"]
        return doc

    def standing(self, others: list[str]) -> Doc:
        """How a campaign stands beside others, and what it may give at most."""
        chance = self.chance
        doc: Doc = {}
        if self.often(22):
            doc["exclusive"] = chance.choice(["lane", "all", "below", "below", "below"])
        if others and self.often(12):
            doc["not_with"] = self.some(others)[:2]
        if self.often(10):
            amount = self.amounts()
            doc["maximum_discount_minor"] = max(1, amount // chance.choice([2, 10, 50]))
            if self.often(40):
                doc["above_maximum"] = "nothing"
        return doc

    # --- Rewards ------------------------------------------------------------------------------

    def reward(self, program: Doc) -> Doc:
        """A reward of any kind in one of the program's lanes; now and then one that was before."""
        twins = self.made.setdefault(program["code"], [])
        if twins and self.often(self.twin_rewards):
            return copy.deepcopy(self.chance.choice(twins))
        phase = self.chance.choice(["discount", "discount", "discount", "accrual", "accrual"])
        lanes = [lane["code"] for lane in program["lanes"] if lane["phase"] == phase]
        if phase == "accrual":
            doc = self.points_reward(program, several_lanes=len(lanes) > 1)
            if doc["kind"] == "points_multiplier":
                lanes = lanes[1:]
        elif self.often(40 if self.small else 60):
            doc = self.line_reward(program)
        else:
            doc = self.unit_reward()
        doc["lane"] = self.chance.choice(lanes)
        if doc["kind"] not in UNIT_REWARDS:
            self.choose_goods(doc, phase)
        elif doc["kind"] == "multibuy" and self.small and self.often(60):
            doc["goods"] = self.one_article()
        if self.often(40 if doc["kind"] == "points_multiplier" else 18):
            doc["reduced_goods"] = self.chance.choice(REDUCED)
        if phase == "discount" and self.often(25):
            doc["maximum"] = self.maximum()
        twins.append(doc)
        return doc

    def choose_goods(self, doc: Doc, phase: str) -> None:
        """Goods of a reward, or none; delivery charges take discounts, and earn nothing."""
        if phase == "discount" and self.often(4):
            doc["goods"] = {"kinds": ["delivery"]}
        elif self.small and self.often(65):
            doc["goods"] = self.one_article()
        elif self.often(45):
            doc["goods"] = self.goods()
            if phase == "accrual" and doc["goods"].get("kinds") == ["delivery"]:
                del doc["goods"]["kinds"]

    def one_article(self) -> Doc:
        """Goods that are one article."""
        return {"skus": [self.chance.choice(self.articles)["sku"]]}

    def maximum(self) -> Doc:
        """Some of the bounds of one reward."""
        amount = max(1, self.amounts() // self.chance.choice([2, 10, 50]))
        names = ["line_minor", "application_minor", "unit_minor"]
        doc: Doc = {name: max(1, self.near(amount)) for name in self.some(names)}
        if self.often(35):
            doc["above"] = "nothing"
        return doc

    def line_reward(self, program: Doc) -> Doc:
        """A percent, an amount or a fixed price."""
        chance = self.chance
        doc: Doc = {"kind": chance.choice(["percent", "percent", "amount", "fixed_price"])}
        if doc["kind"] == "percent":
            if self.often(60):
                doc["rounding"] = chance.choice(ROUNDINGS)
            if self.often(60):
                doc["level"] = chance.choice(["line", "unit", "total", "receipt"])
            if doc.get("level") in {"total", "receipt"} and self.often(60):
                doc["spread"] = self.spread()
        elif doc["kind"] == "amount":
            doc |= self.per()
            if doc["per"] == "each_amount" and self.often(50):
                doc["after"] = "earlier_lanes"
            if doc["per"] in PER_ALL and self.often(60):
                doc["spread"] = self.spread()
        else:
            doc["per"] = chance.choice(["unit", "quantity", "line"])
        return self.with_value(doc, program)

    def per(self) -> Doc:
        """What an amount is given for."""
        doc: Doc = {"per": self.chance.choice(PER)}
        if doc["per"] == "each_amount":
            doc["each_minor"] = max(1, self.amounts() // self.chance.choice([1, 2, 3, 10]))
        if doc["per"] == "each_units":
            doc["each_units"] = self.chance.choice([1, 2, 3])
        return doc

    # --- Rewards that count units -------------------------------------------------------------

    def unit_reward(self) -> Doc:
        """A multibuy, a buy A get B, a bundle or a gift."""
        chance = self.chance
        kind = chance.choice(UNIT_REWARDS)
        doc: Doc = {"kind": kind, **getattr(self, kind)()}
        if self.often(30):
            doc["times"] = chance.choice([1, 1, 2, 3])
        if self.often(75):
            doc["which"] = chance.choice(WHICH)
        if self.often(50) or kind == "bundle":
            doc["effect"] = self.effect(kind)
        if "rate_bp" in doc.get("effect", {"rate_bp": 0}) and self.often(50):
            doc["rounding"] = chance.choice(ROUNDINGS)
        return doc

    def multibuy(self) -> Doc:
        """Of every so many units some are rewarded."""
        chance = self.chance
        doc: Doc = {"buy_units": chance.choice(FEW), "get_units": chance.choice(SOME)}
        if self.often(60):
            doc["goods"] = self.goods()
        if self.often(50):
            doc["pick"] = chance.choice(["each_group", "of_all"])
        if self.often(25):
            doc["rewarded_counts"] = True
            doc["buy_units"] = max(doc["buy_units"], doc["get_units"] + chance.choice([0, 1]))
        elif self.often(60):
            doc["incomplete"] = self.incomplete(doc)
        return doc

    def buy_get(self) -> Doc:
        """Of some goods so many are bought, of others so many are rewarded."""
        chance = self.chance
        doc: Doc = {
            "buy": [self.component() for _ in range(chance.choice([1, 1, 2, 3]))],
            "goods": self.wide_goods(),
            "get_units": chance.choice(SOME),
        }
        if self.often(30):
            doc["rewarded_counts"] = True
        if self.often(50):
            doc["incomplete"] = self.incomplete(doc)
        return doc

    def incomplete(self, doc: Doc) -> str:
        """What becomes of a group of which rewarded units are missing: one has no part."""
        choices = INCOMPLETE if doc["get_units"] > 1 else ("nothing", "gift")
        return str(self.chance.choice(choices))

    def bundle(self) -> Doc:
        """A set of goods."""
        return {"parts": [self.component() for _ in range(self.chance.choice([1, 2, 2, 3]))]}

    def gift(self) -> Doc:
        """Units for whom the campaign is open."""
        doc: Doc = {"goods": self.listed_goods(), "units": self.chance.choice(FEW)}
        if self.often(60):
            doc["missing"] = self.chance.choice(INCOMPLETE)
        return doc

    def component(self) -> Doc:
        """So many units of some goods."""
        doc: Doc = {"goods": self.wide_goods()}
        if self.often(40):
            doc["units"] = self.chance.choice([1, 2, 2, 3])
        return doc

    def wide_goods(self) -> Doc:
        """Goods of which there is something on most receipts."""
        return {} if self.often(40) else self.goods()

    def effect(self, kind: str) -> Doc:
        """What happens to a rewarded unit, or to the whole set."""
        chance = self.chance
        price = self.near(chance.choice(self.articles)["price_minor"])
        many = chance.choice([1, 2]) if kind == "bundle" else 1
        return chance.choice(
            [
                {"rate_bp": chance.choice([1, 1000, 3333, 5000, 10_000])},
                {"amount_minor": max(1, price // chance.choice([1, 2, 10]))},
                {"price_minor": price * many // chance.choice([1, 2, 10])},
            ]
        )

    # --- Points -------------------------------------------------------------------------------

    def points_reward(self, program: Doc, *, several_lanes: bool) -> Doc:
        """A reward of points of any kind; what multiplies needs a lane before it."""
        chance = self.chance
        kinds = ["points_percent", "points_percent", "points_amount"]
        kinds += ["points_multiplier"] if several_lanes else []
        doc: Doc = {"kind": chance.choice(kinds)}
        if doc["kind"] == "points_amount":
            doc |= self.per()
        doc = self.with_value(doc, program)
        if self.often(40):
            doc["currency"] = chance.choice(program["currencies"])["code"]
        if doc["kind"] != "points_multiplier" and self.often(25):
            doc["tier_multiplied"] = False
        if self.often(20):
            doc["maximum_minor"] = chance.choice([1, 5, 100, 1000, 10**6])
            if self.often(40):
                doc["above"] = "nothing"
        if self.often(35):
            doc["dates"] = self.dates_of_reward()
        return doc

    def dates_of_reward(self) -> Doc:
        """When the points of one reward become active and expire."""
        chance = self.chance
        doc: Doc = chance.choice(
            [
                {},
                {"days": chance.choice([1, 30])},
                {"months": chance.choice([1, 6])},
                {"end_of": chance.choice(["month", "year"])},
                {"end_of": chance.choice(["month", "year"]), "months": 2},
                {"on": chance.choice([*DAYS, "2028-12-31"])},
            ]
        )
        return {**doc, **({"delay_days": chance.choice([0, 1, 14])} if self.often(50) else {})}
