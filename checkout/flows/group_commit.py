"""Group commit: calls that arrive while a batch is on its way form the next one.

A lone call does not wait. The next batch begins as soon as the one before is decided, and is read
and folded while PostgreSQL writes that: the more calls wait, the larger batches become.

What runs is shielded from the caller: a till whose deadline passes gets no answer, but the
transaction ends and its answer is there for the retry. A batch that fails is run again one
operation at a time, in order, so that one bad receipt never fails its neighbours.

An operation that needs rules which are not in memory leaves its batch before anything is decided.
The others go on at once; it stands in front of the queue when the rules have been loaded.

Operations of one line (`Operation.line`) keep their order, whatever happens to the first: whoever
has them, a batch or the loading of rules, holds the line, and who comes later waits behind it.
"""

from __future__ import annotations

import asyncio
import random
from contextvars import Context
from typing import TYPE_CHECKING, Final

import structlog

from checkout.deadline import DEADLINE, is_over
from checkout.flows.batch import run_batch, try_out
from checkout.flows.snapshot_loads import (
    ROUNDS_MAX,
    NobodyWaitsError,
    NotInMemoryError,
    SnapshotLoads,
)
from checkout.flows.waiting import ANY_BUCKET, Queue, Waiting
from checkout.ledger.totals import TotalTooLargeError
from checkout.refusals import Reason, Refusal
from checkout.store.errors import Failure, StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from checkout.flows.answers import Answer
    from checkout.flows.batch import BatchResult
    from checkout.flows.bucket_finder import BucketFinder
    from checkout.flows.operation import Operation
    from checkout.flows.ports import AnySnapshots, BookStore
    from checkout.flows.snapshot_loads import Loaded
    from checkout.ledger.book import Book

#: Operations in one transaction: more make locks longer than they save.
BATCH_MAX: Final = 64
#: Batches on their way at once: one is written, one is read and folded. Two that are folded at the
#: same time would be smaller, and wait for each other's members and budgets.
BATCHES_IN_FLIGHT_MAX: Final = 2
#: Callers that are answered in one turn of the event loop: each writes its message out in the next
#: one, in which nobody else is served.
ANSWERED_AT_ONCE: Final = 16
#: Operations that may wait; beyond that callers are told to come back.
QUEUE_MAX: Final = 2_000
#: Times that a whole batch is run again when its locks were busy, before it is taken apart.
BATCH_RETRIES_MAX: Final = 2
#: Times that a single operation is run again when locks or connections were busy.
RETRIES_MAX: Final = 3
#: Pause before the first of these, between so much and so much; it grows with each.
RETRY_PAUSE_S: Final = (0.005, 0.025)

#: What a batch cannot survive one operation at a time either: nobody knows, or nobody is there.
_OF_ALL: Final = frozenset({Failure.UNKNOWN, Failure.UNAVAILABLE})

_log = structlog.get_logger(__name__)


class GroupCommit:
    """Takes operations, answers them, and tells others what has been committed."""

    def __init__(
        self,
        store: BookStore,
        snapshots: AnySnapshots,
        after_commit: Callable[[Book], Awaitable[None]],
        buckets: BucketFinder | None = None,
    ) -> None:
        """`after_commit` gets each committed book; what it raises is logged and changes nothing.

        With `buckets` a batch has operations of one bucket only.
        """
        self._store = store
        self._snapshots = snapshots
        self._after_commit = after_commit
        self._buckets = buckets
        self._waiting = Queue()
        self._running: set[asyncio.Task[None]] = set()
        self._loads = SnapshotLoads(snapshots)
        #: Tasks of those who wait for snapshots.
        self._aside: set[asyncio.Task[None]] = set()
        #: Lines that are held, with those who wait behind whoever holds them.
        self._lines: dict[object, list[Waiting]] = {}
        #: Calls that are neither queued nor in a batch: they wait for snapshots, or behind others.
        self._away = 0
        #: The task of the batch that is not decided yet.
        self._deciding: asyncio.Task[None] | None = None

    async def run(self, operation: Operation) -> Answer | Refusal:
        """The operation's answer once it is on disk.

        A refusal if it is certain that nothing was written, or unknown.
        """
        bucket = ANY_BUCKET
        if self._buckets is not None:
            if len(self._buckets) >= QUEUE_MAX:
                return _too_many()
            try:
                bucket = await self._buckets.find(operation)
            except Exception as error:  # noqa: BLE001 - nothing was written, whatever it is
                return _failed(error)
        if len(self._waiting) + self._away >= QUEUE_MAX:
            return _too_many()
        future: asyncio.Future[Answer | Refusal] = asyncio.get_running_loop().create_future()
        self._waiting.add(Waiting(operation, future, DEADLINE.get(), bucket))
        self._start_batches()
        return await asyncio.shield(future)

    async def try_out(self, operation: Operation) -> Answer | Refusal:
        """What the operation would answer; nothing of it is kept.

        Raises:
            StoreError: the database cannot be asked.
        """
        attempt = rounds = 0
        loaded: Loaded = {}
        while True:
            try:
                return await try_out(self._store, self._snapshots, operation, loaded)
            except NotInMemoryError as error:
                rounds += 1
                if rounds > ROUNDS_MAX:
                    raise StoreError(Failure.RETRYABLE) from error
                try:
                    loaded |= await self._loads.load(error.missing[0], DEADLINE.get())
                except NobodyWaitsError:
                    return _too_late()
            except TotalTooLargeError as error:
                return error.refusal
            except StoreError as error:
                attempt += 1
                is_last = attempt > RETRIES_MAX or is_over(DEADLINE.get())
                if error.failure is not Failure.RETRYABLE or is_last:
                    raise
                await _pause(attempt)

    async def drain(self) -> None:
        """Wait until everything that was taken has been answered."""
        while under_way := self._running | self._aside:
            await asyncio.wait(under_way)

    def _start_batches(self) -> None:
        if self._deciding is not None or len(self._running) >= BATCHES_IN_FLIGHT_MAX:
            return
        batch = self._next_batch()
        if not batch:
            return
        held = {waiting.line for waiting in batch} - {None}
        for line in held:
            self._lines[line] = []
        # In a context of its own: the deadline of the call that set it off is not the batch's.
        task = asyncio.create_task(self._run_batch(batch, held), context=Context())
        self._deciding = task
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _decided(self) -> None:
        """The running batch only has to be written: the next one may begin."""
        if self._deciding is asyncio.current_task():
            self._deciding = None
            self._start_batches()

    def _next_batch(self) -> list[Waiting]:
        """Who comes next; calls that nobody waits for any more are not begun."""
        while some := self._waiting.take(BATCH_MAX):
            if batch := self._not_in_line(_still_awaited(some)):
                return batch
        return []

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if self._deciding is task:
            self._deciding = None
        self._start_batches()

    async def _run_batch(self, batch: list[Waiting], held: set[object]) -> None:
        """Answer all of it, or set aside who lacks snapshots; its lines are held until then."""
        try:
            await self._run_together(batch, held)
        finally:
            self._release(held)

    async def _run_together(self, batch: list[Waiting], held: set[object]) -> None:
        attempt = 0
        while True:
            operations = [waiting.operation for waiting in batch]
            loaded = {each: found for w in batch for each, found in w.loaded.items()}
            try:
                result = await run_batch(
                    self._store, self._snapshots, operations, folded=self._decided, loaded=loaded
                )
            except NotInMemoryError as error:
                batch = self._set_aside(batch, held, error.missing)
                if not batch:
                    return
                continue
            except Exception as error:  # noqa: BLE001 - whatever it is, every caller gets an answer
                attempt += 1
                # Whatever it waits for now, others need not wait with it.
                self._decided()
                failure = _failure_of(error)
                if failure in _OF_ALL or (len(batch) == 1 and failure is not Failure.RETRYABLE):
                    # Each by itself would meet the same, one after the other.
                    for waiting in batch:
                        waiting.answer(_failed(error))
                    return
                _log.warning("batch.failed", operations=len(batch), error=repr(error))
                if failure is Failure.RETRYABLE and attempt <= BATCH_RETRIES_MAX:
                    # Usually another batch was in the way, and has gone on by now.
                    await _pause(attempt)
                    batch = _still_awaited(batch)
                    if not batch:
                        return
                    continue
                await self._run_singly(batch, held)
                return
            break
        self._release(held)
        # The cache is told first: who is answered may ask for the same member at once.
        await asyncio.gather(self._tell(result), _answer(batch, result.answers))

    async def _run_singly(self, batch: list[Waiting], held: set[object]) -> None:
        """One by one, in order; once the database is gone, the rest need not find that out."""
        while batch:
            waiting, *later = batch
            try:
                gone = await self._run_single(waiting) if _still_awaited([waiting]) else None
            except NotInMemoryError as error:
                batch = self._set_aside(batch, held, error.missing)
                continue
            if gone is not None:
                for each in later:
                    each.answer(_failed(gone))
                return
            batch = later
            self._release(held, batch)

    async def _run_single(self, waiting: Waiting) -> Exception | None:
        """Answer one; the error if the database cannot be used at all.

        Raises:
            NotInMemoryError: it has not been answered, and needs snapshots.
        """
        attempt = 0
        while True:
            try:
                result = await run_batch(
                    self._store, self._snapshots, [waiting.operation], loaded=waiting.loaded
                )
            except NotInMemoryError:
                raise
            except Exception as error:  # noqa: BLE001 - as above
                attempt += 1
                failure = _failure_of(error)
                is_last = attempt > RETRIES_MAX or is_over(waiting.deadline)
                if failure is not Failure.RETRYABLE or is_last:
                    waiting.answer(_failed(error))
                    return error if failure is Failure.UNAVAILABLE else None
                await _pause(attempt)
                continue
            waiting.answer(result.answers[0])
            await self._tell(result)
            return None

    def _set_aside(
        self, batch: list[Waiting], held: set[object], missing: Mapping[int, frozenset[str]]
    ) -> list[Waiting]:
        """Have those wait who lack snapshots, and who stands in line with them; the others."""
        lines = {batch[place].line for place in missing} - {None}
        others: list[Waiting] = []
        in_line: dict[object, list[Waiting]] = {line: [] for line in lines}
        for place, waiting in enumerate(batch):
            if place in missing:
                waiting.missing = missing[place]
                waiting.rounds += 1
            elif waiting.line not in lines:
                others.append(waiting)
                continue
            if waiting.line is None:
                self._wait_aside([waiting], None)
            else:
                in_line[waiting.line].append(waiting)
        held -= lines
        for line, group in in_line.items():
            self._wait_aside(group, line)
        _log.info("batch.set_aside", operations=len(batch) - len(others), of=len(batch))
        return others

    def _wait_aside(self, group: list[Waiting], line: object) -> None:
        """Have some wait for what they lack, before those who wait behind them in their line."""
        self._away += len(group)
        if line is not None:
            behind = self._lines[line]
            behind[:0] = group
            group = behind
        task = asyncio.create_task(self._bring_back(group, line), context=Context())
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)

    async def _bring_back(self, group: list[Waiting], line: object) -> None:
        """Let them stand in the queue again, in their order, with what they lacked."""
        for waiting in group:  # others of the line join it meanwhile
            await self._load_for(waiting)
        self._lines.pop(line, None)
        self._queue_again(group)
        self._start_batches()

    def _release(self, held: set[object], batch: Sequence[Waiting] = ()) -> None:
        """Let those go on who wait behind a batch, but for lines in which some of it stand yet."""
        done = held - {waiting.line for waiting in batch}
        held -= done
        for line in done:
            self._queue_again(self._lines.pop(line))
        if done:
            self._start_batches()

    def _queue_again(self, group: list[Waiting]) -> None:
        self._away -= len(group)
        self._waiting.put_back([waiting for waiting in group if not waiting.future.done()])

    async def _load_for(self, waiting: Waiting) -> None:
        """Load what one lacks; what cannot be loaded is nobody else's failure."""
        try:
            if waiting.rounds > ROUNDS_MAX:
                raise StoreError(Failure.RETRYABLE)  # noqa: TRY301 - told like what loading raises
            waiting.loaded |= await self._loads.load(waiting.missing, waiting.deadline)
            waiting.missing = frozenset()
        except NobodyWaitsError:
            waiting.answer(_too_late())
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer
            waiting.answer(_failed(error))

    def _not_in_line(self, some: list[Waiting]) -> list[Waiting]:
        """Those who may go on; whose line is held waits behind it."""
        if not self._lines:
            return some
        found = []
        for waiting in some:
            behind = self._lines.get(waiting.line)
            if behind is None:
                found.append(waiting)
            else:
                behind.append(waiting)
                self._away += 1
        return found

    async def _tell(self, result: BatchResult) -> None:
        try:
            await self._after_commit(result.book)
        except Exception:  # noqa: BLE001 - what is committed stays committed
            _log.exception("after_commit.failed")


async def _answer(batch: Sequence[Waiting], answers: Sequence[Answer | Refusal]) -> None:
    """Answer callers a few at a time, and let others have their turn in between."""
    for place, (waiting, answer) in enumerate(zip(batch, answers, strict=True), 1):
        waiting.answer(answer)
        if place % ANSWERED_AT_ONCE == 0:
            await asyncio.sleep(0)


def _still_awaited(batch: list[Waiting]) -> list[Waiting]:
    """Those whose callers still wait; the others are told, should they listen after all."""
    late = [waiting for waiting in batch if is_over(waiting.deadline)]
    for waiting in late:
        waiting.answer(_too_late())
    return [waiting for waiting in batch if waiting not in late] if late else batch


async def _pause(attempt: int) -> None:
    """Two that met must not meet again: each waits a little, not the same."""
    await asyncio.sleep(attempt * random.uniform(*RETRY_PAUSE_S))  # noqa: S311


def _failure_of(error: Exception) -> Failure:
    return error.failure if isinstance(error, StoreError) else Failure.BUG


def _too_many() -> Refusal:
    return Refusal(
        Reason.OVERLOADED,
        "too many calls wait; nothing was written, try again",
        numbers={"retry_after_ms": 200},
    )


def _too_late() -> Refusal:
    return Refusal(
        Reason.DEADLINE_TOO_SHORT,
        "the time was over before the call's turn came; nothing was written",
        numbers={"left_ms": 0},
    )


def _unknown() -> Refusal:
    return Refusal(
        Reason.OUTCOME_UNKNOWN,
        "the connection to the database broke while the call was committed: ask GetOperation, or"
        " repeat the call with the same request id",
    )


def _failed(error: Exception) -> Refusal:
    """A definite no, nothing was written; unless nobody knows."""
    if isinstance(error, TotalTooLargeError):
        return error.refusal
    if _failure_of(error) is Failure.UNKNOWN:
        return _unknown()
    if isinstance(error, StoreError) and error.failure is not Failure.BUG:
        return Refusal(
            Reason.STORAGE_UNAVAILABLE,
            "the database cannot be used right now; nothing was written, repeat with the same"
            " request id",
            numbers={"retry_after_ms": 500},
        )
    _log.error("operation.failed", exc_info=error)
    return Refusal(Reason.INTERNAL, "the service met a fault of its own; nothing was written")
