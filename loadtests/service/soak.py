"""Load at 70 % of what the worker can do, for long: whether memory grows and answers come later.

Sales go through a Session: two quotes and a confirm each, begun at fixed moments whether earlier
ones have ended or not, and timed from then. Each must have all lines and campaigns, so that the
last is as heavy as the first. Every member is asked about once before: the first time somebody
comes is read from PostgreSQL, and a first third of such sales would flatter the last. Memory,
latency and PostgreSQL's sessions are looked at all the while; the books are verified at the end.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import psutil

from checkout.client import messages
from checkout.client.channel import WRITE_TIMEOUT_S
from checkout.client.session import SessionClient
from loadtests.engine.figures import Figure
from loadtests.service import world
from loadtests.service.books import verified_rows
from loadtests.service.costs import costs, why_too_busy
from loadtests.service.drive import tree_s
from loadtests.service.load import Load
from loadtests.service.open_loop import quantile
from loadtests.service.rightness import WrongAnswerError, require_right
from loadtests.service.stand import running_stand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loadtests.service.stand import Stand

CAMPAIGNS: Final = 1_000
#: A member buys about twice in a quarter of an hour: what is known of him hardly grows meanwhile.
MEMBERS: Final = 50_000
#: Sales at once while it is found out how many a second there can be.
AT_ONCE: Final = 32
KNEE_S: Final = 10.0
SHARE: Final = 0.7
LOOK_EVERY_S: Final = 1.0
#: Of the time, before memory is compared: caches and pools fill at first.
WARM_UP_SHARE: Final = 0.2
#: Memory is judged when it was looked at for so long after that: over a minute a slope an hour is
#: noise, sixty times over.
JUDGED_FROM_S: Final = 480.0
#: What passes for no growth. At a hundred sales a second it is 35 bytes a sale, less than the
#: smallest object with its place in a dictionary: nothing is kept for each sale. What the allocator
#: and the caches come and go with lies below it over ten minutes.
MEMORY_MAX_MB_PER_H: Final = 12.0
#: A whole sale, two quotes and a confirm, in the second in which a till wants the confirm alone: it
#: is held in the worst minute, too, since a drift from a bad beginning is none.
SALE_MAX_MS: Final = WRITE_TIMEOUT_S * 1_000
#: Dead rows over live ones where rows are changed: PostgreSQL cleans a table of which a fifth is
#: dead, looks for one once a minute, and is to keep up with that.
DEAD_MAX_SHARE: Final = 0.5
DEAD: Final = (
    "select coalesce(sum(n_dead_tup) / nullif(sum(n_live_tup), 0), 0)::float8,"
    " coalesce((array_agg(relname order by n_dead_tup desc))[1], 'none')"
    " from pg_stat_user_tables where n_tup_upd + n_tup_del > 0"
)
IN_TRANSACTION: Final = (
    "select count(*) from pg_stat_activity where datname = current_database()"
    " and state like 'idle in transaction%' and state_change < now() - interval '1 second'"
)


@dataclass(slots=True)
class Seen:
    """What was looked at, by seconds since the beginning."""

    memory: list[tuple[float, int]] = field(default_factory=list)
    sales: list[tuple[float, float]] = field(default_factory=list)
    idle_in_transaction: int = 0
    #: Of a core, ours.
    generator_share: float = 0.0
    #: Dead rows over live ones at the end, and the table that has most of them.
    dead: tuple[float, str] = (0.0, "none")
    #: Sales that were refused, late, or not what was asked for, by why.
    failed: Counter[str] = field(default_factory=Counter)


def measure_soak(minutes: float) -> Iterator[Figure]:
    """Slope of memory, drift of latency, dead rows, sessions left open.

    Raises:
        RuntimeError: nothing was sold, an answer before was not what was asked for, or the verifier
            finds something: the run is void.
    """
    with running_stand(campaigns=CAMPAIGNS, members=MEMBERS) as stand:
        yield from asyncio.run(soaked(stand, MEMBERS, minutes * 60))


async def soaked(
    stand: Stand, members: int, seconds: float, *, knee_s: float = KNEE_S, at_once: int = AT_ONCE
) -> list[Figure]:
    """The same on a stand of so many members.

    Raises:
        RuntimeError: as above.
    """
    sales = Sales(members)
    async with SessionClient(stand.worker.target, world.TOKEN) as till:
        await _meet(till, members, at_once)
        knee_per_s = await _knee(till, sales, knee_s, at_once)
        seen = Seen()
        before, began_s = _processors(stand), time.monotonic()
        looking = asyncio.create_task(_look(stand, seen))
        try:
            await _sell(till, sales, seen, knee_per_s * SHARE, seconds)
        finally:
            looking.cancel()
            # Had it failed before, nothing would have been seen: that is no figure of nothing.
            with suppress(asyncio.CancelledError):
                await looking
        took_s = time.monotonic() - began_s
        own_s, worker_s, postgres_s, valkey_s = (
            now - was for now, was in zip(_processors(stand), before, strict=True)
        )
    if not seen.sales:
        raise RuntimeError(f"void: nothing was sold: {_reasons(seen)}")
    load = Load(len(seen.sales), took_s, own_s, worker_s, postgres_s, valkey_s, wrong=0)
    seen.generator_share = load.generator_share
    seen.dead = await dead_rows(stand.dsn)
    rows = await verified_rows(stand.dsn)
    return [
        *_figures(seen, knee_per_s, seconds, at_once),
        *costs("soak_sale", "a sale: two quotes, a confirm and what is counted later", [load]),
        Figure(name="soak_verified_rows", value=rows, about="rows without a violation"),
    ]


def _processors(stand: Stand) -> tuple[float, float, float, float]:
    """Processor time so far: ours, the worker's, PostgreSQL's, Valkey's."""
    pids = (stand.worker.pid, stand.postgres_pid, stand.valkey_pid)
    worker_s, postgres_s, valkey_s = map(tree_s, pids)
    return time.process_time(), worker_s, postgres_s, valkey_s


async def dead_rows(dsn: str) -> tuple[float, str]:
    """Over live ones, of all tables whose rows were changed, and the one that has most of them."""
    connection: asyncpg.Connection[Any] = await asyncpg.connect(dsn)
    try:
        found = await connection.fetchrow(DEAD)
    finally:
        await connection.close()
    assert found is not None, "a sum has a row"
    return found[0], found[1]


def _figures(
    seen: Seen, knee_per_s: float, seconds: float, at_once: int = AT_ONCE
) -> Iterator[Figure]:
    warm = [point for point in seen.memory if point[0] >= seconds * WARM_UP_SHARE]
    slope = statistics.linear_regression(*zip(*warm, strict=True)).slope if len(warm) > 1 else 0.0
    is_long = len(warm) > 1 and warm[-1][0] - warm[0][0] >= JUDGED_FROM_S
    third = seconds / 3
    early = _p99_ms([took for at, took in seen.sales if at < third])
    late = _p99_ms([took for at, took in seen.sales if at >= 2 * third])
    busy = why_too_busy(seen.generator_share)
    yield Figure(name="soak_seconds", value=seconds, about="how long")
    yield Figure(name="soak_knee_per_s", value=knee_per_s, about=f"sales/s, {at_once} at once")
    yield Figure(name="soak_sales", value=len(seen.sales), about=f"sales at {SHARE:.0%} of that")
    yield Figure(
        name="soak_failed",
        value=seen.failed.total(),
        goal=0,
        about=f"sales refused, late, or without what was asked for: {_reasons(seen) or 'none'}",
    )
    yield Figure(
        name="soak_memory_mb_per_h",
        value=slope * 3_600 / (1 << 20),
        goal=MEMORY_MAX_MB_PER_H,
        about="slope of the worker's resident memory once it is warm",
        void="" if is_long else "it was too short for a slope an hour",
    )
    yield Figure(
        name="soak_first_p99_ms",
        value=early,
        about="p99 of a sale in the first third",
        void=busy,
    )
    yield Figure(name="soak_last_p99_ms", value=late, about="p99 in the last third", void=busy)
    worst_ms, minute = max(_p99_ms_by_minute(seen.sales), default=(0.0, 1))
    yield Figure(
        name="soak_worst_minute_p99_ms",
        value=worst_ms,
        goal=SALE_MAX_MS,
        about=f"the highest, of minute {minute}",
        void=busy,
    )
    yield Figure(
        name="soak_p99_drift",
        value=late / early if early else 0.0,
        goal=1.1,
        about="the last third's over the first's",
        void=busy,
    )
    yield Figure(
        name="soak_dead_rows_share",
        value=seen.dead[0],
        goal=DEAD_MAX_SHARE,
        about=f"dead rows over live ones where rows were changed, most of them of {seen.dead[1]}",
        void="" if is_long else "it was too short for PostgreSQL to clean up",
    )
    yield Figure(
        name="soak_idle_in_transaction",
        value=seen.idle_in_transaction,
        goal=0,
        about="sessions that kept a transaction open for over a second, at most",
    )


def _reasons(seen: Seen) -> str:
    return ", ".join(f"{count} times {why}" for why, count in seen.failed.most_common(3))


def _p99_ms(took_s: list[float]) -> float:
    return quantile(sorted(took_s), 0.99) * 1e3 if took_s else 0.0


def _p99_ms_by_minute(sales: list[tuple[float, float]]) -> Iterator[tuple[float, int]]:
    """With each the number of its minute, from 1."""
    by_minute: defaultdict[int, list[float]] = defaultdict(list)
    for at_s, took_s in sales:
        by_minute[int(at_s // 60) + 1].append(took_s)
    for minute, took in by_minute.items():
        yield _p99_ms(took), minute


class Sales:
    """One sale after the other, of all members in turn."""

    def __init__(self, members: int) -> None:
        self._members = members
        self._numbers = itertools.count()

    async def sell(self, till: SessionClient) -> None:
        """Two quotes and the confirm of the next sale.

        Raises:
            CallRefusedError: a call had no answer.
            WrongAnswerError: one was not what was asked for.
        """
        number = next(self._numbers)
        receipt = world.receipt(world.card_of(number * 7_919 % self._members))
        name = f"soak-{number}"
        quote = messages.QuoteRequest(purchase_id=name, receipt=receipt)
        require_right(await till.call(quote, world.TIMEOUT_S), name)
        quoted = await till.call(quote, world.TIMEOUT_S)
        require_right(quoted, name)
        confirm = messages.ConfirmRequest(
            request_id=name, purchase_id=name, receipt=receipt, quote_token=quoted.quote_token
        )
        require_right(await till.call(confirm, world.TIMEOUT_S), name)


async def _meet(till: SessionClient, members: int, at_once: int) -> None:
    """Ask about each member once, so many at once."""
    numbers = iter(range(members))

    async def ask_on() -> None:
        for number in numbers:
            name = f"met-{number}"
            receipt = world.receipt(world.card_of(number))
            quote = messages.QuoteRequest(purchase_id=name, receipt=receipt)
            require_right(await till.call(quote, world.TIMEOUT_S), name)

    await asyncio.gather(*(ask_on() for _ in range(at_once)))


async def _knee(till: SessionClient, sales: Sales, seconds: float, at_once: int) -> float:
    """Sales a second when the next one begins as soon as one has ended."""
    ends_at = time.monotonic() + seconds
    done = 0

    async def sell_on() -> None:
        nonlocal done
        while time.monotonic() < ends_at:
            await sales.sell(till)
            done += 1

    await asyncio.gather(*(sell_on() for _ in range(at_once)))
    return done / seconds


async def _sell(
    till: SessionClient, sales: Sales, seen: Seen, per_s: float, seconds: float
) -> None:
    """Begin sales at fixed moments."""
    began_s = time.monotonic()
    running: set[asyncio.Task[None]] = set()

    async def sell(due_s: float) -> None:
        try:
            await sales.sell(till)
        except WrongAnswerError as error:
            seen.failed[error.fault] += 1
        except Exception as error:  # noqa: BLE001 - counted, whatever it is
            seen.failed[type(error).__name__] += 1
        else:
            seen.sales.append((due_s, time.monotonic() - began_s - due_s))

    for number in itertools.count():
        due_s = number / per_s
        if due_s >= seconds:
            break
        await asyncio.sleep(max(began_s + due_s - time.monotonic(), 0))
        task = asyncio.create_task(sell(due_s))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)


async def _look(stand: Stand, seen: Seen) -> None:
    """Memory and sessions, again and again."""
    worker = psutil.Process(stand.worker.pid)
    connection: asyncpg.Connection[Any] = await asyncpg.connect(stand.dsn)
    began_s = time.monotonic()
    try:
        while True:
            seen.memory.append((time.monotonic() - began_s, worker.memory_info().rss))
            idle = await connection.fetchval(IN_TRANSACTION)
            seen.idle_in_transaction = max(seen.idle_in_transaction, idle)
            await asyncio.sleep(LOOK_EVERY_S)
    finally:
        await connection.close()
