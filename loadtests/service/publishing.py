"""Publishing under load: how long until the last worker serves it, and what tills notice.

Ten thousand campaigns and a grocer's catalogue, two workers; one of them is asked for quotes in an
open loop, at half of what a closed one reached, and publishes. In turns: nothing is published, and
one changed campaign after the other is.
"""

from __future__ import annotations

import asyncio
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import psutil

from checkout.client.clients import CheckoutClient
from loadtests.engine.figures import Figure
from loadtests.service import world
from loadtests.service.books import verified_rows
from loadtests.service.latency import Driver, took, why_void
from loadtests.service.stand import WORKER, execute, running_stand, serving
from loadtests.service.storage import what_rules_take
from loadtests.service.unmade import QUOTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loadtests.service.latency import Offered
    from loadtests.service.stand import Served, Stand

CAMPAIGNS: Final = 10_000
PRODUCTS: Final = 92_331
MEMBERS: Final = 256
#: Between two looks at what processes weigh.
WEIGHED_EVERY_S: Final = 0.1
#: Between two questions which rules a worker has.
ASKED_EVERY_S: Final = 0.02
#: A p99 above it is past the knee.
DEADLINE_MS: Final = 100.0
_MEBIBYTE: Final = 1 << 20
#: A campaign that no receipt of the bench reaches.
_CHANGED: Final = "other-00001"


def measure_publishing(
    runs: int, seconds: float, *, campaigns: int = CAMPAIGNS, products: int = PRODUCTS
) -> Iterator[Figure]:
    """Milliseconds, the ratio of p99, and mebibytes: of each run, and their medians.

    Raises:
        RuntimeError: an answer was wrong, or the verifier finds something: the run is void.
    """
    with (
        running_stand(campaigns=campaigns, members=MEMBERS, products=products) as stand,
        serving(WORKER, stand.environment) as second,
    ):
        workers = (stand.worker, second)
        driver = Driver(stand, seconds, MEMBERS)
        rate = _rate(driver)
        steady = [weight_of(each.pid) for each in workers]
        quiet, meanwhile, took_ms, peaks_bytes = [], [], [], []
        for _ in range(runs):
            quiet.append(driver.run("quote", stand.worker, rate))
            with Watched(workers) as watched, Publisher(stand, workers) as publisher:
                meanwhile.append(driver.run("quote", stand.worker, rate))
            took_ms += publisher.took_ms
            peaks_bytes.append(watched.peak_bytes)
        with Watched(workers) as watched:
            whole_ms = asyncio.run(publish_all(stand, workers))
        peaks_bytes.append(watched.peak_bytes)
        what = f"{campaigns:,} campaigns and {products:,} articles"
        yield Figure(
            name="publish_ms",
            value=statistics.median(took_ms),
            goal=2_000,
            about=f"ms until both workers serve a changed campaign of {what}; {len(took_ms)} times",
        )
        yield Figure(name="publish_max_ms", value=max(took_ms), about="the longest of them")
        yield Figure(
            name="publish_whole_ms",
            value=whole_ms,
            about="ms with an article changed: all rules are read and checked, by a process",
        )
        yield from _noticed(quiet, meanwhile, rate)
        yield Figure(
            name="pss_mb",
            value=statistics.median(each.pss_bytes for each in steady) / _MEBIBYTE,
            goal=250,
            about=f"PSS of a worker with {what}, two workers",
        )
        yield Figure(
            name="uss_mb",
            value=statistics.median(each.uss_bytes for each in steady) / _MEBIBYTE,
            about="USS of it: what would be free again if that worker alone ended",
        )
        yield Figure(
            name="pss_peak_mb",
            value=max(peaks_bytes) / _MEBIBYTE,
            goal=250,
            about="the most of either worker while rules were published",
        )
        yield Figure(
            name="publisher_pss_peak_mb",
            value=watched.peak_below_bytes / _MEBIBYTE,
            about="the most of the process that checks all rules, beside them",
        )
        yield asyncio.run(what_rules_take(stand.redis_url, what))
        rows = asyncio.run(verified_rows(stand.dsn, QUOTES))
        yield Figure(
            name="publish_verified_rows", value=rows, about="rows without a violation; none sold"
        )


def _rate(driver: Driver) -> float:
    """Half of what the worker answers at most: what it is offered doubles until it is too much."""
    rate = 50.0
    while True:
        offered = driver.run("quote", driver.stand.worker, rate)
        if not offered.is_below_knee(DEADLINE_MS):
            return offered.answered_per_s / 2
        rate *= 2


def _noticed(quiet: list[Offered], meanwhile: list[Offered], rate: float) -> Iterator[Figure]:
    void = why_void(quiet, meanwhile)
    ratios = [after.p99_ms / before.p99_ms for before, after in zip(quiet, meanwhile, strict=True)]
    yield Figure(
        name="publish_quote_p99",
        value=statistics.median(ratios),
        goal=2.0,
        about="p99 of quotes while one publication follows the other, over without",
        void=void,
    )
    for name, runs in (("quiet", quiet), ("meanwhile", meanwhile)):
        for key in ("p99_ms", "p999_ms"):
            yield Figure(
                name=f"publish_{name}_{key}",
                value=statistics.median(getattr(each, key) for each in runs),
                about=f"{rate:,.0f} quotes a second; {took(runs)}",
                void=void,
            )


@dataclass(frozen=True, slots=True)
class Weight:
    """What a process weighs: with its share of what others have, too, and what is its own alone."""

    pss_bytes: int
    #: What would be free again if it ended.
    uss_bytes: int


def weight_of(pid: int) -> Weight:
    """What a process weighs now."""
    pss_bytes = uss_bytes = 0
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, told = line.partition(":")
        if name == "Pss":
            pss_bytes = int(told.split()[0]) * 1_024
        elif name.startswith("Private_"):
            uss_bytes += int(told.split()[0]) * 1_024
    if not pss_bytes:
        raise RuntimeError(f"{pid} says nothing of its memory")
    return Weight(pss_bytes, uss_bytes)


class Watched:
    """Looks again and again at what workers weigh, and the processes below them."""

    def __init__(self, workers: tuple[Served, ...]) -> None:
        self._workers = workers
        self._ended = threading.Event()
        self._thread = ThreadPoolExecutor(1)
        self.peak_bytes = 0
        self.peak_below_bytes = 0

    def __enter__(self) -> Self:
        self._running = self._thread.submit(self._watch)
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.shutdown()
        # Had it failed on the way, what it saw until then would pass for the most.
        self._running.result()

    def _watch(self) -> None:
        while not self._ended.wait(WEIGHED_EVERY_S):
            for worker in self._workers:
                self.peak_bytes = max(self.peak_bytes, weight_of(worker.pid).pss_bytes)
                for below in psutil.Process(worker.pid).children(recursive=True):
                    with suppress(OSError, RuntimeError):
                        weight = weight_of(below.pid)
                        self.peak_below_bytes = max(self.peak_below_bytes, weight.pss_bytes)


class Publisher:
    """Changes a campaign and publishes, again and again; how long each took."""

    def __init__(self, stand: Stand, workers: tuple[Served, ...]) -> None:
        self._stand = stand
        self._workers = workers
        self._ended = threading.Event()
        self._thread = ThreadPoolExecutor(1)
        self.took_ms: list[float] = []

    def __enter__(self) -> Self:
        self._running = self._thread.submit(lambda: asyncio.run(self._publish()))
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.shutdown()
        self._running.result()
        if not self.took_ms:
            raise RuntimeError("void: nothing was published meanwhile")

    async def _publish(self) -> None:
        while not self._ended.is_set():
            await execute(
                self._stand.dsn,
                "update campaign set document = jsonb_set(document, '{priority}',"
                " to_jsonb(1 + (document ->> 'priority')::int % 99)) where code = $1",
                _CHANGED,
            )
            self.took_ms.append(await _published_ms(self._stand, self._workers))


async def publish_all(stand: Stand, workers: tuple[Served, ...]) -> float:
    """Publish with an article changed; milliseconds until the last worker serves it."""
    await execute(
        stand.dsn,
        "update product set name = name || '.' where sku = (select min(sku) from product)",
    )
    return await _published_ms(stand, workers)


async def _published_ms(stand: Stand, workers: tuple[Served, ...]) -> float:
    began_s = time.perf_counter()
    async with world.operator(stand.worker.target) as operator:
        published = await operator.publish_snapshot()
    assert published.changed, "something was changed"
    await asyncio.gather(*(_serves(each, published.snapshot_id) for each in workers))
    return (time.perf_counter() - began_s) * 1_000


async def _serves(worker: Served, snapshot_id: str) -> None:
    async with CheckoutClient(worker.target, world.TOKEN, timeout_factor=60) as client:
        async with asyncio.timeout(world.TIMEOUT_S):
            while (await client.get_snapshot_info()).snapshot_id != snapshot_id:  # noqa: ASYNC110
                await asyncio.sleep(ASKED_EVERY_S)
