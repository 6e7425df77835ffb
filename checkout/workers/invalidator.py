"""Drops cached members and identifiers that somebody changed.

The queue is written in the changing transaction; rows leave it only when the cache has been told.
While the cache does not answer they stay, and quotes read PostgreSQL. What one node of a cluster
does not hear goes to the end, so that the others hear theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout import failpoints
from checkout.workers.loop import StepFailedError

if TYPE_CHECKING:
    from checkout.cache.members import MemberCache
    from checkout.store.reference import ReferenceStore

EVERY_S: Final = 0.25
#: Rows taken at once.
TAKE_MAX: Final = 1_000


class CacheSilentError(StepFailedError):
    """The cache did not take the invalidations; they stay queued."""


class Invalidator:
    """Drains the queue."""

    def __init__(self, reference: ReferenceStore, members: MemberCache) -> None:
        self._reference = reference
        self._members = members

    async def step(self) -> None:
        """Drain once."""
        while True:
            async with self._reference.taken_invalidations(TAKE_MAX) as (taken, left):
                if not taken:
                    return
                untold = await self._members.invalidate(taken.members, taken.identifiers)
                left.members.extend(untold[0])
                left.identifiers.extend(untold[1])
                if len(left) == len(taken):
                    raise CacheSilentError("invalidations stay queued")
                await failpoints.reach("half_invalidated")
            if left:
                raise CacheSilentError("invalidations of a node of the cache stay queued")
            if len(taken) < TAKE_MAX:
                return
