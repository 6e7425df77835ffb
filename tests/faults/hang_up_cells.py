"""FC17: clients hang up, in the middle of quotes, holds and sales; what that leaves behind."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from checkout.client import CheckoutClient
from tests.faults.clock_cells import AN_HOUR_S, SWEPT_WITHIN_S, set_clock
from tests.faults.figures import share
from tests.faults.journal import Call, did_something
from tests.faults.load import MIX
from tests.faults.measured_worker import HELD, IN_USE
from tests.service.running import wait_until

if TYPE_CHECKING:
    import random
    from collections.abc import Awaitable

    from tests.faults.journal import Purchase
    from tests.faults.processes import WorkerProcess
    from tests.faults.scene import Scene

#: Of five calls two are those of other cells, and three are to be hung up on: drawn like each kind
#: of the load, and not sent beside it, so that a slow machine has the same share of them.
HUNG_UP: Final = "hung up"
HUNG_UP_MIX: Final = MIX | {HUNG_UP: 150}
RATE_PER_S: Final = 100.0
#: What is hung up on, of a hundred.
KINDS: Final = {"quote": 40, "hold": 20, "confirm": 40}
#: Of all calls at least so many percent are cancelled before anybody has answered them.
CANCELLED_SHARE: Final = 30.0
#: How long tills have patience at first; and by how much less when a call was answered before, and
#: more when it was not. With these, four of five calls are cancelled, however quick they are.
PATIENCE_S: Final = 0.06
SHRINKS_TO: Final = 0.8
GROWS_TO: Final = 1.05
#: So many ask at once what became of their calls.
AT_ONCE: Final = 10
#: Until a worker has ended what was begun, and again until it has been asked what it holds.
REST_S: Final = 0.5
MEASURED_TIMES: Final = 3
#: A worker's own work takes longer on a busy machine: it is looked so often whether what was in use
#: has been given back. What has leaked never is.
RESTS_MAX: Final = 5
#: A worker that has just begun fills what it keeps at hand: what it holds is measured after so many
#: calls of tills that hang up, and after so many more, which is too much for the short form.
MEASURED_FROM_S: Final = 60
FILLED_BY: Final = 2_500
MEASURED_BY: Final = 10_000
#: Growth of a worker's memory by ten thousand of these, most of which are cancelled.
SLOPE_MAX_MIB: Final = 1.0


@dataclass(frozen=True, slots=True)
class AtRest:
    """The least that a worker told of some times when it had nothing to do."""

    held_bytes: int | None
    #: A worker's own work has some for a moment, and what listens to the queue has one for ever.
    connections: int


class Patience:
    """How long tills wait before they hang up: until some moment in the life of a call.

    How long a call lives, only calls tell: so tills wait a little less after each that was answered
    before they hung up, and a little longer after each that was not.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._at_most_s: dict[str, float] = {}

    def at_most_s(self, kind: str) -> float:
        """For this kind of call, now."""
        return self._at_most_s.get(kind, PATIENCE_S)

    async def hang_up(self, kind: str, made: Awaitable[Any]) -> bool:
        """Begin a call, and cancel it at some moment; whether nobody had answered by then."""
        task = asyncio.ensure_future(made)
        await asyncio.wait({task}, timeout=self._chance.random() * self.at_most_s(kind))
        is_hung_up = task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        step = GROWS_TO if is_hung_up else SHRINKS_TO
        self._at_most_s[kind] = self.at_most_s(kind) * step
        return is_hung_up


class HastyTills:
    """Tills that hang up, as one kind of the load's calls."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._asking = asyncio.Semaphore(AT_ONCE)
        self.patience = Patience(scene.load.chance)
        self.begun = 0
        #: Holds and sales, whether they were answered or not.
        self.made: list[tuple[Call, Purchase]] = []

    async def hang_up(self) -> None:
        """Begin something and hang up; who does not know what became of it learns that later."""
        load, hung_up = self._scene.load, self._scene.journal.hung_up
        kind = load.chance.choices([*KINDS], [*KINDS.values()])[0]
        purchase, client = load.new_purchase(), self._scene.tills.client()
        self.begun += 1
        if kind == "quote":
            quote = client.quote(purchase.purchase_id, purchase.sale)
            if await self.patience.hang_up(kind, quote):
                hung_up[kind] += 1
            return
        method = "Quote" if kind == "hold" else "Confirm"
        call = Call(
            *(kind, method, load.fresh("hung"), purchase.purchase_id),
            card=purchase.card,
        )
        self.made.append((call, purchase))
        if await self.patience.hang_up(kind, _make(client, call, purchase)):
            hung_up[kind] += 1
            call.unknown_attempts += 1
        async with self._asking:
            await self._learn(call, purchase)

    async def _learn(self, call: Call, purchase: Purchase) -> None:
        """Repeat it, and ask what became of it, until that is known."""

        async def make(client: CheckoutClient) -> Any:
            return await _make(client, call, purchase)

        await self._scene.tills.carry_out(call, make, self._scene.load.until)


async def hanging_up(scene: Scene) -> None:
    """Calls are cancelled at some moment, more than three of ten; nothing leaks, no lock stays."""
    tills = HastyTills(scene)
    scene.load.add_kind(HUNG_UP, tills.hang_up)
    before = await _all_at_rest(scene)
    async with scene.load_running():
        pass
    hung_up = scene.journal.hung_up.total()
    hung_up_share = share(range(hung_up), range(scene.load.begun))
    scene.figure("calls hung up on", hung_up)
    scene.figure("answered before", tills.begun - hung_up)
    scene.figure("share of all %", hung_up_share)
    scene.require(hung_up_share >= CANCELLED_SHARE, f"only {hung_up_share:.0f} % were cancelled")
    if scene.seconds >= MEASURED_FROM_S:
        await _measure_memory(scene, tills)
    await _none_is_kept(scene, before)
    await _holds_end(scene, [call for call, _ in tills.made if call.was_unknown])


async def _none_is_kept(scene: Scene, before: list[AtRest]) -> None:
    """Connections, transactions, locks."""
    after, rests = await _all_at_rest(scene), 1
    while any(leaked := _leaked(before, after)) and rests < RESTS_MAX:
        after, rests = await _all_at_rest(scene), rests + 1
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


def _leaked(before: list[AtRest], after: list[AtRest]) -> list[int]:
    """Connections that each worker has more."""
    return [
        max(0, then.connections - first.connections)
        for first, then in zip(before, after, strict=True)
    ]


async def _holds_end(scene: Scene, hung_up: list[Call]) -> None:
    """Each open hold is one that somebody was told of, and all of them end with their time."""
    told = {
        call.purchase_id
        for call in scene.journal.calls
        if call.kind == "hold" and did_something(call)
    }
    rows = await scene.database.fetch("select purchase_id from hold where state = 'pending'")
    unknown = [row["purchase_id"] for row in rows if row["purchase_id"] not in told]
    of_them = {call.purchase_id for call in hung_up if call.kind == "hold"}
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


async def _measure_memory(scene: Scene, tills: HastyTills) -> None:
    """What a worker holds on to after calls that were hung up on, and nothing else.

    Measured at rest and without garbage. grpc itself loses 96 bytes of a call that is cancelled
    while it waits for one of its operations (grpc/grpc#43360): 0.9 MiB of ten thousand, if all
    did.
    """
    await _only_hang_up(scene, tills, FILLED_BY)
    before = (await _at_rest(scene.workers[0])).held_bytes
    hung_up = await _only_hang_up(scene, tills, MEASURED_BY)
    after = (await _at_rest(scene.workers[0])).held_bytes
    if before is None or after is None:
        scene.figure("MiB per 10,000", "not known: the C library does not count")
        return
    slope = (after - before) / 2**20 / MEASURED_BY * 10_000
    scene.figure("held MiB", f"{before / 2**20:.2f} to {after / 2**20:.2f} by {MEASURED_BY} calls")
    scene.figure("of these hung up on", hung_up)
    scene.figure("MiB per 10,000", slope)
    scene.require(slope <= SLOPE_MAX_MIB, f"memory grew by {slope:.1f} MiB per 10,000 calls")


async def _only_hang_up(scene: Scene, tills: HastyTills, calls: int) -> int:
    """So many quotes, and repetitions of sales, of which there is nothing to learn afterwards.

    How many of them were hung up on before anybody had answered them.
    """
    made = [each for each in tills.made if each[0].kind == "confirm"]
    chance = scene.load.chance
    begun = hung_up = 0

    async def go_on(client: CheckoutClient) -> None:
        nonlocal begun, hung_up
        while begun < calls:
            begun += 1
            call, purchase = chance.choice(made)
            if chance.random() < 1 / 2:
                kind, again = "repeated", _make(client, call, purchase)
            else:
                kind, again = "quote", client.quote(scene.load.fresh("p"), purchase.sale)
            if await tills.patience.hang_up(kind, again):
                hung_up += 1

    async with CheckoutClient(scene.targets[0], "north-s1-t1") as client:
        await asyncio.gather(*(go_on(client) for _ in range(AT_ONCE)))
    return hung_up


async def _all_at_rest(scene: Scene) -> list[AtRest]:
    return await asyncio.gather(*map(_at_rest, scene.workers))


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
