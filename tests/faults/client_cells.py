"""FC14: clients that send twice, late, out of order, with no time left."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import grpc

from checkout.client import CallRefusedError, CheckoutClient, messages
from checkout.v1 import checkout_service_pb2 as pb
from tests.faults.journal import Call, did_something
from tests.faults.timed_clients import PLAIN
from tests.service.till import Said, Till, said_by

if TYPE_CHECKING:
    from tests.faults.journal import Purchase
    from tests.faults.scene import Scene

#: Deadlines at which calls are cut, one for each millisecond.
CUTS_MS: Final = range(1, 61)
ROUNDS: Final = 5
ROUNDS_QUICK: Final = 2
#: In the later half of the rounds answers come so much after their COMMIT, and calls are cut just
#: before: with much less time left than others took just now a worker would not begin them.
PAUSE_MS: Final = 200
LATE_CUTS_MS: Final = range(PAUSE_MS - 59, PAUSE_MS + 1)
LATE_CUTS_QUICK_MS: Final = LATE_CUTS_MS[::3]
LONG_FROM_S: Final = 60


@dataclass(slots=True)
class Cuts:
    """What became of calls whose time was cut."""

    made: int = 0
    told_truly: int = 0
    #: Whose outcome nobody told, and those of them that had been committed by then.
    unknown: int = 0
    committed: int = 0
    #: Of the unknown ones, whose outcome GetOperation told truly.
    resolved: int = 0


async def impolite(scene: Scene) -> None:
    """Duplicates at once, late repeats, wrong order, and deadlines cut at each millisecond.

    In the later rounds a worker commits in time and answers late, so that cuts fall in between.
    """
    journal = scene.journal
    cuts, late_cuts = Cuts(), Cuts()
    async with (
        scene.load_running(),
        CheckoutClient(scene.targets[0], "north-s1-t1", timeout_factor=5) as one,
        CheckoutClient(scene.targets[1], "north-s1-t2", timeout_factor=5) as other,
    ):
        await scene.at(0.1)
        is_long = scene.seconds >= LONG_FROM_S
        rounds = ROUNDS if is_long else ROUNDS_QUICK
        for round_number in range(ROUNDS):
            await _in_the_wrong_order(scene, one, other)
            await _from_two_terminals(scene, one, other)
            if round_number >= rounds:
                continue
            if round_number == rounds // 2:
                await scene.workers[0].terminate()
                await scene.restart(0, CHECKOUT_FAILPOINT=f"before_reply:pause_{PAUSE_MS}")
            # Each answer is that of one attempt.
            async with grpc.aio.insecure_channel(scene.targets[0], PLAIN) as channel:
                await channel.channel_ready()
                till = Till(channel, "north-s1-t1")
                if round_number < rounds // 2:
                    for cut_ms in CUTS_MS:
                        await _cut(scene, till, other, cut_ms, cuts)
                else:
                    for cut_ms in LATE_CUTS_MS if is_long else LATE_CUTS_QUICK_MS:
                        await _cut(scene, till, other, cut_ms, late_cuts)
        # What was answered long ago is answered the same.
        again = [c for c in journal.of("acknowledged") if c.kind == "hold" and did_something(c)]
        scene.require(bool(again), "no hold was answered")
        for call in again[:20]:
            view = await one.get_operation(call.method, call.request_id)
            scene.require(
                view.state == messages.OPERATION_STATE_DONE and view.quote == call.answer,
                f"{call.request_id} is answered otherwise than before",
            )
    scene.figure("answers asked for again", len(again[:20]))
    for name, each in (("calls cut by the millisecond", cuts), ("after COMMIT", late_cuts)):
        scene.figure(name, each.made)
        scene.figure(f"{name}: told truly %", 100.0 * each.told_truly / max(each.made, 1))
        scene.figure(f"{name}: unknown", each.unknown)
        scene.figure(f"{name}: committed and unknown", each.committed)
        scene.figure(f"{name}: told truly by GetOperation", each.resolved)
        untruths = each.made - each.told_truly
        scene.require(not untruths, f"{untruths} of {each.made} calls were told an untruth")
        scene.require(
            each.resolved == each.unknown,
            f"{each.unknown - each.resolved} of {each.unknown} unknown outcomes were told wrongly",
        )
    scene.require(late_cuts.committed > 0, "no call was cut between its COMMIT and its answer")


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


async def _cut(scene: Scene, till: Till, asked: CheckoutClient, cut_ms: int, cuts: Cuts) -> None:
    """A confirm with so little time: what it was told must be what the database says then."""
    purchase = scene.load.new_purchase()
    call = Call(
        "confirm", "Confirm", scene.load.fresh("cut"), purchase.purchase_id, card=purchase.card
    )
    said = await _confirm_raw(till, call, purchase, cut_ms / 1_000)
    is_unknown = said is not None and (not said.reason or said.reason == "OUTCOME_UNKNOWN")
    cuts.made += 1
    view = None
    if is_unknown:
        call.unknown_attempts += 1
        cuts.told_truly += 1
        cuts.unknown += 1
        view = await _ask(scene, asked, call, cuts)
    else:
        written = await _is_written_in_the_end(scene, purchase.purchase_id)
        cuts.told_truly += written == (said is None and did_something(call))

    # Then the till does as the guide says, with the same id.
    async def make(client: CheckoutClient) -> Any:
        return await client.confirm(call.request_id, purchase.purchase_id, purchase.sale)

    await scene.tills.carry_out(call, make, scene.load.until)
    if view is not None and view.state == messages.OPERATION_STATE_DONE:
        scene.require(
            call.fate != "acknowledged" or call.answer == view.confirm,
            f"{call.request_id} is answered otherwise than GetOperation said",
        )


async def _ask(scene: Scene, client: CheckoutClient, call: Call, cuts: Cuts) -> Any:
    """What GetOperation says of an unknown outcome, once it says more than that it goes on.

    Done is what is written, and of a sale that was rejected nothing; not done is what was not
    written when it was asked, and may be yet.
    """
    query = "select receipt_id::text from receipt where purchase_id = $1"
    while True:
        before = await scene.database.fetchval(query, call.purchase_id)
        try:
            view = await client.get_operation(call.method, call.request_id)
        except CallRefusedError as error:
            if time.monotonic() > scene.load.until():
                raise
            scene.journal.said[f"GetOperation {error.status} {error.reason}"] += 1
            continue
        if view.state != messages.OPERATION_STATE_IN_PROGRESS:
            break
    after = await scene.database.fetchval(query, call.purchase_id)
    cuts.committed += before is not None
    if view.state == messages.OPERATION_STATE_DONE:
        cuts.resolved += after == (view.confirm.receipt_id or None)
    else:
        cuts.resolved += before is None
    return view


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
