"""What a member has used of limits that count now: also as a card, also as a household."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from admin.limits.amounts import amount_of
from admin.limits.reading import Ref, live_documents, read_ground, read_uses
from admin.sql import STATEMENTS
from checkout.engine.schema.limits import Subject
from checkout.primitives import bucket_of_uuid

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.limits.reading import RuledLimit, Use
    from admin.members.currencies import Worth
    from admin.members.place import MemberPlace

#: Limits that are looked up of one member.
LIMITS_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class DrawnOn:
    """A limit, and what was used of it."""

    limit: RuledLimit
    use: Use

    @property
    def campaign_code(self) -> str:
        """Whose it is; empty: the program's."""
        return self.limit.ref.campaign_code

    @property
    def program_code(self) -> str:
        """The program whose limit it is, or in which the campaign is."""
        return self.limit.program_code

    @property
    def name(self) -> str:
        """What the campaign is called."""
        return self.limit.campaign_name

    @property
    def is_of_household(self) -> bool:
        """Whether the whole household draws on it."""
        return self.limit.document.subject is Subject.HOUSEHOLD


async def read_limits(database: AsyncSession, member: MemberPlace, worth: Worth) -> dict[str, Any]:
    """Limits of rules at work of which something counts now, as a section of the member's page."""
    named = await database.scalars(STATEMENTS["names_of_member"], {"member_id": member.member_id})
    names = {member.member_id, *named}
    owners = names | {member.purse_id}
    drawn = await database.execute(
        STATEMENTS["limits_drawn_on"],
        {
            "buckets": sorted({bucket_of_uuid(owner) for owner in owners}),
            "owners": list(owners),
            "rows_max": LIMITS_MAX,
        },
    )
    refs = {Ref(row.campaign_code, row.limit_code) for row in drawn}
    if not refs:
        return {"drawn_on": ()}
    ground = await read_ground(database)
    documents = await live_documents(database, {ref.campaign_code for ref in refs})
    limits = [one for code in ground.documents for one in ground.of_program(code)]
    limits += [one for document in documents for one in ground.of_campaign(document)]
    known = {one.ref: one for one in reversed(limits) if one.ref in refs}
    uses = await read_uses(
        database,
        list(known.values()),
        dict.fromkeys(owners, ""),
        names=names,
        name=member.member_id,
    )
    found = [DrawnOn(known[ref], use) for ref in known for use in uses.get(ref, ())]
    return {
        "drawn_on": sorted(found, key=lambda one: (one.limit.ref, one.use.sku)),
        "amount_of": lambda limit, amount: amount_of(limit, amount, worth, ground),
    }
