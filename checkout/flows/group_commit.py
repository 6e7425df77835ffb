"""Group commit: calls that arrive while a batch is on its way form the next one.

A lone call does not wait. What runs is shielded from the caller: a till whose deadline passes gets
no answer, but the transaction ends and its answer is there for the retry. A batch that fails is run
again one operation at a time, in order, so that one bad receipt never fails its neighbours.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from typing import TYPE_CHECKING, Final

import structlog

from checkout.flows.batch import run_batch, try_out
from checkout.refusals import Reason, Refusal
from checkout.store.errors import Failure, StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from checkout.flows.answers import Answer
    from checkout.flows.batch import BatchResult
    from checkout.flows.operation import Operation
    from checkout.flows.ports import BookStore, Snapshots
    from checkout.ledger.book import Book

#: Operations in one transaction: more make locks longer than they save.
BATCH_MAX: Final = 64
#: Batches on their way at once, so that folding one overlaps with PostgreSQL writing the other.
BATCHES_IN_FLIGHT_MAX: Final = 2
#: Operations that may wait; beyond that callers are told to come back.
QUEUE_MAX: Final = 2_000
#: Times that a single operation is run again when locks or connections were busy.
RETRIES_MAX: Final = 3
#: Pause before the first of these, between so much and so much; it grows with each.
RETRY_PAUSE_S: Final = (0.005, 0.025)

_log = structlog.get_logger(__name__)

Waiting = tuple["Operation", "asyncio.Future[Answer | Refusal]"]


class GroupCommit:
    """Takes operations, answers them, and tells others what has been committed."""

    def __init__(
        self,
        store: BookStore,
        snapshots: Snapshots,
        after_commit: Callable[[Book], Awaitable[None]],
    ) -> None:
        """`after_commit` gets each committed book; what it raises is logged and changes nothing."""
        self._store = store
        self._snapshots = snapshots
        self._after_commit = after_commit
        self._waiting: deque[Waiting] = deque()
        self._running: set[asyncio.Task[None]] = set()

    async def run(self, operation: Operation) -> Answer | Refusal:
        """The operation's answer once it is on disk.

        A refusal if it is certain that nothing was written, or unknown.
        """
        if len(self._waiting) >= QUEUE_MAX:
            return Refusal(
                Reason.OVERLOADED,
                "too many calls wait; nothing was written, try again",
                numbers={"retry_after_ms": 200},
            )
        future: asyncio.Future[Answer | Refusal] = asyncio.get_running_loop().create_future()
        self._waiting.append((operation, future))
        self._start_batches()
        return await asyncio.shield(future)

    async def try_out(self, operation: Operation) -> Answer | Refusal:
        """What the operation would answer; nothing of it is kept.

        Raises:
            StoreError: the database cannot be asked.
        """
        return await try_out(self._store, self._snapshots, operation)

    async def drain(self) -> None:
        """Wait until everything that was taken has been answered."""
        while self._running:
            await asyncio.wait(self._running)

    def _start_batches(self) -> None:
        while self._waiting and len(self._running) < BATCHES_IN_FLIGHT_MAX:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH_MAX))]
            task = asyncio.create_task(self._run_batch(batch))
            self._running.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._start_batches()

    async def _run_batch(self, batch: list[Waiting]) -> None:
        operations = [operation for operation, _ in batch]
        try:
            result = await run_batch(self._store, self._snapshots, operations)
        except Exception as error:  # noqa: BLE001 - whatever it is, every caller gets an answer
            if isinstance(error, StoreError) and error.failure is Failure.UNKNOWN:
                for _, future in batch:
                    _answer(future, _unknown())
                return
            if len(batch) > 1 or _is_retryable(error):
                _log.warning("batch.rerun_singly", operations=len(batch), error=repr(error))
                for operation, future in batch:
                    _answer(future, await self._run_single(operation))
                return
            _answer(batch[0][1], _failed(error))
            return
        for (_, future), answer in zip(batch, result.answers, strict=True):
            _answer(future, answer)
        await self._tell(result)

    async def _run_single(self, operation: Operation) -> Answer | Refusal:
        attempt = 0
        while True:
            try:
                result = await run_batch(self._store, self._snapshots, [operation])
            except Exception as error:  # noqa: BLE001 - as above
                if isinstance(error, StoreError) and error.failure is Failure.UNKNOWN:
                    return _unknown()
                attempt += 1
                if attempt > RETRIES_MAX or not _is_retryable(error):
                    return _failed(error)
                # Two that met must not meet again: each waits a little, not the same.
                await asyncio.sleep(attempt * random.uniform(*RETRY_PAUSE_S))  # noqa: S311
                continue
            await self._tell(result)
            return result.answers[0]

    async def _tell(self, result: BatchResult) -> None:
        try:
            await self._after_commit(result.book)
        except Exception:  # noqa: BLE001 - what is committed stays committed
            _log.exception("after_commit.failed")


def _answer(future: asyncio.Future[Answer | Refusal], answer: Answer | Refusal) -> None:
    if not future.done():
        future.set_result(answer)


def _is_retryable(error: Exception) -> bool:
    return isinstance(error, StoreError) and error.failure is Failure.RETRYABLE


def _unknown() -> Refusal:
    return Refusal(
        Reason.OUTCOME_UNKNOWN,
        "the connection to the database broke while the call was committed: ask GetOperation, or"
        " repeat the call with the same request id",
    )


def _failed(error: Exception) -> Refusal:
    """A definite no: nothing was written."""
    if isinstance(error, StoreError) and error.failure is not Failure.BUG:
        return Refusal(
            Reason.STORAGE_UNAVAILABLE,
            "the database cannot be used right now; nothing was written, repeat with the same"
            " request id",
            numbers={"retry_after_ms": 500},
        )
    _log.error("operation.failed", exc_info=error)
    return Refusal(Reason.INTERNAL, "the service met a fault of its own; nothing was written")
