"""What a call of the service costs, over what a bare echo costs: ratios of the same run.

Costs are the server's processor time per call while a closed loop keeps it busy: the generator
cannot bend them. Calls per second stand beside them, with the generator's share of a core: where it
is the bound, they are its own.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from loadtests.engine.figures import Figure
from loadtests.service import h2load, pgbench
from loadtests.service.books import verified_rows
from loadtests.service.latency import measure_latency
from loadtests.service.latency_picture import picture_of
from loadtests.service.load import Load
from loadtests.service.stand import running_stand
from loadtests.service.storage import kept, what_a_member_takes, what_a_receipt_takes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from loadtests.service.stand import Served, Stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is measured."""

    runs: int
    seconds: float
    pgbench_s: int
    pgbench_scale: int
    campaigns: int
    members: int
    #: Of each offered rate, in an open loop; 0: latency is not measured.
    open_s: float = 0.0
    #: Only what the goals need: no echo on a stream, no sales with hold.
    is_brief: bool = False


FULL: Final = Effort(
    runs=5,
    seconds=5,
    pgbench_s=60,
    pgbench_scale=pgbench.SCALE,
    campaigns=1_000,
    members=100_000,
    open_s=5,
)
QUICK: Final = Effort(
    runs=3,
    seconds=1,
    pgbench_s=2,
    pgbench_scale=5,
    campaigns=1_000,
    members=1_000,
    is_brief=True,
)
#: What the quick form leaves out.
LEFT_OUT: Final = (
    "the engine, latency at a given rate, real baskets, publishing and memory, sales with hold,"
    " stream echoes"
)
#: A generator that takes more of a core is measured itself: rates are void, costs per call are not.
GENERATOR_SHARE_MAX: Final = 0.7
#: Calls at once: unary over one connection; frames of one stream. Those that are batched: two
#: batches, of which one is read and folded while the other is written.
AT_ONCE: Final = 48
BATCHED_AT_ONCE: Final = 128


def measure_service(effort: Effort, picture: Path | None = None) -> Iterator[Figure]:
    """All figures of the service; latency is drawn to `picture`, too.

    Raises:
        RuntimeError: an answer was wrong, or the verifier finds something: the run is void.
    """
    with running_stand(campaigns=effort.campaigns, members=effort.members) as stand:
        yield from measure_stand(stand, effort, picture)


def measure_stand(stand: Stand, effort: Effort, picture: Path | None = None) -> Iterator[Figure]:
    """The same of a stand that runs, with as many members as the effort says.

    Raises:
        RuntimeError: as above.
    """
    figures = [
        *measure_quotes(stand, effort),
        *asyncio.run(what_a_member_takes(stand.redis_url)),
        *measure_confirms(stand, effort),
    ]
    yield from figures
    if effort.open_s:
        yield from _latency(stand, effort, figures, picture)
    rows = asyncio.run(verified_rows(stand.dsn))
    yield Figure(name="verified_rows", value=rows, about="rows without a violation")


def _latency(
    stand: Stand, effort: Effort, closed: Sequence[Figure], picture: Path | None
) -> Iterator[Figure]:
    """In an open loop, up to the rates that the closed one reached."""
    reached = {figure.name: figure.value for figure in closed}
    latency = measure_latency(
        stand,
        closed_per_s={name: reached[f"{name}_per_s"] for name in ("quote", "confirm")},
        runs=effort.runs,
        seconds=effort.open_s,
        members=effort.members,
    )
    yield from latency.figures
    if picture is not None:
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_text(picture_of(latency))


def measure_quotes(stand: Stand, effort: Effort) -> Iterator[Figure]:
    """Quotes beside echoes: processor time of the server a call, and the ratios of each run."""
    runs: dict[str, list[Load]] = {}
    for _ in range(effort.runs):
        for name, kind, served in (
            ("echo", "quote_unary", stand.echo),
            ("quote", "quote_unary", stand.worker),
            ("stream_echo", "quote_session", stand.echo),
            ("quote_session", "quote_session", stand.worker),
        ):
            if name == "stream_echo" and effort.is_brief:
                continue
            runs.setdefault(name, []).append(drive(stand, kind, served, effort, AT_ONCE))
    for name, told in (
        ("echo", "a unary echo of the same bytes"),
        ("stream_echo", "an echo on a stream, a frame"),
        ("quote", f"a quote, unary: {stand.about}"),
        ("quote_session", "the same quote on a Session"),
    ):
        if name in runs:
            yield from _costs(name, told, runs[name])
    yield Figure(
        name="quote_session_valkey_us",
        value=statistics.median(each.valkey_us for each in runs["quote_session"]),
        about="Valkey's µs for it",
    )
    pairs = [
        ("quote_unary_vs_echo", 0.70, "quote", "a unary echo's processor time over a quote's"),
        ("quote_session_vs_echo", 1.0, "quote_session", "a unary echo's over a Session quote's"),
    ]
    for name, goal, quoted, about in pairs:
        ratios = [
            e.server_us / q.server_us for e, q in zip(runs["echo"], runs[quoted], strict=True)
        ]
        yield Figure(
            name=name, value=statistics.median(ratios), goal=goal, at_least=True, about=about
        )


def measure_confirms(stand: Stand, effort: Effort) -> Iterator[Figure]:
    """Durable confirms beside pgbench's transactions, what a batch holds, what a receipt takes."""
    pgbench.fill(stand, effort.pgbench_scale)
    loads: dict[str, list[Load]] = {}
    batches: dict[str, list[float]] = {}
    theirs = []
    took: list[tuple[Figure, ...]] = []
    for run in range(effort.runs):
        if run == 0 or effort.pgbench_s < 10:  # noqa: PLR2004 - a minute of it is enough once
            theirs.append(pgbench.measure(stand, effort.pgbench_s))
        for name, kind in (("confirm", "confirm_session"), ("sale_with_hold", "sale_with_hold")):
            if name == "sale_with_hold" and effort.is_brief:
                continue
            before = asyncio.run(kept(stand.dsn))
            load = drive(stand, kind, stand.worker, effort, BATCHED_AT_ONCE, prefix=f"{name}{run}-")
            after = asyncio.run(kept(stand.dsn))
            loads.setdefault(name, []).append(load)
            sales = after.receipts - before.receipts
            batches.setdefault(name, []).append(sales / (after.transactions - before.transactions))
            if name == "confirm":
                took.append(tuple(what_a_receipt_takes(before, after)))
    tps = statistics.median(each.per_s for each in theirs)
    postgres_us = statistics.median(each.postgres_us for each in theirs)
    yield Figure(name="pgbench_tps", value=tps, about=f"pgbench {' '.join(pgbench.CLIENTS)}")
    yield Figure(name="pgbench_us", value=postgres_us, about="PostgreSQL's µs for one of them")
    for name, told in (
        ("confirm", "a durable confirm on a Session, one worker; nothing was quoted before"),
        ("sale_with_hold", "a quote with hold, then its confirm: two durable transactions"),
    ):
        if name not in loads:
            continue
        yield from _costs(name, told, loads[name])
        yield Figure(
            name=f"{name}_postgres_us",
            value=statistics.median(each.postgres_us for each in loads[name]),
            about="PostgreSQL's µs for it, with what is counted of it later",
        )
        yield Figure(
            name=f"{name}_batch",
            value=statistics.median(batches[name]),
            about="receipts that one transaction wrote, mean",
        )
    for each in zip(*took, strict=True):
        yield replace(each[0], value=statistics.median(figure.value for figure in each))
    yield Figure(
        name="confirm_vs_pgbench",
        value=statistics.median(each.per_s for each in loads["confirm"]) / tps,
        goal=0.6 if _share(loads["confirm"]) <= GENERATOR_SHARE_MAX else None,
        at_least=True,
        about="confirms/s over pgbench's transactions/s",
    )
    yield Figure(
        name="confirm_pg_cpu_vs_pgbench",
        value=statistics.median(each.postgres_us for each in loads["confirm"]) / postgres_us,
        goal=1.0,
        about="PostgreSQL's processor time, a confirm over a transaction of pgbench",
    )


def _costs(name: str, told: str, loads: list[Load]) -> Iterator[Figure]:
    share = _share(loads)
    void = "; VOID, it was the generator's rate" if share > GENERATOR_SHARE_MAX else ""
    yield Figure(
        name=f"{name}_us",
        value=statistics.median(each.server_us for each in loads),
        about=f"µs of the server's processor time: {told}",
    )
    yield Figure(
        name=f"{name}_per_s",
        value=statistics.median(each.per_s for each in loads),
        about=f"calls a second; {loads[0].generator} took {share:.0%} of a core{void}",
    )


def _share(loads: Sequence[Load]) -> float:
    """Of a core, the generator's."""
    return statistics.median(each.generator_share for each in loads)


def drive(
    stand: Stand, kind: str, served: Served, effort: Effort, at_once: int, *, prefix: str = "bench"
) -> Load:
    """What a run of the generator gave, of one kind against one server.

    Unary quotes of one basket, of the service or of the echo, are asked for by `h2load` where there
    is one.

    Raises:
        RuntimeError: an answer was wrong, or there was none.
    """
    binary = h2load.path()
    if kind == "quote_unary" and binary is not None and stand.baskets is None:
        return h2load.drive(binary, stand, served, effort.seconds, at_once)
    done = subprocess.run(
        command(stand, kind, served, effort, at_once, prefix=prefix),
        capture_output=True,
        text=True,
        check=True,
    )
    return load_of(kind, done.stdout)


def command(
    stand: Stand, kind: str, served: Served, effort: Effort, at_once: int, *, prefix: str = "bench"
) -> list[str]:
    """The generator, for a subprocess."""
    return [
        *(sys.executable, "-m", "loadtests.service.drive", kind, served.target),
        *("--server-pid", str(served.pid), "--postgres-pid", str(stand.postgres_pid)),
        *("--valkey-pid", str(stand.valkey_pid), "--at-once", str(at_once)),
        *("--seconds", str(effort.seconds), "--members", str(effort.members)),
        *("--prefix", prefix, "--token", stand.token),
        *(("--baskets", str(stand.baskets)) if stand.baskets is not None else ()),
    ]


def load_of(kind: str, told: str) -> Load:
    """What the generator printed.

    Raises:
        RuntimeError: an answer was wrong, or there was none.
    """
    load = Load(**json.loads(told))
    if load.wrong or not load.calls:
        message = f"void: {load.wrong} wrong answers of {kind}, {load.calls} calls"
        raise RuntimeError(message)
    return load
