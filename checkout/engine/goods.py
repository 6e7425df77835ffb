"""Choices of goods, compiled: which of them mean a line (``docs/rules.md`` §1, "Goods").

A `Selector` is one `Goods` of one campaign or program. What its lists name is found by
`checkout.engine.goods_index` without asking each selector; the rest is asked of those found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.frozen import frozen
from checkout.engine.receipt import LineKind
from checkout.engine.schema.goods import GoodsFlag

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.catalogue import CatalogueProduct
    from checkout.engine.facts import MemberState
    from checkout.engine.schema.goods import Goods

#: Flags of the article; the others are the line's, under attributes of the same names.
_ARTICLE_FLAGS: Final = frozenset({GoodsFlag.ALCOHOL, GoodsFlag.TOBACCO})


class Article:
    """What a line sells, as the catalogue and the category tree know it."""

    __slots__ = ("ancestry", "product")

    def __init__(self, product: CatalogueProduct, ancestry: tuple[str, ...]) -> None:
        """Keep the article, and its category with everything above it."""
        self.product = product
        self.ancestry = ancestry


class _Lists:
    """What the lists of a choice name, for choices inside others: those no index has asked."""

    __slots__ = ("attributes", "barcodes", "brands", "categories", "skus", "suppliers", "tags")

    def __init__(self, goods: Goods) -> None:
        """Turn the lists into sets; an empty text is not a brand, supplier or barcode."""
        self.skus = frozen(goods.skus)
        self.barcodes = frozen(filled(goods.barcodes))
        self.categories = frozen(goods.categories)
        self.brands = frozen(filled(goods.brands))
        self.suppliers = frozen(filled(goods.suppliers))
        self.tags = frozen(goods.tags)
        self.attributes = tuple((a.name, frozenset(a.values)) for a in goods.attributes)

    def name(self, line: CanonicalLine) -> bool:
        """Whether at least one of the lists names a line."""
        product = line.article.product
        return (
            line.sku in self.skus
            or not self.categories.isdisjoint(line.article.ancestry)
            or product.brand in self.brands
            or product.supplier in self.suppliers
            or line.till_lines[0].barcode in self.barcodes
            or not self.tags.isdisjoint(product.tags)
            or any(product.attributes.get(name) in values for name, values in self.attributes)
        )


class Selector:
    """One compiled choice of goods of a campaign, named by its code, or of a program for none.

    `anchors` says whether a line that it means makes its campaign a candidate; `is_static`, whether
    the article alone decides about a counted line; `on_delivery`, whether it names that kind.
    """

    __slots__ = (
        "_article_flags",
        "_inner_lists",
        "_line_flags",
        "anchors",
        "but_not",
        "campaign",
        "goods",
        "is_static",
        "kinds",
        "lists_anything",
        "on_delivery",
        "reference_count",
        "within",
    )

    def __init__(self, goods: Goods, campaign: str | None, *, is_inner: bool = False) -> None:
        """Compile a choice; `is_inner`: it stands in `within` or `but_not` of another."""
        self.goods = goods
        #: Its code alone: without cycles an old snapshot goes as soon as nobody holds it.
        self.campaign = campaign
        self.anchors = False
        self.kinds = goods.kinds
        self.on_delivery = LineKind.DELIVERY in goods.kinds
        #: Names in its own lists: what it costs to register.
        self.reference_count = sum(
            len(names)
            for names in (
                goods.skus,
                goods.barcodes,
                goods.categories,
                goods.brands,
                goods.suppliers,
                goods.tags,
                *[attribute.values for attribute in goods.attributes],
            )
        )
        self.lists_anything = self.reference_count > 0
        self._inner_lists = _Lists(goods) if is_inner and self.lists_anything else None
        self._article_flags = frozen([flag for flag in goods.flags if flag in _ARTICLE_FLAGS])
        self._line_flags = tuple(flag.value for flag in goods.flags if flag not in _ARTICLE_FLAGS)
        within, but_not = goods.within, goods.but_not
        self.within = Selector(within, campaign, is_inner=True) if within is not None else None
        self.but_not = Selector(but_not, campaign, is_inner=True) if but_not is not None else None
        self.is_static: bool = not (
            goods.barcodes
            or goods.kinds
            or self._line_flags
            or goods.price_min_minor is not None
            or goods.price_max_minor is not None
            or goods.favourites
            or goods.offered
        ) and all(inner is None or inner.is_static for inner in (self.within, self.but_not))

    def fits(self, line: CanonicalLine, member: MemberState | None) -> bool:
        """Whether everything but the lists holds for a line of known article.

        Without `kinds` that is so for lines of every kind: who asks keeps to counted lines where
        the choice does not stand inside another.
        """
        goods = self.goods
        if self.kinds and line.kind not in self.kinds:
            return False
        if goods.flags and not self._is_flagged(line):
            return False
        if goods.price_min_minor is not None and line.price_minor < goods.price_min_minor:
            return False
        if goods.price_max_minor is not None and line.price_minor > goods.price_max_minor:
            return False
        if goods.favourites and (
            member is None or member.favourites.isdisjoint(line.article.ancestry)
        ):
            return False
        if goods.offered and not self._is_offered(line, member):
            return False
        if self.within is not None and not self.within.means(line, member):
            return False
        return self.but_not is None or not self.but_not.means(line, member)

    def means(self, line: CanonicalLine, member: MemberState | None) -> bool:
        """Whether a choice inside another means a line."""
        lists = self._inner_lists
        return (lists is None or lists.name(line)) and self.fits(line, member)

    def _is_flagged(self, line: CanonicalLine) -> bool:
        if not self._article_flags.isdisjoint(line.article.product.flags):
            return True
        sent = line.till_lines[0]
        return any(getattr(sent, name) for name in self._line_flags)

    def _is_offered(self, line: CanonicalLine, member: MemberState | None) -> bool:
        if member is None or self.campaign is None:
            return False
        offer = member.offers.get(self.campaign)
        return offer is not None and (
            line.sku in offer.skus or not offer.categories.isdisjoint(line.article.ancestry)
        )


def filled(names: Iterable[str]) -> list[str]:
    """Names that are not empty: the empty brand is that of an article without one."""
    return [name for name in names if name]
