"""The cells of the matrix, in order; what one of them is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.faults import (
    client_cells,
    clock_cells,
    courier_cells,
    hang_up_cells,
    idle_cells,
    overload_cells,
    postgres_cells,
    sleeping_cell,
    valkey_cells,
    worker_cells,
)
from tests.faults.load import MIX, PLAIN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.faults.scene import Scene


@dataclass(frozen=True, slots=True)
class Cell:
    """One fault, how it is brought about, and how long that takes in the short form."""

    name: str
    fault: str
    play: Callable[[Scene], Awaitable[None]]
    quick_s: float = 10.0
    #: Where the pause of the fault itself needs more than the usual minute.
    full_s: float = 60.0
    rate_per_s: float = 40.0
    workers: int = 2
    timeout_factor: int = 1
    #: Servers without proxies: where throughput is measured.
    is_direct: bool = False
    #: Half of the tills' calls go over Sessions.
    is_streamed: bool = False
    #: No channel of theirs repeats a call by itself.
    is_plain: bool = False
    mix: dict[str, int] = field(default_factory=lambda: MIX)
    environment: dict[str, str] = field(default_factory=dict)
    module: str = "checkout.launch.worker"


CELLS: Final = (
    Cell(
        "FC1",
        "worker killed: anywhere, before and after COMMIT, before the reply",
        worker_cells.killed,
        quick_s=16.0,
    ),
    Cell(
        "FC2",
        "worker told to end, under load, with streams",
        worker_cells.drained,
        quick_s=10.0,
        is_streamed=True,
    ),
    Cell(
        "FC3",
        "worker stopped and continued, rules change meanwhile",
        sleeping_cell.stopped,
        quick_s=16.0,
        full_s=90.0,
    ),
    Cell(
        "FC4",
        "PostgreSQL killed, whole and one backend of it: anywhere, and inside COMMIT",
        postgres_cells.killed,
        quick_s=14.0,
        # That it is the service which says what it does not know, also on a busy machine, and that
        # it is heard, also on a quick one.
        timeout_factor=4,
        is_plain=True,
    ),
    Cell(
        "FC6",
        "PostgreSQL slow: round trips +50, +200, +1000 ms, one packet in a hundred cuts",
        postgres_cells.slow,
        quick_s=18.0,
        is_streamed=True,
    ),
    Cell(
        "FC7",
        "PostgreSQL silent: packets vanish, nobody closes",
        postgres_cells.silent,
        quick_s=14.0,
        is_streamed=True,
    ),
    Cell(
        "FC8",
        "connections exhausted by quotes that nobody has cached",
        postgres_cells.exhausted,
        quick_s=10.0,
        mix=PLAIN,
        environment={"CHECKOUT_POOL_CONNECTIONS": "3"},
    ),
    Cell(
        "FC9",
        "Valkey killed, asleep, emptied, back without anything",
        valkey_cells.troubled,
        quick_s=16.0,
    ),
    Cell("FC10", "the cache poisoned: members, cards, rules", valkey_cells.poisoned, quick_s=12.0),
    Cell("FC11", "Valkey hears nothing of what changes", valkey_cells.deaf, quick_s=14.0),
    Cell(
        "FC13",
        "the database's clock jumps an hour, a day, and steps back; tills wrong by years",
        clock_cells.jumps,
        quick_s=16.0,
    ),
    Cell(
        "FC13B",
        "the workers' own clocks an hour and a day ahead and behind, set while they run",
        clock_cells.wrong_workers,
        quick_s=16.0,
        module="tests.faults.skewed_worker",
    ),
    Cell(
        "FC14",
        "clients send twice, late, in the wrong order, with 1 to 60 ms left",
        client_cells.impolite,
        quick_s=12.0,
        rate_per_s=20.0,
    ),
    Cell(
        "FC16",
        "twice and five times the peak, confirms and mix; who reads nothing, who pings without end",
        overload_cells.overload,
        quick_s=30.0,
        workers=1,
        is_direct=True,
    ),
    Cell(
        "FC16B",
        "10,000 connections (1,000 in the short form) that ask nothing",
        idle_cells.crowded,
        quick_s=8.0,
        workers=1,
    ),
    Cell(
        "FC17",
        "clients hang up, on quotes, holds and sales",
        hang_up_cells.hanging_up,
        quick_s=12.0,
        rate_per_s=hang_up_cells.RATE_PER_S,
        mix=hang_up_cells.HUNG_UP_MIX,
        environment={"PYTHONMALLOC": "malloc"},
        module="tests.faults.measured_worker",
    ),
    Cell(
        "FC18",
        "all holds overdue at once, two sweepers, one killed half-way",
        clock_cells.sweepers,
        quick_s=14.0,
        rate_per_s=20.0,
    ),
    Cell(
        "FC18B",
        "a webhook that refuses, hangs, hangs up; an event that it never takes; its courier killed",
        courier_cells.told,
        quick_s=8.0,
        rate_per_s=20.0,
    ),
)
