"""The keys of members: each member's values in the history are sealed under a key of its own.

The history is never erased, and a person may be: without their key nobody opens their values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from admin.records.tables import Table
from admin.sealing.box import CannotOpenError, new_key
from checkout.primitives import bucket_of_uuid
from checkout.sealed_box import public_half

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.sealing.masters import MasterKeys


class MemberHistoryKey(Table):
    __tablename__ = "member_history_key"
    bucket: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    key_id: Mapped[UUID]
    wrapped: Mapped[bytes]
    #: What the service closes values up with.
    sealed_to: Mapped[bytes]


@dataclass(frozen=True, slots=True)
class MemberKey:
    """A member's key; sealed values name it, as a member that was erased may get another one."""

    key_id: UUID
    #: None: no key of the settings opens it.
    key: bytes | None


async def read_member_keys(
    database: AsyncSession, member_ids: Iterable[UUID], masters: MasterKeys
) -> dict[UUID, MemberKey]:
    """The keys of members; of whom there is none the key was never made, or is destroyed."""
    named = [(bucket_of_uuid(member_id), member_id) for member_id in member_ids]
    place = tuple_(MemberHistoryKey.bucket, MemberHistoryKey.member_id)
    found = await database.scalars(select(MemberHistoryKey).where(place.in_(named)))
    return {row.member_id: _opened(row, masters) for row in found}


async def keep_member_key(
    database: AsyncSession, member_id: UUID, masters: MasterKeys
) -> MemberKey:
    """The key of a member whose row is locked; a new one, if it has none."""
    found = await read_member_keys(database, [member_id], masters)
    if member_id in found:
        return found[member_id]
    made = MemberKey(uuid4(), new_key())
    assert made.key is not None
    wrapped = masters.seal(made.key, _place(member_id, made.key_id))
    database.add(
        MemberHistoryKey(
            bucket=bucket_of_uuid(member_id),
            member_id=member_id,
            key_id=made.key_id,
            wrapped=wrapped,
            sealed_to=public_half(made.key),
        )
    )
    return made


def _opened(row: MemberHistoryKey, masters: MasterKeys) -> MemberKey:
    try:
        key = masters.unseal(row.wrapped, _place(row.member_id, row.key_id))
    except CannotOpenError:
        return MemberKey(row.key_id, None)
    return MemberKey(row.key_id, key)


def _place(member_id: UUID, key_id: UUID) -> str:
    return f"member_history_key {member_id} {key_id}"
