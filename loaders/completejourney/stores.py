"""The place tree: the data's 457 stores under two chains.

The data knows a store's number and what was sold there, nothing else. Invented here, and the same
for the same seed: chains, names, addresses and regions. A store's format follows from the data: how
many baskets it sold in the year.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from checkout.engine.schema.snapshot import Chain, Store
from checkout.primitives import digest
from loaders.completejourney.source import TIME_ZONE

if TYPE_CHECKING:
    from collections.abc import Iterable

SUPERSTORE: Final = "superstore"
SUPERMARKET: Final = "supermarket"
CORNER_SHOP: Final = "corner-shop"
MARKET: Final = Chain(code="journey-market", name="Journey Market")
CORNER: Final = Chain(code="journey-corner", name="Journey Corner")

#: Baskets a year from which a store is of the format, the larger first.
_FORMATS: Final = ((1_000, SUPERSTORE), (50, SUPERMARKET), (0, CORNER_SHOP))
_REGIONS: Final = ("north", "east", "south", "west")
_STREETS: Final = ("Elm Street", "Mill Road", "Station Road", "Harbour Lane", "Orchard Way")
_TOWNS: Final = ("Springford", "Ashbury", "Marlow Falls", "Eastbrook", "Fairhaven", "Oakdale")


@dataclass(frozen=True, slots=True)
class Places:
    """Chains and stores, and how many baskets each store sold."""

    chains: tuple[Chain, ...]
    stores: tuple[Store, ...]
    baskets: dict[str, int]


def store_code(number: int) -> str:
    """The code of a store of the data."""
    return f"store-{number}"


def read_places(basket_stores: Iterable[int], program: str, seed: int) -> Places:
    """Every store that sold anything, by number, out of the store of each basket."""
    sold = sorted(Counter(basket_stores).items())
    return Places(
        chains=(MARKET, CORNER),
        stores=tuple(_store(number, baskets, program, seed) for number, baskets in sold),
        baskets={store_code(number): baskets for number, baskets in sold},
    )


def _store(number: int, baskets: int, program: str, seed: int) -> Store:
    kind = next(name for least, name in _FORMATS if baskets >= least)
    chain = CORNER if kind == CORNER_SHOP else MARKET
    draw = digest(b"store", str(seed).encode(), str(number).encode())
    street = _STREETS[draw[1] % len(_STREETS)]
    town = _TOWNS[draw[2] % len(_TOWNS)]
    return Store(
        code=store_code(number),
        chain=chain.code,
        program=program,
        name=f"{chain.name} {town} {number}",
        address=f"{1 + draw[3]} {street}, {town}",
        format=kind,
        region=_REGIONS[draw[0] % len(_REGIONS)],
        time_zone=TIME_ZONE,
    )
