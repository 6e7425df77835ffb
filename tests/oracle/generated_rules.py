"""Generated snapshots: programs and campaigns of every kind, dense and small."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.generated_baskets import AMOUNT_MAX, BRANDS, CATEGORIES, LARGE, TIMES, Baskets

if TYPE_CHECKING:
    from tests.oracle.generated_baskets import Doc

LISTS = ("vip", "staff")
COUPONS = ("SAVE", "save", "OLD", "VIP", "10%")
COMPARISONS = ("less_than", "at_most", "equal", "at_least", "more_than")
LEAVES = (
    "receipt_amount",
    "receipt_amount",
    "receipt_quantity",
    "contains_goods",
    "place",
    "identified",
    "member_list",
    "coupon",
    "tier",
)
PERIODS = ("day", "week", "month", "lifetime")
DISCOUNT_REWARDS = ("percent", "amount_per_unit", "receipt_amount_off")
#: Levels of goods left out of goods, and of conditions inside conditions.
GOODS_DEPTH_MAX = 2
DEPTH_MAX = 3
#: Campaigns of a crowded world, where more than ten are nearly applied.
CROWD = 25


class Rules(Baskets):
    """A snapshot whose rules are about the world's own baskets."""

    def __init__(self, seed: int | str) -> None:
        super().__init__(seed)
        self.snapshot = self.make_snapshot()

    # --- The snapshot -------------------------------------------------------------------------

    def make_snapshot(self) -> Doc:
        chance = self.chance
        codes = ["main", "other"] if self.often(20) else ["main"]
        self.programs = [self.program(code) for code in codes]
        self.stores = [
            {
                "code": f"store-{number}",
                "chain": chance.choice(["north", "south"]),
                "program": chance.choice([*codes, "main"]),
                "name": f"Store {number}",
                "format": chance.choice(["big", "small"]),
                "region": chance.choice(["east", "west"]),
            }
            for number in range(chance.randint(1, 3))
        ]
        categories = [{"code": code, "parent": parent} for code, parent in CATEGORIES.items()]
        chance.shuffle(categories)
        many = chance.choice([1, 2, 3, 4, 5, 6, 7, 8, 8])
        many = CROWD if self.often(4) else many
        names = chance.sample(
            ["a", "B", "b", "Z", "10", "9"] + [f"c{n:02}" for n in range(30)], many
        )
        return {
            "partner": {
                "code": "shop",
                "name": "A shop",
                "currency": {"code": "EUR", "exponent": chance.choice([2, 2, 0, 1, 3, 4])},
            },
            "programs": self.programs,
            "chains": [{"code": code, "name": code.title()} for code in ("north", "south")],
            "stores": self.stores,
            "categories": categories,
            "products": self.catalogue,
            "member_lists": list(LISTS),
            "campaigns": [self.campaign(name, plain=many == CROWD) for name in names],
        }

    def program(self, code: str) -> Doc:
        chance = self.chance
        lanes = [self.lane(f"d{n}", "discount") for n in range(chance.choice([1, 1, 2, 3, 4]))]
        lanes += [self.lane(f"p{n}", "accrual") for n in range(chance.choice([1, 1, 2, 3]))]
        chance.shuffle(lanes)
        ratio = chance.choice([(1, 1), (1, 100), (5, 2), (7, 3), (3, 7), (100, 1), (250, 1000)])
        doc: Doc = {
            "code": code,
            "name": f"Program {code}",
            "currency": {
                "code": f"{code}-points",
                "name": "Points",
                "exponent": chance.choice([0, 0, 1, 2, 3, 4]),
                "value_minor": ratio[0],
                "value_points_minor": ratio[1],
            },
            "lanes": lanes,
            "tiers": [
                self.tier(name) for name in ("basic", "silver", "gold")[: chance.randint(0, 3)]
            ],
        }
        if self.often(35):
            doc["discount_cap"] = self.discount_cap()
        if self.often(70):
            doc["redemption"] = self.redemption()
        if self.often(60):
            doc["accrual"] = {
                "goods": self.goods() if self.often(40) else None,
                "exclude_paid_with_points": self.often(50),
                "earn_when_points_spent": self.often(70),
                "lifetime_days": chance.choice([None, 365]),
            }
        return doc

    def lane(self, code: str, phase: str) -> Doc:
        base = self.chance.choice(["current", "original"]) if phase == "discount" else "current"
        doc = {
            "code": code,
            "phase": phase,
            "policy": self.chance.choice(["all", "first"]),
            "scope": self.chance.choice(["line", "receipt"]),
            "base": base,
        }
        return {
            k: v for k, v in doc.items() if v not in {"all", "line", "current"} or self.often(60)
        }

    def tier(self, code: str) -> Doc:
        doc: Doc = {"code": code, "name": code.title()}
        if self.often(80):
            doc["points_multiplier_bp"] = self.chance.choice([5000, 10_000, 12_345, 20_000, 1])
        return doc

    def discount_cap(self) -> Doc:
        rate_bp = self.chance.choice([0, 500, 2000, 3333, 9000, 10_000])
        amount = self.chance.choice([0, self.near(self.amounts() // 4)])
        return self.chance.choice(
            [
                {"rate_bp": rate_bp},
                {"amount_minor": amount},
                {"rate_bp": rate_bp, "amount_minor": amount},
            ]
        )

    def redemption(self) -> Doc:
        chance = self.chance
        rates = [10_000, 10_000, 5000, 3000, 3333, 0]
        return {
            "rate_bp": chance.choice(rates),
            "goods_caps": [
                {"goods": self.goods(), "rate_bp": chance.choice(rates)}
                for _ in range(chance.choice([0, 0, 1, 2, 3]))
            ],
            "min_money_minor": chance.choice([0, 0, 1, self.amounts() // 3, self.amounts()]),
        }

    # --- Campaigns ----------------------------------------------------------------------------

    def campaign(self, code: str, *, plain: bool) -> Doc:
        chance = self.chance
        program = chance.choice([*self.programs, self.programs[0]])
        doc: Doc = {
            "code": code,
            "program": program["code"],
            "name": f"Campaign {code}",
            "rewards": [self.reward(program) for _ in range(chance.choice([1, 1, 1, 2, 3]))],
        }
        if self.often(70):
            doc["priority"] = chance.choice([-1, 0, 1, 1, 5])
        if plain:
            tiers = [tier["code"] for tier in program["tiers"]]
            doc["rewards"][0].pop("goods", None)
            doc["when"] = {"kind": "not", "of": self.leaf(tiers)} if self.often(70) else None
            return doc
        if self.often(35):
            doc["schedule"] = self.schedule()
        if self.often(65):
            doc["when"] = self.condition([tier["code"] for tier in program["tiers"]], 0)
        if self.often(20):
            doc["limits"] = [self.limit(n) for n in range(chance.choice([1, 1, 2]))]
        if self.often(25):
            doc["budget"] = self.budget()
        if self.often(40):
            doc["messages"] = [
                {
                    "place": chance.choice(["slip", "cashier", "display"]),
                    "text": chance.choice(
                        ["Thank you", "{campaign}: {discount} off", "{points} + {points} points"]
                    ),
                }
                for _ in range(chance.choice([1, 2]))
            ]
        return doc

    def reward(self, program: Doc) -> Doc:
        chance = self.chance
        phase = chance.choice(["discount", "discount", "discount", "accrual", "accrual"])
        lanes = [lane["code"] for lane in program["lanes"] if lane["phase"] == phase]
        doc: Doc = {"lane": chance.choice(lanes)}
        if phase == "discount":
            doc["kind"] = chance.choice(DISCOUNT_REWARDS)
            if doc["kind"] == "percent":
                doc["rate_bp"] = chance.choice([1, 500, 1000, 3333, 5000, 10_000])
            elif doc["kind"] == "amount_per_unit":
                doc["amount_minor"] = self.positive(self.near(self.scale // chance.choice([2, 10])))
            else:
                doc["amount_minor"] = self.positive(self.amounts() // chance.choice([1, 2, 10]))
        elif self.often(60):
            highest = 1000 if self.scale == LARGE else 10**6
            doc |= {"kind": "points_percent", "rate_bp": chance.choice([1, 50, 333, 1000, highest])}
        else:
            doc |= {"kind": "points_per_unit", "points_minor": chance.choice([1, 7, 100, 10**12])}
        if self.often(50):
            doc["goods"] = self.goods()
        return doc

    def goods(self, depth: int = 0) -> Doc:
        chance = self.chance
        doc: Doc = {}
        skus = [product["sku"] for product in self.catalogue]
        form = chance.randrange(10)
        if form in {0, 1, 2, 3}:
            doc["skus"] = self.some(skus)
        if form in {3, 4, 5, 6}:
            doc["categories"] = self.some(list(CATEGORIES))
        if form in {6, 7, 8}:
            doc["brands"] = self.some(BRANDS)
        if self.often(25) and depth < GOODS_DEPTH_MAX:
            but_not = self.goods(depth + 1)
            if any(but_not.get(name) for name in ("skus", "categories", "brands")):
                doc["but_not"] = but_not
        return doc

    def condition(self, tiers: list[str], depth: int) -> Doc:
        chance = self.chance
        nested = ["all", "any", "not"] if depth < DEPTH_MAX else []
        form = chance.choice([*nested, "leaf", "leaf", "leaf"])
        if depth == 0 and self.often(8):
            form = "pair"
        if form == "pair":
            kind = chance.choice(["coupon", "coupon", "contains_goods", "place"])
            return {"kind": "all", "of": [self.leaf(tiers, kind), self.leaf(tiers, kind)]}
        if form in {"all", "any"}:
            many = chance.choice([1, 2, 2, 3])
            return {"kind": form, "of": [self.condition(tiers, depth + 1) for _ in range(many)]}
        if form == "not":
            return {"kind": "not", "of": self.condition(tiers, depth + 1)}
        return self.leaf(tiers)

    def leaf(self, tiers: list[str], kind: str = "") -> Doc:
        chance = self.chance
        kind = kind or chance.choice(LEAVES)
        doc: Doc = {"kind": kind}
        if kind in {"receipt_amount", "receipt_quantity"}:
            # A comparison that can never hold may be refused: below zero is nothing.
            doc |= {"compare": chance.choice(COMPARISONS)}
            if kind == "receipt_amount":
                doc["amount_minor"] = min(AMOUNT_MAX, max(1, self.amounts()))
            else:
                basket = chance.choice(self.baskets)
                counted = [line for line in basket if line.get("kind") != "delivery"]
                quantity = self.near(sum(line["quantity_milli"] for line in counted))
                doc["quantity_milli"] = max(1, quantity)
            if self.often(40):
                doc["goods"] = self.goods()
        elif kind == "contains_goods":
            doc["goods"] = self.goods()
        elif kind == "place":
            doc |= self.place()
        elif kind == "member_list":
            doc["list"] = chance.choice(LISTS)
        elif kind == "coupon":
            doc["code"] = chance.choice(COUPONS)
        elif kind == "tier":
            doc = {"kind": "tier", "tiers": self.some(tiers)} if tiers else {"kind": "identified"}
        return doc

    def place(self) -> Doc:
        pools = {
            "stores": [store["code"] for store in self.stores],
            "chains": sorted({store["chain"] for store in self.stores}),
            "formats": sorted({store["format"] for store in self.stores}),
            "regions": sorted({store["region"] for store in self.stores}),
        }
        return {name: self.some(pools[name]) for name in self.some(list(pools))}

    def schedule(self) -> Doc:
        doc: Doc = {}
        moments = sorted({self.moment(), self.moment(), self.moment()})
        if self.often(40):
            doc["starts_at"] = moments[0]
        if self.often(40) and moments[-1] > moments[0]:
            doc["ends_at"] = moments[-1]
        if self.often(30):
            doc["weekdays"] = sorted(self.chance.sample(range(1, 8), self.chance.randint(1, 6)))
        if self.often(40):
            doc["time_from"] = self.chance.choice(TIMES)
        if self.often(40):
            doc["time_until"] = self.chance.choice(TIMES)
        return doc

    def limit(self, number: int) -> Doc:
        return {
            "code": f"limit-{number}",
            "name": "A limit",
            "uses": self.chance.choice([1, 2, 5]),
            "period": self.chance.choice(PERIODS),
        }

    def budget(self) -> Doc:
        doc: Doc = {}
        if self.often(70):
            doc["discount_minor"] = self.positive(self.amounts() // self.chance.choice([2, 10]))
        if self.often(40) or not doc:
            doc["uses"] = self.chance.choice([1, 3, 1000])
        return doc
