"""What happens without changing a record, in the same chain of history: signing in, exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import text

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

_NOTE: Final = text(
    "select admin_note(cast(:partner as uuid), :record, :key, :action, null, cast(:after as jsonb))"
)


async def note(
    database: AsyncSession,
    partner_id: UUID | None,
    record: str,
    key: str,
    action: str,
    /,
    **details: Any,
) -> None:
    """Write a row of history in the open transaction, signed by its scope."""
    await database.execute(
        _NOTE,
        {
            "partner": partner_id,
            "record": record,
            "key": key,
            "action": action,
            "after": orjson.dumps(details).decode() if details else None,
        },
    )
