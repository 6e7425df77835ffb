"""Products and the category tree, compiled for look-ups by sku.

Products come in shards that snapshot versions share, so that publishing a change of one article
does not rebuild the other ninety thousand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from checkout.engine.schema.goods import GoodsFlag
    from checkout.engine.schema.snapshot import Category, Product

#: Shards of the catalogue: about 400 articles each for a grocer, so that none takes a millisecond
#: to compile.
SHARD_COUNT: Final = 256
_NO_ATTRIBUTES: Final[dict[str, str]] = {}


def shard_of(sku: str) -> int:
    """The shard of a sku: a property of the sku alone, so that versions share shards."""
    return crc32(sku.encode()) % SHARD_COUNT


def shard_products(products: Iterable[Product]) -> list[list[Product]]:
    """The catalogue's shards, each by rising sku, so that equal content has equal bytes."""
    shards: list[list[Product]] = [[] for _ in range(SHARD_COUNT)]
    for product in sorted(products, key=lambda product: product.sku):
        shards[shard_of(product.sku)].append(product)
    return shards


class CatalogueProduct:
    """What the engine wants of an article; an empty brand, supplier or category is none."""

    __slots__ = ("attributes", "brand", "category", "flags", "name", "supplier", "tags")

    def __init__(
        self,
        category: str,
        brand: str = "",
        name: str = "",
        supplier: str = "",
        tags: tuple[str, ...] = (),
        attributes: Mapping[str, str] = _NO_ATTRIBUTES,
        flags: tuple[GoodsFlag, ...] = (),
    ) -> None:
        """Keep the seven."""
        self.category = category
        self.brand = brand
        self.name = name
        self.supplier = supplier
        self.tags = tags
        self.attributes = attributes
        self.flags = flags


Shard = dict[str, CatalogueProduct]


def compile_shard(products: Iterable[Product]) -> Shard:
    """One shard's articles by sku."""
    return {
        p.sku: CatalogueProduct(
            p.category,
            p.brand,
            p.name,
            p.supplier,
            p.tags,
            p.attributes or _NO_ATTRIBUTES,
            p.flags,
        )
        for p in products
    }


class Catalogue:
    """Articles and categories of a partner."""

    __slots__ = ("_ancestry", "shards")

    def __init__(self, shards: Sequence[Shard], categories: Iterable[Category]) -> None:
        """Take `SHARD_COUNT` shards, and the tree, which has been checked to be free of cycles."""
        self.shards = shards
        parents = {c.code: c.parent for c in categories}
        self._ancestry: dict[str, tuple[str, ...]] = {}
        for code in parents:
            path = []
            at = code
            while at:
                path.append(at)
                at = parents.get(at, "")
            self._ancestry[code] = tuple(path)

    @property
    def categories(self) -> AbstractSet[str]:
        """Codes of all categories."""
        return self._ancestry.keys()

    def product(self, sku: str) -> CatalogueProduct | None:
        """The article, or None for a sku that the catalogue does not know."""
        return self.shards[shard_of(sku)].get(sku)

    def ancestry(self, category: str) -> tuple[str, ...]:
        """The category and everything above it; empty for an unknown one."""
        return self._ancestry.get(category, ())
