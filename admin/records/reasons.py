"""Why records are blocked or stopped: what was said when it was done, as the history has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from admin.sql import STATEMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

#: Stopped campaigns that pages show; more are an emergency of another kind.
STOPS_MAX: Final = 500


async def reasons_of(database: AsyncSession, record: str, keys: Iterable[object]) -> dict[str, Any]:
    """By key of what is blocked, who did it, when and why; nothing of what nobody told."""
    asked = [str(key) for key in keys]
    if not asked:
        return {}
    values = {"record": record, "keys": asked}
    found = await database.execute(STATEMENTS["reasons_of"], values)
    return {row.record_key: row for row in found}


async def stopped_campaigns(database: AsyncSession) -> Sequence[Any]:
    """Those of the partner, the latest first, each with who stopped it and why."""
    found = await database.execute(STATEMENTS["stopped_campaigns"], {"rows_max": STOPS_MAX})
    return found.all()
