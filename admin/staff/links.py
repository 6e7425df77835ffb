"""One-time links through which somebody chooses a password: the only way to a first one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from admin.staff.tables import Staff, StaffLink
from admin.staff.tokens import hash_of, new_token

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def make_link(database: AsyncSession, staff: Staff, validity: dt.timedelta) -> str:
    """A new link's token; earlier links of the person no longer work."""
    await database.execute(
        update(StaffLink)
        .where(StaffLink.staff_id == staff.staff_id, StaffLink.used_at.is_(None))
        .values(used_at=func.now())
    )
    token = new_token()
    database.add(
        StaffLink(
            token_hash=hash_of(token),
            staff_id=staff.staff_id,
            expires_at=dt.datetime.now(dt.UTC) + validity,
        )
    )
    return token


async def whose_link(database: AsyncSession, token: str) -> Staff | None:
    """Whose link it is, if it still works; locked, so that it works once."""
    link = (
        await database.execute(
            select(StaffLink)
            .where(
                StaffLink.token_hash == hash_of(token),
                StaffLink.used_at.is_(None),
                StaffLink.expires_at > func.now(),
            )
            .with_for_update()
        )
    ).scalar_one_or_none()
    if link is None:
        return None
    staff = await database.get(Staff, link.staff_id)
    return staff if staff is not None and staff.blocked_at is None else None


async def use_link(database: AsyncSession, token: str) -> None:
    """It has been used."""
    await database.execute(
        update(StaffLink).where(StaffLink.token_hash == hash_of(token)).values(used_at=func.now())
    )
