"""Places as sets of tills: those that conditions name, and all others of a store as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from checkout.engine.places import CompiledStore
    from checkout.engine.problems.claims import Claim
    from checkout.engine.schema.conditions import Place
    from checkout.engine.schema.snapshot import Store

_LISTS: Final = ("chains", "formats", "regions")
_EMPTY: Final = frozenset[str]()


class Places:
    """The stores of a program, by everything under which conditions can name them."""

    __slots__ = ("_by_name", "_stores")

    def __init__(self, stores: Iterable[Store | CompiledStore]) -> None:
        """File each store under its chain, format and region."""
        found: dict[tuple[str, str], set[str]] = {}
        codes = set()
        for store in stores:
            codes.add(store.code)
            for name, value in zip(_LISTS, (store.chain, store.format, store.region), strict=True):
                found.setdefault((name, value), set()).add(store.code)
        self._stores = frozenset(codes)
        self._by_name = {name: frozenset(named) for name, named in found.items()}

    def mean_something(self, place: Place) -> bool:
        """Whether a store of the program is meant, if it has any; or a till of one."""
        if not self._stores:
            return True
        return bool(self._whole(place)) or any(
            terminal.store in self._stores for terminal in place.terminals
        )

    def first_impossible(self, claims: Sequence[tuple[Claim, Place]]) -> Claim | None:
        """The first of several claims on the place that leaves no till of all before it."""
        if not self._stores:
            return None
        # Stores with all tills that no condition names, and the tills that one does. Sets of whole
        # stores are compared as such: there may be thousands, and campaigns as many.
        stores = self._stores
        tills = {
            (terminal.store, terminal.terminal)
            for _, place in claims
            for terminal in place.terminals
            if terminal.store in stores
        }
        for claim, place in claims:
            whole = self._whole(place)
            meant = {(terminal.store, terminal.terminal) for terminal in place.terminals}
            stores = stores & whole if claim.holds else stores - whole
            tills = {till for till in tills if (till[0] in whole or till in meant) is claim.holds}
            if not stores and not tills:
                return claim
        return None

    def _whole(self, place: Place) -> frozenset[str]:
        """Stores of the program that are meant with all their tills."""
        parts = [self._stores.intersection(place.stores)]
        for name in _LISTS:
            parts += [self._by_name.get((name, value), _EMPTY) for value in getattr(place, name)]
        return frozenset().union(*parts)
