"""FC14 and FC17: clients that send twice, late, out of order, with no time left; that hang up."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import TYPE_CHECKING, Any, Final

import grpc

from checkout.client import CallRefusedError, CheckoutClient, messages
from checkout.v1 import checkout_service_pb2 as pb
from tests.faults.figures import share
from tests.faults.journal import Call, did_something
from tests.faults.measured_worker import HELD
from tests.service.till import Said, Till, said_by

if TYPE_CHECKING:
    from tests.faults.journal import Purchase
    from tests.faults.scene import Scene

#: Deadlines at which calls are cut, one for each millisecond.
CUTS_MS: Final = range(1, 61)
#: Of so many calls one is cancelled.
CANCELLED_SHARE: Final = 0.3
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


async def impolite(scene: Scene) -> None:
    """Duplicates at once, late repeats, wrong order, and deadlines cut at each millisecond."""
    journal = scene.journal
    truthful = told = 0
    # No channel repeats anything by itself here: each answer is that of one attempt.
    plain = [("grpc.enable_retries", 0), ("grpc.use_local_subchannel_pool", 1)]
    async with (
        scene.load_running(),
        CheckoutClient(scene.targets[0], "north-s1-t1", timeout_factor=5) as one,
        CheckoutClient(scene.targets[1], "north-s1-t2", timeout_factor=5) as other,
        grpc.aio.insecure_channel(scene.targets[0], plain) as channel,
    ):
        till = Till(channel, "north-s1-t1")
        await scene.at(0.1)
        for round_number in range(5):
            await _in_the_wrong_order(scene, one, other)
            await _from_two_terminals(scene, one, other)
            if round_number < 2 or scene.seconds >= 60:
                for cut_ms in CUTS_MS:
                    is_true = await _cut(scene, till, cut_ms)
                    truthful, told = truthful + is_true, told + 1
        # What was answered long ago is answered the same.
        again = [c for c in journal.of("acknowledged") if c.kind == "hold" and did_something(c)]
        scene.require(bool(again), "no hold was answered")
        for call in again[:20]:
            view = await one.get_operation(call.method, call.request_id)
            scene.require(
                view.state == messages.OPERATION_STATE_DONE and view.quote == call.answer,
                f"{call.request_id} is answered otherwise than before",
            )
    scene.figure("calls cut by the millisecond", told)
    scene.figure("told truly %", 100.0 * truthful / max(told, 1))
    scene.figure("answers asked for again", len(again[:20]))
    scene.require(truthful == told, f"{told - truthful} of {told} calls were told an untruth")


async def _in_the_wrong_order(scene: Scene, one: CheckoutClient, other: CheckoutClient) -> None:
    """A return before its sale is refused; a cancel before its confirm is kept."""
    purchase = scene.load.new_purchase()
    try:
        await one.confirm_return(
            messages.ConfirmReturnRequest(
                request_id=scene.load.fresh("r"),
                return_id=scene.load.fresh("back"),
                purchase_id=purchase.purchase_id,
            )
        )
        scene.require(False, "goods came back before they were sold")
    except CallRefusedError as error:
        scene.require(error.reason == "PURCHASE_UNKNOWN", f"a return too early: {error}")
    await other.cancel(scene.load.fresh("cancel"), purchase.purchase_id)
    try:
        await one.confirm(scene.load.fresh("c"), purchase.purchase_id, purchase.sale)
        scene.require(False, "a purchase was confirmed that had been cancelled")
    except CallRefusedError as error:
        scene.require(error.reason == "PURCHASE_CANCELLED", f"a confirm too late: {error}")


async def _from_two_terminals(scene: Scene, one: CheckoutClient, other: CheckoutClient) -> None:
    """The same sale from two terminals at once, by two requests: one receipt, or a clear no."""
    purchase = scene.load.new_purchase()
    calls = [
        Call("confirm", "Confirm", scene.load.fresh("c"), purchase.purchase_id, card=purchase.card)
        for _ in range(2)
    ]

    async def send(call: Call, till: CheckoutClient) -> None:
        call.begun_s = time.monotonic()
        try:
            call.answer = await till.confirm(call.request_id, purchase.purchase_id, purchase.sale)
            call.fate = "acknowledged"
        except CallRefusedError as error:
            call.fate, call.reason = "refused", error.reason
            scene.require(
                error.reason in {"PURCHASE_CONFIRMED", "REQUEST_ID_REUSED"},
                f"a sale from two terminals: {error}",
            )
        call.ended_s = time.monotonic()

    await asyncio.gather(send(calls[0], one), send(calls[1], other))
    done = [call for call in calls if did_something(call)]
    scene.require(
        len({call.answer.receipt_id for call in done}) <= 1, "two receipts of one sale were told"
    )
    # Both were told of the one receipt: in the journal it counts once.
    scene.journal.calls += done[:1] or calls[:1]


async def _cut(scene: Scene, till: Till, cut_ms: int) -> bool:
    """A confirm with so little time; whether what it was told is what the database says then."""
    purchase = scene.load.new_purchase()
    call = Call(
        "confirm", "Confirm", scene.load.fresh("cut"), purchase.purchase_id, card=purchase.card
    )
    said = await _confirm_raw(till, call, purchase, cut_ms / 1_000)
    is_unknown = said is not None and (not said.reason or said.reason == "OUTCOME_UNKNOWN")
    call.unknown_attempts += is_unknown
    written = await _is_written_in_the_end(scene, purchase.purchase_id)
    truth = written if said is None and did_something(call) else not written or is_unknown

    # Then the till does as the guide says, with the same id.
    async def make(client: CheckoutClient) -> Any:
        return await client.confirm(call.request_id, purchase.purchase_id, purchase.sale)

    await scene.tills.carry_out(call, make, scene.load.until)
    return truth


async def _confirm_raw(till: Till, call: Call, purchase: Purchase, timeout_s: float) -> Said | None:
    """One attempt that nobody repeats; what an error said."""
    try:
        call.answer = await till.call(
            "Confirm",
            pb.ConfirmRequest(
                request_id=call.request_id,
                purchase_id=purchase.purchase_id,
                receipt=purchase.sale,
            ),
            timeout_s,
        )
        call.fate = "acknowledged"
    except grpc.aio.AioRpcError as error:
        return said_by(error)
    return None


async def _is_written_in_the_end(scene: Scene, purchase_id: str) -> bool:
    """Whether there is a receipt once nothing of the call can be under way any more."""
    query = "select count(*) from receipt where purchase_id = $1"
    for _ in range(6):
        if await scene.database.fetchval(query, purchase_id):
            return True
        await asyncio.sleep(1 / 50)
    return False


async def hanging_up(scene: Scene) -> None:
    """Calls are cancelled at some moment, more than three of ten; nothing leaks, no lock stays."""
    cancelled = 0
    hung_up: list[tuple[Call, Purchase]] = []
    async with scene.load_running():
        pending: set[asyncio.Task[None]] = set()
        await scene.at(0.15)
        while scene.elapsed_s < scene.seconds - 1:
            purchase = scene.load.new_purchase()
            call = Call(
                *("confirm", "Confirm", scene.load.fresh("hung"), purchase.purchase_id),
                card=purchase.card,
            )
            client = scene.tills.client()
            if scene.load.chance.random() < 1 / 2:
                made: Any = client.confirm(call.request_id, purchase.purchase_id, purchase.sale)
                hung_up.append((call, purchase))
            else:
                made = client.quote(purchase.purchase_id, purchase.sale)
            task = asyncio.create_task(_hang_up(scene, made))
            pending.add(task)
            task.add_done_callback(pending.discard)
            cancelled += 1
            await asyncio.sleep(1 / 60)
        await asyncio.gather(*pending)
        await _learn_what_became_of_them(scene, hung_up)
    scene.figure("calls hung up on", cancelled)
    scene.figure("share of all %", share(range(cancelled), range(cancelled + scene.load.begun)))
    if scene.seconds >= MEASURED_FROM_S:
        await _measure_memory(scene, hung_up)
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
    scene.figure("idle in transaction", idle)
    scene.figure("locks left", locks)
    scene.require(not idle, f"{idle} transactions were left open")
    scene.require(not locks, f"{locks} locks were left")


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
    before = await _held_bytes(scene)
    calls = await _only_hang_up(scene, made, scene.seconds / 2)
    after = await _held_bytes(scene)
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


async def _held_bytes(scene: Scene) -> int | None:
    """The least that the first worker told of some times when it had nothing to do."""
    worker = scene.workers[0]
    for _ in range(MEASURED_TIMES):
        await asyncio.sleep(REST_S)
        worker.signal(signal.SIGUSR1)
    await asyncio.sleep(REST_S)
    log = await asyncio.to_thread(worker.log.read_text)
    told = [line.removeprefix(HELD) for line in log.splitlines() if line.startswith(HELD)]
    last = told[-MEASURED_TIMES:]
    return None if "None" in last else min(int(each) for each in last)


async def _learn_what_became_of_them(scene: Scene, hung_up: list[tuple[Call, Purchase]]) -> None:
    """Whoever hung up asks later, some at a time, and repeats what was not done."""

    async def learn(call: Call, purchase: Purchase) -> None:
        async def make(client: CheckoutClient) -> Any:
            return await client.confirm(call.request_id, purchase.purchase_id, purchase.sale)

        call.unknown_attempts += 1
        await scene.tills.carry_out(call, make, scene.load.until)

    for start in range(0, len(hung_up), AT_ONCE):
        await asyncio.gather(*(learn(*each) for each in hung_up[start : start + AT_ONCE]))
