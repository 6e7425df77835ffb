"""FC9-FC11: Valkey dies, sleeps, forgets, lies, and does not hear."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

import orjson
import redis

from checkout.client import CallRefusedError, CheckoutClient, OperatorClient, messages
from tests.faults.figures import percentile_ms, share
from tests.faults.journal import Call, did_something
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
_HEAD: Final = 23
_VERSION: Final = 19


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
    async with scene.load_running():
        await scene.at(0.1)
        with scene.stand.cache() as cache:
            while scene.elapsed_s < scene.seconds * 0.5:
                lies += await asyncio.to_thread(_lie, cache, scene.load.chance.random())
                await scene.pass_s(0.05)
            # A worker that starts must load its rules past the lies.
            scene.workers[0].kill()
            await scene.workers[0].wait_until_ended()
            restarted = asyncio.create_task(scene.restart(0))
            while scene.elapsed_s < scene.seconds * 0.9 or not restarted.done():
                lies += await asyncio.to_thread(_lie, cache, scene.load.chance.random())
                await scene.pass_s(0.05)
            await restarted
    told = scene.journal.of("acknowledged")
    changed = [c for c in told if getattr(c.answer, "status", 0) == messages.STATUS_PRICE_CHANGED]
    scene.figure("lies", lies)
    scene.figure("quotes that were fooled and corrected", len(changed))
    scene.require(lies > 0, "there was nothing in the cache to lie about")


def _lie(cache: redis.Redis, chance: float) -> int:
    """Change what is in the cache, in one of several ways; how many values."""
    keys: list[bytes] = list(cache.scan_iter(count=1_000))
    members = [key for key in keys if b":member" in key]
    cards = [key for key in keys if b":identifier" in key]
    parts = [key for key in keys if key.startswith(b"part")]
    told = 0
    for place, key in enumerate(members):
        value = _value(cache, key)
        if value is None or len(value) <= _HEAD:
            continue
        if (lie := _lie_about(value, int(chance * 1_000) + place, cache, members)) is not None:
            cache.set(key, lie, keepttl=True)
            told += 1
    for place, key in enumerate(cards[:5]):
        other = _value(cache, cards[(place + 1) % len(cards)])
        cache.set(key, other if chance < 1 / 2 and other else b"x" * 16, keepttl=True)
        told += 1
    for place, key in enumerate(parts[:20]):
        other = _value(cache, parts[(place + 1) % len(parts)])
        cache.set(key, b"{}" if chance < 1 / 2 or not other else other, keepttl=True)
        told += 1
    return told


def _value(cache: redis.Redis, key: bytes) -> bytes | None:
    found = cache.get(key)
    return found if isinstance(found, bytes) else None


def _lie_about(value: bytes, number: int, cache: redis.Redis, members: list[bytes]) -> bytes | None:
    """Garbage, a torn value, somebody else's, a richer member, a version from the future."""
    match number % 6:
        case 0:
            return b"\xff\x00garbage"
        case 1:
            return value[:-7]
        case 2:
            return _value(cache, members[number % len(members)])
        case 3:
            return _checked(value[:_VERSION], b'{"balance": 1}')
        case 4:
            return _checked(b"9" * _VERSION, _richer(value))
        case _:
            return _checked(value[:_VERSION], _richer(value))


def _richer(value: bytes) -> bytes:
    try:
        body: Any = orjson.loads(value[_HEAD:])
        for lot in body[5]:
            lot[5] *= 10
    except (orjson.JSONDecodeError, KeyError, TypeError, IndexError):
        return value[_HEAD:]  # a lie already
    return orjson.dumps(body)


def _checked(version: bytes, body: bytes) -> bytes:
    return version + crc32(body).to_bytes(4, "big") + body


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
