"""Events that no webhook took, as the queue keeps them once it has given them up."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import asyncpg
import orjson

from checkout.workers.courier import DELIVERY
from tests.service import world
from tests.service.running import as_role


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


async def retried(dsn: str) -> list[str]:
    """Queue again what was put aside, as the pages do; what the last answers were."""
    admin = await asyncpg.connect(as_role(dsn, "checkout_admin"))
    async with admin.transaction():
        for name, value in (("partner", str(world.NORTH)), ("author", "tester")):
            await admin.execute(f"select set_config('checkout.admin_{name}', $1, true)", value)
        found = await admin.fetch("select job_id, fault from admin_event_put_aside")
        asked = [row["job_id"] for row in found]
        assert await admin.fetchval("select admin_retry_events($1)", asked) == len(asked)
    await admin.close()
    return [row["fault"] for row in found]
