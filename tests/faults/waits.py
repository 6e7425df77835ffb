"""How long requests wait: each is answered, in whatever way, within its deadline and some slack.

A client that tells itself that the time is over says nothing of the service. So what counts for a
frame of a stream is the frame that answers it, or the stream's end, whether anybody still waits.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Beyond the deadline: loops of a busy machine may be late. Nobody waits for a database that is
#: silent to be told that its answer is not wanted any more.
SLACK_S: Final = 1.0


@dataclass(slots=True)
class Waits:
    """Requests that were sent, and whether they were answered in time."""

    clock: Callable[[], float] = time.monotonic
    requests: int = 0
    late: list[str] = field(default_factory=list)
    #: The longest that an answer was behind its deadline.
    behind_s: float = 0.0
    #: What, and when its time is over, by number.
    _open: dict[int, tuple[str, float]] = field(default_factory=dict)

    def begin(self, what: str, timeout_s: float) -> int:
        """A request is sent; its number."""
        self.requests += 1
        self._open[self.requests] = what, self.clock() + timeout_s
        return self.requests

    def end(self, number: int) -> None:
        """It was answered."""
        what, ends = self._open.pop(number)
        behind_s = self.clock() - ends
        self.behind_s = max(self.behind_s, behind_s)
        if behind_s > SLACK_S:
            self.late.append(f"{what}: answered {behind_s:.1f} s after its deadline")

    @contextmanager
    def wait(self, what: str, timeout_s: float) -> Iterator[None]:
        """A request that is answered when the block ends."""
        number = self.begin(what, timeout_s)
        try:
            yield
        finally:
            self.end(number)

    @property
    def unanswered(self) -> list[str]:
        """Those whose time is over, and that nobody has answered yet."""
        now = self.clock()
        return [
            f"{what}: not answered" for what, ends in self._open.values() if now > ends + SLACK_S
        ]

    @property
    def stuck(self) -> list[str]:
        """All that waited too long."""
        return [*self.late, *self.unanswered]
