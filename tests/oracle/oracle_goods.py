"""The oracle's choices of goods: which lines a rule means (docs/rules.md, 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.oracle.oracle_conditions import Sale
    from tests.oracle.oracle_lines import CanonicalLine

Doc = dict[str, Any]

#: What names goods; everything else narrows them down.
LISTS = ("skus", "barcodes", "categories", "brands", "suppliers", "tags", "attributes")
#: What may be 0 or empty and is given all the same.
BOUNDS_AND_CHOICES = ("price_min_minor", "price_max_minor", "within", "but_not")
#: Flags that stand on the line; `alcohol` and `tobacco` are the article's.
FLAGS_OF_LINES = ("no_discount", "no_points", "excise", "marked", "weighed")


def has_a_list(goods: Doc | None) -> bool:
    """Whether the choice of goods names anything."""
    return goods is not None and any(goods.get(name) for name in LISTS)


def means(
    sale: Sale, goods: Doc | None, line: CanonicalLine, campaign: str = "", *, inside: bool = False
) -> bool:
    """Whether the choice of goods means the line; no choice means every counted line.

    `campaign` is the code of the campaign whose personal offer `offered` is about; `inside` is
    said of what stands in `within` and `but_not`.
    """
    if goods is None:
        return line.counted
    if not is_named(sale, goods, line):
        return False
    kinds = goods.get("kinds")
    answers = {
        "kinds": line.of("kind") in kinds if kinds else (line.counted or inside),
        "flags": not goods.get("flags") or any(has_flag(line, each) for each in goods["flags"]),
        "price_min_minor": at_least(line.of("price_minor"), goods.get("price_min_minor")),
        "price_max_minor": at_most(line.of("price_minor"), goods.get("price_max_minor")),
        "favourites": not goods.get("favourites") or is_favourite(sale, line),
        "offered": not goods.get("offered") or is_offered(sale, line, campaign),
        "within": goods.get("within") is None
        or means(sale, goods["within"], line, campaign, inside=True),
        "but_not": goods.get("but_not") is None
        or not means(sale, goods["but_not"], line, campaign, inside=True),
    }
    note_narrowings(sale, goods, line, answers, inside=inside)
    return all(answers.values())


def is_named(sale: Sale, goods: Doc, line: CanonicalLine) -> bool:
    """At least one of the lists names the line, or they are all empty."""
    if not has_a_list(goods):
        return True
    article = line.product
    names = {
        "skus": line.of("sku") in goods.get("skus", []),
        "barcodes": line.of("barcode") in goods.get("barcodes", []),
        "categories": any(each in goods.get("categories", []) for each in line.path),
        "brands": article.get("brand", "") in goods.get("brands", []),
        "suppliers": article.get("supplier", "") in goods.get("suppliers", []),
        "tags": any(each in goods.get("tags", []) for each in article.get("tags", [])),
        "attributes": any(
            article.get("attributes", {}).get(each["name"]) in each["values"]
            for each in goods.get("attributes", [])
        ),
    }
    sale.reached.update(f"goods by {name}" for name, named in names.items() if named)
    if names["categories"]:
        levels = next(n for n, each in enumerate(line.path) if each in goods["categories"])
        sale.reached.add(f"goods by a category {levels} levels up")
        if not line.known:
            sale.reached.add("goods by the line's own category")
    return any(names.values())


def has_flag(line: CanonicalLine, flag: str) -> bool:
    """The line's flag as the till sent it, or the article's in the catalogue."""
    if flag in FLAGS_OF_LINES:
        return bool(line.of(flag))
    return flag in line.product.get("flags", [])


def at_least(price: int, bound: int | None) -> bool:
    """No bound, or the price is not below it."""
    return bound is None or price >= bound


def at_most(price: int, bound: int | None) -> bool:
    """No bound, or the price is not above it."""
    return bound is None or price <= bound


def is_favourite(sale: Sale, line: CanonicalLine) -> bool:
    """The category or one above it is one of the member's favourites."""
    if sale.member is None:
        return False
    return any(each in sale.member.get("favourites", []) for each in line.path)


def is_offered(sale: Sale, line: CanonicalLine, campaign: str) -> bool:
    """The member's personal offer of the campaign names the line."""
    offer = sale.offer(campaign)
    if offer is None:
        return False
    return line.of("sku") in offer.get("skus", []) or any(
        each in offer.get("categories", []) for each in line.path
    )


def note_narrowings(
    sale: Sale, goods: Doc, line: CanonicalLine, answers: dict[str, bool], *, inside: bool
) -> None:
    """Name what narrowed the choice and how, for the list of what was reached."""
    for name, answer in answers.items():
        given = goods.get(name) is not None if name in BOUNDS_AND_CHOICES else goods.get(name)
        if given:
            sale.reached.add(f"goods {name}: {'let in' if answer else 'left out'}")
    if not answers["kinds"] and not goods.get("kinds"):
        sale.reached.add("goods: delivery is not meant by itself")
    if inside and not line.counted and not goods.get("kinds"):
        sale.reached.add("goods: delivery is meant inside")
    for flag in goods.get("flags", []):
        if has_flag(line, flag):
            sale.reached.add(f"goods by flag {flag}")
    for name in ("price_min_minor", "price_max_minor"):
        if goods.get(name) == line.of("price_minor"):
            sale.reached.add(f"goods {name}: on its bound")
