"""The one row that a load leaves in the history of records, in the transaction of what it loads.

Loaders write by COPY as a role whose rows no trigger tells, so they tell it themselves, as the
service does: who, why, how much, and the SHA-256 of the file that came in or went out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

#: The author of a load that names nobody, as of people who are made on a command line.
COMMAND_LINE: Final = "command line"


async def tell_history(
    connection: asyncpg.Connection[Any],
    partner_id: UUID,
    record: tuple[str, object],
    action: str,
    *,
    author: str,
    reason: str,
    after: dict[str, Any],
) -> None:
    """Add the row; the last that its transaction does, as the chain is locked until it ends."""
    name, key = record
    await connection.execute(
        "select operator_note($1, $2, $3, $4, array[null::jsonb], $5, $6, $7)",
        [partner_id],
        [name],
        [str(key)],
        [action],
        [orjson.dumps(after).decode()],
        [author],
        [reason],
    )
