"""The client's event loop in a thread of its own, for greenlets that wait for its answers.

Locust runs its users as greenlets, the client is asyncio: so calls go to a loop in a second thread,
and answers come back through a watcher of gevent's hub. Python's threads may not be patched for
that (`LOCUST_SKIP_MONKEY_PATCH=1`): patched, the second one would be a greenlet of the first.
gRPC's own support for gevent, which it calls experimental, is not needed.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import gevent
from gevent import monkey
from gevent.event import AsyncResult

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Got = TypeVar("Got")
_END_TIMEOUT_S: Final = 10.0


def require_threads() -> None:
    """Refuse to go on where gevent has replaced Python's threads.

    Raises:
        SystemExit: it has; the text says what to do.
    """
    if monkey.is_module_patched("threading"):
        raise SystemExit("start Locust with LOCUST_SKIP_MONKEY_PATCH=1: the client needs a thread")


@dataclass(frozen=True, slots=True)
class Answered(Generic[Got]):
    """What became of a call, and how long it took as the client saw it."""

    took_s: float
    value: Got | None = None
    error: Exception | None = None


class CallLoop:
    """An event loop in a thread; of one process, and only after any fork."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="calls", daemon=True)
        #: Calls and the results that greenlets wait for; results and what they get.
        self._asked: deque[tuple[Callable[[], Awaitable[Any]], Any]] = deque()
        self._answered: deque[tuple[Any, Answered[Any]]] = deque()
        self._is_woken = False
        #: The loop holds tasks weakly.
        self._tasks: set[asyncio.Task[None]] = set()
        self._waker = gevent.get_hub().loop.async_()
        self._waker.start(self._hand_back)
        self._thread.start()

    def ask(self, call: Callable[[], Awaitable[Got]]) -> Answered[Got]:
        """Await what a call gives; the present greenlet waits, others go on."""
        result = AsyncResult()
        self._asked.append((call, result))
        # One waking serves all that ask until the loop has seen it: each costs a system call.
        if not self._is_woken:
            self._is_woken = True
            self._loop.call_soon_threadsafe(self._begin)
        answered: Answered[Got] = result.get()
        return answered

    def stop(self) -> None:
        """End the loop and its thread; calls under way get no answer."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_END_TIMEOUT_S)
        self._waker.stop()

    def _begin(self) -> None:
        self._is_woken = False
        while self._asked:
            task = self._loop.create_task(self._answer(*self._asked.popleft()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, call: Callable[[], Awaitable[Any]], result: AsyncResult) -> None:
        began_s = time.perf_counter()
        try:
            value = await call()
        except Exception as error:  # noqa: BLE001 - whoever asked is told
            answered: Answered[Any] = Answered(time.perf_counter() - began_s, error=error)
        else:
            answered = Answered(time.perf_counter() - began_s, value)
        self._answered.append((result, answered))
        self._waker.send()

    def _hand_back(self) -> None:
        while self._answered:
            result, answered = self._answered.popleft()
            result.set(answered)
