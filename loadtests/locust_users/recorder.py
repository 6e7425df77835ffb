"""What came of each stage: calls and their times, and what the processes took meanwhile.

Locust keeps one histogram of a whole run; here each stage has its own, without its first seconds.
"""

from __future__ import annotations

import math
import time
from array import array
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import psutil

from checkout.client.channel import READ_TIMEOUT_S, WRITE_TIMEOUT_S
from loadtests.service.drive import tree_s
from loadtests.service.open_loop import quantile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Of a stage: users begin, connections open, statements are planned.
SETTLE_S: Final = 2.0
#: Longest settling as a share of the stage, so that short ones are measured, too.
_SETTLE_SHARE: Final = 0.3
_QUANTILES: Final = (0.5, 0.95, 0.99, 0.999)
#: Kinds of failures that are told.
FAILURES_TOLD: Final = 20
#: What happens beside the tills is felt so long after it has ended.
AFTERMATH_S: Final = 2.0
_READS: Final = frozenset({"Identify", "Quote", "GetBalances", "GetPurchase", "Echo"})


@dataclass(slots=True)
class Measured:
    """One stage while it is counted."""

    label: str
    users: int
    began_s: float
    processor_s: dict[str, float]
    times_ms: dict[str, array[float]] = field(default_factory=dict)
    #: When each of them came, seconds since the stage is counted.
    moments_s: dict[str, array[float]] = field(default_factory=dict)


class Recorder:
    """Told of requests and stages; `document` is what came of those that have ended."""

    def __init__(self, watched: dict[str, int]) -> None:
        self._watched = watched
        self._next: tuple[str, int, float] | None = None
        self._now: Measured | None = None
        #: When what happens beside the tills began and ended; without an end: it goes on.
        self._beside: list[tuple[float, float]] = []
        self._failures: Counter[str] = Counter()
        self._ended: list[tuple[Measured, dict[str, Any]]] = []

    def enter(self, label: str, users: int, seconds: float) -> None:
        """A stage begins; it is counted from when it has settled."""
        self.leave()
        settles_s = min(SETTLE_S, seconds * _SETTLE_SHARE)
        self._next = label, users, time.monotonic() + settles_s

    def tick(self) -> None:
        """Begin to count, once it is time."""
        if self._next is not None and time.monotonic() >= self._next[2]:
            label, users, _ = self._next
            self._next = None
            self._now = Measured(label, users, time.monotonic(), self._processors())

    def leave(self) -> None:
        """The stage is over."""
        self._next = None
        if self._now is not None:
            self._ended.append((self._now, self._told(self._now)))
            self._now = None

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Something happens beside the tills while the block lasts."""
        at, began_s = len(self._beside), time.monotonic()
        self._beside.append((began_s, math.inf))
        yield
        self._beside[at] = began_s, time.monotonic()

    def document(self) -> dict[str, Any]:
        """The stages that have ended, and what failed in all the time, settled or not."""
        took_ms = [(ended - began) * 1_000 for began, ended in self._beside if ended < math.inf]
        return {
            "stages": [told | {"disturbed": self._disturbed(each)} for each, told in self._ended],
            "failures": dict(self._failures.most_common(FAILURES_TOLD)),
            "beside": {"count": len(took_ms), **quantiles(took_ms)},
        }

    def request(
        self, *, name: str, response_time: float, exception: Exception | None, **_: object
    ) -> None:
        """Locust's event."""
        if exception is not None:
            self._failures[f"{name}: {exception}"] += 1
            return
        now = self._now
        if now is None:
            return
        if name not in now.times_ms:
            now.times_ms[name], now.moments_s[name] = array("d"), array("d")
        now.times_ms[name].append(response_time)
        now.moments_s[name].append(time.monotonic() - now.began_s)

    def user_error(self, *, exception: Exception, **_: object) -> None:
        """Locust's event: a till met a fault of its own."""
        self._failures[f"a till: {exception!r}"] += 1

    def _told(self, stage: Measured) -> dict[str, Any]:
        seconds = time.monotonic() - stage.began_s
        after = self._processors()
        return {
            "label": stage.label,
            "users": stage.users,
            "seconds": seconds,
            "calls": {
                name: {
                    "count": len(times),
                    "per_s": len(times) / seconds,
                    "late": sum(1 for each in times if each > deadline_ms(name)),
                    **quantiles(times),
                }
                for name, times in sorted(stage.times_ms.items())
            },
            "cores": {
                name: (after[name] - before) / seconds for name, before in stage.processor_s.items()
            },
            "resident_mib": self._resident_mib(),
        }

    def _disturbed(self, stage: Measured) -> dict[str, dict[str, float]]:
        """Quotes that came while something happened beside, or just after it, and the others."""
        apart: dict[str, array[float]] = {"beside": array("d"), "else": array("d")}
        spans = [
            (began - stage.began_s, ended - stage.began_s + AFTERMATH_S)
            for began, ended in self._beside
        ]
        times = stage.times_ms.get("Quote", ())
        for moment, took in zip(stage.moments_s.get("Quote", ()), times, strict=True):
            is_beside = any(began <= moment <= ended for began, ended in spans)
            apart["beside" if is_beside else "else"].append(took)
        return {name: quantiles(found) | {"count": len(found)} for name, found in apart.items()}

    def _processors(self) -> dict[str, float]:
        return {"machine": machine_s(), "generator": time.process_time()} | {
            name: tree_s(pid) for name, pid in self._watched.items()
        }

    def _resident_mib(self) -> dict[str, float]:
        found = {}
        for name, pid in self._watched.items():
            with suppress(psutil.Error):
                found[name] = psutil.Process(pid).memory_info().rss / (1 << 20)
        return found


def machine_s() -> float:
    """Processor time of all that ran on the machine, ours or not."""
    times = psutil.cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0)
    # What guests take is counted as the host's user time, too.
    guests = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
    return float(sum(times) - idle - guests)


def deadline_ms(name: str) -> float:
    """After how long a till that keeps to the guide would have given a call up."""
    return 1_000 * (READ_TIMEOUT_S if name in _READS else WRITE_TIMEOUT_S)


def quantiles(times_ms: Iterable[float]) -> dict[str, float]:
    """Of calls: median and above, and the longest."""
    ordered = sorted(times_ms)
    if not ordered:
        return {}
    found = {f"p{100 * share:g}_ms": quantile(ordered, share) for share in _QUANTILES}
    return found | {"max_ms": ordered[-1]}
