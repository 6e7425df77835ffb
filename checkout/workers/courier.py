"""Delivers events of the outbox to a webhook: each at least once, under an id that stays the same.

An event is written with its effect, and a row of `outbox_pending` beside it. A step turns such rows
into jobs of the queue, in one transaction; a job POSTs its event. Whatever answers other than 2xx,
or not in time, is asked again after pauses that grow to an hour; after so many times as are set the
job is put aside as failed (``pgq failed`` lists it, ``pgq requeue`` queues it again).

Requests are signed as standardwebhooks.com has it: ``webhook-id``, ``webhook-timestamp`` and
``webhook-signature: v1,base64(HMAC-SHA256(key, "id.timestamp.body"))``.
"""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import hashlib
import hmac
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import httpx
import orjson
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.core.executors import DatabaseRetryEntrypointExecutor
from pgqueuer.queries import Queries

from checkout.store.outbox import take_pending

if TYPE_CHECKING:
    from collections.abc import Callable

    from asyncpg import Pool
    from pgqueuer import PgQueuer
    from pgqueuer.models import Job, Schedule

    from checkout.store.outbox import PendingEvent

#: Events turned into jobs at once.
TAKE_MAX: Final = 500
#: 1 s, 2 s, 4 s … an hour: forty times last a day and a half.
FIRST_PAUSE: Final = dt.timedelta(seconds=1)
LONGEST_PAUSE: Final = dt.timedelta(hours=1)

DELIVERY: Final = "deliver_event"


class NotTakenError(Exception):
    """The webhook did not take an event."""


class Courier:
    """Tells one webhook of every event."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        key: bytes,
        clock: Callable[[], dt.datetime],
        *,
        timeout_s: float,
        attempts_max: int,
        first_pause: dt.timedelta = FIRST_PAUSE,
    ) -> None:
        self._client = client
        self._url = url
        self._key = key
        self._clock = clock
        self._timeout_s = timeout_s
        self._attempts_max = attempts_max
        self._first_pause = first_pause

    def register(self, queue: PgQueuer, pool: Pool[Any]) -> None:
        """Take part in the jobs of a worker."""

        @queue.schedule("relay_events", "* * * * * *")
        async def relay(schedule: Schedule) -> None:
            del schedule
            while await self.relay(pool) == TAKE_MAX:
                pass

        queue.entrypoint(
            DELIVERY,
            on_failure="hold",
            executor_factory=partial(
                DatabaseRetryEntrypointExecutor,
                max_attempts=self._attempts_max,
                initial_delay=self._first_pause,
                max_delay=LONGEST_PAUSE,
            ),
        )(self.deliver)

    async def relay(self, pool: Pool[Any]) -> int:
        """Make delivery jobs of pending events, in one transaction; how many."""
        async with pool.acquire() as connection, connection.transaction():
            found = await take_pending(connection, TAKE_MAX)
            if found:
                await Queries(AsyncpgDriver(connection)).enqueue(
                    [DELIVERY] * len(found),
                    [_message(event) for event in found],
                    [0] * len(found),
                    dedupe_key=[str(event.event_id) for event in found],
                    on_conflict="skip",
                )
        return len(found)

    async def deliver(self, job: Job) -> None:
        """POST one event.

        Raises:
            NotTakenError: it was not taken; the queue tries again.
        """
        body = job.payload or b""
        # Receivers refuse what is dated far from their own time: the database's is nearer to it
        # than that of a machine whose clock nobody looks after.
        now_s = int(self._clock().timestamp())
        headers = signed_headers(self._key, orjson.loads(body)["event_id"], body, now_s)
        try:
            # Of the whole: the client's own bounds begin anew with each byte that comes.
            async with asyncio.timeout(self._timeout_s):
                answer = await self._client.post(
                    self._url, content=body, headers=headers, timeout=self._timeout_s
                )
        except (TimeoutError, httpx.TimeoutException):
            raise NotTakenError(
                f"the webhook did not answer within {self._timeout_s:g} s"
            ) from None
        except httpx.HTTPError as error:
            raise NotTakenError(type(error).__name__) from None
        if not answer.is_success:
            raise NotTakenError(f"the webhook answered {answer.status_code}")


def signed_headers(key: bytes, event_id: str, body: bytes, now_s: int) -> dict[str, str]:
    """What tells the receiver whose event it is, and that nobody made it up."""
    signed = f"{event_id}.{now_s}.".encode() + body
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(now_s),
        "webhook-signature": f"v1,{signature}",
    }


def _message(event: PendingEvent) -> bytes:
    return orjson.dumps(
        {
            "event_id": event.event_id,
            "kind": event.kind,
            "partner": event.partner,
            "at": event.at,
            "subject_id": event.subject_id,
            "member_id": event.member_id,
            "body": event.body,
        },
        default=str,  # asyncpg's UUIDs are a subclass, which orjson leaves to us
    )
