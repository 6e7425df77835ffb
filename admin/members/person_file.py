"""All that is stored about a person, as one JSON: for whoever asks what is known of them.

Under every name that was merged into one. Values that the history keeps sealed stand there opened;
codes of coupons and numbers of cards are masked, as nobody here knows them.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import select

from admin.members.place import find_member, member_key
from admin.records.tables import HistoryEntry, Partner
from admin.scope import Scope, scope
from admin.sealing.profile_history import open_entries
from admin.sql import STATEMENTS
from admin.staff.first_staff import AUTHOR
from admin.staff.notes import note

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.database import Sessions
    from admin.sealing.masters import MasterKeys

#: Statements of the member's page, all of their rows.
_SECTIONS: Final = (
    *("accounts", "lots", "freezes", "coupons", "certificates", "tags", "gifts", "lists"),
    *("interventions", "proposals"),
)
#: Those of this file alone.
_OWN: Final = ("profile", "identifiers", "programs", "persons", "receipts", "returns")
_ALL: Final = 2**31 - 1


class UnknownMemberError(LookupError):
    """The partner has no such member, or there is no such partner; the text says which."""


async def person_file(
    database: AsyncSession, partner_id: UUID, member_id: UUID, masters: MasterKeys | None
) -> bytes:
    """The file, and a row of history that it was made; in the scope of whoever asks.

    Raises:
        HTTPException: 404, there is no such member.
    """
    member = await find_member(database, member_key(member_id))
    names = await _rows(database, "person_names", member.bucket, member.merged_into or member_id)
    told = [{**name, **await _told(database, name, masters)} for name in names]
    await note(database, partner_id, "member", str(member_id), "exported", names=len(names))
    held = {"member_id": member_id, "made_at": dt.datetime.now(dt.UTC), "names": told}
    return orjson.dumps(held, default=str, option=orjson.OPT_INDENT_2)


async def person_file_of(
    sessions: Sessions, partner: str, member_id: UUID, masters: MasterKeys | None
) -> bytes:
    """The same for the command line.

    Raises:
        UnknownMemberError: there is no such partner, or it has no such member.
    """
    with scope(Scope("installation", author=AUTHOR)):
        async with sessions() as database:
            named = select(Partner.partner_id).where(Partner.code == partner)
            partner_id = await database.scalar(named)
    if partner_id is None:
        raise UnknownMemberError(f"there is no partner {partner}")
    with scope(Scope("partner", partner_id, author=AUTHOR)):
        async with sessions.begin() as database:
            if not await _rows(database, "person_names", 0, member_id):
                raise UnknownMemberError(f"{partner} has no member {member_id}")
            return await person_file(database, partner_id, member_id, masters)


async def _told(
    database: AsyncSession, name: dict[str, Any], masters: MasterKeys | None
) -> dict[str, Any]:
    """What is stored under one name."""
    bucket, member_id = name["bucket"], name["member_id"]
    told = {one: await _rows(database, f"person_{one}", bucket, member_id) for one in _OWN}
    told |= {one: await _rows(database, f"member_{one}", bucket, member_id) for one in _SECTIONS}
    told["statements"] = [
        row
        for account in told["accounts"]
        for row in await _rows(
            database,
            "member_statement",
            bucket,
            member_id,
            currency=account["currency"],
            before=None,
        )
    ]
    return told | {"history": await _history(database, member_id, masters)}


async def _history(
    database: AsyncSession, member_id: UUID, masters: MasterKeys | None
) -> list[dict[str, Any]]:
    """What was changed, by whom and why, the oldest first; values of the profile opened."""
    found = await database.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.of_member == str(member_id))
        .order_by(HistoryEntry.seq)
    )
    entries = found.all()
    await open_entries(database, entries, masters, may_see=True)
    shown = ("at", "author", "record", "record_key", "action", "before", "after", "reason")
    return [{name: getattr(entry, name) for name in shown} for entry in entries]


async def _rows(
    database: AsyncSession, statement: str, bucket: int, member_id: UUID, **more: Any
) -> list[dict[str, Any]]:
    values = {"bucket": bucket, "member_id": member_id, "rows_max": _ALL, "behind": 0, **more}
    found = await database.execute(STATEMENTS[statement], values)
    return [dict(row) for row in found.mappings()]
