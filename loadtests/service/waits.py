"""What the slowest of a hundred confirms wait for, beside all of them.

Unary confirms in an open loop at a quarter of what a closed one reaches, about half of the knee; a
worker notes the stages of each (`staged.py`). Parts add up to the whole as the worker sees it; the
client's own p99 stands beside.
"""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import orjson

from loadtests.engine.figures import Figure
from loadtests.service.books import verified_rows
from loadtests.service.closed_loop import BATCHED_AT_ONCE, drive
from loadtests.service.latency import Driver, took, why_void
from loadtests.service.stand import running_stand
from loadtests.service.tunings import (
    CONFIRMS_SHARE,
    TURNS_MAX,
    USUAL,
    WAYS_OF_WAITING,
    compared,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loadtests.service.latency import Offered
    from loadtests.service.measure import Effort
    from loadtests.service.stand import Stand

#: In the order in which a call meets them.
STAGES: Final = {
    "edge": "reading the call, writing the answer",
    "line": "until its batch begins",
    "tries": "earlier tries of its batch, whose locks were busy",
    "keys": "locking and reading keys",
    "members": "locking and reading members",
    "reads": "reading coupons, certificates, stops",
    "shared": "locking and reading limits and budgets of many",
    "fold": "deciding the calls of its batch",
    "others": "giving way between two decisions",
    "write": "writing",
    "between": "begin, commit, and Python between the statements",
    "told": "from the commit to its answer",
}
#: What is not a stage of its own: it lies within the others.
WITHIN: Final = {
    "stalled": "of it the event loop had other work for 2 ms and more at a time",
}
SLOWEST_SHARE: Final = 0.01
NOTED_WITHIN_S: Final = 5.0


def measure_waits(effort: Effort) -> Iterator[Figure]:
    """Milliseconds of each stage, of all confirms and of the slowest of a hundred.

    Then what becomes of p99 when one thing that they wait for is left out.

    Raises:
        RuntimeError: an answer was wrong, or the verifier finds something: the run is void.
    """
    with tempfile.TemporaryDirectory() as directory:
        noted = Path(directory) / "noted"
        with running_stand(
            campaigns=effort.campaigns, members=effort.members, worker=staged_worker(noted)
        ) as stand:
            yield from waited(stand, effort, noted)
            turns = replace(effort, runs=min(effort.runs, TURNS_MAX))
            yield from compared(stand, turns, USUAL, WAYS_OF_WAITING)
            rows = asyncio.run(verified_rows(stand.dsn))
    yield Figure(name="waits_verified_rows", value=rows, about="rows without a violation")


def staged_worker(noted: Path) -> tuple[str, ...]:
    """A worker that writes its notes to this file."""
    return ("loadtests.service.staged", str(noted))


def waited(stand: Stand, effort: Effort, noted: Path) -> Iterator[Figure]:
    """The same on a stand with such a worker.

    Raises:
        RuntimeError: as above.
    """
    closed = drive(stand, effort.drive("confirm_session", BATCHED_AT_ONCE), stand.worker)
    rate = CONFIRMS_SHARE * closed.per_s
    driver = Driver(stand, effort.open_s or effort.seconds, effort.members, effort.warm_up_s)
    calls: list[dict[str, float]] = []
    runs: list[Offered] = []
    for _ in range(effort.runs):
        noted.unlink(missing_ok=True)
        os.kill(stand.worker.pid, signal.SIGUSR1)
        runs.append(driver.run("confirm", stand.worker, rate))
        os.kill(stand.worker.pid, signal.SIGUSR2)
        calls += _read(noted)
    void = why_void(runs)
    for key in ("p50_ms", "p99_ms"):
        yield Figure(
            name=f"waits_confirm_{key}",
            value=statistics.median(getattr(each, key) for each in runs),
            about=f"as the till sees it, {rate:,.0f} a second; {took(runs)}",
            void=void,
        )
    yield from stages_of(calls, void)


def _read(noted: Path) -> list[dict[str, float]]:
    ends_at = time.monotonic() + NOTED_WITHIN_S
    while not noted.exists():
        if time.monotonic() > ends_at:
            raise RuntimeError("void: the worker wrote no notes")
        time.sleep(1 / 50)
    calls: list[dict[str, float]] = orjson.loads(noted.read_bytes())
    return calls


def stages_of(calls: Sequence[dict[str, float]], void: str = "") -> Iterator[Figure]:
    """Means by stage: of all, and of the slowest.

    Raises:
        RuntimeError: there are none.
    """
    if not calls:
        raise RuntimeError("void: no confirm was noted")
    slowest = sorted(calls, key=lambda call: call["whole"])
    slowest = slowest[-max(1, round(SLOWEST_SHARE * len(calls))) :]
    for whose, some in (("all", calls), ("slowest", slowest)):
        about = f"{len(some)} confirms: the whole, at the worker's edge"
        for key, said in ({"whole": about} | STAGES | WITHIN).items():
            yield Figure(
                name=f"waits_{whose}_{key}_ms",
                value=1_000 * statistics.fmean(call.get(key, 0.0) for call in some),
                about=said,
                void=void,
            )
        yield Figure(
            name=f"waits_{whose}_calls",
            value=statistics.fmean(call["calls"] for call in some),
            about="calls in its batch",
            void=void,
        )
