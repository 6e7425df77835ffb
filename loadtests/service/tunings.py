"""What the settings of a process bring: the collector, connections, a core of its own.

Each way to run a worker is tried beside the usual one, on the same servers, in turns; what it
brings is the median of the ratios of the turns. Below 1 it is better than usual, but for rates.
"""

from __future__ import annotations

import asyncio
import os
import statistics
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from loadtests.engine.figures import Figure
from loadtests.service.books import verified_rows
from loadtests.service.closed_loop import AT_ONCE, BATCHED_AT_ONCE, drive
from loadtests.service.costs import costs
from loadtests.service.latency import Driver, why_void
from loadtests.service.stand import WORKER, running_stand, serving
from loadtests.service.two_workers import drive_both

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from loadtests.service.latency import Offered
    from loadtests.service.load import Load
    from loadtests.service.measure import Effort
    from loadtests.service.stand import Served, Stand

_TUNED: Final = "loadtests.service.tuned_worker"
#: Offered in an open loop, of what the usual way reached in a closed one.
QUOTES_SHARE: Final = 0.4
CONFIRMS_SHARE: Final = 0.25
#: They have no goals: medians of few turns do.
TURNS_MAX: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How workers are run."""

    name: str
    told: str
    #: Of each, its module and what it is told.
    workers: Sequence[Sequence[str]] = (WORKER,)
    settings: Mapping[str, str] = field(default_factory=dict)
    #: Of its sessions of PostgreSQL.
    session: Mapping[str, str] = field(default_factory=dict)


USUAL: Final = Way(name="usual", told="one worker as it is")
USUAL_TWO: Final = Way(name="usual_two", told="two workers as they are", workers=(WORKER, WORKER))
#: Of one worker, beside `USUAL`.
WAYS: Final = (
    Way(
        name="collector",
        told="Python's collector untouched: nothing frozen, no rarer looks at everything",
        workers=((_TUNED, "--collector-untouched"),),
    ),
    Way(
        name="connections_3",
        told="three connections to PostgreSQL, the fewest that there may be",
        settings={"CHECKOUT_POOL_CONNECTIONS": "3"},
    ),
    Way(
        name="connections_16",
        told="sixteen connections to PostgreSQL",
        settings={"CHECKOUT_POOL_CONNECTIONS": "16"},
    ),
    Way(name="core", told="a worker bound to a core", workers=((_TUNED, "--core", "{0}"),)),
)
#: Of two workers, beside `USUAL_TWO`.
WAYS_OF_TWO: Final = (
    Way(
        name="two_cores",
        told="two workers, each bound to a core",
        workers=((_TUNED, "--core", "{0}"), (_TUNED, "--core", "{1}")),
    ),
)
#: Of one worker, beside `USUAL`: what the slowest of a hundred confirms wait for (`waits.py`).
WAYS_OF_WAITING: Final = (
    Way(
        name="keeps_its_turn",
        told="between the decisions of a batch nobody else has a turn",
        workers=((_TUNED, "--keeps-its-turn"),),
    ),
    Way(
        name="batches_of_16",
        told="16 calls at most are committed together",
        workers=((_TUNED, "--batch-max", "16"),),
    ),
    Way(
        name="batches_of_128",
        told="128 calls at most are committed together",
        workers=((_TUNED, "--batch-max", "128"),),
    ),
    Way(
        name="no_visits",
        told="nobody counts what members bought",
        workers=((_TUNED, "--counts-no-visits"),),
    ),
    Way(
        name="no_fsync",
        told="an answer does not wait for the disk, which loses sales",
        session={"synchronous_commit": "off"},
    ),
)


@dataclass(slots=True)
class Turn:
    """What one way gave in one turn."""

    quotes: Load
    confirms: Load
    #: At a given rate; none of two workers, of which the kernel may give one everything.
    offered: dict[str, Offered] = field(default_factory=dict)


def measure_tunings(effort: Effort) -> Iterator[Figure]:
    """Ratios of processor time, of rates and of p99 for each way; quotes and confirms on Sessions.

    Raises:
        RuntimeError: an answer was wrong, or the verifier finds something: the run is void.
    """
    effort = replace(effort, runs=min(effort.runs, TURNS_MAX))
    with running_stand(campaigns=effort.campaigns, members=effort.members) as stand:
        yield from compared(stand, effort, USUAL, WAYS)
        if len(os.sched_getaffinity(0)) > 1:
            yield from compared(stand, effort, USUAL_TWO, WAYS_OF_TWO)
        rows = asyncio.run(verified_rows(stand.dsn))
    yield Figure(name="tunings_verified_rows", value=rows, about="rows without a violation")


def compared(stand: Stand, effort: Effort, usual: Way, ways: Sequence[Way]) -> Iterator[Figure]:
    """Every way beside the usual one."""
    order = [usual, *ways]
    turns: dict[str, list[Turn]] = {way.name: [] for way in order}
    driver = Driver(stand, effort.open_s or effort.seconds, effort.members, effort.warm_up_s)
    for _ in range(effort.runs):
        for way in order:
            with _running(stand, way) as served:
                turn = Turn(*_closed(stand, effort, served))
                turns[way.name].append(turn)
                if not served.others:
                    turn.offered = _open(driver, served, turns[usual.name][0])
        # Whoever is first finds the servers as another one left them: in each turn somebody else.
        order = [*order[1:], order[0]]
    first = turns[usual.name]
    yield from costs(f"{usual.name}_quote", usual.told, [each.quotes for each in first])
    yield from costs(f"{usual.name}_confirm", usual.told, [each.confirms for each in first])
    for way in ways:
        yield from _ratios(way, first, turns[way.name])


def _closed(stand: Stand, effort: Effort, served: Served) -> tuple[Load, Load]:
    """Quotes, then confirms, as fast as they go."""
    run = drive_both if served.others else drive
    quotes, confirms = (
        run(stand, effort.drive(kind, at_once, "tuned-"), served)
        for kind, at_once in (("quote_session", AT_ONCE), ("confirm_session", BATCHED_AT_ONCE))
    )
    return quotes, confirms


def _open(driver: Driver, served: Served, usual: Turn) -> dict[str, Offered]:
    """Both again, at a rate that all ways have."""
    rates = {
        "quote_session": QUOTES_SHARE * usual.quotes.per_s,
        "confirm_session": CONFIRMS_SHARE * usual.confirms.per_s,
    }
    return {kind: driver.run(kind, served, rate) for kind, rate in rates.items()}


def _ratios(way: Way, usual: Sequence[Turn], turns: Sequence[Turn]) -> Iterator[Figure]:
    """What a way brings."""
    pairs = list(zip(turns, usual, strict=True))
    yield Figure(
        name=f"{way.name}_quote_us_vs_usual",
        value=statistics.median(
            our.quotes.server_us / as_is.quotes.server_us for our, as_is in pairs
        ),
        about=f"a quote's processor time over the usual: {way.told}",
    )
    yield Figure(
        name=f"{way.name}_confirm_us_vs_usual",
        value=statistics.median(
            our.confirms.server_us / as_is.confirms.server_us for our, as_is in pairs
        ),
        about="the same of a confirm",
    )
    yield Figure(
        name=f"{way.name}_confirm_rate_vs_usual",
        value=statistics.median(our.confirms.per_s / as_is.confirms.per_s for our, as_is in pairs),
        about="confirms a second over the usual",
    )
    for kind in turns[0].offered:
        runs = [(our.offered[kind], as_is.offered[kind]) for our, as_is in pairs]
        yield Figure(
            name=f"{way.name}_{kind}_p99_vs_usual",
            value=statistics.median(our.p99_ms / as_is.p99_ms for our, as_is in runs),
            about=f"p99 over the usual, {runs[0][0].offered_per_s:,.0f} a second",
            void=why_void(*zip(*runs, strict=True)),
        )


@contextmanager
def _running(stand: Stand, way: Way) -> Iterator[Served]:
    """Its workers, at one port."""
    cores = sorted(os.sched_getaffinity(0))
    environment = {**stand.environment, **way.settings}
    if way.session:
        dsn = urlsplit(environment["CHECKOUT_POSTGRES_DSN"])
        environment["CHECKOUT_POSTGRES_DSN"] = urlunsplit(
            dsn._replace(query="&".join(filter(None, (dsn.query, urlencode(way.session)))))
        )
    with ExitStack() as stack:
        workers: list[Served] = []
        for told in way.workers:
            arguments = [part.format(*cores) for part in told]
            workers.append(stack.enter_context(serving(arguments, environment)))
            environment = environment | {"CHECKOUT_PORT": str(workers[0].port)}
        yield replace(workers[0], others=tuple(each.pid for each in workers[1:]))
