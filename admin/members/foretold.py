"""What becomes of points, said before it is done: by the rules in force and what lies there now.

A sale may come in between: the service decides, and the statement tells what became.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from admin.campaigns.reading import latest_publication, parts_of
from admin.members.in_short import read_in_short
from admin.sql import STATEMENTS
from admin.texts import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.members.currencies import Worth
    from admin.members.place import MemberPlace

#: Program code → its document.
_Programs = dict[str, dict[str, Any]]


async def unmerging(
    database: AsyncSession, member: MemberPlace, form: Any, worth: Worth
) -> list[str]:
    """What of the points that were moved goes back."""
    try:
        merge_id = UUID(str(form.merge_id.data))
    except ValueError:
        return []
    asked = {"merge_id": merge_id, "member_id": member.member_id}
    merge = (await database.execute(STATEMENTS["merge_of_member"], asked)).one_or_none()
    if merge is None:
        return [say("unmerge.is_over")]
    # Whoever may merge may see names.
    named = [merge.survivor_id, merge.absorbed_id]
    survivor, absorbed = await read_in_short(database, named, with_contacts=True)
    lying = {
        "survivor_bucket": survivor.bucket,
        "survivor_id": survivor.member_id,
        "absorbed_bucket": absorbed.bucket,
        "absorbed_id": absorbed.member_id,
    }
    rows = (await database.execute(STATEMENTS["points_that_go_back"], lying)).all()
    points = _shown({row.currency: row.points_minor for row in rows}, worth)
    told = [
        say("unmerge.two", absorbed=absorbed.title, survivor=survivor.title),
        say("unmerge.points", points=points) if points else say("unmerge.no_points"),
    ]
    owed = await _debts(database, survivor.bucket, survivor.member_id)
    back = {code: min(debt, owed.get(code, 0)) for code, debt in merge.debts.items()}
    if debts := _shown(back, worth):
        told.append(say("unmerge.debts", points=debts))
    return [*told, say("unmerge.stays", survivor=survivor.title)]


async def leaving_household(
    database: AsyncSession, member: MemberPlace, form: Any, worth: Worth
) -> list[str]:
    """What is pooled stays."""
    del form
    if member.household_id is None:
        return [say("household.is_nowhere")]
    lying = {"bucket": member.purse_bucket, "member_id": member.purse_id}
    rows = (await database.execute(STATEMENTS["member_accounts"], lying)).all()
    points = _shown({row.currency: row.balance + row.pending for row in rows}, worth)
    return [say("household.stays", points=points) if points else say("household.stays_nothing")]


async def leaving_program(
    database: AsyncSession, member: MemberPlace, form: Any, worth: Worth
) -> list[str]:
    """Whether points are kept or written off, and how many."""
    programs = await _in_force(database)
    program = programs.get(str(form.program.data))
    if program is None:
        return []
    told = [say("merge.program", program=program["name"])]
    if member.household_id is not None:
        return [*told, say("program.pooled_stays")]
    free = await _free_points(database, member, await _only_in(database, member, programs, program))
    points = _shown(free, worth)
    if not points:
        return [*told, say("program.no_points")]
    if program.get("points_after_leaving", "kept") == "kept":
        return [*told, say("program.kept", points=points)]
    return [*told, say("program.written_off", points=points), say("program.held_stays")]


async def joining_program(
    database: AsyncSession, member: MemberPlace, form: Any, worth: Worth
) -> list[str]:
    """With which tier, and which points are there again."""
    programs = await _in_force(database)
    program = programs.get(str(form.program.data))
    if program is None:
        return []
    tiers = program.get("tiers") or ()
    told = [say("merge.program", program=program["name"])]
    if tiers:
        told.append(say("program.first_tier", tier=tiers[0]["name"]))
    currencies = await _only_in(database, member, programs, program)
    points = _shown(await _free_points(database, member, currencies), worth)
    return [*told, say("program.points_again", points=points)] if points else told


async def _in_force(database: AsyncSession) -> _Programs:
    """Programs of the latest publication: what their records say now may come later."""
    publication = await latest_publication(database)
    if publication is None:
        return {}
    parts = await parts_of(database, publication.snapshot_id)
    wanted = [part.part_hash for (kind, _), part in parts.items() if kind == "program"]
    found = await parts_of(database, publication.snapshot_id, wanted)
    return {
        key: orjson.loads(part.body)
        for (kind, key), part in found.items()
        if kind == "program" and part.body is not None
    }


async def _only_in(
    database: AsyncSession, member: MemberPlace, programs: _Programs, program: Mapping[str, Any]
) -> set[str]:
    """Currencies of the program that no other one has in which the member takes part."""
    own = {"bucket": member.bucket, "member_id": member.member_id}
    rows = (await database.execute(STATEMENTS["member_parts"], own)).all()
    others = {
        currency["code"]
        for row in rows
        if row.left_at is None and row.program_code != program["code"]
        for currency in programs.get(row.program_code, {}).get("currencies", ())
    }
    return {currency["code"] for currency in program.get("currencies", ())} - others


async def _free_points(
    database: AsyncSession, member: MemberPlace, currencies: set[str]
) -> dict[str, int]:
    """What is neither held nor frozen nor owed."""
    own = {"bucket": member.purse_bucket, "member_id": member.purse_id}
    owed = await _debts(database, member.purse_bucket, member.purse_id)
    rows = (await database.execute(STATEMENTS["free_points"], own)).all()
    return {
        row.currency: max(row.points_minor - owed.get(row.currency, 0), 0)
        for row in rows
        if row.currency in currencies
    }


async def _debts(database: AsyncSession, bucket: int, member_id: UUID) -> dict[str, int]:
    own = {"bucket": bucket, "member_id": member_id}
    rows = await database.execute(STATEMENTS["member_accounts"], own)
    return {row.currency: row.debt for row in rows}


def _shown(points: Mapping[str, int], worth: Worth) -> str:
    """Amounts that are not nothing; empty if there is none."""
    return ", ".join(
        worth.points_of(code).shown(amount) for code, amount in sorted(points.items()) if amount
    )
