"""A choice of goods in a few words, for explanations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.conditions.base import listed
from checkout.engine.conditions.words import AS_WRITTEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.conditions.words import Words
    from checkout.engine.schema.goods import Goods


def goods_text(goods: Goods, words: Words = AS_WRITTEN) -> str:
    """What the lists name, shortened, and what narrows it down."""
    named = (
        *goods.skus,
        *goods.barcodes,
        *goods.categories,
        *goods.brands,
        *goods.suppliers,
        *goods.tags,
        *[f"{a.name} {value}" for a in goods.attributes for value in a.values],
    )
    return " ".join((listed(named) or "goods", *_narrowings(goods, words)))


def _narrowings(goods: Goods, words: Words) -> Iterator[str]:
    if goods.kinds:
        yield f"of kind {' or '.join(goods.kinds)}"
    if goods.flags:
        yield f"marked {' or '.join(goods.flags)}"
    if goods.price_min_minor is not None:
        yield f"priced from {words.money(goods.price_min_minor)}"
    if goods.price_max_minor is not None:
        yield f"priced up to {words.money(goods.price_max_minor)}"
    if goods.favourites:
        yield "of favourite categories"
    if goods.offered:
        yield "of the personal offer"
    if goods.within is not None:
        yield f"within ({goods_text(goods.within, words)})"
    if goods.but_not is not None:
        yield f"but not ({goods_text(goods.but_not, words)})"
