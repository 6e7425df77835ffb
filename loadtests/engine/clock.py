"""Timing on a machine with neighbours: processor time of this process, medians, paired ratios.

Processor time leaves out moments in which others had the core. What is compared is measured in
turns, and ratios are taken inside a turn before the median is: a slow minute then slows both sides.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

#: Nanoseconds per call, one number for each turn.
Turns = list[float]


def seconds_of(task: Callable[[], object]) -> float:
    """Processor time of one call."""
    began_ns = time.process_time_ns()
    task()
    return (time.process_time_ns() - began_ns) / 1_000_000_000


def time_in_turns(
    tasks: Mapping[str, Callable[[], object]], turns: int, batch_ns: int
) -> dict[str, Turns]:
    """Nanoseconds per call of each task, by batches of a length, one after the other in a turn."""
    calls = {name: _calls_per_batch(task, batch_ns) for name, task in tasks.items()}
    times: dict[str, Turns] = {name: [] for name in tasks}
    for turn in range(turns):
        # Neither is always the first.
        order = list(tasks)[:: 1 if turn % 2 == 0 else -1]
        for name in order:
            times[name].append(_batch_ns(tasks[name], calls[name]) / calls[name])
    return times


def median_us(turns: Turns) -> float:
    """The median, in microseconds."""
    return statistics.median(turns) / 1_000


def median_ratio(over: Sequence[float], under: Sequence[float]) -> float:
    """The median of the turns' ratios."""
    return statistics.median(a / b for a, b in zip(over, under, strict=True))


def _calls_per_batch(task: Callable[[], object], batch_ns: int) -> int:
    """How many calls fill a batch; warms up, too."""
    if _batch_ns(task, 1) >= batch_ns:
        return 1
    once_ns = max(_batch_ns(task, 3) // 3, 1)
    return max(batch_ns // once_ns, 1)


def _batch_ns(task: Callable[[], object], calls: int) -> int:
    began_ns = time.process_time_ns()
    for _ in range(calls):
        task()
    return time.process_time_ns() - began_ns
