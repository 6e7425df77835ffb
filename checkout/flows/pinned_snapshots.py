"""Snapshots as one batch sees them: what it looked at once stays until its end.

A publication may arrive while the batch waits for its locks. Were it to name its budgets by one
snapshot and decide by another, it would decide on rows that it has not locked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.flows.ports import Snapshots


class PinnedSnapshots:
    """Remembers each answer of the worker's snapshots."""

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots
        self._current: dict[UUID, CompiledSnapshot | None] = {}
        self._resident: dict[str, CompiledSnapshot] = {}

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

    async def load(self, snapshot_id: str) -> CompiledSnapshot | None:
        """Any snapshot ever published."""
        found = await self._snapshots.load(snapshot_id)
        if found is not None:
            self._resident[snapshot_id] = found
        return found
