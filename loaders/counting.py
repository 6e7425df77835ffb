"""What was bought in a play is counted in the background: the play waits for that."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

import asyncpg

if TYPE_CHECKING:
    from loaders.environment import Environment

#: What is promised.
WITHIN_S: Final = 60.0
_PAUSE_S: Final = 0.25
_PENDING: Final = "select count(*) from visit_pending where queued_at < $1"


async def wait_until_counted(environment: Environment) -> list[str]:
    """Wait until all that was bought before now counts; what was odd."""
    connection = await asyncpg.connect(environment.owner_dsn)
    try:
        now = await connection.fetchval("select clock_timestamp()")
        began = time.monotonic()
        while left := await connection.fetchval(_PENDING, now):
            if time.monotonic() - began > WITHIN_S:
                return [f"{left} receipts were not counted within {WITHIN_S:.0f} seconds"]
            await asyncio.sleep(_PAUSE_S)
    finally:
        await connection.close()
    return []
