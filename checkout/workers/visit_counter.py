"""Counts what members bought, apart from sales, which go first: windows and tiers follow from it.

Like the booking of lots it has connections of its own, and rests after each batch as long as the
batch took. Members whom a sale has locked are passed over, and waited for shortly, each by itself,
at the end. Whoever bought a moment ago is looked for every few seconds; a minute is promised.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

import structlog

from checkout import failpoints
from checkout.flows.background_answers import CountedAnswer
from checkout.flows.count_visits import CountVisitsOperation, history_needed
from checkout.flows.tier_changes import today_in
from checkout.store.visit_queue import ProgramDay

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from uuid import UUID

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.flows.group_commit import GroupCommit
    from checkout.flows.ports import Snapshots
    from checkout.store.reference import ReferenceStore
    from checkout.store.visit_queue import VisitQueue

EVERY: Final = "* * * * * */5"
#: Members looked for at once, of each kind.
LOOK_MAX: Final = 500
#: Members locked in one transaction: a sale of one of them waits for it.
MEMBERS_MAX: Final = 16

_log = structlog.get_logger(__name__)


class VisitCounter:
    """Finds members of whom something is due, and hands them to a group commit of their own."""

    def __init__(
        self,
        queue: VisitQueue,
        reference: ReferenceStore,
        snapshots: Snapshots,
        background_commit: GroupCommit,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._queue = queue
        self._reference = reference
        self._snapshots = snapshots
        self._commit = background_commit
        self._clock = clock
        #: By partner, the publication that was last looked at.
        self._seen: dict[UUID, int] = {}

    async def step(self) -> None:
        """Count all that is due now; a member who is busy waits for the next step."""
        in_force = await self._in_force()
        today = self._clock().date()
        programs = [
            ProgramDay(partner_id, code, today_in(program.document, self._clock()))
            for partner_id, snapshot in in_force.items()
            for code, program in snapshot.programs.items()
            if program.document.tiers
        ]
        busy: set[tuple[UUID, UUID]] = set()
        while True:
            found = await self._queue.due(in_force, programs, today, LOOK_MAX)
            due = [each for each in found if each not in busy]
            if not due:
                break
            for start in range(0, len(due), MEMBERS_MAX):
                busy |= await self._count(due[start : start + MEMBERS_MAX])
                await failpoints.reach("half_counted")
        left = set()
        for each in sorted(busy):
            left |= await self._count([each])
        if left:
            _log.warning("visits.busy", members=len(left))

    async def _in_force(self) -> dict[UUID, CompiledSnapshot]:
        """Rules by partner, but for those that this worker has not followed yet: others count."""
        found = {}
        for publication in await self._reference.read_publications():
            partner_id = publication.partner_id
            snapshot = self._snapshots.current(partner_id)
            if snapshot is not None and snapshot.snapshot_id == publication.snapshot_id:
                found[partner_id] = snapshot
                if self._seen.get(partner_id) != publication.seq:
                    await self._count_again(partner_id, snapshot)
                    self._seen[partner_id] = publication.seq
        return found

    async def _count_again(self, partner_id: UUID, snapshot: CompiledSnapshot) -> None:
        """Queue earlier receipts if these rules ask for what nobody counted."""
        today = self._clock().date()
        queued = await self._queue.count_again(partner_id, history_needed(snapshot), today)
        if queued is not None:
            _log.info("visits.queued_again", partner=snapshot.partner, receipts=queued)

    async def _count(self, members: list[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
        """Those of them that could not be counted now, or of whom nothing was due any more."""
        begun = time.monotonic()
        answers = await asyncio.gather(
            *(
                self._commit.run(CountVisitsOperation(partner_id, member_id))
                for partner_id, member_id in members
            )
        )
        await asyncio.sleep(time.monotonic() - begun)
        return {
            member
            for member, answer in zip(members, answers, strict=True)
            if not (isinstance(answer, CountedAnswer) and _moved(answer))
        }


def _moved(answer: CountedAnswer) -> bool:
    return bool(answer.receipts or answer.judgements or answer.windows_moved)
