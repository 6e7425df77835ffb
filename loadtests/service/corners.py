"""What is not ordinary: long receipts, Valkey off or cold, one hot member, one hot budget.

Each beside what is ordinary, in short runs and without goals: what a call costs then, and how many
there are.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import redis

from loadtests.service import world
from loadtests.service.closed_loop import BATCHED_AT_ONCE, drive
from loadtests.service.costs import costs
from loadtests.service.stand import WORKER, execute, serving
from loadtests.service.two_workers import drive_both, two_workers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loadtests.engine.figures import Figure
    from loadtests.service.closed_loop import Drive
    from loadtests.service.stand import Served, Stand

LONG_RECEIPTS: Final = (50, 200)
#: Nobody listens there: what a worker finds whose Valkey was stopped.
NO_VALKEY: Final = "redis://127.0.0.1:1/0"
#: So few quotes are under way at once without Valkey: each reads PostgreSQL, over few connections,
#: and what is more than that is refused.
AT_ONCE_OFF: Final = 8
#: A worker asks for all members whom the generator names less often than that.
FLUSHED_EVERY_S: Final = 0.05
#: Every sale claims of its budget; nothing else of it changes.
_BUDGETED: Final = "match-segment"
_WITHOUT_BUDGET: Final = "update campaign set document = document - 'budget' where code = $1"


def measure_corners(stand: Stand, quotes: Drive, runs: int) -> Iterator[Figure]:
    """All of them; of quotes over Sessions it is said how long they run, and for how many members.

    Rules are changed at the end: nothing is measured after it.
    """

    def of_runs(name: str, told: str, asked: Drive, served: Served) -> Iterator[Figure]:
        run = drive_both if served.others else drive
        # No two sales have one name: the second would have the answer of the first, for nothing.
        loads = [run(stand, replace(asked, prefix=f"{name}{at}-"), served) for at in range(runs)]
        yield from costs(name, told, loads)

    for lines in LONG_RECEIPTS:
        told = f"a quote of {lines} lines on a Session"
        yield from of_runs(f"quote_{lines}_lines", told, replace(quotes, lines=lines), stand.worker)
    with serving(WORKER, stand.environment | {"CHECKOUT_REDIS_URL": NO_VALKEY}) as alone:
        told = f"a quote on a Session without Valkey, {AT_ONCE_OFF} at once"
        yield from of_runs("quote_valkey_off", told, replace(quotes, at_once=AT_ONCE_OFF), alone)
    with _always_cold(stand.redis_url):
        told = f"a quote on a Session, Valkey flushed every {FLUSHED_EVERY_S:g} s"
        yield from of_runs("quote_valkey_cold", told, quotes, stand.worker)
    confirms = replace(quotes, kind="confirm_session", at_once=BATCHED_AT_ONCE)
    told = "a confirm on a Session, all of one card"
    yield from of_runs("confirm_hot_member", told, replace(confirms, members=1), stand.worker)
    with two_workers(stand) as both:
        told = "a confirm on a Session, two workers, all claim of one budget"
        yield from of_runs("confirm_hot_budget", told, confirms, both)
        asyncio.run(_publish_without_budget(stand))
        told = "a confirm on a Session, the same, none of them does"
        yield from of_runs("confirm_no_budget", told, confirms, both)


async def _publish_without_budget(stand: Stand) -> None:
    await execute(stand.dsn, _WITHOUT_BUDGET, _BUDGETED)
    await world.publish(stand.worker.target)


@contextmanager
def _always_cold(redis_url: str) -> Iterator[None]:
    """Valkey is flushed again and again until the block ends."""
    ended = threading.Event()
    with redis.Redis.from_url(redis_url, protocol=3) as client:

        def flush() -> None:
            while not ended.wait(FLUSHED_EVERY_S):
                client.flushall()

        client.flushall()
        thread = threading.Thread(target=flush, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
