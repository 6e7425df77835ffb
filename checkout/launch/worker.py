"""One worker process: serves until it is told to end.

Or until the process that began it is gone.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from typing import Final

import structlog

from checkout import failpoints
from checkout.assembly import assemble
from checkout.settings import Settings
from checkout.telemetry.logs import configure_logs

#: Calls that run get so long to end.
GRACE_S: Final = 5.0
#: What a worker says once it serves.
READY: Final = "ready"

_log = structlog.get_logger(__name__)

#: Collections of younger objects before one of all: that looks at every receipt that is worked on,
#: 6 to 12 ms in which nobody is served. With Python's 10 it came every second and a half of a load.
YOUNGER_COLLECTIONS: Final = 40


def serve_worker(settings: Settings) -> None:
    """Serve; returns after an orderly end."""
    configure_logs(settings.log_level)
    failpoints.arm(settings.armed_failpoints())
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    # The parent holds the other end of our standard input: when it is gone, so are we.
    loop.add_reader(sys.stdin.fileno(), _read_lifeline, stop)
    async with assemble(settings) as worker:
        port = await worker.server.start(settings.port)
        await worker.server.set_serving(is_serving=True)
        # What is in memory now lives as long as the worker: the collector need not look at it.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*gc.get_threshold()[:2], YOUNGER_COLLECTIONS)
        # So do rules that come later: as they have no cycles, they still go when nobody holds them.
        worker.library.when_loaded = gc.freeze
        sys.stdout.write(f"{READY} {port}\n")
        sys.stdout.flush()
        _log.info("worker.serving", port=port, pid=os.getpid())
        await stop.wait()
        await worker.server.stop(GRACE_S)
        await worker.group_commit.drain()
    _log.info("worker.ended", pid=os.getpid())


def main() -> int:
    """The process that `serve` starts; the exit code. What is wrong stands in one line."""
    try:
        serve_worker(Settings())
    except (ValueError, RuntimeError, OSError) as error:
        sys.stderr.write(f"checkout worker: {error}\n")
        return 1
    return 0


def _read_lifeline(stop: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 1_024):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stop.set()


if __name__ == "__main__":
    sys.exit(main())
