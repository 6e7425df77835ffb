"""Which columns of a list somebody sees: as they chose them, kept with their login."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from admin.records.tables import StaffList

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession


async def chosen_columns(database: AsyncSession, staff_id: UUID, of_list: str) -> Sequence[str]:
    """Their choice; empty if they made none."""
    found = await database.scalar(
        select(StaffList.columns).where(
            StaffList.staff_id == staff_id, StaffList.of_list == of_list
        )
    )
    return found or ()


async def choose_columns(
    database: AsyncSession, staff_id: UUID, of_list: str, columns: Sequence[str]
) -> None:
    """Keep a choice; an empty one is that of the usual columns."""
    values = {"staff_id": staff_id, "of_list": of_list, "columns": list(columns)}
    await database.execute(
        insert(StaffList)
        .values(values)
        .on_conflict_do_update(
            index_elements=["staff_id", "of_list"], set_={"columns": values["columns"]}
        )
    )
