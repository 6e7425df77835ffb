"""Choices of goods that the program and its campaigns share, by the data's category tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.schema.goods import Goods

if TYPE_CHECKING:
    from collections.abc import Iterable

    from loaders.completejourney.products import Path, Tree

FUEL_TYPE: Final = "GASOLINE-REG UNLEADED"

FUEL: Final[tuple[Path, ...]] = (
    ("FUEL",),
    ("MISCELLANEOUS", "COUPON/MISC ITEMS", FUEL_TYPE),
)
TOBACCO: Final[tuple[Path, ...]] = (
    ("DRUG GM", "CIGARETTES"),
    ("DRUG GM", "CIGARS"),
    ("DRUG GM", "TOBACCO OTHER"),
)
ALCOHOL: Final[tuple[Path, ...]] = (
    ("GROCERY", "BEERS/ALES"),
    ("GROCERY", "DOMESTIC WINE"),
    ("GROCERY", "IMPORTED WINE"),
    ("GROCERY", "MISC WINE"),
    ("SPIRITS",),
)
PREPAID: Final[tuple[Path, ...]] = (("DRUG GM", "PREPAID WIRELESS&ACCESSORIES"),)

#: Neither earned on nor paid with points, and outside our percentages.
RESTRICTED: Final = FUEL + TOBACCO + PREPAID


def goods_at(
    tree: Tree, paths: Iterable[Path], *, brands: tuple[str, ...] = (), but_not: Goods | None = None
) -> Goods:
    """The goods at or below the paths."""
    return Goods(
        categories=tuple(tree.code(*path) for path in paths), brands=brands, but_not=but_not
    )


def all_but(tree: Tree, paths: Iterable[Path]) -> Goods:
    """Every good except those at or below the paths."""
    return Goods(but_not=goods_at(tree, paths))
