"""FC16B: tills that are connected and ask nothing, by the thousand, beside some that sell."""

from __future__ import annotations

import asyncio
import resource
import time
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Final

import psutil

from tests.faults.figures import percentile_ms
from tests.faults.journal import did_something
from tests.service.raw_http2 import PING, raw_connection

if TYPE_CHECKING:
    from tests.faults.scene import Scene
    from tests.service.raw_http2 import RawConnection

CONNECTIONS: Final = 10_000
CONNECTIONS_QUICK: Final = 1_000
LONG_FROM_S: Final = 60
#: Both ends are files, each in a process of its own; and what else these have open.
FILES_BESIDE: Final = 1_000
#: So many are opened at once: the queue of a listening socket is not what is tried here.
AT_ONCE: Final = 50
#: Whoever is asked whether anybody is there says so by then.
ANSWERED_WITHIN_S: Final = 10.0
#: So long tills sell beside all of them, at the least.
BESIDE_S: Final = 2.0
#: What a sale may take at the median beside the crowd: a tenth of what a till gives it.
MEDIAN_MAX_S: Final = 0.1


async def crowded(scene: Scene) -> None:
    """Each of them stays connected and is answered, and tills sell as before."""
    wanted = CONNECTIONS if scene.seconds >= LONG_FROM_S else CONNECTIONS_QUICK
    _allow_files(wanted + FILES_BESIDE)
    # It takes over the limit of the process that starts it.
    await scene.workers[0].terminate()
    await scene.restart(0)
    port = int(scene.targets[0].rpartition(":")[2])
    async with AsyncExitStack() as stack, scene.load_running():
        worked = [_worked_s(scene)]
        await scene.at(0.3)
        worked.append(_worked_s(scene))
        memory, began = _own_bytes(scene), time.monotonic()
        crowd: list[RawConnection] = []
        while len(crowd) < wanted:
            crowd += await asyncio.gather(
                *(stack.enter_async_context(raw_connection(port)) for _ in range(AT_ONCE))
            )
        there = time.monotonic()
        worked.append(_worked_s(scene))
        await scene.at(0.9)
        grown = _own_bytes(scene) - memory
        # Some of the sales must have been made beside all of them, however long that took.
        await scene.pass_s(BESIDE_S)
        ended = time.monotonic()
        worked.append(_worked_s(scene))
        answers = await asyncio.gather(*(_answers(each) for each in crowd))
    alone = _took(scene, float("-inf"), began)
    beside = _took(scene, there, ended)
    scene.figure("idle connections", len(crowd))
    scene.figure("seconds until they were connected", there - began)
    scene.figure("of these answered when they asked at last", sum(answers))
    scene.figure("KiB of the worker for each", grown / 1024 / len(crowd))
    shares = [
        100 * (worked[1] - worked[0]) / (began - scene.began),
        100 * (worked[3] - worked[2]) / (ended - there),
    ]
    scene.figure("of a core, alone and beside them %", f"{shares[0]:.0f}, {shares[1]:.0f}")
    scene.figure("sales alone, p50, p99 ms", _shown(alone))
    scene.figure("sales beside them, p50, p99 ms", _shown(beside))
    scene.require(all(answers), f"{answers.count(False)} of {len(crowd)} were not answered")
    scene.require(bool(beside), "nothing was sold beside them")
    scene.require_timely(
        percentile_ms(beside, 50) <= MEDIAN_MAX_S * 1_000,
        f"half of the sales took more than {percentile_ms(beside, 50):.0f} ms",
    )


def _allow_files(wanted: int) -> None:
    """Raise the limit of this process.

    Raises:
        ValueError: the machine does not allow so many.
    """
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(most, wanted)))


def _own_bytes(scene: Scene) -> int:
    """What the worker has for itself alone."""
    found: int = psutil.Process(scene.workers[0].pid).memory_full_info().uss
    return found


def _worked_s(scene: Scene) -> float:
    """Seconds that a core has worked for the worker."""
    times = psutil.Process(scene.workers[0].pid).cpu_times()
    return float(times.user + times.system)


async def _answers(connection: RawConnection) -> bool:
    """Whether somebody is at the other end."""
    connection.ping(1)
    try:
        async with asyncio.timeout(ANSWERED_WITHIN_S):
            async for frame in connection.frames():
                if frame.kind == PING and frame.is_ack:
                    return True
    except TimeoutError:
        pass
    return False


def _took(scene: Scene, since: float, until: float) -> list[float]:
    """Seconds of the sales that began then."""
    return [
        call.ended_s - call.begun_s
        for call in scene.journal.calls
        if call.kind == "confirm" and since <= call.begun_s < until and did_something(call)
    ]


def _shown(seconds: list[float]) -> str:
    return f"{percentile_ms(seconds, 50):.0f}/{percentile_ms(seconds, 99):.0f}"
