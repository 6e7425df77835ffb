"""Snapshots as one batch sees them: what it looked at once stays until its end.

A publication may arrive while the batch waits for its locks. Were it to name its budgets by one
snapshot and decide by another, it would decide on rows that it has not locked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.flows.ports import Snapshots


class PinnedSnapshots:
    """Remembers each answer of the worker's snapshots. It loads none: locks are held meanwhile."""

    def __init__(
        self, snapshots: Snapshots, loaded: Mapping[str, CompiledSnapshot | None] | None = None
    ) -> None:
        """`loaded` are those that were loaded for the batch: the worker may have forgotten them."""
        known = loaded or {}
        self._snapshots = snapshots
        self._current: dict[UUID, CompiledSnapshot | None] = {}
        self._resident = {each: found for each, found in known.items() if found is not None}
        self._unpublished = known.keys() - self._resident.keys()

    def current(self, partner_id: UUID) -> CompiledSnapshot | None:
        """The snapshot that was in force when the batch first asked."""
        if partner_id not in self._current:
            self._current[partner_id] = self._snapshots.current(partner_id)
        return self._current[partner_id]

    def resident(self, snapshot_id: str) -> CompiledSnapshot | None:
        """A snapshot in memory; one that the batch has seen is not forgotten meanwhile."""
        found = self._resident.get(snapshot_id) or self._snapshots.resident(snapshot_id)
        if found is not None:
            self._resident[snapshot_id] = found
        return found

    def is_missing(self, snapshot_id: str) -> bool:
        """Whether it has to be loaded: it is not in memory, and nobody said there is none."""
        return self.resident(snapshot_id) is None and snapshot_id not in self._unpublished
