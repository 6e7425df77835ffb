"""How much of the machine others took: what figures of throughput have to be read with."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator


class Neighbours:
    """Whatever runs beside us since this was made: this process, some more, and all below them."""

    def __init__(self, *pids: int) -> None:
        self._roots = (os.getpid(), *pids)
        self._began_s, self._others_s = time.monotonic(), self._worked_s()

    def share(self) -> float:
        """Percent of all cores that they took; other guests of the machine are among them."""
        passed_s = (time.monotonic() - self._began_s) * (psutil.cpu_count() or 1)
        return max(0.0, 100.0 * (self._worked_s() - self._others_s) / max(passed_s, 0.001))

    def _worked_s(self) -> float:
        """For how long cores have worked for others, since some time."""
        return _busy_s() - sum(_own_s(pid) for pid in self._all())

    def _all(self) -> set[int]:
        found = set(self._roots)
        for root in self._roots:
            found |= {child.pid for child in psutil.Process(root).children(recursive=True)}
        return found


class CoreWaits:
    """For how long a process's first thread could work and had no core: where Linux counts it."""

    def __init__(self, pid: int) -> None:
        self._path = Path(f"/proc/{pid}/schedstat")
        self._waited_ns = self._times = 0
        self._passed_s = 0.0

    @contextmanager
    def counted(self) -> Iterator[None]:
        """What it waits in the block counts."""
        began, (waited_ns, times) = time.monotonic(), self._read()
        yield
        now_ns, now_times = self._read()
        self._passed_s += time.monotonic() - began
        self._waited_ns += now_ns - waited_ns
        self._times += now_times - times

    def shown(self) -> str:
        """Percent of the time, and milliseconds on the average."""
        if not self._times:
            return "not counted here"
        share = self._waited_ns / 1e7 / self._passed_s
        return f"{share:.0f}, {self._waited_ns / 1e6 / self._times:.2f}"

    def _read(self) -> tuple[int, int]:
        try:
            _, waited_ns, times = map(int, self._path.read_text().split())
        except FileNotFoundError:
            return 0, 0
        return waited_ns, times


def _busy_s() -> float:
    times = psutil.cpu_times()
    # What guests take is counted with `user`, too.
    unworked = ("idle", "iowait", "guest", "guest_nice")
    return float(sum(times) - sum(getattr(times, name, 0.0) for name in unworked))


def _own_s(pid: int) -> float:
    """Of a process, and of those below it that have ended."""
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)
