"""FC13 and FC18: clocks jump, the database's and the workers'; sweepers meet, and die half-way."""

from __future__ import annotations

import asyncio
import datetime as dt
import signal
import time
from typing import TYPE_CHECKING, Final

from checkout.client import CallRefusedError, CheckoutClient, OperatorClient, messages
from checkout.flows.pricing import QUOTE_VALIDITY
from tests.faults.skewed_worker import SKEWS_S
from tests.faults.tills import Tills
from tests.service import world

if TYPE_CHECKING:
    from tests.faults.scene import Scene

#: Where the database's clock is set, one after the other, in seconds from the true time: an hour
#: ahead, a step back as a time server makes it, a day ahead, a step back. Setting it back by more
#: than a minute is not survived: history is ordered by it (docs/guarantees.md).
JUMPS_S: Final = (3_600, 3_570, 90_000, 89_970)
AN_HOUR_S: Final = 3_600
#: A worker takes over the time within two polls; more on a busy machine.
KNOWN_WITHIN_S: Final = 1.5
#: What has not happened by then does not: a dead worker's job is taken after some seconds.
TAKEN_WITHIN_S: Final = 60.0
#: All overdue holds are ended, though both sweepers may have died one after the other: twice some
#: seconds of silence, the next run, and what was left.
SWEPT_WITHIN_S: Final = 20.0
HOLDS: Final = 40
#: How often both workers' clocks are set: each of them has been wrong in every way.
WINDINGS: Final = len(SKEWS_S)
#: Time is asked for twice a second; more on a busy machine.
OFF_AT_MOST_S: Final = 5.0
#: Every third member has points that end at the next midnight: more than most spend before it.
SHORT_LIVED_EVERY: Final = 3
SHORT_LIVED_MINOR: Final = 1_000_00


async def set_clock(scene: Scene, offset_s: int) -> None:
    """Set the database's clock beside the true one, for sessions that begin from now on."""
    offset = f"{offset_s} seconds"
    name = await scene.database.fetchval("select current_database()")
    await scene.database.execute(f"alter database {name} set checkout.clock_offset = '{offset}'")
    # Sessions take it at their start: all that ask for the time begin anew.
    await scene.database.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
        " and application_name in ('checkout', 'checkout background')"
    )
    await scene.database.execute(f"set checkout.clock_offset = '{offset}'")
    scene.load.clock_offset = dt.timedelta(seconds=offset_s)


async def jumps(scene: Scene) -> None:
    """An hour, a day, small steps back; and tills whose clock is wrong by years."""
    refused = 0
    await _give_short_lived(scene)
    async with (
        scene.load_running(),
        CheckoutClient(scene.targets[0], "north-s1-t2", timeout_factor=5) as till,
    ):
        for _ in range(HOLDS // 4):
            scene.load.start("hold")
        for step, offset_s in enumerate(JUMPS_S):
            await scene.at(0.1 + 0.8 * step / len(JUMPS_S))
            await set_clock(scene, offset_s)
            scene.lifted()
            await scene.pass_s(KNOWN_WITHIN_S)
            refused += await _sell_in_another_year(scene, till)
    await _booked(scene)
    wrong = await scene.database.fetchval(
        "select count(*) from hold where state = 'expired' and ended_at < expires_at"
    )
    expired = await scene.database.fetchval("select count(*) from hold where state = 'expired'")
    lots = await scene.database.fetchval(
        "select count(*) from lot_movement m join posting p using (bucket, month, posting_id)"
        " join lot l on l.bucket = m.bucket and l.lot_id = m.lot_id"
        " where m.amount < 0 and p.kind = 'sale' and l.expires_at < p.at"
    )
    # Lots that ended with something in them, whose members then paid with other points.
    ended = await scene.database.fetchval(
        "select count(*) from lot l where l.expired > 0 and exists ("
        " select from posting p join lot_movement m using (bucket, month, posting_id)"
        " where p.bucket = l.bucket and p.member_id = l.member_id and p.kind = 'sale'"
        " and m.amount < 0 and p.at > l.expires_at)"
    )
    scene.figure("jumps", len(JUMPS_S))
    scene.figure("holds that expired", expired)
    scene.figure("of these too early", wrong)
    scene.figure("lots that ended before their members paid with points", ended)
    scene.figure("points spent after their time", lots)
    scene.figure("sales of another year refused", refused)
    scene.require(expired > 0, "no hold expired: the jumps were not noticed")
    scene.require(not wrong, f"{wrong} holds ended before their time")
    scene.require(ended > 0, "no lot ended before its member paid with points")
    scene.require(not lots, f"points of {lots} lots were spent after their time")
    scene.require(refused == 2 * len(JUMPS_S), "a till with a clock of another year sold something")


async def wrong_workers(scene: Scene) -> None:
    """Workers' machines are an hour or a day ahead or behind, and set while they run.

    Both serve the same tills: what one of them shows, the other one has to know.
    """
    furthest_s = 0.0
    began = await scene.database.fetchval("select clock_timestamp()")
    seeded = await _dated_elsewhere(scene, began)
    for worker, skew_s in zip(scene.workers, SKEWS_S[:2], strict=True):
        await worker.terminate()
        await worker.start(CHECKOUT_CLOCK_SKEW_S=str(skew_s))
    async with scene.load_running():
        for step in range(WINDINGS):
            await scene.at(0.1 + 0.8 * step / WINDINGS)
            for worker in scene.workers:
                worker.signal(signal.SIGUSR1)
            scene.lifted()
            furthest_s = max(furthest_s, await _furthest_from_the_truth(scene))
            await _one_shows_what_the_other_takes(scene)
    early = await scene.database.fetchval(
        "select count(*) from hold where state = 'expired' and ended_at < expires_at"
    )
    held = await scene.database.fetchval("select count(*) from hold")
    dated = await _dated_elsewhere(scene, began) - seeded
    scene.figure("times that clocks were set", 2 * WINDINGS)
    scene.figure("furthest of a quote from the database's time, s", furthest_s)
    scene.figure("holds", held)
    scene.figure("of these ended too early", early)
    scene.figure("postings dated by another clock", dated)
    scene.require(held > 0, "nothing was held")
    scene.require(furthest_s < OFF_AT_MOST_S, f"a quote was {furthest_s:.1f} s from the time")
    scene.require(not early, f"{early} holds ended before their time")
    scene.require(not dated, f"{dated} postings are dated by a worker's clock")


async def _dated_elsewhere(scene: Scene, began: dt.datetime) -> int:
    """Postings that are not dated between then and now; what the world came with is among them."""
    found: int = await scene.database.fetchval(
        "select count(*) from posting where at not between $1 and clock_timestamp()", began
    )
    return found


async def _furthest_from_the_truth(scene: Scene) -> float:
    """By how many seconds the moment of a quote of each worker misses the database's time."""
    furthest_s = 0.0
    for target in scene.targets:
        # A till that asks again when it is turned away.
        till = Tills([target], "north-s1-t2", scene.journal, scene.seed, timeout_factor=5)
        purchase = scene.load.new_purchase()
        # What is too dear for the member's points has no quote.
        purchase.sale.ClearField("points_to_spend")
        quoted = await till.quote(purchase.purchase_id, purchase.sale)
        await till.close()
        scene.require_timely(quoted is not None, "a worker priced nothing in three attempts")
        if quoted is None:
            continue
        now = await scene.database.fetchval("select clock_timestamp()")
        shown_at = dt.datetime.fromisoformat(quoted.valid_until) - QUOTE_VALIDITY
        furthest_s = max(furthest_s, abs((now - shown_at).total_seconds()))
    return furthest_s


async def _one_shows_what_the_other_takes(scene: Scene) -> None:
    """A QR code of each worker brings its member to a sale at the other one, and no other way."""
    card, member_id = next(iter(scene.stand.member_ids.items()))
    del card
    for shows, takes in (scene.targets, scene.targets[::-1]):
        async with (
            OperatorClient(
                shows, world.CREDENTIAL, partner="north", author="faults", timeout_factor=5
            ) as operator,
            CheckoutClient(takes, "north-s1-t2", timeout_factor=5) as till,
        ):
            code = await operator.issue_qr_token(member_id)
            member = await till.identify(messages.Identifier(qr=code.qr))
            scene.require(member.member_id == member_id, "a code brought another member")


async def _give_short_lived(scene: Scene) -> None:
    """Some members get points beside those of a year: they must not pay with them for long."""
    async with OperatorClient(
        scene.targets[0], world.CREDENTIAL, partner="north", author="faults", timeout_factor=5
    ) as operator:
        for card in [*scene.stand.member_ids][::SHORT_LIVED_EVERY]:
            await operator.adjust_balance(
                scene.load.fresh("give"),
                scene.stand.member_ids[card],
                world.CURRENCY,
                SHORT_LIVED_MINOR,
                "faults",
                days=1,
            )
            scene.journal.given[card] += SHORT_LIVED_MINOR


async def _booked(scene: Scene) -> None:
    """Wait until lots that ended are booked: after such a jump there was no hour for it yet."""
    query = (
        "select count(*) from lot where remaining > held + frozen and expires_at"
        " < clock_timestamp() + current_setting('checkout.clock_offset')::interval"
        " - interval '1 hour'"
    )
    began = time.monotonic()
    while await scene.database.fetchval(query):
        if time.monotonic() - began > TAKEN_WITHIN_S:
            scene.require_timely(False, "lots that ended are not booked")
            break
        await asyncio.sleep(1 / 20)


async def _sell_in_another_year(scene: Scene, till: CheckoutClient) -> int:
    refused = 0
    for year in (1999, 2031):
        purchase = scene.load.new_purchase()
        purchase.sale.local_time = f"{year}-06-01T12:00:00"
        try:
            await till.confirm(scene.load.fresh("wrong"), purchase.purchase_id, purchase.sale)
        except CallRefusedError as error:
            refused += error.reason == "RECEIPT_TIME_OUT_OF_WINDOW"
    return refused


async def sweepers(scene: Scene) -> None:
    """All holds are overdue at once; two sweepers share them, one dies after the first."""
    async with scene.load_running():
        # Whichever of them takes the sweep dies in the middle of it.
        for number in range(len(scene.workers)):
            await scene.workers[number].terminate()
            await scene.restart(number, CHECKOUT_FAILPOINT="half_swept:kill:3")
        for _ in range(HOLDS):
            scene.load.start("hold")
            await scene.pass_s(0.02)
        await scene.at(0.4)
        began = time.monotonic()
        await set_clock(scene, AN_HOUR_S)
        dead = await _first_death(scene)
        scene.lifted()
        await scene.restart(dead)
        lag_s = await _swept(scene, began, 1 - dead)
    ended = await scene.database.fetch(
        "select state, count(*) as holds from hold group by 1 order by 1"
    )
    expired = sum(row["holds"] for row in ended if row["state"] == "expired")
    scene.figure("holds that expired", expired)
    scene.figure("seconds until all were ended", lag_s)
    scene.require_timely(lag_s < SWEPT_WITHIN_S, f"the last hold was ended after {lag_s:.1f} s")
    scene.require(expired > HOLDS / 2, f"only {expired} holds expired")


async def _first_death(scene: Scene) -> int:
    """Which worker died first."""
    async with asyncio.timeout(TAKEN_WITHIN_S):
        while True:
            for number, worker in enumerate(scene.workers):
                if worker.exit_code is not None:
                    await worker.wait_until_ended()
                    return number
            await asyncio.sleep(1 / 50)


async def _swept(scene: Scene, began: float, armed: int) -> float:
    """Seconds until no hold was overdue; the other worker may die of its sweep, too."""
    query = (
        "select count(*) from hold where state = 'pending' and expires_at <= clock_timestamp()"
        " + current_setting('checkout.clock_offset')::interval - interval '2 seconds'"
    )
    last_death = began
    while await scene.database.fetchval(query):
        if scene.workers[armed].exit_code is not None:
            await scene.workers[armed].wait_until_ended()
            await scene.restart(armed)
            last_death = time.monotonic()
        if time.monotonic() - last_death > TAKEN_WITHIN_S:
            scene.require_timely(False, "overdue holds are left")
            break
        await asyncio.sleep(1 / 20)
    if scene.workers[armed].exit_code is not None:
        await scene.workers[armed].wait_until_ended()
        await scene.restart(armed)
    return time.monotonic() - began
