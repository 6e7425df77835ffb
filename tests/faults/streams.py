"""Tills whose calls go over a Session, and how the streams of it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from checkout.client import CheckoutClient
from checkout.client.session import SessionClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import TracebackType

    from tests.faults.journal import Journal


@dataclass(slots=True)
class StreamEnds:
    """How streams ended."""

    #: After a drain frame.
    announced: int = 0
    #: Frames on these that nobody answered any more: their tills hear UNAVAILABLE, and try again.
    left_open: int = 0
    #: Because the till was done.
    by_till: int = 0
    #: Nobody answered on them: there was no worker.
    unopened: int = 0
    #: Cut under a till that had been answered on them.
    cut: list[str] = field(default_factory=list)


class StreamedClient(CheckoutClient):
    """A till that says over one stream what others say in calls of their own."""

    def __init__(self, target: str, token: str, journal: Journal, timeout_factor: int) -> None:
        super().__init__(target, token, timeout_factor=timeout_factor)
        self._session = _WatchedSession(target, token, journal)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._session.__aexit__(kind, error, traceback)
        await super().__aexit__(kind, error, traceback)

    async def _call(self, method: Any, request: object, timeout_s: float) -> Any:
        del method
        return await self._session.call(request, timeout_s * self._timeout_factor)


class _WatchedSession(SessionClient):
    """Notes in a journal how long frames wait, and how streams end."""

    def __init__(self, target: str, token: str, journal: Journal) -> None:
        super().__init__(target, token)
        self._stub: Any = _WatchedStub(self._stub, target, journal)


class _WatchedStub:
    """Opens streams that are watched."""

    def __init__(self, stub: Any, target: str, journal: Journal) -> None:
        self._stub = stub
        self._target = target
        self._journal = journal

    def Session(self, **options: Any) -> _WatchedStream:  # noqa: N802 - named by the contract
        return _WatchedStream(self._stub.Session(**options), self._target, self._journal)


class _WatchedStream:
    """One stream, as grpc has it."""

    def __init__(self, call: Any, target: str, journal: Journal) -> None:
        self._call = call
        self._target = target
        self._waits, self._ends = journal.waits, journal.stream_ends
        #: Waits of frames by their numbers.
        self._open: dict[int, int] = {}
        self._answers = 0
        self._is_announced = self._is_done = self._is_over = False

    async def write(self, frame: Any) -> None:
        if self._is_over:
            # grpc says so, to those who wait as well.
            await self._call.write(frame)
            return
        what = f"{frame.WhichOneof('call')} over a stream"
        self._open[frame.correlation_id] = self._waits.begin(what, frame.timeout_ms / 1_000)
        await self._call.write(frame)

    async def done_writing(self) -> None:
        self._is_done = True
        await self._call.done_writing()

    async def __aiter__(self) -> AsyncIterator[Any]:
        try:
            async for response in self._call:
                self._take(response)
                yield response
        finally:
            self._is_over = True
            for number in self._open.values():
                self._waits.end(number)
            self._count_end()

    def _take(self, response: Any) -> None:
        if response.HasField("drain"):
            self._is_announced = True
            return
        self._answers += 1
        if (number := self._open.pop(response.correlation_id, None)) is not None:
            self._waits.end(number)

    def _count_end(self) -> None:
        if self._is_announced:
            self._ends.announced += 1
            self._ends.left_open += len(self._open)
        elif self._is_done:
            self._ends.by_till += 1
        elif not self._answers:
            self._ends.unopened += 1
        else:
            frames = len(self._open)
            self._ends.cut.append(f"a stream of {self._target} with {frames} open frames was cut")
