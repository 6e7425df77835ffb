"""FC9-FC11: Valkey dies, sleeps, forgets, lies, and does not hear."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import TYPE_CHECKING, Any, Final

from checkout.client import CallRefusedError, CheckoutClient, OperatorClient, messages
from tests.faults.figures import percentile_ms, share
from tests.faults.journal import Call, did_something
from tests.faults.lies import Liar
from tests.faults.priced_again import price_again
from tests.faults.seeding import card_of
from tests.service import world

if TYPE_CHECKING:
    from tests.faults.scene import Scene

#: Share of sales that must be done in their time while Valkey is in trouble.
GOODPUT_MIN_PERCENT: Final = 90
#: What is promised about changes made elsewhere.
STALENESS_MAX_S: Final = 2.0
#: What the cache kept from before is looked for so long after it is back: beyond what is promised.
WATCHED_S: Final = STALENESS_MAX_S + 0.5
#: A worker that started past the lies sells for so long: clients come back to it within a second or
#: two, and then the other may go.
SELLS_S: Final = 2.5


async def troubled(scene: Scene) -> None:
    """Killed, asleep, emptied, back without anything: sales go on from PostgreSQL."""
    stand, servers = scene.stand, scene.stand.servers
    async with scene.load_running():
        await scene.at(0.2)
        before = time.monotonic()
        await asyncio.to_thread(servers.kill, "valkey")
        await scene.at(0.35)
        await asyncio.to_thread(servers.start, "valkey")
        await scene.at(0.45)
        stand.signal("valkey", signal.SIGSTOP)
        try:
            await scene.at(0.6)
        finally:
            stand.signal("valkey", signal.SIGCONT)
        await scene.at(0.65)
        with stand.cache() as cache:
            for _ in range(3):
                await asyncio.to_thread(cache.flushall)
                await scene.pass_s(0.3)
        await asyncio.to_thread(servers.stop, "valkey")
        await asyncio.to_thread(servers.start, "valkey")
        after = time.monotonic()
        scene.lifted()
    _tell_parts(scene, before, after)


def _tell_parts(scene: Scene, before: float, after: float) -> None:
    parts = {"before": (0.0, before), "meanwhile": (before, after), "after": (after, float("inf"))}
    for name, (begins, ends) in parts.items():
        sales = [c for c in scene.journal.calls if begins <= c.begun_s < ends]
        done = [c for c in sales if did_something(c) or c.fate in {"refused", "acknowledged"}]
        times = [c.ended_s - c.begun_s for c in done]
        at_once = [took for took in times if took < 1]
        quotes = [q for q in scene.journal.quote_times if begins <= q[0] < ends]
        scene.figure(f"{name}: sales in time %", share(at_once, sales))
        scene.figure(f"{name}: p99 ms", percentile_ms(times, 99))
        scene.figure(f"{name}: quotes p99 ms", percentile_ms([took for _, took, _ in quotes], 99))
        if name == "meanwhile":
            scene.require_timely(
                share(at_once, sales) >= GOODPUT_MIN_PERCENT,
                f"only {share(at_once, sales):.0f} % of the sales were done in time without Valkey",
            )


async def poisoned(scene: Scene) -> None:
    """Somebody writes lies into the cache all the time: members, cards and rules."""
    lies = 0
    parts = dict(await scene.database.fetch("select part_hash, body from snapshot_part"))
    async with scene.load_running():
        await scene.at(0.1)
        with scene.stand.cache() as cache:
            liar = Liar(cache, parts)

            async def lie(*, plausible_rules: bool) -> int:
                told = await asyncio.to_thread(
                    liar.lie, scene.load.chance.random(), plausible_rules=plausible_rules
                )
                await scene.pass_s(0.05)
                return told

            while scene.elapsed_s < scene.seconds * 0.3:
                lies += await lie(plausible_rules=False)
            # Workers that start must load their rules past the lies: one past garbage, the other
            # past what could be rules.
            for worker, plausible_rules in enumerate((False, True)):
                lies += await lie(plausible_rules=plausible_rules)
                scene.workers[worker].kill()
                await scene.workers[worker].wait_until_ended()
                restarted = asyncio.create_task(scene.restart(worker))
                while not restarted.done():
                    lies += await lie(plausible_rules=plausible_rules)
                await restarted
                sells_until_s = scene.elapsed_s + SELLS_S
                while scene.elapsed_s < sells_until_s:
                    lies += await lie(plausible_rules=plausible_rules)
            while scene.elapsed_s < scene.seconds * 0.9:
                lies += await lie(plausible_rules=True)
    told = scene.journal.of("acknowledged")
    changed = [c for c in told if getattr(c.answer, "status", 0) == messages.STATUS_PRICE_CHANGED]
    scene.figure("lies", lies)
    scene.figure("quotes that were fooled and corrected", len(changed))
    scene.require(lies > 0, "there was nothing in the cache to lie about")
    again = await price_again(scene.journal, scene.dsn)
    scene.figure("sales priced again without a cache", again.sales)
    scene.figure("of these wrong", len(again.wrong))
    scene.require(again.sales > 0, "no sale was priced again")
    scene.require(
        not again.wrong, f"{len(again.wrong)} sales have another price: {again.wrong[:3]}"
    )


async def deaf(scene: Scene) -> None:
    """Valkey hears nothing for a while; what changes meanwhile is known within two seconds."""
    stale: list[float] = []
    back: list[float] = []
    async with (
        scene.load_running(),
        OperatorClient(
            scene.targets[0],
            world.CREDENTIAL,
            partner="north",
            author="faults",
            timeout_factor=5,
        ) as operator,
        CheckoutClient(scene.targets[0], "north-s1-t2", timeout_factor=5) as one,
        CheckoutClient(scene.targets[1], "north-s1-t2", timeout_factor=5) as other,
    ):
        stopped = 0
        number = 0
        await scene.at(0.1)
        while scene.elapsed_s < scene.seconds - 4:
            card = card_of(number)
            for is_blocked in (True, False):
                # The cache knows the state before; every second change it does not hear of.
                await _seconds_until(scene, [one, other], card, is_blocked=not is_blocked)
                if is_silent := (number + is_blocked) % 2 == 0:
                    scene.valkey.swallow()
                await scene.database.execute(
                    "update member set blocked_at = case when $2 then now() end"
                    " where member_id = $1::uuid",
                    scene.stand.member_ids[card],
                    is_blocked,
                )
                stale.append(await _seconds_until(scene, [one, other], card, is_blocked=is_blocked))
                if is_silent:
                    scene.valkey.heal()
                    scene.valkey.cut()
                    back.append(await _last_wrong(scene, [one, other], card, is_blocked=is_blocked))
            stopped += await _stop_counts_at_once(scene, operator, other, lift=bool(number % 2))
            number += 1
        scene.lifted()
    scene.figure("changes", len(stale))
    scene.figure("staleness p99 s", percentile_ms(stale, 99) / 1_000)
    scene.figure("longest s", max(stale))
    scene.figure("longest after Valkey was back s", max(back))
    scene.figure("emergency stops and lifts", stopped)
    scene.require_timely(
        max(stale) <= STALENESS_MAX_S, f"a quote was {max(stale):.1f} s behind a change"
    )
    scene.require_timely(
        max(back) <= STALENESS_MAX_S,
        f"a quote told what was before {max(back):.1f} s after Valkey was back",
    )
    scene.require(stopped > 0, "no sale after an emergency stop or its lift was done")


async def _seconds_until(
    scene: Scene, tills: list[CheckoutClient], card: str, *, is_blocked: bool
) -> float:
    """How long until all workers' quotes say so."""
    began = time.monotonic()
    for till in tills:
        while time.monotonic() - began < 5 * STALENESS_MAX_S:
            try:
                await till.identify(messages.Identifier(card=card))
                known = False
            except CallRefusedError as error:
                if error.reason not in {"MEMBER_BLOCKED", "CARD_BLOCKED"}:
                    continue
                known = True
            if known == is_blocked:
                break
            await scene.pass_s(0.02)
    return time.monotonic() - began


async def _last_wrong(
    scene: Scene, tills: list[CheckoutClient], card: str, *, is_blocked: bool
) -> float:
    """When a quote last told the state before, in the seconds after Valkey came back."""
    began = time.monotonic()
    last = 0.0
    while time.monotonic() - began < WATCHED_S:
        for till in tills:
            try:
                await till.identify(messages.Identifier(card=card))
                known = False
            except CallRefusedError as error:
                if error.reason not in {"MEMBER_BLOCKED", "CARD_BLOCKED"}:
                    continue
                known = True
            if known != is_blocked:
                last = time.monotonic() - began
        await scene.pass_s(0.02)
    return last


async def _stop_counts_at_once(
    scene: Scene, operator: OperatorClient, till: CheckoutClient, *, lift: bool
) -> int:
    """The next sale on the other worker knows it, whatever its memory says."""
    load = scene.load
    await operator.emergency_stop(load.fresh("stop"), "fruit", "faults", lift=lift)
    purchase = load.new_purchase(has_codes=False)
    del purchase.sale.lines[1:]
    line = purchase.sale.lines[0]
    line.sku, line.price_minor, line.quantity_milli = "apple", 100_00, 1_000
    line.amount_minor = 100_00
    purchase.sale.ClearField("identifier")
    purchase.sale.points_minor = 0
    call = Call("confirm", "Confirm", load.fresh("c"), purchase.purchase_id)

    async def make(_: CheckoutClient) -> Any:
        return await till.confirm(call.request_id, purchase.purchase_id, purchase.sale)

    await scene.tills.carry_out(call, make, load.until)
    if not did_something(call):
        return 0
    payable = call.answer.outcome.payable_minor
    expected = 80_00 if lift else 100_00
    scene.require(
        payable == expected, f"after a {'lift' if lift else 'stop'} {payable} was charged"
    )
    return 1
