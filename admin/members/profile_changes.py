"""What was changed of a member's profile, for its page: what each was and is, who and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from admin.pages.places_in_lists import page_of
from admin.records.tables import HistoryEntry
from admin.sealing.profile_history import RECORD, open_entries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.sealing.masters import MasterKeys
    from admin.staff.principal import Principal

#: The rest stands on the page of the history.
CHANGES_SHOWN: Final = 5


async def read_profile_changes(
    database: AsyncSession, member_id: UUID, masters: MasterKeys | None, principal: Principal
) -> tuple[Sequence[HistoryEntry], bool]:
    """The latest ones, and whether there are more; none for whom neither contacts nor history are.

    Who reads the history and sees no contacts is told that they changed, and not from what to what.
    """
    may_see = principal.may("member.contacts")
    if not may_see and not principal.may("history.view"):
        return (), False
    found = await database.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.record == RECORD, HistoryEntry.record_key == str(member_id))
        .order_by(HistoryEntry.seq.desc())
        .limit(CHANGES_SHOWN + 1)
    )
    entries, last = page_of(found.all(), CHANGES_SHOWN)
    await open_entries(database, entries, masters, may_see=may_see)
    return entries, last is not None
