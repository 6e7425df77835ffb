from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from loaders.completejourney.program import PROGRAM
from loaders.completejourney.stores import read_places

if TYPE_CHECKING:
    from loaders.completejourney import Dataset


def test_places_of_the_data(dataset: Dataset) -> None:
    """457 stores, all baskets sold in one of them, all under the program and a known chain."""
    places = dataset.places
    assert len(places.stores) == 457
    assert sum(places.baskets.values()) == 155_848
    assert {store.chain for store in places.stores} == {chain.code for chain in places.chains}
    assert {store.program for store in places.stores} == {PROGRAM}


def test_format_follows_from_the_year(dataset: Dataset) -> None:
    """Stores with 1,000 baskets are superstores, with 50 supermarkets, others corner shops."""
    for store in dataset.places.stores:
        baskets = dataset.places.baskets[store.code]
        expected = "superstore" if baskets >= 1_000 else "supermarket"
        assert store.format == (expected if baskets >= 50 else "corner-shop")
    formats = Counter(store.format for store in dataset.places.stores)
    assert formats == {"superstore": 76, "supermarket": 42, "corner-shop": 339}


def test_inventions_are_the_seed_s() -> None:
    """The same seed invents the same names and regions, another seed others."""
    numbers = range(50)
    assert read_places(numbers, PROGRAM, 1) == read_places(numbers, PROGRAM, 1)
    assert read_places(numbers, PROGRAM, 1) != read_places(numbers, PROGRAM, 2)
