"""A choice of goods in a few words, for explanations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.conditions.base import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from checkout.engine.conditions.words import Words
    from checkout.engine.schema.goods import Goods


def goods_text(goods: Goods, words: Words) -> str:
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
    return " ".join((listed(words, named) or words.code("goods"), *_narrowings(goods, words)))


def _narrowings(goods: Goods, words: Words) -> Iterator[str]:
    if goods.kinds:
        yield words.say("of kind {kinds}", kinds=_either(words, goods.kinds))
    if goods.flags:
        yield words.say("marked {flags}", flags=_either(words, goods.flags))
    if goods.price_min_minor is not None:
        yield words.say("priced from {money}", money=words.money(goods.price_min_minor))
    if goods.price_max_minor is not None:
        yield words.say("priced up to {money}", money=words.money(goods.price_max_minor))
    if goods.favourites:
        yield words.say("of favourite categories")
    if goods.offered:
        yield words.say("of the personal offer")
    if goods.within is not None:
        yield words.say("within ({goods})", goods=goods_text(goods.within, words))
    if goods.but_not is not None:
        yield words.say("but not ({goods})", goods=goods_text(goods.but_not, words))


def _either(words: Words, codes: Iterable[str]) -> str:
    return f" {words.code('or')} ".join(words.code(code) for code in codes)
