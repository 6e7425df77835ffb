"""Choices of goods: what they name must exist, and something must be left of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.problems.choices import (
    COUNTED,
    EVERY,
    are_apart,
    chain_of,
    covers,
    kinds_of,
    names_offered,
)
from checkout.engine.problems.problem import Problem
from checkout.engine.problems.references import unknown
from checkout.engine.problems.shown import money
from checkout.engine.receipt import LineKind
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.goods import Goods, GoodsFlag

#: Choices of goods within choices of goods: more than a manager can read.
DEPTH_MAX: Final = 5

_REFERENCES: Final = (
    ("skus", "product"),
    ("categories", "category"),
    ("brands", "brand"),
    ("suppliers", "supplier"),
    ("tags", "product tag"),
)


def check_goods(path: str, goods: Goods | None, ground: Ground) -> Iterator[Problem]:
    """Whatever is wrong with a choice of goods of a campaign."""
    if goods is None:
        return
    if _depth(goods) > DEPTH_MAX:
        yield Problem(path, told("choices of goods nest at most {most} deep", most=DEPTH_MAX))
        return
    yield from _check_choice(path, goods, kinds_of(goods, COUNTED), ground, ())


def check_program_goods(path: str, goods: Goods | None, ground: Ground) -> Iterator[Problem]:
    """The same for goods of a program, which no personal offer belongs to."""
    found = list(check_goods(path, goods, ground))
    yield from found
    if not found and goods is not None and names_offered(goods):
        yield Problem(path, "personal offers are of a campaign: offered works only there")


def check_not_delivery(path: str, goods: Goods | None, why: str) -> Iterator[Problem]:
    """Goods of delivery where a delivery charge has no part in anything."""
    if goods is not None and LineKind.DELIVERY in goods.kinds:
        yield Problem(f"{path}.kinds", told("a delivery charge {why}", why=told(why)))


def check_not_only(path: str, goods: Goods | None, flag: GoodsFlag, why: str) -> Iterator[Problem]:
    """Goods that are only those which their own flag keeps away."""
    where = path
    for each in () if goods is None else chain_of(goods):
        if set(each.flags) == {flag}:
            yield Problem(
                f"{where}.flags", told("lines marked {flag} {why}", flag=flag, why=told(why))
            )
        where += ".within"


def _check_choice(
    path: str,
    goods: Goods,
    kinds: frozenset[LineKind],
    ground: Ground,
    around: tuple[Goods, ...],
) -> Iterator[Problem]:
    """A choice, inside of others within which it must lie, too."""
    for name, noun in _REFERENCES:
        codes = getattr(goods, name)
        if codes:
            yield from unknown(f"{path}.{name}", noun, codes, ground)
    for i, attribute in enumerate(goods.attributes):
        values = ground.article_attributes.get(attribute.name)
        here = f"{path}.attributes[{i}]"
        if values is None:
            yield Problem(
                f"{here}.name", told("no product has an attribute {name!r}", name=attribute.name)
            )
            continue
        for value in attribute.values:
            if value not in values:
                yield Problem(
                    f"{here}.values",
                    told(
                        "no product has {value!r} as its {name}", value=value, name=attribute.name
                    ),
                )
    low, high = goods.price_min_minor, goods.price_max_minor
    if low is not None and high is not None and low > high:
        yield Problem(
            f"{path}.price_min_minor",
            told(
                "no price is at least {low} and at most {high}",
                low=money(low, ground),
                high=money(high, ground),
            ),
        )
    if LineKind.DELIVERY in goods.kinds and set(goods.kinds) != {LineKind.DELIVERY}:
        yield Problem(
            f"{path}.kinds", "delivery stands alone: make a rule of its own for the delivery charge"
        )
    if goods.within is not None:
        yield from _check_within(f"{path}.within", goods.within, kinds, ground, (*around, goods))
    if goods.but_not is not None:
        yield from _check_but_not(f"{path}.but_not", goods, kinds, ground, around)


def _check_within(
    path: str,
    within: Goods,
    kinds: frozenset[LineKind],
    ground: Ground,
    around: tuple[Goods, ...],
) -> Iterator[Problem]:
    common = kinds & kinds_of(within, EVERY)
    yield from _check_choice(path, within, common, ground, around)
    if (kinds and not common) or any(are_apart(within, outer) for outer in around):
        yield Problem(path, "nothing of the goods around it lies within this")


def _check_but_not(
    path: str,
    goods: Goods,
    kinds: frozenset[LineKind],
    ground: Ground,
    around: tuple[Goods, ...],
) -> Iterator[Problem]:
    assert goods.but_not is not None
    left_out, every = goods.but_not, kinds_of(goods.but_not, EVERY)
    yield from _check_choice(path, left_out, every, ground, ())
    outermost = (*around, goods)[0]
    if covers(left_out, goods.model_copy(update={"but_not": None}), every, kinds) or (
        bool(around) and covers(left_out, outermost, every, kinds)
    ):
        yield Problem(path, "leaves out all of the goods around it: nothing is left")


def _depth(goods: Goods) -> int:
    """How deep choices stand in each other; stops counting where it is too deep."""
    depth, level = 0, [goods]
    while level and depth <= DEPTH_MAX:
        depth += 1
        level = [
            part for outer in level for part in (outer.within, outer.but_not) if part is not None
        ]
    return depth
