"""Generated choices of goods and schedules: what conditions, limits and rewards stand on."""

from __future__ import annotations

import datetime as dt

from tests.oracle.generated_baskets import (
    BARCODES,
    BRANDS,
    CATEGORIES,
    COLOURS,
    DAYS,
    FLAGS,
    SUPPLIERS,
    TAGS,
    TIMES,
    Baskets,
    Doc,
)
from tests.oracle.oracle_goods import has_a_list

#: Levels of goods left out of goods, or within goods.
GOODS_DEPTH_MAX = 2


class Choices(Baskets):
    """Choices of goods about the world's own articles, schedules about its own moments."""

    def goods(self, depth: int = 0) -> Doc:
        """A choice of goods; inside a campaign (`offered`), and not of a program's own things."""
        doc = self.goods_of_anybody(depth)
        if self.often(5):
            doc["offered"] = True
        return doc

    def goods_of_anybody(self, depth: int = 0) -> Doc:
        """A choice of goods that asks for no campaign's personal offer."""
        chance = self.chance
        doc: Doc = {}
        skus = [product["sku"] for product in self.catalogue]
        form = chance.randrange(13)
        if form in {0, 1, 2, 3}:
            doc["skus"] = self.some(skus)
        if form in {3, 4, 5, 6}:
            doc["categories"] = self.some(list(CATEGORIES))
        if form in {6, 7}:
            doc["brands"] = self.some(BRANDS)
        if form == 8:
            doc |= chance.choice(
                [
                    {"suppliers": self.some(SUPPLIERS)},
                    {"tags": self.some(TAGS)},
                    {"barcodes": self.some(BARCODES)},
                    {"attributes": [{"name": "colour", "values": self.some(COLOURS)}]},
                ]
            )
        self.narrow(doc, depth)
        return doc

    def goods_in_store(self) -> Doc:
        """A choice of goods that may mean something beside delivery charges."""
        doc = self.goods_of_anybody()
        if doc.get("kinds") == ["delivery"]:
            doc["kinds"] = ["service"]
        return doc

    def narrow(self, doc: Doc, depth: int) -> None:
        """Some of what leaves goods out of a choice."""
        chance = self.chance
        if self.often(10):
            doc["kinds"] = chance.choice([["goods"], ["service"], ["goods", "service"]])
        if self.often(5):
            doc["kinds"] = ["delivery"]
        if self.often(8):
            doc["flags"] = self.some([*FLAGS, "weighed", "alcohol", "tobacco"])
        bounds = sorted(self.near(chance.choice(self.articles)["price_minor"]) for _ in range(2))
        if self.often(8):
            doc["price_min_minor"] = bounds[0]
        if self.often(8):
            doc["price_max_minor"] = bounds[1]
        if self.often(5):
            doc["favourites"] = True
        if depth < GOODS_DEPTH_MAX:
            if self.often(8):
                doc["within"] = self.goods_of_anybody(depth + 1)
            but_not = self.goods_of_anybody(depth + 1)
            if self.often(25) and has_a_list(but_not):
                doc["but_not"] = but_not

    def listed_goods(self) -> Doc:
        """A choice of goods that names some."""
        return next(goods for _ in range(1000) if has_a_list(goods := self.goods()))

    # --- Schedules ----------------------------------------------------------------------------

    def schedule(self) -> Doc:
        """When something is in force: each part now and then."""
        chance = self.chance
        doc: Doc = {}
        moments = sorted({self.moment(), self.moment(), self.moment()})
        if self.often(40):
            doc["starts_at"] = moments[0]
        if self.often(40) and moments[-1] > moments[0]:
            doc["ends_at"] = moments[-1]
        doc |= self.hours(30)
        if self.often(20):
            doc["time_from"] = chance.choice(TIMES)
        if self.often(20):
            doc["time_until"] = chance.choice(TIMES)
        if self.often(15):
            doc["time_from"], doc["time_until"] = chance.sample(TIMES, 2)
        return doc

    def hours(self, percent: int) -> Doc:
        """Days of all kinds, each part as often as said."""
        chance = self.chance
        days = [dt.date.fromisoformat(day) for day in DAYS]
        doc: Doc = {}
        if self.often(percent):
            doc["weekdays"] = sorted(chance.sample(range(1, 8), chance.randint(2, 6)))
        if self.often(percent // 3):
            listed = chance.sample(sorted({day.day for day in days}), 3)
            doc["days_of_month"] = sorted({*listed, chance.randint(1, 31)})
        if self.often(percent // 4):
            doc["last_day_of_month"] = True
        if self.often(percent // 3):
            doc["dates"] = sorted(chance.sample(DAYS, chance.randint(2, 5)))
        if self.often(percent // 3):
            doc["but_not_dates"] = chance.sample(DAYS, chance.randint(1, 2))
        return doc
