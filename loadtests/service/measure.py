"""What a call of the service costs, over what a bare echo costs: ratios of the same run.

Costs are the server's processor time per call while a closed loop keeps it busy: the generator
cannot bend them. Calls per second stand beside them, with the generator's share of a core: where it
is the bound, they are its own.
"""

from __future__ import annotations

import asyncio
import statistics
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from loadtests.engine.figures import Figure
from loadtests.service import pgbench
from loadtests.service.books import verified_rows
from loadtests.service.closed_loop import AT_ONCE, BATCHED_AT_ONCE, Drive, drive
from loadtests.service.corners import measure_corners
from loadtests.service.costs import costs, why_void
from loadtests.service.drive import WARM_UP_S
from loadtests.service.latency import measure_latency
from loadtests.service.latency_picture import picture_of
from loadtests.service.stand import running_stand
from loadtests.service.storage import kept, what_a_member_takes, what_a_receipt_takes
from loadtests.service.two_workers import drive_both, two_workers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from loadtests.service.load import Load
    from loadtests.service.stand import Stand


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
    #: Before each run counts.
    warm_up_s: float = WARM_UP_S
    #: Only what the goals need: no echo on a stream, no sales with hold, no corners.
    is_brief: bool = False
    #: Whether confirms of two workers are measured, too.
    has_second_worker: bool = True

    def drive(self, kind: str, at_once: int, prefix: str = "bench") -> Drive:
        """A run of the generator."""
        return Drive(
            kind=kind,
            seconds=self.seconds,
            members=self.members,
            at_once=at_once,
            prefix=prefix,
            warm_up_s=self.warm_up_s,
        )


FULL: Final = Effort(
    runs=5,
    seconds=5,
    pgbench_s=60,
    pgbench_scale=pgbench.SCALE,
    campaigns=1_000,
    members=100_000,
    open_s=4,
)
QUICK: Final = Effort(
    runs=3,
    seconds=1,
    pgbench_s=2,
    pgbench_scale=5,
    campaigns=1_000,
    members=1_000,
    is_brief=True,
    has_second_worker=False,
)
#: What the quick form leaves out.
LEFT_OUT: Final = (
    "the engine, latency at a given rate, real baskets, publishing and memory, sales with hold,"
    " stream echoes, two workers, long receipts, Valkey off and cold, a hot member, a hot budget"
)
#: Corners have no goals: medians of few and short runs do.
CORNER_RUNS: Final = 3
CORNER_S_MAX: Final = 1.5


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
        yield from latency_figures(stand, effort, figures, picture)
    if not effort.is_brief:
        quotes = replace(
            effort.drive("quote_session", AT_ONCE), seconds=min(effort.seconds, CORNER_S_MAX)
        )
        yield from measure_corners(stand, quotes, min(effort.runs, CORNER_RUNS))
    rows = asyncio.run(verified_rows(stand.dsn))
    yield Figure(name="verified_rows", value=rows, about="rows without a violation")


def latency_figures(
    stand: Stand, effort: Effort, closed: Sequence[Figure], picture: Path | None = None
) -> Iterator[Figure]:
    """In an open loop, up to the rates that the closed one reached; drawn, if anywhere."""
    reached = {figure.name: figure.value for figure in closed}
    latency = measure_latency(
        stand,
        closed_per_s={name: reached[f"{name}_per_s"] for name in ("quote", "confirm")},
        runs=effort.runs,
        seconds=effort.open_s,
        members=effort.members,
        is_drawn=picture is not None,
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
            runs.setdefault(name, []).append(drive(stand, effort.drive(kind, AT_ONCE), served))
    for name, told in (
        ("echo", "a unary echo of the same bytes"),
        ("stream_echo", "an echo on a stream, a frame"),
        ("quote", f"a quote, unary: {stand.about}"),
        ("quote_session", "the same quote on a Session"),
    ):
        if name in runs:
            yield from costs(name, told, runs[name], of_an_echo=name.endswith("echo"))
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
            load = drive(stand, effort.drive(kind, BATCHED_AT_ONCE, f"{name}{run}-"), stand.worker)
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
        yield from costs(name, told, loads[name])
        yield Figure(
            name=f"{name}_batch",
            value=statistics.median(batches[name]),
            about="receipts that one transaction wrote, mean",
        )
    for each in zip(*took, strict=True):
        yield replace(each[0], value=statistics.median(figure.value for figure in each))
    of_workers = [loads["confirm"]]
    if effort.has_second_worker:
        quotes, confirms = _of_two_workers(stand, effort)
        of_workers.append(confirms)
        yield from costs("quote_session_2_workers", "the same quotes by two workers", quotes)
        yield from costs("confirm_2_workers", "the same confirms by two workers", confirms)
    yield from _over_pgbench(of_workers, tps)
    yield Figure(
        name="confirm_pg_cpu_vs_pgbench",
        value=statistics.median(each.postgres_us for each in loads["confirm"]) / postgres_us,
        goal=1.0,
        about="PostgreSQL's processor time, a confirm over a transaction of pgbench",
    )


def _of_two_workers(stand: Stand, effort: Effort) -> tuple[list[Load], list[Load]]:
    """Quotes and confirms over Sessions, of two workers at one port."""
    quotes, confirms = [], []
    with two_workers(stand) as both:
        for run in range(effort.runs):
            quotes.append(drive_both(stand, effort.drive("quote_session", AT_ONCE), both))
            confirm = effort.drive("confirm_session", BATCHED_AT_ONCE, f"both{run}-")
            confirms.append(drive_both(stand, confirm, both))
    return quotes, confirms


def _over_pgbench(of_workers: Sequence[Sequence[Load]], tps: float) -> Iterator[Figure]:
    """Of one worker, of two, and of whichever is better: that is what the machine can do.

    One that counts is better than any that was the generator's.
    """
    ratios = [statistics.median(each.per_s for each in loads) / tps for loads in of_workers]
    tried = list(zip(ratios, map(why_void, of_workers), strict=True))
    for workers, (ratio, void) in enumerate(tried, start=1):
        yield Figure(
            name=f"confirm_{workers}_vs_pgbench",
            value=ratio,
            about=f"confirms/s over pgbench's transactions/s, {workers} at work",
            void=void,
        )
    best, void = max(tried, key=lambda each: (not each[1], each[0]))
    yield Figure(
        name="confirm_vs_pgbench",
        value=best,
        goal=0.6,
        at_least=True,
        about=f"the better of them: {len(tried)} tried",
        void=void,
    )
