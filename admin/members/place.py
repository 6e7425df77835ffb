"""Where a member's rows lie: an address of a page read, and found in the partner's rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.exceptions import HTTPException

from admin.sql import STATEMENTS

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

BUCKETS: int = 64


@dataclass(frozen=True, slots=True)
class MemberPlace:
    """A member, and the purse that it draws on: its own, or its household's."""

    bucket: int
    member_id: UUID
    blocked_at: dt.datetime | None
    household_id: UUID | None
    merged_into: UUID | None
    purse_bucket: int
    purse_id: UUID

    @property
    def key(self) -> str:
        """As addresses name it."""
        return f"{self.bucket};{self.member_id}"


async def find_member(database: AsyncSession, key: str) -> MemberPlace:
    """The member of an address.

    Raises:
        HTTPException: 404, there is none, or it is another partner's.
    """
    bucket, _, member_id = key.partition(";")
    try:
        named = {"bucket": int(bucket), "member_id": UUID(member_id)}
    except ValueError:
        raise HTTPException(404) from None
    if not 0 <= int(bucket) < BUCKETS:
        raise HTTPException(404)
    row = (await database.execute(STATEMENTS["member_place"], named)).one_or_none()
    if row is None:
        raise HTTPException(404)
    return MemberPlace(*row)
