"""How long calls take at a given rate: up to the knee, and beside an echo at half of it.

Ratios are of p99 of unary calls, of runs that follow each other at the same offered rate; calls
over a Session stand beside them. The knee is the highest rate that is still answered as it comes,
within what a till waits.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from checkout.client.channel import READ_TIMEOUT_S, WRITE_TIMEOUT_S
from loadtests.engine.figures import Figure
from loadtests.service import identifiers
from loadtests.service.costs import why_too_busy
from loadtests.service.drive import WARM_UP_S, tree_s
from loadtests.service.open_loop import quantile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loadtests.service.stand import Served, Stand

#: Offered rates, as shares of what a closed loop reached.
SHARES: Final = (0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 1.0, 1.1)
#: In each run at least, however slow a busy machine was before.
CALLS_MIN: Final = 10
#: Of what is offered, what has to be answered in the time in which it is asked.
ANSWERED_SHARE: Final = 0.97
#: A generator that sends so late is measured itself.
SENDER_LATE_MAX_MS: Final = 5.0
_FSYNCS: Final = 400
_PAGE: Final = bytes(8_192)
_DEADLINES_MS: Final = {"quote": READ_TIMEOUT_S * 1_000, "confirm": WRITE_TIMEOUT_S * 1_000}
_GOALS: Final = {"quote": 2.5, "confirm": 6.0}
#: What the generator calls a call; all others are called here as it calls them.
_KINDS: Final = {"quote": "quote_unary", "echo": "quote_unary", "confirm": "confirm_unary"}
#: How soon 95 of 100 members are known: before a cashier who has scanned a code looks up, with time
#: left for the quote that follows at once; a fifteenth of what a till waits for either.
IDENTIFY_BUDGET_MS: Final = 20.0
#: Its budget is far from what it takes: medians of few runs do.
IDENTIFY_RUNS: Final = 3


@dataclass(frozen=True, slots=True)
class Offered:
    """What came of one rate."""

    offered_per_s: float
    answered_per_s: float
    failed: int
    wrong: int
    #: Of a core, the generator's.
    generator_share: float
    sender_late_p99_ms: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    p999_ms: float
    #: Processor time a call, of the calls before it counted, too.
    server_us: float
    postgres_us: float
    valkey_us: float

    def is_below_knee(self, deadline_ms: float) -> bool:
        """Whether answers come as calls do, and in time."""
        keeps_up = self.answered_per_s >= ANSWERED_SHARE * self.offered_per_s
        return keeps_up and not self.failed and self.p99_ms <= deadline_ms


@dataclass(slots=True)
class Latency:
    """All that was measured: figures, and the points of the picture by what was called."""

    figures: list[Figure] = field(default_factory=list)
    climbs: dict[str, list[Offered]] = field(default_factory=dict)
    knees_per_s: dict[str, float] = field(default_factory=dict)


def measure_latency(
    stand: Stand,
    *,
    closed_per_s: dict[str, float],
    runs: int,
    seconds: float,
    members: int,
    is_drawn: bool,
) -> Latency:
    """Climb to the knee of quotes and of confirms, then compare each with the echo at half of it.

    `closed_per_s` is what a closed loop reached of either, by name. The echo climbs only for the
    picture; members are identified where receipts are the bench's own, as their identifiers are.

    Raises:
        RuntimeError: an answer was wrong: the run is void.
    """
    found = Latency()
    drive = Driver(stand, seconds, members)
    fsync_p99_ms = asyncio.run(_fsync_p99_ms(stand.dsn))
    found.figures.append(
        Figure(name="fsync_p99_ms", value=fsync_p99_ms, about="of 8 kB beside PostgreSQL's data")
    )
    for name in ("quote", "confirm"):
        climb = _climb(drive, name, closed_per_s[name])
        found.climbs[name] = climb
        knee = knee_figure(name, climb)
        found.figures.append(knee)
        found.knees_per_s[name] = knee.value
        # Without a knee the machine was too busy for the lowest rate: compared is at that, then.
        rate = knee.value / 2 or climb[0].offered_per_s
        found.figures += _compared(drive, name, rate, runs, fsync_p99_ms)
        if name == "quote" and stand.baskets is None:
            found.figures += identify_figures(drive, rate, min(runs, IDENTIFY_RUNS))
    if is_drawn:
        found.climbs["echo"] = [
            drive.run("echo", stand.echo, each.offered_per_s) for each in found.climbs["quote"]
        ]
    return found


def _climb(drive: Driver, name: str, closed_per_s: float) -> list[Offered]:
    """Rates up to the first that is too high, and that one, too."""
    climb: list[Offered] = []
    for share in SHARES:
        climb.append(drive.run(name, drive.stand.worker, share * closed_per_s))
        if not climb[-1].is_below_knee(_DEADLINES_MS[name]):
            break
    return climb


def knee_figure(name: str, climb: Sequence[Offered]) -> Figure:
    """The highest rate below the knee; void if it ended where the generator did.

    A sender that was late does not lower it: it is no time.
    """
    below = [each for each in climb if each.is_below_knee(_DEADLINES_MS[name])]
    return Figure(
        name=f"{name}_knee_per_s",
        value=max((each.offered_per_s for each in below), default=0.0),
        about=(
            f"{name}s offered a second, answered as they come; open loop, unary;"
            f" at the last rate {took(climb[-1:])}"
        ),
        void=why_too_busy(climb[-1].generator_share),
    )


def _compared(
    drive: Driver, name: str, rate: float, runs: int, fsync_p99_ms: float
) -> Iterator[Figure]:
    turns = [
        (
            drive.run("echo", drive.stand.echo, rate),
            drive.run(name, drive.stand.worker, rate),
            drive.run(f"{name}_session", drive.stand.worker, rate),
        )
        for _ in range(runs)
    ]
    pairs = [(echo, ours) for echo, ours, _ in turns]
    void = why_void(*zip(*pairs, strict=True))
    for whose, at in (("", 1), ("_echo", 0), ("_session", 2)):
        theirs = [turn[at] for turn in turns]
        for key in ("p50_ms", "p99_ms"):
            yield Figure(
                name=f"{name}{whose}_{key}",
                value=statistics.median(getattr(each, key) for each in theirs),
                about=_told(rate, theirs),
                void=why_void(theirs),
            )
    yield Figure(
        name=f"{name}_p99_vs_echo",
        value=statistics.median(ours.p99_ms / echo.p99_ms for echo, ours in pairs),
        goal=_GOALS[name],
        about=f"p99 of a {name} over an echo's, both at half the {name}'s knee",
        void=void,
    )
    if name == "confirm":
        yield Figure(
            name="confirm_p99_less_fsync_vs_echo",
            value=statistics.median(
                max(ours.p99_ms - fsync_p99_ms, 0.0) / echo.p99_ms for echo, ours in pairs
            ),
            about="the same, less the p99 of one fsync",
            void=void,
        )


def why_void(*kinds: Sequence[Offered]) -> str:
    """Why figures of these runs count for nothing; empty if those of all kinds of calls count."""
    for runs in kinds:
        if _median(runs, "sender_late_p99_ms") > SENDER_LATE_MAX_MS:
            return "the sender was late"
        if void := why_too_busy(_median(runs, "generator_share")):
            return void
    return ""


def took(runs: Sequence[Offered]) -> str:
    """How late the generator was, and the processor time of everybody."""
    late_ms, share = _median(runs, "sender_late_p99_ms"), _median(runs, "generator_share")
    us = [_median(runs, f"{name}_us") for name in ("server", "postgres", "valkey")]
    return (
        f"the sender's own p99 {late_ms:.1f} ms, {share:.0%} of a core; µs a call: server"
        f" {us[0]:,.0f}, PostgreSQL {us[1]:,.0f}, Valkey {us[2]:,.0f}"
    )


def _median(runs: Sequence[Offered], name: str) -> float:
    values: list[float] = [getattr(each, name) for each in runs]
    return statistics.median(values)


def _told(rate: float, runs: Sequence[Offered]) -> str:
    return f"from the intended send, {rate:,.0f} a second; {took(runs)}"


def identify_figures(drive: Driver, rate: float, runs: int) -> Iterator[Figure]:
    """Identify by each kind of identifier beside an echo of a member, at one rate."""
    echo, worker = drive.stand.echo, drive.stand.worker
    turns = [
        (
            # What it is asked by makes no difference to the echo.
            drive.run("identify_card", echo, rate),
            {kind: drive.run(kind, worker, rate) for kind in identifiers.KINDS},
        )
        for _ in range(runs)
    ]
    offered = {"identify_echo": [echoed for echoed, _ in turns]} | {
        kind: [ours[kind] for _, ours in turns] for kind in identifiers.KINDS
    }
    void = why_void(*offered.values())
    for name, runs_of_it in offered.items():
        for key in ("p50_ms", "p95_ms", "p99_ms"):
            is_budgeted = key == "p95_ms" and name != "identify_echo"
            yield Figure(
                name=f"{name}_{key}",
                value=statistics.median(getattr(each, key) for each in runs_of_it),
                goal=IDENTIFY_BUDGET_MS if is_budgeted else None,
                about=_told(rate, runs_of_it),
                void=void,
            )
    for kind in identifiers.KINDS:
        yield Figure(
            name=f"{kind}_p95_vs_echo",
            value=statistics.median(ours[kind].p95_ms / echoed.p95_ms for echoed, ours in turns),
            about="p95 over that of an echo of a member, at half the quote's knee",
            void=void,
        )


@dataclass(slots=True)
class Driver:
    """Starts the generator, each time in a process of its own."""

    stand: Stand
    seconds: float
    members: int
    #: Before each run counts.
    warm_up_s: float = WARM_UP_S
    _runs: int = 0

    def run(self, name: str, served: Served, rate: float) -> Offered:
        rate = max(rate, CALLS_MIN / self.seconds)
        self._runs += 1
        processes = (served.pids, (self.stand.postgres_pid,), (self.stand.valkey_pid,))
        before = [sum(map(tree_s, pids)) for pids in processes]
        done = subprocess.run(
            [
                *(sys.executable, "-m", "loadtests.service.open_loop"),
                *(_KINDS.get(name, name), served.target),
                *("--rate", str(rate), "--seconds", str(self.seconds)),
                *("--members", str(self.members), "--prefix", f"open{self._runs}-"),
                *("--warm-up-s", str(self.warm_up_s), *self.stand.asked_for()),
            ],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        told = json.loads(done.stdout)
        sent = told.pop("sent")
        server_us, postgres_us, valkey_us = (
            (sum(map(tree_s, pids)) - was_s) / sent * 1e6
            for pids, was_s in zip(processes, before, strict=True)
        )
        offered = Offered(**told, server_us=server_us, postgres_us=postgres_us, valkey_us=valkey_us)
        if offered.wrong:
            message = f"void: {offered.wrong} wrong answers of {name} at {rate:.0f} a second"
            raise RuntimeError(message)
        return offered


async def _fsync_p99_ms(dsn: str) -> float:
    """How long the disk of PostgreSQL takes to keep a page, without PostgreSQL."""
    connection: asyncpg.Connection[Any] = await asyncpg.connect(dsn)
    try:
        data = Path(await connection.fetchval("show data_directory"))
    finally:
        await connection.close()
    took_s = []
    with tempfile.TemporaryFile(dir=data.parent) as file:
        for _ in range(_FSYNCS):
            began_s = time.perf_counter()
            os.pwrite(file.fileno(), _PAGE, 0)
            os.fsync(file.fileno())
            took_s.append(time.perf_counter() - began_s)
    return quantile(sorted(took_s), 0.99) * 1_000
