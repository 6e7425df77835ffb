"""What a partner has to do before its first sale, in order, and what of it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import exists, select

from admin.records.tables import Chain, Program, Publication, Store, Terminal

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

#: The name of each is that of its page.
STEPS: Final = {
    "program": Program,
    "chain": Chain,
    "store": Store,
    "terminal": Terminal,
    "publication": Publication,
}


async def read_steps(database: AsyncSession) -> dict[str, bool]:
    """Of each step whether it is done: whether the partner has one of what it makes."""
    asked = [exists(select(table)) for table in STEPS.values()]
    found = (await database.execute(select(*asked))).one()
    return dict(zip(STEPS, found, strict=True))
