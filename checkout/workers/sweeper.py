"""Ends holds whose time is over: through group commit.

Like everything that changes points or room.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from checkout import failpoints
from checkout.flows.expire_hold import ExpireHoldOperation

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from checkout.flows.group_commit import GroupCommit
    from checkout.store.reference import ReferenceStore

#: Each second: what holds keep is missed by others.
EVERY: Final = "* * * * * *"
#: Holds looked at in one sweep.
SWEEP_MAX: Final = 500
#: Ended in one batch: more would keep its locks from tills for long.
AT_ONCE: Final = 8


class Sweeper:
    """Finds overdue holds and hands them to group commit."""

    def __init__(
        self,
        reference: ReferenceStore,
        group_commit: GroupCommit,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._reference = reference
        self._group_commit = group_commit
        self._clock = clock

    async def step(self) -> None:
        """Sweep once."""
        due = await self._reference.due_holds(self._clock(), SWEEP_MAX)
        for first in range(0, len(due), AT_ONCE):
            operations = [ExpireHoldOperation(*each) for each in due[first : first + AT_ONCE]]
            await asyncio.gather(*map(self._group_commit.run, operations))
            await failpoints.reach("half_swept")
