"""Chance, articles and baskets: the ground that generated rules and sales share."""

from __future__ import annotations

import copy
import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Doc = dict[str, Any]

CATEGORIES = {
    "food": "",
    "dairy": "food",
    "milk": "dairy",
    "cheese": "dairy",
    "bread": "food",
    "home": "",
    "soap": "home",
    "bars": "soap",
}
BRANDS = ("Alpha", "Beta")
SUPPLIERS = ("Delta", "Epsilon")
TAGS = ("eco", "sale")
COLOURS = ("red", "blue")
BARCODES = ("4600", "4601")
KINDS = ("goods", "service", "delivery")
FLAGS = ("no_discount", "no_points", "excise", "marked")
#: Monday to Sunday of one week, the ends of months, a leap day.
DAYS = ("2026-11-16", "2026-11-17", "2026-11-21", "2026-11-22", "2026-11-30", "2028-02-29")
TIMES = ("00:00:00", "06:00:00", "12:30:00", "22:00:00", "23:59:59")
AMOUNT_MAX = 10**15
#: Prices of a world of large numbers; points of four decimals on their sums still fit in 64 bits.
LARGE = 10**11


def seeded(seed: int | str) -> random.Random:
    """The chance of one seed: the same on every machine."""
    return random.Random(seed)  # noqa: S311 - reproducible, and no secret


class Baskets:
    """Small pools of articles, and baskets made of them."""

    def __init__(self, seed: int | str) -> None:
        self.chance = seeded(seed)
        self.scale = self.chance.choice([20, 500, 10_000, 10_000, LARGE])
        known = [f"sku-{number}" for number in range(self.chance.randint(2, 10))]
        self.catalogue = [self.product(sku) for sku in known]
        # What rules name is there, whatever chance says.
        for product, brand, supplier in zip(self.catalogue, BRANDS, SUPPLIERS, strict=False):
            product |= {"brand": brand, "supplier": supplier, "tags": list(TAGS)}
            product["attributes"] = {"colour": COLOURS[BRANDS.index(brand)]}
        self.articles = [self.article(known) for _ in range(self.chance.randint(2, 9))]
        self.baskets = [self.lines() for _ in range(4)]

    # --- Chance -------------------------------------------------------------------------------

    def often(self, percent: int) -> bool:
        return self.chance.randrange(100) < percent

    def near(self, value: int) -> int:
        """The value, or one beside it, or any below."""
        near = value + self.chance.choice([-1, 0, 0, 0, 1])
        return max(0, self.chance.randint(0, value) if self.often(20) else near)

    def some(self, pool: Sequence[str], least: int = 1) -> list[str]:
        """At least so many different ones of the pool, mostly few."""
        many = self.chance.choice([least, least, least + 1, len(pool)])
        return self.chance.sample(pool, min(len(pool), max(least, many)))

    # --- Articles and baskets -----------------------------------------------------------------

    def product(self, sku: str) -> Doc:
        chance = self.chance
        doc: Doc = {
            "sku": sku,
            "category": chance.choice([*CATEGORIES, *CATEGORIES, ""]),
            "brand": chance.choice([*BRANDS, ""]),
            "supplier": chance.choice([*SUPPLIERS, ""]),
        }
        if self.often(30):
            doc["tags"] = self.some(TAGS)
        if self.often(30):
            doc["attributes"] = {"colour": chance.choice(COLOURS)}
        if self.often(20):
            doc["flags"] = self.some(("alcohol", "tobacco"))
        return doc

    def article(self, known: list[str]) -> Doc:
        """What makes lines equal: sku, price and flags."""
        chance = self.chance
        prices = [0, 1, chance.randint(1, 9), *[chance.randint(1, self.scale)] * 9]
        price = chance.choice([*prices, 4999, 5000])  # at 0.01 % just below and on the half
        doc: Doc = {"sku": chance.choice([*known, *known, "new-1", "new-2"]), "price_minor": price}
        if self.often(50):
            doc["category"] = chance.choice([*CATEGORIES, "nowhere", ""])
        if self.often(30):
            doc["min_price_minor"] = chance.choice([chance.randint(0, price), price, price + 1])
        if self.often(25):
            doc["kind"] = chance.choice(KINDS)
        for flag in FLAGS:
            if self.often(10):
                doc[flag] = True
        if self.often(15):
            doc["weighed"] = True
        if self.often(10):
            doc["barcode"] = chance.choice(BARCODES)
        return doc

    def line(self) -> Doc:
        """An article with a quantity and an amount, one minor unit off at most."""
        chance = self.chance
        doc = copy.deepcopy(chance.choice(self.articles))
        quantities = [1000, 1000, 1000, 2000, 3000, 500, 1500, 10_000, chance.randint(1, 5000)]
        quantity = chance.randint(1, 3000) if doc.get("weighed") else chance.choice(quantities)
        exact = (doc["price_minor"] * quantity * 2 + 1000) // 2000
        doc["quantity_milli"] = quantity
        doc["amount_minor"] = max(0, exact + chance.choice([-1, 0, 0, 0, 1]))
        if self.often(20):
            amount = doc["amount_minor"]
            doc["external_discount_minor"] = chance.choice([chance.randint(0, amount), amount])
        if self.often(10):
            doc["manual_discount_minor"] = self.near(
                doc["amount_minor"] // chance.choice([1, 2, 10, 20])
            )
        if self.often(20):
            doc |= {"title": chance.choice(["A", "B"]), "vat_code": chance.choice(["10", "20"])}
        return doc

    def lines(self) -> list[Doc]:
        many = self.chance.choice([1, 2, 2, 3, 3, 4, 5, 6, 8])
        return [self.line() for _ in range(60 if self.often(1) else many)]

    def amounts(self) -> int:
        """Some amount of the world: that of a basket, of some of its lines, or any."""
        basket = self.chance.choice(self.baskets)
        part = self.chance.choice([basket, self.chance.sample(basket, (len(basket) + 1) // 2)])
        starts = [
            each["amount_minor"] - each.get("external_discount_minor", 0)
            for each in part
            if each.get("kind") != "delivery"
        ]
        return self.near(sum(starts))

    def positive(self, value: int) -> int:
        return min(AMOUNT_MAX, max(1, value))

    def moment(self) -> str:
        return f"{self.chance.choice(DAYS)}T{self.chance.choice(TIMES)}"
