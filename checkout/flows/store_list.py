"""ListStores: where the caller's partner sells, page by page; from the worker's memory alone.

Terminals are told of the caller's own store, and to a store server only: whom it may speak for.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checkout.flows.sale_operation import missing_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from checkout.engine.places import CompiledStore
    from checkout.flows.directory import Directory
    from checkout.flows.ports import Snapshots
    from checkout.flows.sale import Caller
    from checkout.refusals import Refusal

_MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class StoreView:
    """A store of the rules in force, its names, and what its tills' clocks are ahead of UTC now."""

    store: CompiledStore
    program_name: str
    utc_offset_minutes: int
    is_own: bool
    terminals: Sequence[Caller]


@dataclass(frozen=True, slots=True)
class StorePage:
    """Some stores by their codes; the token of the next page, or nothing."""

    stores: Sequence[StoreView]
    next_token: str


class StoreList:
    """Answers where a partner sells."""

    def __init__(
        self, snapshots: Snapshots, directory: Directory, clock: Callable[[], dt.datetime]
    ) -> None:
        self._snapshots = snapshots
        self._directory = directory
        self._clock = clock

    def page(self, caller: Caller, limit: int, token: str) -> StorePage | Refusal:
        """One page; it begins behind the store whose code is the token."""
        snapshot = self._snapshots.current(caller.partner_id)
        if snapshot is None:
            return missing_snapshot()
        now = self._clock()
        codes = sorted(code for code in snapshot.stores if code > token)
        views = []
        for code in codes[:limit]:
            store = snapshot.stores[code]
            offset = now.astimezone(zoneinfo.ZoneInfo(store.time_zone)).utcoffset()
            is_own = code == caller.store_code
            views.append(
                StoreView(
                    store,
                    snapshot.programs[store.program].document.name,
                    (offset or dt.timedelta()) // _MINUTE,
                    is_own,
                    self._directory.spoken_for(caller) if is_own else (),
                )
            )
        return StorePage(views, codes[limit - 1] if len(codes) > limit else "")
