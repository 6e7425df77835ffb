"""What a row's button is about, said again on the form that it opens: points, a gift, a tag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from admin.sql import STATEMENTS
from admin.texts import say
from admin.texts.dates import shown_moment

if TYPE_CHECKING:
    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.members.currencies import Worth
    from admin.members.place import MemberPlace


async def correction(
    database: AsyncSession, member: MemberPlace, form: Any, worth: Worth
) -> list[str]:
    """How many points were given or taken, when and why."""
    row = await _row(database, "correction_named", form.correction_id.data, member)
    if row is None:
        return []
    points = worth.points_of(row.currency).shown(row.amount_minor)
    moment = shown_moment(row.made_at)
    return [say("named.correction", points=points, moment=moment, reason=row.reason)]


async def freeze(database: AsyncSession, member: MemberPlace, form: Any, worth: Worth) -> list[str]:
    """How many points are frozen, and since when."""
    row = await _row(database, "freeze_named", form.freeze_id.data, member)
    if row is None:
        return []
    points = worth.points_of(row.currency).shown(row.points_minor)
    return [say("named.freeze", points=points, moment=shown_moment(row.frozen_at))]


async def gift(database: AsyncSession, member: MemberPlace, form: Any, worth: Worth) -> list[str]:
    """What was given, how many, when and why."""
    row = await _row(database, "gift_named", form.gift_given_id.data, member)
    if row is None:
        return []
    name = dict(worth.gifts).get(row.gift_code, row.gift_code)
    moment = shown_moment(row.given_at)
    return [say("named.gift", gift=name, count=row.count, moment=moment, reason=row.reason)]


async def tag(database: AsyncSession, member: MemberPlace, form: Any, worth: Worth) -> list[str]:
    """Which tag, by its name."""
    del database, member
    code = str(form.tag.data or "")
    names = {entry.code: entry.name or entry.code for entry in worth.tags}
    return [say("named.tag", tag=names.get(code, code))] if code else []


async def _row(
    database: AsyncSession, statement: str, named: object, member: MemberPlace
) -> Row[Any] | None:
    """The member's row of an id, if it is one."""
    try:
        row_id = UUID(str(named))
    except ValueError:
        return None
    values = {"named": row_id, "member_id": member.member_id, "purse_id": member.purse_id}
    return (await database.execute(STATEMENTS[statement], values)).one_or_none()
