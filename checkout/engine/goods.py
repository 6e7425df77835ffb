"""Choices of goods, compiled: which selectors mean a line, found by its sku.

Not by asking each of them.

A `Selector` is one `Goods` of one campaign or program. `GoodsIndex` holds all selectors of a
program under the skus, categories and brands they name; what a sku resolves to is remembered, so
that a basket of known goods costs one dictionary look-up a line, however many campaigns there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.engine.catalogue import Catalogue
    from checkout.engine.compiled import CompiledCampaign
    from checkout.engine.schema.goods import Goods

#: Resolutions remembered per program: bounded by the catalogue, not by what tills send.
_REMEMBERED_MAX: Final = 500_000


class Selector:
    """One compiled choice of goods.

    `anchors` says whether a line that it means makes its owner a candidate.
    """

    __slots__ = ("anchors", "but_not", "goods", "lists_anything", "owner")

    def __init__(self, goods: Goods, owner: CompiledCampaign | None) -> None:
        """Compile a choice of goods for its owner, a campaign or none."""
        self.goods = goods
        self.owner = owner
        self.anchors = False
        self.lists_anything = bool(goods.skus or goods.categories or goods.brands)
        self.but_not = Selector(goods.but_not, None) if goods.but_not is not None else None


class Resolution:
    """What a sku means to a program: the selectors that mean it.

    The owners they make candidates.
    """

    __slots__ = ("candidates", "selectors")

    def __init__(self, selectors: frozenset[Selector]) -> None:
        """Derive the candidates of a set of selectors."""
        self.selectors = selectors
        self.candidates = tuple({s.owner for s in selectors if s.anchors and s.owner is not None})


class GoodsIndex:
    """All selectors of a program, by what they name."""

    __slots__ = ("_brands", "_catalogue", "_categories", "_everything", "_remembered", "_skus")

    def __init__(self, catalogue: Catalogue) -> None:
        """Start empty over a catalogue."""
        self._catalogue = catalogue
        self._skus: dict[str, list[Selector]] = {}
        self._categories: dict[str, list[Selector]] = {}
        self._brands: dict[str, list[Selector]] = {}
        self._everything: list[Selector] = []
        self._remembered: dict[str, Resolution] = {}

    def add(self, selectors: Iterable[Selector]) -> None:
        """Register selectors, and what they leave out."""
        for selector in selectors:
            goods = selector.goods
            for sku in goods.skus:
                self._skus.setdefault(sku, []).append(selector)
            for category in goods.categories:
                self._categories.setdefault(category, []).append(selector)
            for brand in goods.brands:
                self._brands.setdefault(brand, []).append(selector)
            if not selector.lists_anything:
                self._everything.append(selector)
            if selector.but_not is not None:
                self.add((selector.but_not,))

    def resolve(self, sku: str, line_category: str) -> Resolution:
        """The selectors that mean a counted line of this sku (and, for an unknown sku.

        This category).
        """
        known = self._remembered.get(sku)
        if known is not None:
            return known
        product = self._catalogue.product(sku)
        if product is None:
            return self._look_up(sku, self._catalogue.ancestry(line_category), "")
        resolution = self._look_up(sku, self._catalogue.ancestry(product.category), product.brand)
        if len(self._remembered) < _REMEMBERED_MAX:
            self._remembered[sku] = resolution
        return resolution

    def _look_up(self, sku: str, ancestry: tuple[str, ...], brand: str) -> Resolution:
        named = set(self._everything)
        named.update(self._skus.get(sku, ()))
        for category in ancestry:
            named.update(self._categories.get(category, ()))
        if brand:
            named.update(self._brands.get(brand, ()))
        return Resolution(frozenset(s for s in named if _means(s, named)))


def _means(selector: Selector, named: set[Selector]) -> bool:
    """Named, and not left out: `but_not` may itself leave something out."""
    if selector not in named:
        return False
    return selector.but_not is None or not _means(selector.but_not, named)
