"""`python -m checkout run` as a process of its own, on free ports and a directory of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_SOURCES: Final = Path(__file__).resolve().parents[2]
#: Loading a year of receipts takes some seconds, on a machine that does much else a minute.
STARTED_WITHIN_S: Final = 120
ENDED_WITHIN_S: Final = 30
#: The last line of a start.
STARTED: Final = "Ctrl-C ends everything"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RunProcess:
    """One `run`, with what it has printed so far."""

    def __init__(self, command: str, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "checkout", command],
            cwd=_SOURCES,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def wait_until_started(self) -> float:
        """Seconds until it stood."""
        return self.wait_until(STARTED)

    def wait_until(self, words: str) -> float:
        """Seconds until it had printed the words."""
        began = time.monotonic()
        while time.monotonic() - began < STARTED_WITHIN_S:
            if any(words in line for line in list(self.lines)):
                return time.monotonic() - began
            if self.process.poll() is not None:
                break
            self._reader.join(0.05)
        message = f"it did not print {words!r}:\n{self.output}"
        raise AssertionError(message)

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal and wait; the exit code."""
        self.process.send_signal(number)
        code = self.process.wait(ENDED_WITHIN_S)
        self._reader.join(ENDED_WITHIN_S)
        return code

    def end_reading(self) -> None:
        """Wait until all that it printed has been read."""
        self._reader.join(ENDED_WITHIN_S)

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout:
            for line in self.process.stdout:
                self.lines.append(line.rstrip("\n"))


@contextmanager
def running(command: str, environment: dict[str, str]) -> Iterator[RunProcess]:
    """The process for the block; whatever happens, it and what it started end."""
    started = RunProcess(command, environment)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.end(signal.SIGTERM)
        started.end_reading()


def processes_of(directory: Path) -> list[str]:
    """Command lines of living processes that name the directory in arguments or environment."""
    wanted = os.fsencode(str(directory))
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            command = (entry / "cmdline").read_bytes()
            environment = (entry / "environ").read_bytes()
        except OSError:
            continue
        if command and (wanted in command or wanted in environment):
            found.append(command.replace(b"\0", b" ").decode(errors="replace"))
    return found


def wait_until_gone(directory: Path, within_s: float) -> list[str]:
    """Processes of the directory that are still there after at most so long."""
    ends = time.monotonic() + within_s
    pause = threading.Event()
    while True:
        left = processes_of(directory)
        if not left or time.monotonic() > ends:
            return left
        pause.wait(0.05)
