"""Where a member's rows lie: an address of a page read, and found in the partner's rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.exceptions import HTTPException

from admin.pages.account import uuid_of
from admin.sql import STATEMENTS
from checkout.primitives import BUCKET_COUNT, bucket_of_uuid

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


def bucket_named(text: str) -> int:
    """The bucket that an address names.

    Raises:
        HTTPException: 404, it is none.
    """
    is_short = text.isascii() and text.isdecimal() and len(text) <= len(str(BUCKET_COUNT))
    if not is_short or int(text) >= BUCKET_COUNT:
        raise HTTPException(404)
    return int(text)


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
    #: The person was erased then: the member is looked at, and nothing is done for it.
    erased_at: dt.datetime | None

    @property
    def key(self) -> str:
        """As addresses name it."""
        return f"{self.bucket};{self.member_id}"


def member_key(member_id: UUID | str) -> str:
    """A member as addresses name it: the bucket of its id, and the id."""
    named = UUID(member_id) if isinstance(member_id, str) else member_id
    return f"{bucket_of_uuid(named)};{named}"


async def find_member(database: AsyncSession, key: str) -> MemberPlace:
    """The member of an address.

    Raises:
        HTTPException: 404, there is none, or it is another partner's.
    """
    bucket, _, member_id = key.partition(";")
    named = {"bucket": bucket_named(bucket), "member_id": uuid_of(member_id)}
    row = (await database.execute(STATEMENTS["member_place"], named)).one_or_none()
    if row is None:
        raise HTTPException(404)
    return MemberPlace(*row)
