"""One cell of the fault matrix while it runs: workers, load, proxies, and what it found.

async with open_scene(stand, cell, …) as scene:
    async with scene.load_running():
        await scene.at(0.3)      # a third of the cell has passed
        scene.workers[0].kill()
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from checkout.verifier.verifier import verify
from loadtests.service.unmade import unexpected
from tests.faults.codes import Codes
from tests.faults.comparison import compare
from tests.faults.journal import Journal, did_something
from tests.faults.load import MIX, PLAIN, Load
from tests.faults.matching import Comparison
from tests.faults.processes import WorkerProcess, serving
from tests.faults.proxy import Proxy
from tests.faults.tills import Operators, Tills
from tests.faults.unmade import not_done, unmade_by
from tests.service import world
from tests.service.running import environment_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.faults.stand import Stand

TOKEN: Final = "north-s1-t1"
#: Load goes on for at least so long after a fault.
AFTERWARDS_S: Final = 3.0
#: After the fault has been lifted and the load has ended, all calls learn their fate within so
#: long; and while some do within so long, the others ask on.
RESOLVE_S: Final = 30.0
#: Of so many calls each kind must have done something.
ALL_KINDS_FROM: Final = 300
#: Transactions that nobody waits for any more end by then.
QUIET_S: Final = 15.0


@dataclass(slots=True)
class Findings:
    """What one cell gave."""

    name: str
    fault: str
    seed: int
    operations: int = 0
    acknowledged: int = 0
    lost: int = 0
    duplicated: int = 0
    unknown: int = 0
    resolved: int = 0
    violations: int = 0
    recovery_s: float | None = None
    #: What else is worth a number.
    figures: dict[str, str] = field(default_factory=dict)
    #: What was demanded and not given, what was lost, and so on; empty is good.
    faults: list[str] = field(default_factory=list)
    #: What came too late: a fault, too, but on a machine that does much else.
    late: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.faults


class Scene:
    """What a cell works with."""

    def __init__(
        self,
        stand: Stand,
        dsn: str,
        findings: Findings,
        *,
        seconds: float,
        rate_per_s: float,
        logs: Path,
    ) -> None:
        self.stand = stand
        self.dsn = dsn
        self.findings = findings
        self.seconds = seconds
        self.rate_per_s = rate_per_s
        self.logs = logs
        self.workers: list[WorkerProcess] = []
        self.targets: list[str] = []
        self.journal = Journal()
        self.load: Load
        self.tills: Tills
        self.database: asyncpg.Connection[Any]
        self.postgres: Proxy
        self.valkey: Proxy
        self.began = 0.0
        #: Sales go on within so long after each fault, where a cell demands that.
        self.back_within_s = float("inf")
        self._felt: list[float] = []

    @property
    def seed(self) -> int:
        return self.findings.seed

    def require(self, condition: bool, what: str) -> None:
        """Note a demand that was not met."""
        if not condition:
            self.findings.faults.append(what)

    def require_timely(self, condition: bool, what: str) -> None:
        """Note a demand of time, or of how much was done in it, that was not met."""
        if not condition:
            self.findings.late.append(what)

    def figure(self, name: str, value: object) -> None:
        """Note a number for the report."""
        self.findings.figures[name] = f"{value:.2f}" if isinstance(value, float) else str(value)

    # ---- time

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self.began

    async def at(self, share: float) -> None:
        """Wait until such a share of the cell has passed."""
        await asyncio.sleep(max(0.0, self.seconds * share - self.elapsed_s))

    async def pass_s(self, seconds: float) -> None:
        """Let time pass under load."""
        await asyncio.sleep(seconds)

    def lifted(self) -> None:
        """The fault is over, or it was a blow: from now on the way back is measured."""
        self._felt.append(time.monotonic())

    # ---- the service

    async def restart(self, worker: int, **more: str) -> float:
        """Start an ended worker on its port."""
        return await self.workers[worker].start(**more)

    async def first_sale_of(self, worker: int, within_s: float) -> float | None:
        """Seconds until this worker itself sold something; None if it never did.

        It is asked for so long; what it was asked learns its fate all the same, maybe later.
        """
        began = time.monotonic()
        alone = Tills([self.targets[worker]], TOKEN, self.journal, self.seed, 1)
        probe = Load(alone, self.journal, [*self.stand.member_ids], self.seed + 1_000 + worker)
        probe.patience_until = began + within_s + RESOLVE_S
        try:
            while time.monotonic() < began + within_s:
                before = len(self.journal.calls)
                await probe.confirm()
                if any(did_something(call) for call in self.journal.calls[before:]):
                    return time.monotonic() - began
        finally:
            await alone.close()
        return None

    @asynccontextmanager
    async def load_running(self, rate_per_s: float | None = None) -> AsyncIterator[Load]:
        """Load for the cell's seconds, or as long as the block takes; then all fates."""
        self.began = time.monotonic()
        running = asyncio.create_task(self.load.run(rate_per_s or self.rate_per_s))
        try:
            yield self.load
            # What comes after the last fault must be seen, too.
            self.load.ends_at = max(
                self.began + self.seconds, *(felt + AFTERWARDS_S for felt in self._felt), 0.0
            )
            await running
            took_s = await self.load.settle(RESOLVE_S)
            self.require_timely(
                took_s <= RESOLVE_S, f"the last call learned its fate {took_s:.0f} s after the load"
            )
        finally:
            running.cancel()

    # ---- the end

    async def judge(self) -> None:
        """Compare and verify, once nothing moves any more."""
        found = self.findings
        await self._wait_until_quiet()
        compared = await compare(self.journal, self.database, self.stand.customers.purses)
        calls = self.journal.calls
        found.operations = len(calls) + self.journal.quotes.total()
        found.acknowledged = len(self.journal.of("acknowledged")) + self.journal.quotes["answered"]
        found.lost = len(compared.lost)
        found.duplicated = len(compared.duplicated)
        found.unknown = self.journal.unknown_before
        found.resolved = found.unknown - len(self.journal.unresolved)
        report = await verify(self.dsn)
        unseen = f"{len(report.unexercised)} of {len(report.results)}"
        self.figure("checks without a row", unseen)
        found.violations = len(compared.violations) + sum(
            each.violations for each in report.violated
        )
        found.recovery_s = self._recovery_s()
        self.require_timely(
            found.recovery_s is None or found.recovery_s <= self.back_within_s,
            f"nothing was sold for {self.back_within_s:.0f} s after the fault",
        )
        found.faults += self._complaints(compared)
        found.faults += [f"verify: {each.name}: {each.keys[:3]}" for each in report.violated]
        found.faults += [
            f"verify: {name} saw no row" for name in unexpected(report, unmade_by(self.journal))
        ]

    def _complaints(self, compared: Comparison) -> list[str]:
        complaints = [*compared.lost[:5], *compared.duplicated[:5], *compared.violations[:5]]
        complaints += [
            f"{call.kind} {call.request_id}: nobody knows ({call.attempts} attempts,"
            f" {call.questions} questions)"
            for call in self.journal.unresolved[:5]
        ]
        complaints += [f"{count} times {told}" for told, count in self.journal.broken.items()]
        if not any(did_something(call) for call in self.journal.calls):
            complaints.append("nothing was sold: the cell shows nothing")
        elif self.load.begun >= ALL_KINDS_FROM:
            complaints += [
                f"no call of the kind {kind!r} did anything"
                for kind in not_done(self.journal, self.load.mix)
            ]
        return complaints

    def _recovery_s(self) -> float | None:
        """The longest way from a fault's end to the first call that began after it and was done."""
        ways = []
        for felt in self._felt:
            ends = [
                call.ended_s - felt
                for call in self.journal.calls
                if call.begun_s >= felt and did_something(call)
            ]
            if not ends:
                self.findings.faults.append("nothing was sold after the fault")
                continue
            ways.append(min(ends))
        return max(ways) if ways else None

    async def _wait_until_quiet(self) -> None:
        """Transactions of calls that were given up may still be running."""
        deadline = time.monotonic() + QUIET_S
        query = (
            "select count(*) from pg_stat_activity where datname = current_database()"
            " and application_name = 'checkout' and state <> 'idle'"
        )
        quiet = 0
        while quiet < 5:
            quiet = quiet + 1 if not await self.database.fetchval(query) else 0
            if time.monotonic() > deadline:
                self.findings.faults.append("transactions are still open long after the load")
                return
            await asyncio.sleep(1 / 20)


@asynccontextmanager
async def open_scene(
    stand: Stand,
    name: str,
    fault: str,
    *,
    seed: int,
    seconds: float,
    rate_per_s: float,
    logs: Path,
    workers: int = 2,
    environment: dict[str, str] | None = None,
    timeout_factor: int = 1,
    mix: dict[str, int] = MIX,
    module: str = "checkout.launch.worker",
    is_direct: bool = False,
    is_streamed: bool = False,
    is_plain: bool = False,
) -> AsyncIterator[Scene]:
    """Workers on a fresh copy of the world for the block; both servers behind proxies."""
    with stand.cache() as cache:
        cache.flushall()
    async with AsyncExitStack() as stack:
        dsn = await stack.enter_async_context(stand.database(f"cell_{name.lower()}_{seed}"))
        scene = Scene(
            stand,
            dsn,
            Findings(name, fault, seed),
            seconds=seconds,
            rate_per_s=rate_per_s,
            logs=logs,
        )
        parts, cache_parts = urlsplit(dsn), urlsplit(stand.servers.redis_url)
        scene.postgres = await stack.enter_async_context(_proxy(dsn, seed))
        scene.valkey = await stack.enter_async_context(_proxy(stand.servers.redis_url, seed))
        settings = environment_for(
            dsn
            if is_direct
            else urlunsplit(parts._replace(netloc=_through(parts.netloc, scene.postgres.port))),
            stand.servers.redis_url
            if is_direct
            else urlunsplit(
                cache_parts._replace(netloc=_through(cache_parts.netloc, scene.valkey.port))
            ),
        ) | dict(environment or {})
        await asyncio.to_thread(logs.mkdir, parents=True, exist_ok=True)
        for number in range(workers):
            log = logs / f"{name.lower()}-worker-{number}.log"
            log.unlink(missing_ok=True)
            scene.workers.append(WorkerProcess(settings, log, module))
        await stack.enter_async_context(serving(scene.workers))
        scene.targets += [f"127.0.0.1:{worker.port}" for worker in scene.workers]
        scene.database = await asyncpg.connect(dsn)
        stack.push_async_callback(_close, scene)
        scene.tills = Tills(
            scene.targets,
            TOKEN,
            scene.journal,
            seed,
            timeout_factor,
            is_streamed=is_streamed,
            is_plain=is_plain,
        )
        stack.push_async_callback(scene.tills.close)
        customers = stand.customers
        codes = Codes() if mix is PLAIN else customers.codes.copy()
        scene.load = Load(scene.tills, scene.journal, [*customers.member_ids], seed, mix, codes)
        operators = Operators(scene.targets, world.CREDENTIAL, scene.journal, seed, timeout_factor)
        stack.push_async_callback(operators.close)
        scene.load.add_operators(operators, customers.alone)
        yield scene


@asynccontextmanager
async def scene_of(stand: Stand, name: str, logs: Path, **more: Any) -> AsyncIterator[Scene]:
    """A scene of some seconds with one worker: what a test plays."""
    more = {"seconds": 3.0, "rate_per_s": 30.0, "workers": 1, **more}
    async with open_scene(stand, name, "a test", seed=7, logs=logs, **more) as scene:
        yield scene


async def _close(scene: Scene) -> None:
    await scene.database.close()


def _proxy(url: str, seed: int) -> Proxy:
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return Proxy(parts.hostname, parts.port, seed)


def _through(netloc: str, port: int) -> str:
    credentials, _, _ = netloc.rpartition("@")
    return f"{credentials}@127.0.0.1:{port}"
