"""Which selectors mean a line, found by its sku and barcode: not by asking each of them.

`GoodsIndex` holds all selectors of a program under what their lists name. What a sku resolves to is
remembered, so that a basket of known goods costs one dictionary look-up a line, however many
campaigns there are; only selectors that depend on the line or on the member are asked per line.
A campaign's choice without lists makes nobody a candidate: it is asked when it is needed, by
`checkout.engine.case`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.catalogue import CatalogueProduct
from checkout.engine.goods import Article, filled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.catalogue import Catalogue
    from checkout.engine.compiled_campaign import CompiledCampaign
    from checkout.engine.facts import MemberState
    from checkout.engine.goods import Selector

#: Resolutions remembered per program: bounded by the catalogue, not by what tills send.
_REMEMBERED_MAX: Final = 500_000
_NONE: Final[frozenset[Selector]] = frozenset()


class Resolution:
    """What an article means to a program.

    `selectors` mean every counted line of it and make `candidates` of their campaigns;
    `conditional` ones are named by it, and asked line by line.
    """

    __slots__ = ("article", "candidates", "conditional", "selectors")

    def __init__(
        self,
        article: Article,
        selectors: frozenset[Selector],
        candidates: tuple[CompiledCampaign, ...],
        conditional: tuple[Selector, ...],
    ) -> None:
        """Keep all four."""
        self.article = article
        self.selectors = selectors
        self.candidates = candidates
        self.conditional = conditional


class GoodsIndex:
    """All selectors of a program, by what they name."""

    __slots__ = (
        "_attributes",
        "_barcodes",
        "_brands",
        "_campaigns",
        "_catalogue",
        "_categories",
        "_everything",
        "_remembered",
        "_skus",
        "_suppliers",
        "_tags",
    )

    def __init__(self, catalogue: Catalogue) -> None:
        """Start empty over a catalogue."""
        self._catalogue = catalogue
        #: Whose choices have been added, by code.
        self._campaigns: dict[str, CompiledCampaign] = {}
        self._skus: dict[str, list[Selector]] = {}
        self._barcodes: dict[str, list[Selector]] = {}
        self._categories: dict[str, list[Selector]] = {}
        self._brands: dict[str, list[Selector]] = {}
        self._suppliers: dict[str, list[Selector]] = {}
        self._tags: dict[str, list[Selector]] = {}
        self._attributes: dict[tuple[str, str], list[Selector]] = {}
        #: A program's selectors without lists.
        self._everything: list[Selector] = []
        self._remembered: dict[str, Resolution] = {}

    def add(self, selectors: Iterable[Selector], campaign: CompiledCampaign | None = None) -> None:
        """Register selectors of a campaign, or of the program, under what their lists name."""
        if campaign is not None:
            self._campaigns[campaign.code] = campaign
        for selector in selectors:
            goods = selector.goods
            if not selector.lists_anything:
                if selector.campaign is None:
                    self._everything.append(selector)
                continue
            _file(self._skus, goods.skus, selector)
            _file(self._barcodes, goods.barcodes, selector)
            _file(self._categories, goods.categories, selector)
            _file(self._brands, goods.brands, selector)
            _file(self._suppliers, goods.suppliers, selector)
            _file(self._tags, goods.tags, selector)
            for attribute in goods.attributes:
                for value in attribute.values:
                    self._attributes.setdefault((attribute.name, value), []).append(selector)

    def resolve(self, line: CanonicalLine, member: MemberState | None) -> None:
        """Set a line's article, the selectors that mean it, and the campaigns that they reach."""
        resolution = self._remembered.get(line.sku)
        if resolution is None:
            resolution = self._look_up(line)
        else:
            line.article = resolution.article
        if line.counted:
            line.selectors, line.candidates = resolution.selectors, resolution.candidates
        else:
            line.selectors, line.candidates = _NONE, ()
        reached: Iterable[Selector] = resolution.conditional
        if self._barcodes:
            by_barcode = self._barcodes.get(line.till_lines[0].barcode)
            if by_barcode is not None:
                reached = {*resolution.conditional, *by_barcode}
        if reached:
            meant = [
                selector
                for selector in reached
                if (line.counted or selector.on_delivery) and selector.fits(line, member)
            ]
            if meant:
                line.selectors = {*line.selectors, *meant}
                line.candidates += self._candidates(meant)

    def _look_up(self, line: CanonicalLine) -> Resolution:
        """Find what the catalogue and the tree say of a line's article, and who names it."""
        product = self._catalogue.product(line.sku)
        is_known = product is not None
        if product is None:
            product = CatalogueProduct(line.category)
        ancestry = self._catalogue.ancestry(product.category)
        line.article = Article(product, ancestry)
        named = set(self._everything)
        named.update(self._skus.get(line.sku, ()))
        for category in ancestry:
            named.update(self._categories.get(category, ()))
        if product.brand:
            named.update(self._brands.get(product.brand, ()))
        if product.supplier:
            named.update(self._suppliers.get(product.supplier, ()))
        for tag in product.tags:
            named.update(self._tags.get(tag, ()))
        for attribute in product.attributes.items():
            named.update(self._attributes.get(attribute, ()))
        selectors = frozenset(s for s in named if s.is_static and s.fits(line, None))
        resolution = Resolution(
            line.article,
            selectors,
            self._candidates(selectors),
            tuple(s for s in named if not s.is_static),
        )
        if is_known and len(self._remembered) < _REMEMBERED_MAX:
            self._remembered[line.sku] = resolution
        return resolution

    def _candidates(self, selectors: Iterable[Selector]) -> tuple[CompiledCampaign, ...]:
        """The campaigns that selectors make candidates, once each."""
        codes = {s.campaign for s in selectors if s.anchors and s.campaign is not None}
        return tuple(self._campaigns[code] for code in codes)


def _file(index: dict[str, list[Selector]], names: Iterable[str], selector: Selector) -> None:
    for name in filled(names):
        index.setdefault(name, []).append(selector)
