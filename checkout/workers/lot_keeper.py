"""Books lots that begin and end, apart from sales, which go first.

The work has connections of its own, passes over members whom a sale has locked or waits shortly for
one of them, keeps few locked at a time, and rests after each batch as long as the batch took.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

import structlog
from uuid_utils.compat import uuid7

from checkout.flows.background_answers import BookedAnswer
from checkout.flows.book_lots import BookLotsOperation
from checkout.flows.pricing import QUOTE_VALIDITY

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from uuid import UUID

    from checkout.flows.group_commit import GroupCommit
    from checkout.store.reference import ReferenceStore

#: Midnight ends many at once; by day a few begin.
EVERY: Final = "* * * * * */5"
#: Lots looked for at once, of each kind.
LOOK_MAX: Final = 500
#: Members locked in one transaction: a sale of one of them waits for it.
MEMBERS_MAX: Final = 16

_log = structlog.get_logger(__name__)


class LotKeeper:
    """Finds members whose lots are due, and hands them to a group commit of their own."""

    def __init__(
        self,
        reference: ReferenceStore,
        background_commit: GroupCommit,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._reference = reference
        self._commit = background_commit
        self._clock = clock

    async def step(self) -> None:
        """Book all that is due now; a member who is busy waits for the next step."""
        busy: set[UUID] = set()
        while True:
            now = self._clock()
            found = await self._reference.due_lots(now, now - QUOTE_VALIDITY, LOOK_MAX)
            due: dict[UUID, list[UUID]] = {}
            for partner_id, member_id in found:
                if member_id not in busy:
                    due.setdefault(partner_id, []).append(member_id)
            if not due:
                break
            for partner_id, members in due.items():
                for start in range(0, len(members), MEMBERS_MAX):
                    busy |= await self._book(partner_id, members[start : start + MEMBERS_MAX])
        if busy:
            _log.warning("lots.busy", members=len(busy))

    async def _book(self, partner_id: UUID, members: list[UUID]) -> set[UUID]:
        """Those of them that could not be booked now."""
        begun = time.monotonic()
        answer = await self._commit.run(BookLotsOperation(partner_id, members, uuid7()))
        await asyncio.sleep(time.monotonic() - begun)
        if isinstance(answer, BookedAnswer) and answer.postings:
            return set()
        if len(members) == 1:
            # Busy, or booked by another worker before: looked for once in a step.
            return set(members)
        # All were busy, or the batch failed: one is waited for.
        busy = set()
        for member_id in members:
            busy |= await self._book(partner_id, [member_id])
        return busy
