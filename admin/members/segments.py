"""Segments: made of conditions in the pages, counted by a task beside them.

Who is in a segment stands in the traits of members, where rules look. It follows the conditions
within `PATIENCE`, at once when they change or somebody asks: bucket by bucket, a slice of members
a transaction, so that no sale waits long. Who counts one that is changed meanwhile, or that another
process has taken since, leaves it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import structlog
from sqlalchemy import select, text

from admin.members.conditions import condition_form, member_ids, read_conditions
from admin.members.currencies import read_worth
from admin.records.tables import Segment
from admin.scope import Scope, scope
from checkout.primitives import BUCKET_COUNT

if TYPE_CHECKING:
    from admin.database import Sessions

#: Segments are counted anew after so long.
PATIENCE: Final = dt.timedelta(hours=1)
#: Members whose traits one transaction changes: their sales wait for it.
SLICE_MEMBERS: Final = 500
_PAUSE_S: Final = 2.0
_TAKE: Final = text("select partner, taken, begun from admin_take_segment(:patience)")
_MARK: Final = text(
    "select admin_mark_segment("
    ":code, :begun, cast(:bucket as smallint), cast(:wanted as uuid[]), :most)"
)
_NOTE: Final = text("select admin_note_segment(:code, :begun, :members)")
_AUTHOR: Final = "segments"
_log = structlog.get_logger(__name__)


class SegmentKeeper:
    """Counts segments that are due, one after the other; several processes may."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def run(self) -> None:
        """Until it is cancelled; what fails is tried again after `PATIENCE`."""
        while True:
            try:
                while await self.step():
                    pass
            except Exception as error:  # noqa: BLE001 - one segment's fault does not end the others
                _log.warning("segment.not_counted", error=type(error).__name__)
            await asyncio.sleep(_PAUSE_S)

    async def step(self) -> bool:
        """Count one that is due; whether there was one."""
        with scope(Scope(reach="installation", author=_AUTHOR)):
            async with self._sessions.begin() as database:
                due = (await database.execute(_TAKE, {"patience": PATIENCE})).one_or_none()
        if due is None:
            return False
        with scope(Scope(reach="partner", partner_id=due.partner, author=_AUTHOR)):
            await self._count(due.taken, due.begun)
        return True

    async def _count(self, code: str, begun: dt.datetime) -> None:
        async with self._sessions() as database:
            worth = await read_worth(database)
            segment = (await database.scalars(select(Segment).where(Segment.code == code))).one()
        form = condition_form(segment.conditions, worth)
        found = read_conditions(form, worth)
        if found is None or found.holds_for_all:
            # A tag or tier that it names is not there any more, or it came without conditions by
            # another way than the pages: who was in it stays in it.
            _log.warning("segment.not_understood", segment=code, fields=sorted(form.errors))
            return
        members = 0
        for bucket in range(BUCKET_COUNT):
            async with self._sessions() as database:
                wanted = list(await database.scalars(member_ids(found, bucket)))
            members += len(wanted)
            values: dict[str, Any] = {
                "code": code,
                "begun": begun,
                "bucket": bucket,
                "wanted": wanted,
                "most": SLICE_MEMBERS,
            }
            changed: int | None = SLICE_MEMBERS
            while changed == SLICE_MEMBERS:
                async with self._sessions.begin() as database:
                    changed = await database.scalar(_MARK, values)
            if changed is None:
                return
        async with self._sessions.begin() as database:
            await database.execute(_NOTE, {"code": code, "begun": begun, "members": members})
