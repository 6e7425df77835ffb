"""FC17: clients hang up, in the middle of quotes, holds and sales; what that leaves behind."""

from __future__ import annotations

import asyncio
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from checkout.client import CheckoutClient
from tests.faults.clock_cells import AN_HOUR_S, SWEPT_WITHIN_S, set_clock
from tests.faults.figures import share
from tests.faults.journal import Call, did_something
from tests.faults.measured_worker import HELD, IN_USE
from tests.service.running import wait_until

if TYPE_CHECKING:
    from tests.faults.journal import Purchase
    from tests.faults.processes import WorkerProcess
    from tests.faults.scene import Scene

#: What is hung up on, of a hundred.
KINDS: Final = {"quote": 40, "hold": 20, "confirm": 40}
#: Of all calls at least so many percent are cancelled, each so soon.
CANCELLED_SHARE: Final = 30.0
CANCELLED_WITHIN_S: Final = 0.06
#: So many ask at once what became of their calls.
AT_ONCE: Final = 10
#: Until a worker has ended what was begun, and again until it has been asked what it holds.
REST_S: Final = 0.5
MEASURED_TIMES: Final = 3
#: In the short form there are too few calls: a worker that has just begun fills what it keeps at
#: hand. So few say nothing about a slope.
MEASURED_FROM_S: Final = 60
SLOPE_FROM: Final = 5_000
#: Growth of a worker's memory by ten thousand calls that were hung up on.
SLOPE_MAX_MIB: Final = 1.0


@dataclass(frozen=True, slots=True)
class AtRest:
    """The least that a worker told of some times when it had nothing to do."""

    held_bytes: int | None
    #: A worker's own work has some for a moment, and what listens to the queue has one for ever.
    connections: int


async def hanging_up(scene: Scene) -> None:
    """Calls are cancelled at some moment, more than three of ten; nothing leaks, no lock stays."""
    cancelled = 0
    hung_up: list[tuple[Call, Purchase]] = []
    before = await asyncio.gather(*map(_at_rest, scene.workers))
    async with scene.load_running():
        pending: set[asyncio.Task[None]] = set()
        await scene.at(0.15)
        while scene.elapsed_s < scene.seconds - 1:
            kind = scene.load.chance.choices([*KINDS], [*KINDS.values()])[0]
            purchase = scene.load.new_purchase()
            client = scene.tills.client()
            if kind == "quote":
                made: Any = client.quote(purchase.purchase_id, purchase.sale)
            else:
                method = "Quote" if kind == "hold" else "Confirm"
                call = Call(
                    *(kind, method, scene.load.fresh("hung"), purchase.purchase_id),
                    card=purchase.card,
                )
                made = _make(client, call, purchase)
                hung_up.append((call, purchase))
            task = asyncio.create_task(_hang_up(scene, made))
            pending.add(task)
            task.add_done_callback(pending.discard)
            cancelled += 1
            await asyncio.sleep(1 / 60)
        await asyncio.gather(*pending)
        await _learn_what_became_of_them(scene, hung_up)
    cancelled_share = share(range(cancelled), range(cancelled + scene.load.begun))
    scene.figure("calls hung up on", cancelled)
    scene.figure("share of all %", cancelled_share)
    scene.require(
        cancelled_share >= CANCELLED_SHARE, f"only {cancelled_share:.0f} % were cancelled"
    )
    if scene.seconds >= MEASURED_FROM_S:
        await _measure_memory(scene, [each for each in hung_up if each[0].kind == "confirm"])
    after = await asyncio.gather(*map(_at_rest, scene.workers))
    await _none_is_kept(scene, before, after)
    await _holds_end(scene, hung_up)


async def _none_is_kept(scene: Scene, before: list[AtRest], after: list[AtRest]) -> None:
    """Connections, transactions, locks."""
    leaked = [
        max(0, then.connections - first.connections)
        for first, then in zip(before, after, strict=True)
    ]
    idle = await scene.database.fetchval(
        "select count(*) from pg_stat_activity where datname = current_database()"
        " and state like 'idle in transaction%' and application_name = 'checkout'"
        # A worker's own short ones, between two statements, are no leak.
        " and clock_timestamp() - state_change > interval '2 seconds'"
    )
    locks = await scene.database.fetchval(
        "select count(*) from pg_locks l join pg_stat_activity a using (pid)"
        " where l.locktype = 'advisory' and a.datname = current_database()"
    )
    in_use = [[each.connections for each in told] for told in (before, after)]
    scene.figure("connections in use at rest, before and after", f"{in_use[0]}, {in_use[1]}")
    scene.figure("connections leaked", sum(leaked))
    scene.figure("idle in transaction", idle)
    scene.figure("locks left", locks)
    scene.require(not any(leaked), f"{leaked} connections were not given back")
    scene.require(not idle, f"{idle} transactions were left open")
    scene.require(not locks, f"{locks} locks were left")


async def _holds_end(scene: Scene, hung_up: list[tuple[Call, Purchase]]) -> None:
    """Each open hold is one that somebody was told of, and all of them end with their time."""
    told = {
        call.purchase_id
        for call in scene.journal.calls
        if call.kind == "hold" and did_something(call)
    }
    rows = await scene.database.fetch("select purchase_id from hold where state = 'pending'")
    unknown = [row["purchase_id"] for row in rows if row["purchase_id"] not in told]
    of_them = {call.purchase_id for call, _ in hung_up if call.kind == "hold"}
    made = await scene.database.fetchval(
        "select count(*) from hold where purchase_id = any($1)", [*of_them]
    )
    await set_clock(scene, AN_HOUR_S)

    async def none_is_open() -> bool:
        return not await scene.database.fetchval(
            "select exists (select from hold where state = 'pending')"
        )

    took_s = await wait_until(none_is_open, 3 * SWEPT_WITHIN_S, "the end of all holds")
    held = await scene.database.fetchval(
        "select (select coalesce(sum(held), 0) from account)"
        " + (select coalesce(sum(held), 0) from lot)"
    )
    scene.figure("holds hung up on", len(of_them))
    scene.figure("of these made in the end", made)
    scene.figure("open holds after the load", len(rows))
    scene.figure("of these nobody's", len(unknown))
    scene.figure("seconds from their time until none was open", took_s)
    scene.figure("points still held then", held)
    scene.require(made > 0, "no hold was hung up on")
    scene.require(not unknown, f"{len(unknown)} holds are nobody's: {unknown[:3]}")
    scene.require(not held, f"{held} points are held by no hold")


async def _make(client: CheckoutClient, call: Call, purchase: Purchase) -> Any:
    if call.kind == "hold":
        return await client.quote_and_hold(call.request_id, purchase.purchase_id, purchase.sale)
    return await client.confirm(call.request_id, purchase.purchase_id, purchase.sale)


async def _hang_up(scene: Scene, made: Any) -> None:
    """Begin a call, and cancel it at some moment."""
    task = asyncio.ensure_future(made)
    await asyncio.sleep(scene.load.chance.random() * CANCELLED_WITHIN_S)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _measure_memory(scene: Scene, made: list[tuple[Call, Purchase]]) -> None:
    """What a worker holds on to after calls that were hung up on, and nothing else.

    Measured at rest and without garbage. grpc itself loses 96 bytes of a call that is cancelled
    while it waits for one of its operations (grpc/grpc#43360): 0.9 MiB of ten thousand, if all
    did.
    """
    await _only_hang_up(scene, made, scene.seconds / 12)
    before = (await _at_rest(scene.workers[0])).held_bytes
    calls = await _only_hang_up(scene, made, scene.seconds / 2)
    after = (await _at_rest(scene.workers[0])).held_bytes
    if before is None or after is None:
        scene.figure("MiB per 10,000", "not known: the C library does not count")
        return
    slope = (after - before) / 2**20 / calls * 10_000
    scene.figure("held MiB", f"{before / 2**20:.2f} to {after / 2**20:.2f} by {calls} calls")
    scene.figure("MiB per 10,000", slope)
    if calls >= SLOPE_FROM:
        scene.require(slope <= SLOPE_MAX_MIB, f"memory grew by {slope:.1f} MiB per 10,000 calls")


async def _only_hang_up(scene: Scene, made: list[tuple[Call, Purchase]], seconds: float) -> int:
    """Quotes, and repetitions of sales, so that there is nothing to learn afterwards; how many."""
    ends = time.monotonic() + seconds
    chance = scene.load.chance
    calls = 0

    async def go_on(client: CheckoutClient) -> None:
        nonlocal calls
        while time.monotonic() < ends:
            call, purchase = chance.choice(made)
            if chance.random() < 1 / 2:
                again: Any = client.confirm(call.request_id, purchase.purchase_id, purchase.sale)
            else:
                again = client.quote(scene.load.fresh("p"), purchase.sale)
            await _hang_up(scene, again)
            calls += 1

    async with CheckoutClient(scene.targets[0], "north-s1-t1") as client:
        await asyncio.gather(*(go_on(client) for _ in range(AT_ONCE)))
    return calls


async def _at_rest(worker: WorkerProcess) -> AtRest:
    for _ in range(MEASURED_TIMES):
        await asyncio.sleep(REST_S)
        worker.signal(signal.SIGUSR1)
    await asyncio.sleep(REST_S)
    lines = (await asyncio.to_thread(worker.log.read_text)).splitlines()
    held = [line.removeprefix(HELD) for line in lines if line.startswith(HELD)]
    in_use = [line.removeprefix(IN_USE) for line in lines if line.startswith(IN_USE)]
    last = held[-MEASURED_TIMES:]
    return AtRest(
        None if "None" in last else min(map(int, last)),
        min(map(int, in_use[-MEASURED_TIMES:])),
    )


async def _learn_what_became_of_them(scene: Scene, hung_up: list[tuple[Call, Purchase]]) -> None:
    """Whoever hung up asks later, some at a time, and repeats what was not done."""

    async def learn(call: Call, purchase: Purchase) -> None:
        async def make(client: CheckoutClient) -> Any:
            return await _make(client, call, purchase)

        call.unknown_attempts += 1
        await scene.tills.carry_out(call, make, scene.load.until)

    for start in range(0, len(hung_up), AT_ONCE):
        await asyncio.gather(*(learn(*each) for each in hung_up[start : start + AT_ONCE]))
