"""Which columns of a list somebody sees: as they chose them, kept with their login."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from admin.records.tables import StaffList
from admin.texts import say_first

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class OwnColumns:
    """Those of a list that is no record of SQLAdmin; the first leads on, and stays."""

    identity: str
    #: All that the list can show, in order.
    offered: tuple[str, ...]
    #: What it shows unless somebody chose.
    usual: tuple[str, ...]

    async def shown(self, database: AsyncSession, staff_id: UUID) -> Sequence[str]:
        """Those that the person chose, or the usual ones."""
        chosen = await chosen_columns(database, staff_id, self.identity) or self.usual
        first, *others = self.offered
        return [first, *(name for name in others if name in chosen)]

    def label(self, name: str) -> str:
        """What a column is called."""
        return column_label(self.identity, name)


def column_label(record: str, name: str) -> str:
    """What a column of a record is called, on its own list, in its form and in the history."""
    return say_first(f"field.{record}.{name}", f"field.{name}", name)


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
