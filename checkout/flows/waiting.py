"""Calls that wait for their batch: in one line, or in one per bucket."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import asyncio

    from checkout.flows.answers import Answer
    from checkout.flows.operation import Operation
    from checkout.flows.snapshot_loads import Loaded
    from checkout.refusals import Refusal

#: The line of everybody where batches may mix buckets.
ANY_BUCKET: Final = -1


@dataclass(slots=True, eq=False)
class Waiting:
    """An operation, who waits for its answer, and until when."""

    operation: Operation
    future: asyncio.Future[Answer | Refusal]
    deadline: float | None
    bucket: int = ANY_BUCKET
    #: Snapshots that it lacked the last time, and those that have been loaded for it.
    missing: frozenset[str] = frozenset()
    loaded: Loaded = field(default_factory=dict)
    #: Times that it lacked some.
    rounds: int = 0

    @property
    def line(self) -> object:
        """With whom it keeps its order, None: with nobody. Those of two buckets have none."""
        line = self.operation.line
        return None if line is None else (self.bucket, line)

    def answer(self, answer: Answer | Refusal) -> None:
        """Tell whoever still waits."""
        if not self.future.done():
            self.future.set_result(answer)


class Queue:
    """Lines by bucket, which take turns; within a line who came first goes first."""

    __slots__ = ("_length", "_lines")

    def __init__(self) -> None:
        self._lines: dict[int, deque[Waiting]] = {}
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, waiting: Waiting) -> None:
        """Stand at the end of the bucket's line."""
        self._lines.setdefault(waiting.bucket, deque()).append(waiting)
        self._length += 1

    def put_back(self, group: list[Waiting]) -> None:
        """Let some who were taken stand before those of their bucket who came later, in order.

        Buckets take turns as before: one without a line gets its turn after all others.
        """
        for waiting in reversed(group):
            self._lines.setdefault(waiting.bucket, deque()).appendleft(waiting)
        self._length += len(group)

    def take(self, most: int) -> list[Waiting]:
        """Some of one line, which then stands behind the others; empty if nobody waits."""
        if not self._lines:
            return []
        bucket = next(iter(self._lines))
        line = self._lines.pop(bucket)
        taken = [line.popleft() for _ in range(min(most, len(line)))]
        if line:
            self._lines[bucket] = line
        self._length -= len(taken)
        return taken
