"""Tells which rules this worker answers with, at once when they change, and what it refused.

Both every few seconds, and seldom which tokens tills showed; nothing decides by what is told.
"""

from __future__ import annotations

import os
import socket
import time
from typing import TYPE_CHECKING, Final

from uuid_utils.compat import uuid7

from checkout.store.errors import StoreError

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.cache.snapshots import SnapshotLibrary
    from checkout.flows.token_uses import TokenUses
    from checkout.store.worker_reports import WorkerReports
    from checkout.telemetry.refusal_counts import RefusalCounts

#: A publication is in force everywhere within two seconds, and shown within them.
EVERY_S: Final = 0.5
#: Whoever has not been heard of for three such whiles is taken for gone.
REPEAT_S: Final = 5.0


class Reporter:
    """One worker's voice."""

    def __init__(
        self,
        library: SnapshotLibrary,
        refusals: RefusalCounts,
        token_uses: TokenUses,
        reports: WorkerReports,
    ) -> None:
        self._library = library
        self._refusals = refusals
        self._token_uses = token_uses
        self._reports = reports
        # A process may hold several workers, and a number of a process comes again.
        self._worker_id = uuid7()
        self._host = socket.gethostname()
        self._told: dict[UUID, str] = {}
        self._told_at = -REPEAT_S
        self._refusals_told_at = -REPEAT_S
        self._uses_told_at = -REPEAT_S

    async def step(self) -> None:
        """Look once, and tell what there is to tell.

        Raises:
            StoreError: the database cannot be used; the next step tells it.
        """
        now = time.monotonic()
        await self._tell_snapshots(now)
        if now - self._refusals_told_at >= REPEAT_S:
            await self._tell_refusals(now)
        if now - self._uses_told_at >= REPEAT_S:
            await self._tell_token_uses(now)

    async def _tell_snapshots(self, now: float) -> None:
        in_force = self._library.in_force()
        if not in_force or (in_force == self._told and now - self._told_at < REPEAT_S):
            return
        await self._reports.tell_snapshots(self._worker_id, self._host, os.getpid(), in_force)
        self._told, self._told_at = in_force, now

    async def _tell_refusals(self, now: float) -> None:
        refused = self._refusals.take()
        if not refused:
            return
        try:
            await self._reports.tell_refusals(self._worker_id, refused)
        except StoreError:
            self._refusals.put_back(refused)
            raise
        self._refusals_told_at = now

    async def _tell_token_uses(self, now: float) -> None:
        used = self._token_uses.take()
        if not used:
            return
        try:
            await self._reports.tell_token_uses(used)
        except StoreError:
            self._token_uses.put_back(used)
            raise
        self._uses_told_at = now
