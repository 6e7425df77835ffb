"""The articles that goods mean, as whole numbers of which each bit is an article.

Beside the articles of the catalogue there is one bit for each category, and one for none: an
article that the catalogue does not know has at most a category. What only a till knows of a line
(barcode, kind, price, most flags) and what a member chose may be anything.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from checkout.engine.problems.choices import COUNTED, has_list, kinds_of
from checkout.engine.schema.goods import GoodsFlag

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.engine.schema.goods import Goods
    from checkout.engine.schema.snapshot import Snapshot

#: What a list of goods names: the list, and a value of it.
_Name = tuple[str, ...]
_OF_ARTICLES: Final = (GoodsFlag.ALCOHOL, GoodsFlag.TOBACCO)
#: Sets that are kept: of ninety thousand articles one takes some ten kilobytes.
_KEPT: Final = 512


class Articles:
    """The articles of a snapshot by everything under which goods can name them."""

    def __init__(self, snapshot: Snapshot) -> None:
        """File each article under its sku, category, brand, supplier, tags, attributes, flags."""
        products = sorted(snapshot.products, key=lambda product: product.sku)
        self._skus = [product.sku for product in products]
        self._named: dict[_Name, list[int]] = {}
        self._children: dict[str, list[str]] = {}
        for number, product in enumerate(products):
            names: list[_Name] = [("skus", product.sku), ("brands", product.brand)]
            names.append(("suppliers", product.supplier))
            names += [("tags", tag) for tag in product.tags]
            names += [("attributes", *attribute) for attribute in product.attributes.items()]
            names += [("flags", flag) for flag in product.flags]
            names.append(("categories", product.category))
            for name in names:
                self._named.setdefault(name, []).append(number)
        number = len(products)
        for number, category in enumerate(snapshot.categories, start=len(products)):
            self._children.setdefault(category.parent, []).append(category.code)
            self._named.setdefault(("categories", category.code), []).append(number)
        self._size = number + 2
        #: Articles of the catalogue.
        self.known: Final = (1 << len(products)) - 1
        self._every: Final = (1 << self._size) - 1
        self._of_name = lru_cache(maxsize=_KEPT)(self._bits_of)
        self.meant = lru_cache(maxsize=_KEPT)(self._meant)

    def first(self, articles: int, count: int) -> list[str]:
        """The first articles of the catalogue among some."""
        found: list[str] = []
        articles &= self.known
        while articles and len(found) < count:
            lowest = articles & -articles
            found.append(self._skus[lowest.bit_length() - 1])
            articles ^= lowest
        return found

    def _meant(self, goods: Goods) -> int:
        """All articles that goods could mean."""
        found = self._every
        if has_list(goods) and not goods.barcodes:
            found = self._listed(goods)
        if goods.flags and set(goods.flags) <= set(_OF_ARTICLES):
            found &= self._union(("flags", flag) for flag in goods.flags)
        if goods.within is not None:
            found &= self._meant(goods.within)
        if goods.but_not is not None:
            found &= ~self._surely_meant(goods.but_not)
        return found

    def _surely_meant(self, goods: Goods) -> int:
        """All articles of which goods mean every line."""
        if (
            goods.price_min_minor
            or goods.price_max_minor is not None
            or goods.favourites
            or goods.offered
            or not kinds_of(goods, COUNTED) >= COUNTED
        ):
            return 0
        found = self._listed(goods) if has_list(goods) else self._every
        if goods.flags:
            flags = [("flags", flag) for flag in goods.flags if flag in _OF_ARTICLES]
            found &= self._union(flags)
        if goods.within is not None:
            found &= self._surely_meant(goods.within)
        if goods.but_not is not None:
            found &= ~self._meant(goods.but_not)
        return found

    def _listed(self, goods: Goods) -> int:
        """What the lists name, barcodes aside."""
        names: list[_Name] = [
            (listed, value)
            for listed in ("skus", "categories", "brands", "suppliers", "tags")
            for value in getattr(goods, listed)
        ]
        names += [
            ("attributes", attribute.name, value)
            for attribute in goods.attributes
            for value in attribute.values
        ]
        return self._union(names)

    def _union(self, names: Iterable[_Name]) -> int:
        found = 0
        skus: list[int] = []
        for name in names:
            if name[0] == "skus":
                skus += self._named.get(name, ())
            else:
                found |= self._of_name(name)
        return found | self._bits(skus)

    def _bits_of(self, name: _Name) -> int:
        numbers = list(self._named.get(name, ()))
        if name[0] == "categories":
            below, seen = list(self._children.get(name[1], ())), {name[1]}
            while below:
                code = below.pop()
                if code not in seen:
                    seen.add(code)
                    numbers += self._named.get(("categories", code), ())
                    below += self._children.get(code, ())
        return self._bits(numbers)

    def _bits(self, numbers: list[int]) -> int:
        if not numbers:
            return 0
        bits = bytearray(max(numbers) // 8 + 1)
        for number in numbers:
            bits[number >> 3] |= 1 << (number & 7)
        return int.from_bytes(bits, "little")
