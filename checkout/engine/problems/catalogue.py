"""Chains, stores, categories, articles and words: what rules refer to must be right itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.problems.problem import Problem
from checkout.engine.problems.references import check_zone, repeated
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.schema.snapshot import Snapshot, Words


#: Levels of the category tree.
DEPTH_MAX: Final = 100


def check_places(snapshot: Snapshot) -> Iterator[Problem]:
    """Chains and stores: codes, and what each store stands under."""
    yield from repeated("chains", (chain.code for chain in snapshot.chains))
    yield from repeated("stores", (store.code for store in snapshot.stores))
    chains = {chain.code for chain in snapshot.chains}
    programs = {program.code for program in snapshot.programs}
    for store in snapshot.stores:
        path = f"stores[{store.code}]"
        if store.chain not in chains:
            yield Problem(f"{path}.chain", told("there is no chain {chain!r}", chain=store.chain))
        if store.program not in programs:
            yield Problem(
                f"{path}.program", told("there is no program {program!r}", program=store.program)
            )
        yield from check_zone(f"{path}.time_zone", store.time_zone)


def check_catalogue(snapshot: Snapshot) -> Iterator[Problem]:
    """The tree of categories, and the articles that hang on it."""
    yield from repeated("categories", (category.code for category in snapshot.categories))
    yield from _check_tree({c.code: c.parent for c in snapshot.categories})
    yield from repeated("products", (product.sku for product in snapshot.products))
    known = {category.code for category in snapshot.categories}
    for product in snapshot.products:
        if product.category and product.category not in known:
            yield Problem(
                f"products[{product.sku}].category",
                told("there is no category {category!r}", category=product.category),
            )


def _check_tree(parents: dict[str, str]) -> Iterator[Problem]:
    """Each category is followed upwards only as far as another one has not been."""
    endless = DEPTH_MAX + 1
    depths: dict[str, int | None] = {"": 0}
    for code, parent in parents.items():
        if parent and parent not in parents:
            yield Problem(
                f"categories[{code}].parent", told("there is no category {parent!r}", parent=parent)
            )
            continue
        way: dict[str, None] = {}
        at = code
        while at not in depths and at not in way:
            way[at] = None
            at = parents.get(at, "")
        depth = depths.get(at)
        for each in reversed(way):
            depth = None if depth is None else min(depth + 1, endless)
            depths[each] = depth
        if depths[code] is None:
            yield Problem(f"categories[{code}].parent", "the categories above it form a circle")
        elif depths[code] == endless:
            yield Problem(
                f"categories[{code}].parent",
                told("categories lie at most {most} deep in each other", most=DEPTH_MAX),
            )


def check_words(words: Words) -> Iterator[Problem]:
    """The partner's dictionaries: each word once."""
    yield from repeated("words.segments", words.segments)
    yield from repeated("words.tags", words.tags)
    yield from repeated("words.activities", words.activities)
    yield from repeated("words.card_types", words.card_types)
    yield from repeated("words.lifecycles", words.lifecycles)
    yield from repeated("words.consents", words.consents)
    yield from repeated("words.member_lists", words.member_lists)
    yield from repeated("words.coupon_series", words.coupon_series)
    yield from repeated("words.certificate_series", words.certificate_series)
    yield from repeated("words.gifts", words.gifts)
