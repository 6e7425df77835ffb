"""Codes that are issued by the million: progress as it is told, and what it all cost."""

from __future__ import annotations

import resource
import sys
import time


class BulkWatch:
    """Hears the progress of one issue and shows it, with what it has taken so far."""

    def __init__(self, what: str, count: int) -> None:
        self.what = what
        self.count = count
        self.said: list[str] = []
        self._began = time.monotonic()
        self._memory_mb = _peak_memory_mb()

    def say(self, text: str) -> None:
        """One step further."""
        self.said.append(text)
        self._show(f"  {text}: {self._seconds():.1f} s, {_peak_memory_mb():.0f} MB")

    def end(self, table_bytes: int, file_bytes: int) -> None:
        """The figures of the whole, when all is issued."""
        seconds = self._seconds()
        rate = self.count / seconds
        self._show(
            f"{self.count:,} {self.what} in {seconds:.1f} s, {rate:,.0f} a second;"
            f" memory at most {_peak_memory_mb():.0f} MB, {self._memory_mb:.0f} MB before;"
            f" in the database {table_bytes / 1e6:.0f} MB, codes {file_bytes / 1e6:.0f} MB"
        )

    def _seconds(self) -> float:
        return time.monotonic() - self._began

    @staticmethod
    def _show(text: str) -> None:
        print(text, flush=True)  # noqa: T201 - `make million` shows it


def _peak_memory_mb() -> float:
    """The most memory that this process has had, the service in it included."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
