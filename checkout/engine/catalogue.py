"""Products and the category tree, compiled for look-ups by sku.

Products come in shards that snapshot versions share, so that publishing a change of one article
does not rebuild the other ninety thousand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from checkout.engine.schema.snapshot import Category, Product

#: Shards of the catalogue: about 400 articles each for a grocer, so that none takes a millisecond
#: to compile.
SHARD_COUNT: Final = 256


def shard_of(sku: str) -> int:
    """The shard of a sku: a property of the sku alone.

    So that shards stay equal between versions.
    """
    return crc32(sku.encode()) % SHARD_COUNT


class CatalogueProduct:
    """What the engine wants of an article."""

    __slots__ = ("brand", "category", "name")

    def __init__(self, category: str, brand: str, name: str) -> None:
        """Keep the three."""
        self.category = category
        self.brand = brand
        self.name = name


Shard = dict[str, CatalogueProduct]


def compile_shard(products: Iterable[Product]) -> Shard:
    """One shard's articles by sku."""
    return {p.sku: CatalogueProduct(p.category, p.brand, p.name) for p in products}


class Catalogue:
    """Articles and categories of a partner."""

    __slots__ = ("_ancestry", "_shards")

    def __init__(self, shards: Sequence[Shard], categories: Iterable[Category]) -> None:
        """Take `SHARD_COUNT` shards, and the tree (free of cycles.

        Which the compiler has checked).
        """
        self._shards = shards
        parents = {c.code: c.parent for c in categories}
        self._ancestry: dict[str, tuple[str, ...]] = {}
        for code in parents:
            path = []
            at = code
            while at:
                path.append(at)
                at = parents.get(at, "")
            self._ancestry[code] = tuple(path)

    def product(self, sku: str) -> CatalogueProduct | None:
        """The article, or None for a sku that the catalogue does not know."""
        return self._shards[shard_of(sku)].get(sku)

    def ancestry(self, category: str) -> tuple[str, ...]:
        """The category and everything above it; empty for an unknown one."""
        return self._ancestry.get(category, ())
