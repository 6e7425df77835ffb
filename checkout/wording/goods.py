"""Which lines of a receipt a rule means, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.receipt import LineKind
from checkout.engine.schema.goods import GoodsFlag
from checkout.wording.phrases import either, phrases
from checkout.wording.speech import said, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.schema.goods import Goods
    from checkout.wording.names import Names

_KINDS: Final = phrases(
    LineKind,
    {
        LineKind.GOODS: "goods",
        LineKind.SERVICE: "services",
        LineKind.DELIVERY: "delivery charges",
    },
)
_FLAGS: Final = phrases(
    GoodsFlag,
    {
        GoodsFlag.NO_DISCOUNT: "no discount",
        GoodsFlag.NO_POINTS: "no points",
        GoodsFlag.EXCISE: "excise",
        GoodsFlag.MARKED: "marked",
        GoodsFlag.WEIGHED: "weighed",
        GoodsFlag.ALCOHOL: "alcohol",
        GoodsFlag.TOBACCO: "tobacco",
    },
)
#: What is meant where nothing is named: delivery charges take part only if they are.
EVERYTHING: Final = "all goods and services"


def goods_text(names: Names, goods: Goods | None) -> str:
    """What the lists name, by their names, and what narrows it down."""
    everything = said(EVERYTHING)
    return _text(names, goods, everything) if goods is not None else everything


def _text(names: Names, goods: Goods, everything: str) -> str:
    kinds = either(_KINDS[kind] for kind in goods.kinds) if goods.kinds else ""
    lists = tuple(_lists(names, goods))
    named = either(lists) if lists else ""
    text = (
        say("{kinds} of {named}", kinds=kinds, named=named)
        if kinds and named
        else kinds or named or everything
    )
    if goods.flags:
        text = say(
            "{goods} flagged as {flags}",
            goods=text,
            flags=either(_FLAGS[flag] for flag in goods.flags),
        )
    return ", ".join((text, *_narrowings(names, goods)))


def _lists(names: Names, goods: Goods) -> Iterator[str]:
    if goods.skus:
        yield say("article {articles}", articles=names.articles(goods.skus))
    if goods.barcodes:
        yield say("barcode {barcodes}", barcodes=either(goods.barcodes))
    if goods.categories:
        yield say(
            "category {categories} with all below", categories=names.categories(goods.categories)
        )
    if goods.brands:
        yield say("brand {brands}", brands=either(goods.brands))
    if goods.suppliers:
        yield say("supplier {suppliers}", suppliers=either(goods.suppliers))
    if goods.tags:
        yield say("tag {tags}", tags=either(goods.tags))
    for attribute in goods.attributes:
        yield say(
            "attribute {name} = {values}", name=attribute.name, values=either(attribute.values)
        )


def _narrowings(names: Names, goods: Goods) -> Iterator[str]:
    if goods.price_min_minor is not None:
        yield say("only from a shelf price of {money} on", money=names.money(goods.price_min_minor))
    if goods.price_max_minor is not None:
        yield say("only up to a shelf price of {money}", money=names.money(goods.price_max_minor))
    if goods.favourites:
        yield say("only of the member's favourite categories")
    if goods.offered:
        yield say("only what the member's personal offer of this campaign names")
    if goods.within is not None:
        yield say("only within ({goods})", goods=_text(names, goods.within, say("anything")))
    if goods.but_not is not None:
        yield say("but not ({goods})", goods=_text(names, goods.but_not, say("anything")))
