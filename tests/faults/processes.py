"""Service workers as processes of their own: started, killed, stopped, continued, ended by pid.

Like `checkout serve` they share a port; unlike it, nobody starts a dead one anew but the cell.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from checkout.launch.worker import READY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

SOURCES: Final = Path(__file__).resolve().parents[2]
#: On a machine that does much else, importing and compiling take their time.
START_TIMEOUT_S: Final = 60.0
END_TIMEOUT_S: Final = 20.0


class WorkerProcess:
    """One worker; its log goes to a file."""

    def __init__(
        self, environment: Mapping[str, str], log: Path, module: str = "checkout.launch.worker"
    ) -> None:
        self._environment = dict(environment)
        self._module = module
        self.log = log
        self._process: subprocess.Popen[str] | None = None
        #: Chosen by the system at the first start, and kept.
        self.port = 0

    @property
    def pid(self) -> int:
        assert self._process is not None, "it was started"
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it lives; negative for a signal."""
        return self._process.poll() if self._process is not None else None

    def spawn(self, **more: str) -> None:
        """Start it, with more settings for this once."""
        log: IO[str] = self.log.open("a")
        with log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._module],
                cwd=SOURCES,
                env={
                    **os.environ,
                    **self._environment,
                    "CHECKOUT_PORT": str(self.port),
                    **more,
                },
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )

    async def wait_until_ready(self) -> float:
        """Seconds until it served.

        Raises:
            RuntimeError: it ended instead.
        """
        process = self._process
        assert process is not None
        assert process.stdout is not None
        began = time.monotonic()
        line = await asyncio.wait_for(
            asyncio.to_thread(process.stdout.readline), timeout=START_TIMEOUT_S
        )
        if not line.startswith(READY):
            message = f"a worker ended before it served: {self.log.read_text()[-2_000:]}"
            raise RuntimeError(message)
        self.port = int(line.removeprefix(READY))
        return time.monotonic() - began

    async def start(self, **more: str) -> float:
        """Start it and wait until it serves; how many seconds that took."""
        self.spawn(**more)
        return await self.wait_until_ready()

    def signal(self, number: signal.Signals) -> None:
        """Signal exactly this process, if it lives."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)

    def pause(self) -> None:
        self.signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.signal(signal.SIGCONT)

    async def wait_until_stopped(self, within_s: float) -> None:
        """Wait until it sleeps by SIGSTOP.

        Raises:
            TimeoutError: it does not.
        """
        stat = Path(f"/proc/{self.pid}/stat")
        async with asyncio.timeout(within_s):
            while stat.read_text().rpartition(")")[2].split()[0] != "T":  # noqa: ASYNC110, ASYNC240
                await asyncio.sleep(_poll_s())

    async def wait_until_ended(self, within_s: float = END_TIMEOUT_S) -> float:
        """Seconds until it was gone.

        Raises:
            TimeoutError: it is still there.
        """
        began = time.monotonic()
        async with asyncio.timeout(within_s):
            while self.exit_code is None:  # noqa: ASYNC110 - a process sets no event
                await asyncio.sleep(_poll_s())
        self._close()
        return time.monotonic() - began

    async def terminate(self, within_s: float = END_TIMEOUT_S) -> float:
        """End it in order; seconds until it was gone."""
        self.signal(signal.SIGTERM)
        return await self.wait_until_ended(within_s)

    async def end(self) -> None:
        """Whatever state it is in, it is gone afterwards."""
        self.resume()
        try:
            await self.terminate()
        except TimeoutError:
            self.kill()
            await self.wait_until_ended()

    def _close(self) -> None:
        assert self._process is not None
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


@asynccontextmanager
async def serving(workers: Sequence[WorkerProcess]) -> AsyncIterator[None]:
    """Workers that serve for the block: they start side by side, and are gone afterwards."""
    async with AsyncExitStack() as stack:
        for worker in workers:
            worker.spawn()
            stack.push_async_callback(worker.end)
        for worker in workers:
            await worker.wait_until_ready()
        yield


def _poll_s() -> float:
    return 0.01
