"""Snapshots that are not in memory: loaded beside the batches that lack them, never under locks.

Returns, credits and late confirms are decided by the rules of their sale, which may be old. Loading
those takes as long as the cache may be silent, and compiling; whoever shares a key or a member with
the sale would wait as long.
"""

from __future__ import annotations

import asyncio
import math
from contextvars import Context
from typing import TYPE_CHECKING, Final

from checkout.deadline import is_over

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.flows.ports import AnySnapshots

#: Snapshots that are loaded at once: one whose parts come slowly does not keep all others back,
#: and a turn of the event loop has few steps of compiling.
LOADED_AT_ONCE: Final = 2
#: Times that an operation may lack snapshots. It names others only when its purchase was changed
#: meanwhile.
ROUNDS_MAX: Final = 3

#: Snapshots that were asked for by their ids; None: there never was one.
Loaded = dict[str, "CompiledSnapshot | None"]


class NotInMemoryError(Exception):
    """Operations of a batch need snapshots that are not in memory.

    Nothing was written; only keys were locked, and are free again.
    """

    def __init__(self, missing: Mapping[int, frozenset[str]]) -> None:
        """Carry the ids by the operation's place in the batch."""
        self.missing = missing
        super().__init__(f"{len(missing)} operations")


class NobodyWaitsError(Exception):
    """The time of all who asked for a snapshot was over before its turn came: it is not loaded."""


class SnapshotLoads:
    """Loads snapshots for whoever lacks them, each once, a few at a time."""

    def __init__(self, snapshots: AnySnapshots) -> None:
        self._snapshots = snapshots
        self._turns = asyncio.Semaphore(LOADED_AT_ONCE)
        self._under_way: dict[str, asyncio.Task[CompiledSnapshot | None]] = {}
        #: Until when somebody waits for them.
        self._until: dict[str, float] = {}

    async def load(self, snapshot_ids: Iterable[str], deadline: float | None) -> Loaded:
        """All of them. Whoever is called off leaves the loading to others who wait for it.

        Raises:
            NobodyWaitsError: the deadline was over before one's turn came.
            StoreError: the database cannot be asked.
            Exception: one of them is faulty.
        """
        ids = sorted(snapshot_ids)
        found = await asyncio.gather(*(asyncio.shield(self._task(each, deadline)) for each in ids))
        return dict(zip(ids, found, strict=True))

    def _task(
        self, snapshot_id: str, deadline: float | None
    ) -> asyncio.Task[CompiledSnapshot | None]:
        until = math.inf if deadline is None else deadline
        self._until[snapshot_id] = max(until, self._until.get(snapshot_id, until))
        task = self._under_way.get(snapshot_id)
        if task is None:
            # In a context of its own: the deadline of the call that asked first is not the others'.
            task = asyncio.create_task(self._load(snapshot_id), context=Context())
            self._under_way[snapshot_id] = task
        return task

    async def _load(self, snapshot_id: str) -> CompiledSnapshot | None:
        try:
            async with self._turns:
                if is_over(self._until[snapshot_id]):
                    raise NobodyWaitsError
                return await self._snapshots.load(snapshot_id)
        finally:
            # At once: who asks after this end has it loaded anew.
            del self._under_way[snapshot_id], self._until[snapshot_id]
