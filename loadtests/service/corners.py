"""What is not ordinary: long receipts, Valkey off or cold, one hot member, one hot budget.

Each beside what is ordinary, in short runs and without goals: what a call costs then, and how many
there are.
"""

from __future__ import annotations

import asyncio
import statistics
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import redis

from loadtests.engine.figures import Figure
from loadtests.service import world
from loadtests.service.closed_loop import BATCHED_AT_ONCE, drive
from loadtests.service.costs import costs
from loadtests.service.stand import WORKER, serving
from loadtests.service.two_workers import drive_both, two_workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from loadtests.service.closed_loop import Drive
    from loadtests.service.load import Load
    from loadtests.service.stand import Stand

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

    def of_runs(name: str, told: str, run: Callable[[], Load]) -> Iterator[Figure]:
        return _figures(name, told, [run() for _ in range(runs)])

    confirms = replace(quotes, kind="confirm_session", at_once=BATCHED_AT_ONCE)
    for lines in LONG_RECEIPTS:
        long = replace(quotes, lines=lines)
        yield from of_runs(
            f"quote_{lines}_lines",
            f"a quote of {lines} lines on a Session",
            lambda long=long: drive(stand, long, stand.worker),  # type: ignore[misc]
        )
    with serving(WORKER, stand.environment | {"CHECKOUT_REDIS_URL": NO_VALKEY}) as alone:
        off = replace(quotes, at_once=AT_ONCE_OFF)
        yield from of_runs(
            "quote_valkey_off",
            f"a quote on a Session without Valkey, {AT_ONCE_OFF} at once",
            lambda: drive(stand, off, alone),
        )
    with _always_cold(stand.redis_url):
        yield from of_runs(
            "quote_valkey_cold",
            f"a quote on a Session, Valkey flushed every {FLUSHED_EVERY_S:g} s",
            lambda: drive(stand, quotes, stand.worker),
        )
    hot_member = replace(confirms, members=1, prefix="hot-member-")
    yield from of_runs(
        "confirm_hot_member",
        "a confirm on a Session, all of one card",
        lambda: drive(stand, hot_member, stand.worker),
    )
    yield from _hot_budget(stand, confirms, runs)


def _hot_budget(stand: Stand, confirms: Drive, runs: int) -> Iterator[Figure]:
    """Two workers, whose sales all claim of one budget, and the same without it."""
    with two_workers(stand) as both:
        for name, told in (
            ("hot_budget", "two workers, all claim of one budget"),
            ("no_budget", "the same, none of them does"),
        ):
            if name == "no_budget":
                asyncio.run(_publish_without_budget(stand))
            loads = [
                drive_both(stand, replace(confirms, prefix=f"{name}-"), both) for _ in range(runs)
            ]
            yield from _figures(f"confirm_{name}", f"a confirm on a Session, {told}", loads)


async def _publish_without_budget(stand: Stand) -> None:
    connection: asyncpg.Connection[Any] = await asyncpg.connect(stand.dsn)
    try:
        await connection.execute(_WITHOUT_BUDGET, _BUDGETED)
    finally:
        await connection.close()
    await world.publish(stand.worker.target)


def _figures(name: str, told: str, loads: list[Load]) -> Iterator[Figure]:
    yield from costs(name, told, loads)
    yield Figure(
        name=f"{name}_postgres_us",
        value=statistics.median(each.postgres_us for each in loads),
        about="PostgreSQL's µs for it",
    )


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
