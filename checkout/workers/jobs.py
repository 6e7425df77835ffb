"""Background jobs: a queue library on PostgreSQL says which worker runs which, and when.

Every worker process takes part. A job that is due is taken by one of them (``FOR UPDATE SKIP
LOCKED``); if that process dies, its heartbeat stops. The library would let half a minute pass, in
which holds that are over keep what others miss; so every worker looks for periodic jobs of which
nothing was heard for some seconds, and lets the next one take them. A job may be run twice, and at
times by two at once, if a worker was only slow: each is safe to.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pgqueuer import PgQueuer

from checkout.store.forgetting import QueueStore
from checkout.store.pool import closed_in_time
from checkout.workers.loop import repeat_until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from asyncpg import Pool
    from pgqueuer.models import Schedule

#: The library is asked for due jobs at least so often, whether or not it hears of new ones.
ASK_EVERY: Final = dt.timedelta(seconds=5)
#: The library beats once a second for each periodic job that is being worked at: so many beats may
#: fail before it counts as left.
SILENT: Final = dt.timedelta(seconds=4)
#: Seconds between two looks for such jobs.
LOOK_EVERY_S: Final = 1.0
#: Pause before a queue that lost its database is opened again, in seconds.
RESTART_S: Final = 1.0
#: Jobs that are queued one by one: so many are taken by one statement, and so many are under way
#: in a worker at most. The library has no bound by itself: with a webhook that stays silent a
#: worker would take whatever there is, each event with a connection and a beat of its own.
TAKE_MAX: Final = 16
AT_ONCE_MAX: Final = 2 * TAKE_MAX


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """A step to be taken again and again, by one worker at a time.

    `every` is a cron expression; with six fields the last one are seconds.
    """

    name: str
    every: str
    step: Callable[[], Awaitable[None]]


class Jobs:
    """One worker's part in the jobs of all."""

    def __init__(
        self,
        open_pool: Callable[[], Awaitable[Pool[Any]]],
        periodic: Iterable[PeriodicJob],
        register: Iterable[Callable[[PgQueuer, Pool[Any]], None]] = (),
    ) -> None:
        """`register` adds kinds of jobs that are queued one by one."""
        self._open_pool = open_pool
        self._periodic = tuple(periodic)
        self._register = tuple(register)

    async def run(self) -> None:
        """Run jobs until cancelled, or until the database is gone; then whoever called calls again.

        What runs then is cancelled; a transaction that was begun ends.
        """
        async with closed_in_time(await self._open_pool()) as opened:
            queue = PgQueuer.from_asyncpg_pool(opened)
            for job in self._periodic:
                queue.schedule(job.name, job.every)(_ended_by(queue.shutdown, job.step))
            for register in self._register:
                register(queue, opened)
            store = QueueStore(opened)
            ended = asyncio.Event()
            looking = asyncio.create_task(
                repeat_until(
                    ended, "silent jobs", LOOK_EVERY_S, lambda: store.release_silent_jobs(SILENT)
                )
            )
            try:
                await queue.run(
                    dequeue_timeout=ASK_EVERY,
                    batch_size=TAKE_MAX,
                    max_concurrent_tasks=AT_ONCE_MAX,
                )
            finally:
                # Not cancelled: a statement that is would lose its connection for the pool.
                ended.set()
                await asyncio.wait({looking})


def _ended_by(
    shutdown: asyncio.Event, step: Callable[[], Awaitable[None]]
) -> Callable[[Schedule], Awaitable[None]]:
    """The step as a job that does not outlive the queue: the library would wait for its end."""

    async def run(schedule: Schedule) -> None:
        del schedule
        stepping = asyncio.ensure_future(step())
        ending = asyncio.ensure_future(shutdown.wait())
        try:
            await asyncio.wait({stepping, ending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ending.cancel()
            if not stepping.done():
                stepping.cancel()
        await asyncio.wait({stepping})
        if not stepping.cancelled():
            stepping.result()

    return run
