"""The dictionaries of members: tags, attributes, segments and lists that rules may name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from admin.sql import STATEMENTS

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def read_dictionary(
    database: AsyncSession, *, archived: bool = True
) -> list[tuple[str, str, str]]:
    """Entries of the partner on whose rows one works: the field of `Words`, the code, the type.

    Rules may name archived ones, which are offered to nobody.
    """
    rows = await database.execute(STATEMENTS["dictionary"], {"archived": archived})
    return [(row.field, row.code, row.kind) for row in rows]
