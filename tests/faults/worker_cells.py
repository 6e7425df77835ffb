"""FC1 and FC2: a worker is killed, told to end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.launch.worker import GRACE_S

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
    """SIGTERM to one worker after the other; each comes back, and half of the calls are streamed.

    Whoever has a stream hears before its end that it will come: a drain frame.
    """
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
    scene.require(not failed, f"{len(failed)} calls failed in the end")
    _require_announced(scene, len(drains))
    scene.require_timely(
        not scene.journal.quotes["given up"],
        f"{scene.journal.quotes['given up']} quotes were given up",
    )


def _require_announced(scene: Scene, drains: int) -> None:
    """Streams ended after a drain frame, and attempts failed with UNAVAILABLE only."""
    ends = scene.journal.stream_ends
    scene.figure("streams that ended after a drain frame", ends.announced)
    scene.figure("frames on them that nobody answered", ends.left_open)
    scene.figure("streams that were cut", len(ends.cut))
    scene.require(ends.announced > 0, "no stream heard of a drain")
    scene.require_timely(
        ends.announced >= drains, f"{ends.announced} streams were open at {drains} drains"
    )
    scene.require(not ends.cut, f"{len(ends.cut)} streams ended unannounced: {ends.cut[:3]}")
    failed = {
        told: count
        for told, count in scene.journal.said.items()
        if told.startswith(("CANCELLED", "DEADLINE_EXCEEDED", "INTERNAL", "UNKNOWN"))
    }
    scene.figure("attempts that failed otherwise than UNAVAILABLE", sum(failed.values()))
    scene.require_timely(not failed, f"attempts failed otherwise than UNAVAILABLE: {failed}")
