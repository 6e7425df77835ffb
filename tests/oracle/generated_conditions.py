"""Generated conditions: of every kind, nested, with bounds on which sales often lie."""

from __future__ import annotations

from tests.oracle.generated_baskets import AMOUNT_MAX, CATEGORIES, Doc
from tests.oracle.generated_goods import Choices
from tests.oracle.generated_words import (
    ACTIVITIES,
    ATTRIBUTES_OF_MEMBERS,
    BINS,
    CARD_TYPES,
    CHANNELS,
    CONSENTS,
    COUPONS,
    GENDERS,
    LIFECYCLES,
    LISTS,
    SEGMENTS,
    SERIES,
    TAGS_OF_MEMBERS,
    TENDERS,
    TERMINALS,
    TOKENS,
    VALUES,
    WINDOWS,
)

COMPARISONS = ("less_than", "at_most", "equal", "at_least", "more_than")
#: Conditions on what is bought; their bounds come from the world's own baskets.
ON_GOODS = ("receipt_amount", "receipt_quantity", "distinct_goods", "contains_goods")
ON_SALES = ("place", "schedule", "tender", "channel", "coupon", "coupon_series")
ON_MEMBERS = (
    "identified",
    "tier",
    "member_list",
    "segment",
    "member_tag",
    "member_attribute",
    "gender",
    "age",
    "birthday",
    "purchase_number",
    "days_since_purchase",
    "spend_in_window",
    "visits_in_window",
    "activity_in_window",
    "favourite_category",
    "card_type",
    "consent",
    "lifecycle",
    "personal_offer",
)
#: Kinds of conditions without others inside, but for late ones.
LEAVES = (*ON_GOODS, *ON_SALES, *ON_MEMBERS)
#: What an index may be made of.
INDEXED = ("coupon", "coupon_series", "contains_goods", "personal_offer", "member_list")
ALSO_INDEXED = ("segment", "tier", "place")
CODES = ("coupon", "coupon_series")
#: Bounds of values that members have in small numbers, also in the facts.
YEARS = (17, 18, 64)
COUNTS = (0, 1, 2, 5)
DAYS_AGO = (0, 1, 30)
SPENT = (0, 999, 1000, 50_000)
#: Levels of conditions inside conditions.
DEPTH_MAX = 3


class Conditions(Choices):
    """Conditions about the world's own baskets, stores and members."""

    stores: list[Doc]

    def condition(self, program: Doc, names: list[str], depth: int = 0) -> Doc:
        """A condition of a campaign of the program, that campaigns of those names go before."""
        chance = self.chance
        nested = ["all", "any", "not"] if depth < DEPTH_MAX else []
        form = chance.choice([*nested, "leaf", "leaf", "leaf"])
        if depth == 0 and self.often(8):
            return {"kind": "all", "of": [self.indexed(program) for _ in range(2)]}
        if form in {"all", "any"}:
            many = chance.choice([1, 2, 2, 3])
            of = [self.condition(program, names, depth + 1) for _ in range(many)]
            return {"kind": form, "of": of}
        if form == "not":
            return {"kind": "not", "of": self.condition(program, names, depth + 1)}
        if self.often(15):
            return self.late_leaf(names)
        return self.leaf(program)

    def indexed(self, program: Doc) -> Doc:
        """A condition that may be an index."""
        if self.often(15):
            return {"kind": "any", "of": [self.leaf(program, kind) for kind in CODES]}
        return self.leaf(program, self.chance.choice([*INDEXED, *ALSO_INDEXED, *CODES]))

    def late_leaf(self, names: list[str]) -> Doc:
        """A condition on what earlier lanes did."""
        if names and self.often(60):
            return {"kind": "campaign_applied", "campaigns": self.some(names)}
        return {**self.on_goods("receipt_amount"), "after": "earlier_lanes"}

    def leaf(self, program: Doc, kind: str = "") -> Doc:
        """A condition without others inside, of some kind or of this one."""
        kind = kind or self.chance.choice([*LEAVES, *ON_GOODS, "purchase_number"])
        if kind in ON_GOODS:
            return self.on_goods(kind)
        if kind in ON_SALES:
            return self.on_sale(kind)
        return self.on_member(kind, program)

    def compared(self, bound: int) -> tuple[str, int]:
        """A comparison with a bound; below zero is nothing, so that could never hold."""
        return self.chance.choice(COMPARISONS), max(1, bound)

    def on_goods(self, kind: str) -> Doc:
        """What the receipt comes to, or its goods."""
        doc: Doc = {"kind": kind}
        basket = self.chance.choice(self.baskets)
        counted = [line for line in basket if line.get("kind") != "delivery"]
        if kind == "receipt_amount":
            doc["compare"], bound = self.compared(self.amounts())
            doc["amount_minor"] = min(AMOUNT_MAX, bound)
        elif kind == "receipt_quantity":
            quantity = self.near(sum(line["quantity_milli"] for line in counted))
            doc["compare"], doc["quantity_milli"] = self.compared(quantity)
        elif kind == "distinct_goods":
            different = len({line["sku"] for line in counted})
            doc["compare"], doc["count"] = self.compared(self.near(different))
        if kind == "contains_goods" or self.often(40):
            doc["goods"] = self.goods()
        return doc

    def on_sale(self, kind: str) -> Doc:
        """Where, when and how is bought."""
        chance = self.chance
        doc: Doc = {"kind": kind}
        if kind == "place":
            doc |= self.place()
        elif kind == "schedule":
            doc["schedule"] = next(s for _ in range(1000) if (s := self.schedule()))
        elif kind == "tender":
            pools = {"kinds": TENDERS, "bins": BINS, "tokens": TOKENS}
            doc |= {name: self.some(pools[name]) for name in self.some(list(pools))}
        elif kind == "channel":
            doc["channels"] = self.some(CHANNELS)
        elif kind == "coupon":
            doc["code"] = chance.choice(COUPONS)
        else:
            doc["series"] = chance.choice(SERIES)
        return doc

    def place(self) -> Doc:
        """Some of what stores and tills are named by."""
        pools = {
            "stores": [store["code"] for store in self.stores],
            "chains": sorted({store["chain"] for store in self.stores}),
            "formats": sorted({store["format"] for store in self.stores}),
            "regions": sorted({store["region"] for store in self.stores}),
        }
        doc: Doc = {}
        for name in self.some([*pools, "terminals"]):
            doc[name] = self.some(pools[name]) if name in pools else [self.terminal()]
        return doc

    def terminal(self) -> Doc:
        """One till of one store."""
        store = self.chance.choice(self.stores)["code"]
        return {"store": store, "terminal": self.chance.choice(TERMINALS)}

    def on_member(self, kind: str, program: Doc) -> Doc:
        """Who buys."""
        chance = self.chance
        tiers = [tier["code"] for tier in program["tiers"]]
        if kind == "tier" and not tiers:
            return {"kind": "identified"}
        named: dict[str, Doc] = {
            "tier": {"tiers": self.some(tiers) if tiers else []},
            "member_list": {"list": chance.choice(LISTS)},
            "segment": {"segments": self.some(SEGMENTS)},
            "member_tag": {"tags": self.some(TAGS_OF_MEMBERS)},
            "gender": {"genders": self.some(GENDERS)},
            "favourite_category": {"categories": self.some(list(CATEGORIES))},
            "card_type": {"types": self.some(CARD_TYPES)},
            "consent": {"channel": chance.choice(CONSENTS)},
            "lifecycle": {"states": self.some(LIFECYCLES)},
        }
        return {"kind": kind, **named.get(kind, {}), **self.value_of_member(kind)}

    def value_of_member(self, kind: str) -> Doc:
        """The bound of a condition on one of the member's values."""
        chance = self.chance
        compare = chance.choice(COMPARISONS)
        if kind == "member_attribute":
            name = chance.choice(list(ATTRIBUTES_OF_MEMBERS))
            of_type = ATTRIBUTES_OF_MEMBERS[name]
            doc: Doc = {"name": name, "value": chance.choice(VALUES[of_type])}
            if of_type in {"number", "date"} or self.often(50):
                doc["compare"] = compare if of_type in {"number", "date"} else "equal"
            return doc
        if kind == "age":
            return {"compare": compare, "years": chance.choice(YEARS)}
        if kind == "birthday":
            return {"days_before": chance.choice([0, 0, 3]), "days_after": chance.choice([0, 0, 3])}
        if kind == "purchase_number":
            every = self.often(40)
            number = max(1, chance.choice(COUNTS))
            return {"every": chance.choice([2, 3])} if every else self.numbered(compare, number)
        if kind == "days_since_purchase":
            return {
                "compare": self.possible(compare, days := chance.choice(DAYS_AGO)),
                "days": days,
            }
        if kind not in {"spend_in_window", "visits_in_window", "activity_in_window"}:
            return {}
        doc = {"window_days": chance.choice(WINDOWS)}
        if kind == "spend_in_window":
            doc["amount_minor"] = chance.choice(SPENT)
            doc["compare"] = self.possible(compare, doc["amount_minor"])
        else:
            doc["count"] = chance.choice(COUNTS)
            doc["compare"] = self.possible(compare, doc["count"])
        if kind == "activity_in_window":
            doc["activity"] = chance.choice(ACTIVITIES)
        elif self.often(40):
            doc["category"] = chance.choice(["food", "home"])
        return doc

    @staticmethod
    def numbered(compare: str, number: int) -> Doc:
        """Which purchase; there is none before the first."""
        impossible = number == 1 and compare == "less_than"
        return {"compare": "at_most" if impossible else compare, "number": number}

    @staticmethod
    def possible(compare: str, bound: int) -> str:
        """A comparison that may hold: nothing is less than nothing."""
        return "at_most" if compare == "less_than" and bound == 0 else compare
