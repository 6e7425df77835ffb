"""Events that no webhook took, as the queue keeps them once it has given them up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import orjson

from checkout.workers.courier import DELIVERY

if TYPE_CHECKING:
    import asyncpg


async def put_aside(
    database: asyncpg.Connection[Any],
    partner: str = "north",
    kind: str = "sale_confirmed",
    fault: str = "the webhook answered 500",
) -> tuple[int, str]:
    """One more; its job's number and its own id."""
    event_id = str(uuid4())
    event = {"event_id": event_id, "kind": kind, "partner": partner, "at": "2026-11-21T12:00:00Z"}
    job_id: int = await database.fetchval(
        "insert into pgqueuer (priority, status, entrypoint, payload, attempts)"
        " values (0, 'failed', $1, $2, 40) returning id",
        DELIVERY,
        orjson.dumps(event),
    )
    await database.execute(
        "insert into pgqueuer_log (job_id, status, priority, entrypoint, traceback)"
        " values ($1, 'failed', 0, $2, $3)",
        job_id,
        DELIVERY,
        orjson.dumps({"exception_message": fault}).decode(),
    )
    return job_id, event_id
