"""What is done by the thousand and by the million: progress as it is told, and what it all cost."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path


class BulkWatch:
    """Hears the progress of one piece of work and shows it, with what it has taken so far."""

    def __init__(self, what: str, count: int) -> None:
        self.what = what
        self.count = count
        self.said: list[str] = []
        self._began = time.monotonic()
        self._memory_mb = peak_memory_mb()

    def say(self, text: str) -> None:
        """One step further."""
        self.said.append(text)
        self._show(f"  {text}: {self._seconds():.1f} s, {peak_memory_mb():.0f} MB")

    def end(self, table_bytes: int, file_bytes: int) -> None:
        """The figures of codes, when all are issued."""
        self.done(f"in the database {table_bytes / 1e6:.0f} MB, codes {file_bytes / 1e6:.0f} MB")

    def done(self, about: str, count: int | None = None) -> None:
        """The figures of the whole, or of as much as was done of it."""
        seconds = self._seconds()
        count = self.count if count is None else count
        rate = count / seconds
        self._show(
            f"{count:,} {self.what} in {seconds:.1f} s, {rate:,.0f} a second;"
            f" memory at most {peak_memory_mb():.0f} MB, {self._memory_mb:.0f} MB before;"
            f" {about}"
        )

    def _seconds(self) -> float:
        return time.monotonic() - self._began

    @staticmethod
    def _show(text: str) -> None:
        print(text, flush=True)  # noqa: T201 - `make million` shows it


def peak_memory_mb() -> float:
    """The most memory that this process has had, the service in it included."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def peak_memory_mb_of(pid: int) -> float:
    """The most that another process has had; 0 where it has ended, or nobody tells."""
    try:
        told = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    peaks = [line.split()[1] for line in told.splitlines() if line.startswith("VmHWM:")]
    return int(peaks[0]) * 1024 / 1e6 if peaks else 0
