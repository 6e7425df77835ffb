"""FC3: a worker sleeps while rules change and a campaign is stopped; what it does once awake."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from typing import TYPE_CHECKING, Any, Final, TypeVar

from checkout.client import CallRefusedError, CheckoutClient, OperatorClient, messages
from checkout.flows.quote_token import TokenSigner
from tests.faults.honoured import Moment, Spell, judge
from tests.faults.journal import Call, Purchase, Shown, did_something
from tests.service import world

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.faults.scene import Scene

_T = TypeVar("_T")

#: A worker falls asleep within so long of serving, or the failpoint is not where calls pass.
ASLEEP_WITHIN_S: Final = 30.0
#: In the short form longer than PostgreSQL lets a silent transaction live (5 s).
STOPPED_S: Final = 7.0
STOPPED_FULL_S: Final = 30.0
#: Rules change so long before it wakes: longer than those who are awake may take to know them.
CHANGED_BEFORE_S: Final = 3.5
#: What is promised: a worker that runs, or runs again, knows what was published.
KNOWN_WITHIN_S: Final = 2.0
#: Whoever serves answers within so long; half of the workers have all of the load.
ANSWERED_WITHIN_S: Final = 10.0
#: By the new rules these take so much more off: a campaign with a code that only this cell shows,
#: and one of what the load sells.
CHANGED: Final = ("spring", "soap")
MORE_MINOR: Final = 2_00
#: Three towels with the code, by the rules of before and of after.
TOWELS: Final = 3
BEFORE_MINOR: Final = 50_00
AFTER_MINOR: Final = BEFORE_MINOR - MORE_MINOR
_TILL: Final = "north-s1-t2"
_SIGNER: Final = TokenSigner({1: bytes.fromhex(world.TOKEN_KEYS.removeprefix("1:"))})


async def stopped(scene: Scene) -> None:
    """A worker sleeps, with whatever it had begun, while rules change and a campaign is stopped."""
    pause_s = STOPPED_FULL_S if scene.seconds >= 60 else STOPPED_S
    async with (
        scene.load_running(),
        OperatorClient(
            scene.targets[1], world.CREDENTIAL, partner="north", author="faults", timeout_factor=5
        ) as operator,
        CheckoutClient(scene.targets[1], _TILL, timeout_factor=5) as awake,
    ):
        await scene.at(0.1)
        async with CheckoutClient(scene.targets[0], _TILL, timeout_factor=5) as before:
            by_awake, honoured, over = [await _show(scene, before) for _ in range(3)]
        await scene.workers[0].terminate()
        # It stops itself with a transaction open and its locks held, as bad as it gets.
        await scene.restart(0, CHECKOUT_FAILPOINT="before_commit:stop:10")
        async with CheckoutClient(scene.targets[0], _TILL, timeout_factor=5) as sleeper:
            await scene.workers[0].wait_until_stopped(ASLEEP_WITHIN_S)
            began = time.monotonic()
            await scene.pass_s(pause_s - CHANGED_BEFORE_S)
            in_force = await _change_rules(scene, operator)
            known = await _until_known(scene, awake, in_force, "awake")
            await _require_honoured(scene, awake, by_awake)
            stop_id = scene.load.fresh("stop")
            stop = await _answered(
                scene, lambda: operator.emergency_stop(stop_id, "fruit", "faults")
            )
            scene.require(stop.changed, "the campaign was stopped before")
            stopped_at = (await _now(scene)).at
            await scene.pass_s(max(0.0, pause_s - (time.monotonic() - began)))
            wakes = await _now(scene)
            scene.workers[0].resume()
            scene.lifted()
            scene.figure("stopped s", time.monotonic() - began)
            await _require_honoured(scene, sleeper, honoured)
            known_to_all = await _until_known(scene, sleeper, in_force, "woken")
            await _require_replaced(scene, sleeper, over, ended_at=stopped_at)
    await _require_without_what_was_stopped(scene, stopped_at)
    spells = [Spell(known, wakes), Spell(known_to_all, await _now(scene))]
    await _require_rules_that_count(scene, in_force, spells)
    learning = await judge(scene.journal, scene.database, in_force, [Spell(wakes, known_to_all)])
    scene.figure("sold by old rules while it learned the new ones", len(learning.wrong))


# ---- what is shown before, and confirmed after


@dataclasses.dataclass(slots=True)
class _ShownSale:
    purchase: Purchase
    shown: Shown


def _towels(scene: Scene) -> Purchase:
    """A guest's sale of which both rules make another price."""
    purchase = scene.load.new_purchase(is_guest=True, has_codes=False)
    del purchase.sale.lines[:]
    purchase.sale.lines.add(
        position=1,
        sku="towel",
        quantity_milli=TOWELS * 1_000,
        price_minor=20_00,
        amount_minor=TOWELS * 20_00,
    )
    purchase.sale.coupons.append(world.COUPON)
    return purchase


async def _show(scene: Scene, till: CheckoutClient) -> _ShownSale:
    """Quoted by the rules of before."""
    purchase = _towels(scene)
    quoted = await _answered(scene, lambda: till.quote(purchase.purchase_id, purchase.sale))
    payable = quoted.outcome.payable_minor
    scene.require(payable == BEFORE_MINOR, f"{payable} was shown before anything changed")
    purchase.quote_token = quoted.quote_token
    return _ShownSale(purchase, Shown.of(quoted))


async def _sell(scene: Scene, till: CheckoutClient, sale: _ShownSale) -> Call:
    """Confirmed at this worker."""
    purchase = sale.purchase
    call = Call("confirm", "Confirm", scene.load.fresh("c"), purchase.purchase_id)
    call.shown = sale.shown

    async def make(_: CheckoutClient) -> Any:
        return await till.confirm(
            call.request_id, purchase.purchase_id, purchase.sale, quote_token=purchase.quote_token
        )

    await scene.tills.carry_out(call, make, scene.load.until)
    return call


async def _require_honoured(scene: Scene, till: CheckoutClient, sale: _ShownSale) -> None:
    """A quote of before still counts, and so does its price; the woken one is asked this first."""
    call = await _sell(scene, till, sale)
    is_honoured = did_something(call) and call.answer.outcome.payable_minor == BEFORE_MINOR
    scene.require(is_honoured, f"a quote that is valid was not honoured: {_told(call)}")


async def _require_replaced(
    scene: Scene, till: CheckoutClient, sale: _ShownSale, *, ended_at: dt.datetime
) -> None:
    """The quote ended while the worker slept: its price is over.

    Nobody waits for a quarter of an hour; the token says that it ended then, signed as ever.
    """
    terms = _SIGNER.read(world.NORTH, sale.purchase.quote_token)
    assert terms is not None, "the worker signs with these keys"
    terms = dataclasses.replace(terms, valid_until=ended_at)
    sale.purchase.quote_token = _SIGNER.sign(world.NORTH, terms)
    sale.shown = dataclasses.replace(sale.shown, valid_until=ended_at)
    call = await _sell(scene, till, sale)
    fresh = getattr(call.answer, "quote", None)
    is_replaced = (
        getattr(call.answer, "status", None) == messages.STATUS_PRICE_CHANGED
        and fresh is not None
        and fresh.outcome.payable_minor == AFTER_MINOR
    )
    scene.require(is_replaced, f"a quote that was over got {_told(call)}")


def _told(call: Call) -> str:
    if call.fate != "acknowledged":
        return f"{call.fate} {call.reason}"
    name, outcome = messages.Status.Name(call.answer.status), call.answer.outcome
    return f"{name} at {outcome.payable_minor}"


# ---- new rules


async def _change_rules(scene: Scene, operator: OperatorClient) -> str:
    """Published by the worker that is awake; the id of the snapshot."""
    for document in world.campaigns("north"):
        if document["code"] in CHANGED:
            document["rewards"][0]["amount_minor"] += MORE_MINOR
            await world.put_campaign(scene.database, world.NORTH, document)
    published = await _answered(scene, lambda: operator.publish_snapshot("faults"))
    scene.require(published.changed, "the rules were published before")
    return published.snapshot_id


async def _until_known(scene: Scene, till: CheckoutClient, in_force: str, which: str) -> Moment:
    """When a worker's quotes are by the new rules; a worker that never learns them has failed."""
    began = time.monotonic()
    purchase = _towels(scene)
    payable = None
    while payable is None and time.monotonic() - began < 5 * KNOWN_WITHIN_S:
        try:
            quoted = await till.quote(purchase.purchase_id, purchase.sale)
        except CallRefusedError:
            continue
        if quoted.snapshot_id == in_force:
            payable = quoted.outcome.payable_minor
        else:
            await scene.pass_s(0.02)
    took_s = time.monotonic() - began
    scene.figure(f"rules known to the {which} worker after s", took_s)
    scene.require(payable == AFTER_MINOR, f"by the new rules the {which} worker shows {payable}")
    scene.require_timely(
        took_s <= KNOWN_WITHIN_S, f"the {which} worker learned the new rules after {took_s:.1f} s"
    )
    return await _now(scene)


async def _answered(scene: Scene, make: Callable[[], Awaitable[_T]]) -> _T:
    """What a worker answers that may have too much to do at first.

    Raises:
        CallRefusedError: it never answered.
    """
    ends = time.monotonic() + ANSWERED_WITHIN_S
    while True:
        try:
            return await make()
        except CallRefusedError:
            if time.monotonic() > ends:
                raise
        await scene.pass_s(0.05)


async def _now(scene: Scene) -> Moment:
    return Moment(await scene.database.fetchval("select clock_timestamp()"), time.monotonic())


# ---- all that was sold


async def _require_rules_that_count(scene: Scene, in_force: str, spells: list[Spell]) -> None:
    """No sale, hold or quote of the load by rules that were over, once everybody knew."""
    judged = await judge(scene.journal, scene.database, in_force, spells)
    scene.figure("then priced by the new rules", judged.by_new)
    scene.figure("by those of an honoured quote or hold", judged.by_quote + judged.by_hold)
    scene.figure("by rules that were over", len(judged.wrong))
    scene.figure("quotes", judged.quotes)
    scene.figure("of these by rules that were over", len(judged.wrong_quotes))
    scene.require(judged.by_new > 0, "nothing was sold by the new rules")
    scene.require(judged.by_quote > 0, "no quote of before was honoured")
    scene.require(judged.quotes > 0, "nothing was quoted once the new rules were known")
    for wrong in (judged.wrong, judged.wrong_quotes):
        scene.require(not wrong, f"{len(wrong)} by rules that were over: {wrong[:3]}")


async def _require_without_what_was_stopped(scene: Scene, stopped_at: dt.datetime) -> None:
    """What fruit gave after its stop was acknowledged; holds keep their price, and have none here.

    The same is counted before the stop: a query that finds nothing there says nothing.
    """
    before, wrong = await scene.database.fetchrow(
        "select count(*) filter (where confirmed_at <= $1),"
        " count(*) filter (where confirmed_at > $1)"
        " from receipt r where selling_partner_id = $2"
        " and convert_from(answer, 'UTF8') like '%\"fruit\"%'"
        " and not exists (select from hold h where h.purchase_id = r.purchase_id)",
        stopped_at,
        world.NORTH,
    )
    after = await scene.database.fetchval(
        "select count(*) from receipt where confirmed_at > $1", stopped_at
    )
    scene.figure("receipts with the campaign before", before)
    scene.figure("confirms after the stop", after)
    scene.figure("of these wrong", wrong)
    scene.require(before > 0, "no receipt before the stop has the campaign")
    scene.require(not wrong, f"{wrong} receipts have a campaign that was stopped before")
    scene.require(after > 0, "nothing was sold after the stop")
