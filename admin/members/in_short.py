"""Members in short: who they are, side by side, for pages about several of them at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from admin.members.place import find_member
from admin.sql import STATEMENTS
from checkout.primitives import bucket_of_uuid

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class MemberInShort:
    """A member, with a name and contacts for whom these are open."""

    bucket: int
    member_id: UUID
    created_at: dt.datetime
    purchases: int
    last_purchase_on: dt.date | None
    blocked_at: dt.datetime | None
    household_id: UUID | None
    merged_into: UUID | None
    other_names: int
    #: Empty: not known, or not told.
    name: str
    phone: str
    email: str
    birth_date: dt.date | None
    traits: Mapping[str, Any]

    @property
    def key(self) -> str:
        """As addresses name it."""
        return f"{self.bucket};{self.member_id}"

    @property
    def title(self) -> str:
        """For people."""
        return self.name or str(self.member_id)


async def read_in_short(
    database: AsyncSession, member_ids: Iterable[UUID], *, with_contacts: bool
) -> list[MemberInShort]:
    """Those of the partner, in the order in which they are named; households are none."""
    named = list(dict.fromkeys(member_ids))
    if not named:
        return []
    values = {"buckets": [bucket_of_uuid(one) for one in named], "members": named}
    rows = await database.execute(STATEMENTS["members_in_short"], values)
    return [
        MemberInShort(
            row.bucket,
            row.member_id,
            row.created_at,
            row.purchases,
            row.last_purchase_on,
            row.blocked_at,
            row.household_id,
            row.merged_into,
            row.other_names,
            called(row) if with_contacts else "",
            row.phone if with_contacts else "",
            row.email if with_contacts else "",
            row.birth_date if with_contacts else None,
            row.traits,
        )
        for row in rows
    ]


async def find_in_short(database: AsyncSession, request: Request) -> MemberInShort:
    """The member of an address, with a name if whoever asks may see it.

    Raises:
        HTTPException: 404, there is none, or it is another partner's.
    """
    place = await find_member(database, request.path_params["id"])
    may_see = request.state.principal.may("member.contacts")
    (member,) = await read_in_short(database, [place.member_id], with_contacts=may_see)
    return member


def called(person: Any) -> str:
    """The whole name of whoever has its parts."""
    return " ".join(filter(None, (person.first_name, person.patronymic, person.last_name)))
