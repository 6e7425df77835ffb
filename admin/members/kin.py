"""With whom a member belongs together: other names, a household, the person that it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from admin.members.in_short import MemberInShort, read_in_short
from admin.members.sections import SectionPage, rows_asked, section_of
from admin.sql import STATEMENTS

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.members.place import MemberPlace

#: Members of one household, as the service has it.
POOLING_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Kin:
    """What the page of a member says of it; members by their ids."""

    #: Those of one page, and where it lies.
    merges: Sequence[Any]
    merges_page: SectionPage
    #: In its household, itself too.
    household: Sequence[MemberInShort]
    persons: Sequence[Any]
    members: dict[UUID, MemberInShort]


async def read_kin(
    database: AsyncSession, member: MemberPlace, behind: int, *, with_contacts: bool
) -> Kin:
    """That of one member, as of now; so many merges lie before those that are shown."""
    own = {"bucket": member.bucket, "member_id": member.member_id, **rows_asked(behind)}
    found = (await database.execute(STATEMENTS["member_merges"], own)).all()
    merges, merges_page = section_of(found, behind)
    persons = (await database.execute(STATEMENTS["persons_of_member"], own)).all()
    pooling = await household_ids(database, member.household_id) if member.household_id else []
    named = [one for merge in merges for one in (merge.absorbed_id, merge.survivor_id)]
    named += [link.member_id for link in persons]
    shown = await read_in_short(database, [*pooling, *named], with_contacts=with_contacts)
    members = {one.member_id: one for one in shown}
    household = [members[one] for one in pooling if one in members]
    return Kin(merges, merges_page, household, persons, members)


async def household_ids(database: AsyncSession, household_id: UUID) -> list[UUID]:
    """Who pools points in a household."""
    values = {"households": [household_id]}
    rows = await database.execute(STATEMENTS["households_members"], values)
    return [row.member_id for row in rows]
