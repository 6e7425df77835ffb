"""FC1-FC3: a worker is killed, told to end, stopped for a while."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from checkout.client import OperatorClient
from checkout.launch.worker import GRACE_S
from tests.service import world

if TYPE_CHECKING:
    from tests.faults.scene import Scene

#: Where a worker dies, and at which pass: a few commits after it has begun to serve.
DEATHS: Final = ("", "before_commit:kill:15", "after_commit:kill:15", "before_reply:kill:25")
#: A worker dies within so long of serving, or the failpoint is not where calls pass.
DEATH_WITHIN_S: Final = 30.0
#: Clients come back to a worker within so long (`checkout/client`); one restarts them no faster.
RECONNECTED_S: Final = 3.0
#: No new round begins so shortly before the end.
PAUSE_AFTER_S: Final = 3.0
#: In the short form longer than PostgreSQL lets a silent transaction live (5 s).
STOPPED_S: Final = 7.0
STOPPED_FULL_S: Final = 30.0


async def killed(scene: Scene) -> None:
    """Worker 0 dies again and again, each time somewhere else."""
    rounds = 0
    async with scene.load_running():
        while scene.elapsed_s < scene.seconds - PAUSE_AFTER_S or rounds < len(DEATHS):
            place = DEATHS[rounds % len(DEATHS)]
            if place:
                await scene.restart(0, CHECKOUT_FAILPOINT=place)
                await scene.workers[0].wait_until_ended(DEATH_WITHIN_S)
            else:
                if rounds:
                    await scene.restart(0)
                await scene.pass_s(scene.load.chance.uniform(0.5, 1.0))
                scene.workers[0].kill()
                await scene.workers[0].wait_until_ended()
            scene.lifted()
            rounds += 1
        await scene.restart(0)
    scene.figure("deaths", rounds)


async def drained(scene: Scene) -> None:
    """SIGTERM to one worker after the other; each comes back."""
    drains: list[float] = []
    async with scene.load_running():
        worker = 0
        while scene.elapsed_s < scene.seconds - PAUSE_AFTER_S:
            await scene.pass_s(scene.load.chance.uniform(0.2, 0.5))
            drains.append(await scene.workers[worker].terminate(GRACE_S + 5))
            scene.require(
                scene.workers[worker].exit_code == 0,
                f"a worker ended with {scene.workers[worker].exit_code}",
            )
            scene.lifted()
            await scene.restart(worker)
            worker = 1 - worker
            await scene.pass_s(RECONNECTED_S)
    failed = [call for call in scene.journal.calls if call.fate in {"undone", "unknown"}]
    scene.figure("drains", len(drains))
    scene.figure("longest drain s", max(drains))
    scene.figure("calls that failed in the end", len(failed))
    scene.figure("quotes given up", scene.journal.quotes["given up"])
    scene.require_timely(not failed, f"{len(failed)} calls failed in the end")
    scene.require_timely(
        not scene.journal.quotes["given up"],
        f"{scene.journal.quotes['given up']} quotes were given up",
    )


async def stopped(scene: Scene) -> None:
    """A worker sleeps, with whatever it had begun, while rules change and a campaign is stopped."""
    pause_s = STOPPED_FULL_S if scene.seconds >= 60 else STOPPED_S
    async with (
        scene.load_running(),
        OperatorClient(
            scene.targets[1], world.CREDENTIAL, partner="north", author="faults", timeout_factor=5
        ) as operator,
    ):
        await scene.at(0.1)
        await scene.workers[0].terminate()
        # It stops itself with a transaction open and its locks held, as bad as it gets.
        await scene.restart(0, CHECKOUT_FAILPOINT="before_commit:stop:10")
        await scene.workers[0].wait_until_stopped(DEATH_WITHIN_S)
        began = time.monotonic()
        await scene.pass_s(pause_s / 2)
        stop = await operator.emergency_stop(scene.load.fresh("stop"), "fruit", "faults")
        scene.require(stop.changed, "the campaign was stopped before")
        stopped_at = await scene.database.fetchval("select clock_timestamp()")
        await scene.pass_s(max(0.0, pause_s - (time.monotonic() - began)))
        scene.workers[0].resume()
        scene.lifted()
        scene.figure("stopped s", time.monotonic() - began)
    # What fruit gave after its stop was acknowledged; holds keep their price, and have none here.
    # The same is counted before the stop: a query that finds nothing there says nothing.
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
