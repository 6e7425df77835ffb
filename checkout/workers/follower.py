"""Follows what happens elsewhere: the time, what is published, the directory, budgets.

Twice a second, two small statements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from checkout.cache.snapshots import SnapshotLibrary
    from checkout.flows.budgets import Budgets
    from checkout.flows.clock import DatabaseClock
    from checkout.flows.directory import Directory
    from checkout.store.reference import ReferenceStore

#: A quarter of the two seconds in which a publication or a revoked token must be known everywhere.
EVERY_S: Final = 0.5


class Follower:
    """Keeps a worker's memory up to date."""

    def __init__(
        self,
        reference: ReferenceStore,
        library: SnapshotLibrary,
        directory: Directory,
        budgets: Budgets,
        clock: DatabaseClock,
    ) -> None:
        self._reference = reference
        self._library = library
        self._directory = directory
        self._budgets = budgets
        self._clock = clock
        self._publication_seq = -1
        self._directory_version = -1

    async def step(self) -> None:
        """Look once."""
        sent_at = self._clock.begin()
        now, publication_seq, directory_version = await self._reference.poll()
        self._clock.set_by(now, sent_at)
        if directory_version != self._directory_version:
            await self._directory.reload()
            self._directory_version = directory_version
        if publication_seq != self._publication_seq:
            for publication in await self._reference.read_publications():
                await self._library.put_in_force(publication.partner_id, publication.snapshot_id)
            self._publication_seq = publication_seq
        self._budgets.replace(await self._reference.read_budgets())
