"""Worker processes behind one port: started by exec (never by fork after gRPC), ended together.

Each worker's standard input is a pipe that we hold: if this process dies, however, they end.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from checkout.launch.worker import GRACE_S, READY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.settings import Settings

#: A worker that does not serve by then has a fault that its log tells.
START_TIMEOUT_S: Final = 60
#: A worker that dies is replaced after so long, so that a fault does not spin.
RESTART_PAUSE_S: Final = 1.0
_SOURCES: Final = Path(__file__).resolve().parents[2]


class WorkersFailedError(Exception):
    """A worker did not start."""


class Workers:
    """The worker processes of this machine."""

    def __init__(self, environment: dict[str, str], settings: Settings) -> None:
        self._environment = environment
        self._settings = settings
        self._processes: list[subprocess.Popen[str]] = []

    def start(self) -> None:
        """Start all, and wait until each serves.

        Raises:
            WorkersFailedError: the port is taken, or a worker ended at once.
        """
        require_free_port(self._settings.host, self._settings.port)
        self._processes = [self._spawn() for _ in range(self._settings.workers)]
        for process in self._processes:
            _await_ready(process)

    def replace_dead(self) -> int:
        """Start workers anew that have ended by themselves; how many."""
        dead = [i for i, process in enumerate(self._processes) if process.poll() is not None]
        for i in dead:
            time.sleep(RESTART_PAUSE_S)
            self._processes[i] = self._spawn()
            _await_ready(self._processes[i])
        return len(dead)

    def stop(self) -> None:
        """End all in order; what does not end is killed."""
        for process in self._processes:
            if process.poll() is None:
                process.terminate()
        for process in self._processes:
            try:
                process.wait(GRACE_S + 5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()

    def _spawn(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "checkout.launch.worker"],
            cwd=_SOURCES,
            env={**os.environ, **self._environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for us, who end them in order
        )


@contextmanager
def running_workers(environment: dict[str, str], settings: Settings) -> Iterator[Workers]:
    """Workers for the block."""
    workers = Workers(environment, settings)
    try:
        workers.start()
        yield workers
    finally:
        workers.stop()


def require_free_port(host: str, port: int) -> None:
    """Refuse a port that somebody listens on.

    Workers share theirs on purpose, so the kernel would let them join a stranger's silently.

    Raises:
        WorkersFailedError: it is taken.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = (
                f"port {port} on {host} cannot be used ({error.strerror}): end what listens there,"
                " or set CHECKOUT_PORT to another"
            )
            raise WorkersFailedError(message) from None


def _await_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line.startswith(READY):
        process.kill()
        message = f"a worker ended with {process.wait()} before it served; its log is above"
        raise WorkersFailedError(message)
