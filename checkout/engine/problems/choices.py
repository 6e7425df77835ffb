"""Whether one choice of goods obviously means all that another means, or nothing at all.

Only what the two documents say is compared, never the catalogue: an answer "no" means "not
obviously", so that a rule is refused for what its author wrote and not for today's goods.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.receipt import LineKind

if TYPE_CHECKING:
    from checkout.engine.schema.goods import Goods

#: Kinds that goods without `kinds` mean where they stand alone: the counted lines.
COUNTED: Final = frozenset((LineKind.GOODS, LineKind.SERVICE))
#: The same inside `within` and `but_not`.
EVERY: Final = frozenset(LineKind)

_LISTS: Final = ("skus", "barcodes", "categories", "brands", "suppliers", "tags", "attributes")
#: Lists of which an article has only one value: two of them without a common value exclude each
#: other. (Categories lie in each other; tags and attributes may be several.)
_SINGLE_LISTS: Final = ("skus", "barcodes", "brands", "suppliers")


def kinds_of(goods: Goods, default: frozenset[LineKind]) -> frozenset[LineKind]:
    """The kinds of lines that goods mean."""
    return frozenset(goods.kinds) or default


def has_list(goods: Goods) -> bool:
    """Whether goods name anything by a list."""
    return any(getattr(goods, name) for name in _LISTS)


def covers(
    outer: Goods, inner: Goods, outer_kinds: frozenset[LineKind], inner_kinds: frozenset[LineKind]
) -> bool:
    """Whether `outer` means every line that `inner` means, as far as the documents show."""
    if inner.within is not None and covers(
        outer, inner.within, outer_kinds, inner_kinds & kinds_of(inner.within, EVERY)
    ):
        return True
    if outer.within is not None and not covers(
        outer.within, inner, kinds_of(outer.within, EVERY), inner_kinds
    ):
        return False
    if outer.but_not is not None and not _leaves_out(inner, outer.but_not):
        return False
    return (
        inner_kinds <= outer_kinds
        and _lists_cover(outer, inner)
        and (not outer.flags or (bool(inner.flags) and set(inner.flags) <= set(outer.flags)))
        and _prices_cover(outer, inner)
        and inner.favourites >= outer.favourites
        and inner.offered >= outer.offered
    )


def _leaves_out(goods: Goods, left_out: Goods) -> bool:
    """Whether `goods` leave out everything that `left_out` means."""
    return goods.but_not is not None and covers(
        goods.but_not, left_out, kinds_of(goods.but_not, EVERY), kinds_of(left_out, EVERY)
    )


def _lists_cover(outer: Goods, inner: Goods) -> bool:
    if not has_list(outer):
        return True
    return has_list(inner) and all(
        set(getattr(inner, name)) <= set(getattr(outer, name)) for name in _LISTS
    )


def _prices_cover(outer: Goods, inner: Goods) -> bool:
    low, high = outer.price_min_minor, outer.price_max_minor
    return (not low or (inner.price_min_minor or 0) >= low) and (
        high is None or (inner.price_max_minor is not None and inner.price_max_minor <= high)
    )


def exclude_each_other(one: Goods, other: Goods, kinds: frozenset[LineKind]) -> bool:
    """Whether no line is meant by both; `kinds` are those that `one` means."""
    return not kinds & kinds_of(other, EVERY) or any(
        are_apart(low, high) for low in chain_of(one) for high in chain_of(other)
    )


def chain_of(goods: Goods) -> list[Goods]:
    """Everything a line must be meant by: the choice, what it lies within, and so on."""
    chain = [goods]
    while (within := chain[-1].within) is not None:
        chain.append(within)
    return chain


def needs_member(goods: Goods) -> bool:
    """Whether the choice means nothing for a guest."""
    return any(each.favourites or each.offered for each in chain_of(goods))


def names_offered(goods: Goods) -> bool:
    """Whether personal offers have a say in the choice."""
    inner = (goods.within, goods.but_not)
    return goods.offered or any(names_offered(part) for part in inner if part is not None)


def most_skus(goods: Goods) -> int | None:
    """How many articles a choice means at most, as far as it says so itself."""
    counts = [
        len(set(each.skus))
        for each in chain_of(goods)
        if each.skus and not has_list(each.model_copy(update={"skus": ()}))
    ]
    return min(counts, default=None)


def normal(goods: Goods) -> Goods:
    """The same choice with its lists in one order, so that equal choices are equal."""
    lists = {name: _in_order(getattr(goods, name)) for name in (*_LISTS[:-1], "kinds", "flags")}
    inner = {
        name: normal(part)
        for name in ("within", "but_not")
        if (part := getattr(goods, name)) is not None
    }
    attributes = sorted(
        (each.model_copy(update={"values": _in_order(each.values)}) for each in goods.attributes),
        key=lambda each: (each.name, each.values),
    )
    return goods.model_copy(update=lists | inner | {"attributes": tuple(attributes)})


def _in_order(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))


def are_apart(one: Goods, other: Goods) -> bool:
    """Whether prices or single-valued lists of two choices have nothing in common."""
    for low, high in ((one, other), (other, one)):
        if (
            low.price_min_minor is not None
            and high.price_max_minor is not None
            and low.price_min_minor > high.price_max_minor
        ):
            return True
    names = [name for name in _LISTS if getattr(one, name)]
    return (
        len(names) == 1
        and names == [name for name in _LISTS if getattr(other, name)]
        and names[0] in _SINGLE_LISTS
        and set(getattr(one, names[0])).isdisjoint(getattr(other, names[0]))
    )
