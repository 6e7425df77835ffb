"""The outbox as a courier reads it: events that wait for a job, over its own connection."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from checkout.store.queries import QUERIES

if TYPE_CHECKING:
    from asyncpg import Connection


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """An event as it is told."""

    event_id: UUID
    partner: str
    kind: str
    subject_id: UUID
    member_id: UUID | None
    at: dt.datetime
    body: dict[str, Any]


async def take_pending(connection: Connection[Any], limit: int) -> list[PendingEvent]:
    """Take events off the queue, the oldest first: they are back if the transaction fails."""
    return [
        PendingEvent(
            row["event_id"],
            row["partner_code"],
            row["kind"],
            row["subject_id"],
            row["member_id"],
            row["at"],
            orjson.loads(row["body"]),
        )
        for row in await connection.fetch(QUERIES["take_pending_events"], limit)
    ]
