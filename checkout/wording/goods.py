"""Which lines of a receipt a rule means, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.receipt import LineKind
from checkout.engine.schema.goods import GoodsFlag
from checkout.wording.phrases import either, phrases

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
    return _text(names, goods, EVERYTHING) if goods is not None else EVERYTHING


def _text(names: Names, goods: Goods, everything: str) -> str:
    kinds = either(_KINDS[kind] for kind in goods.kinds) if goods.kinds else ""
    lists = tuple(_lists(names, goods))
    named = either(lists) if lists else ""
    text = f"{kinds} of {named}" if kinds and named else kinds or named or everything
    if goods.flags:
        text = f"{text} flagged as {either(_FLAGS[flag] for flag in goods.flags)}"
    return ", ".join((text, *_narrowings(names, goods)))


def _lists(names: Names, goods: Goods) -> Iterator[str]:
    if goods.skus:
        yield f"article {names.articles(goods.skus)}"
    if goods.barcodes:
        yield f"barcode {either(goods.barcodes)}"
    if goods.categories:
        yield f"category {names.categories(goods.categories)} with all below"
    if goods.brands:
        yield f"brand {either(goods.brands)}"
    if goods.suppliers:
        yield f"supplier {either(goods.suppliers)}"
    if goods.tags:
        yield f"tag {either(goods.tags)}"
    for attribute in goods.attributes:
        yield f"attribute {attribute.name} = {either(attribute.values)}"


def _narrowings(names: Names, goods: Goods) -> Iterator[str]:
    if goods.price_min_minor is not None:
        yield f"only from a shelf price of {names.money(goods.price_min_minor)} on"
    if goods.price_max_minor is not None:
        yield f"only up to a shelf price of {names.money(goods.price_max_minor)}"
    if goods.favourites:
        yield "only of the member's favourite categories"
    if goods.offered:
        yield "only what the member's personal offer of this campaign names"
    if goods.within is not None:
        yield f"only within ({_text(names, goods.within, 'anything')})"
    if goods.but_not is not None:
        yield f"but not ({_text(names, goods.but_not, 'anything')})"
