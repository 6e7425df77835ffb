"""A worker that notes what each confirm waited for, stage by stage.

`python -m loadtests.service.staged FILE` serves as `checkout.launch.worker` does. SIGUSR1 begins
to note, SIGUSR2 ends it and writes FILE: a JSON list with the seconds of each stage of each call.
What a batch waited for counts for every call in it.
"""

from __future__ import annotations

import asyncio
import collections
import signal
import sys
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from checkout.api.gate import Gate
from checkout.flows import batch, group_commit
from checkout.flows.group_commit import GroupCommit
from checkout.flows.operation import fold
from checkout.launch import worker
from checkout.store.book_store import PostgresBookTransaction
from loadtests.service.stand_in import stand_in

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

METHOD: Final = "Confirm"
#: Steps of a transaction, and the stages that they count for; what else it does is `reads`.
STEPS: Final = {
    "lock_keys": "keys",
    "read_keys": "keys",
    "load_members": "members",
    "load_merged": "members",
    "load_visits": "members",
    "load_coupons": "reads",
    "load_certificates": "reads",
    "load_limits": "shared",
    "load_sale_state": "reads",
    "lock_budgets": "shared",
    "lock_gifts": "shared",
    "read_gifts_had": "reads",
    "write": "write",
}
#: How often it is looked whether the event loop is free, and what counts as a stall.
LOOKED_EVERY_S: Final = 0.002
STALL_S: Final = 0.002
#: So many stalls are remembered: more than the longest call can meet.
STALLS_MAX: Final = 1_000


@dataclass(slots=True)
class Noted:
    """What one try of a batch took, by stage."""

    began_s: float
    seconds: dict[str, float] = field(default_factory=lambda: collections.defaultdict(float))
    #: Calls in it.
    calls: int = 0
    ended_s: float = 0.0


class Notes:
    """Of calls under way, and of those that have ended since noting began."""

    def __init__(self) -> None:
        self.is_on = False
        self.calls: list[dict[str, float]] = []
        self.first_try_s: dict[Any, float] = {}
        self.last_try: dict[Any, Noted] = {}
        #: When the event loop was not free, and until when.
        self.stalls: collections.deque[tuple[float, float]] = collections.deque(maxlen=STALLS_MAX)

    def stalled_s(self, from_s: float, to_s: float) -> float:
        """How much of a time the event loop had other work."""
        return sum(
            max(0.0, min(end, to_s) - max(begin, from_s)) for begin, end in reversed(self.stalls)
        )


_TRY: ContextVar[Noted] = ContextVar("try")
_CALL: ContextVar[dict[str, float]] = ContextVar("call")


def install(output: Path) -> None:
    """Put a watch on each stage, and answer the two signals."""
    notes = Notes()
    _watch_steps()
    _watch_batches(notes)
    _watch_calls(notes)

    def begin(_number: int, _frame: object) -> None:
        notes.calls.clear()
        notes.is_on = True

    def end(_number: int, _frame: object) -> None:
        notes.is_on = False
        written = output.with_suffix(".part")
        written.write_bytes(orjson.dumps(notes.calls))
        written.rename(output)

    signal.signal(signal.SIGUSR1, begin)
    signal.signal(signal.SIGUSR2, end)


def _watch_steps() -> None:
    """Statements of the transaction, decisions, and giving way between them."""
    for name, stage in STEPS.items():
        original = getattr(PostgresBookTransaction, name)
        stand_in(PostgresBookTransaction, name, _timed(original, stage))

    def timed_fold(*arguments: Any) -> Any:  # noqa: ANN401 - as it is
        began_s = time.perf_counter()
        try:
            return fold(*arguments)
        finally:
            _add("fold", began_s)

    stand_in(batch, "fold", timed_fold)
    stand_in(batch, "_let_others", _timed(batch._let_others, "others"))  # noqa: SLF001 - it is watched


def _timed(original: Callable[..., Awaitable[Any]], stage: str) -> Callable[..., Awaitable[Any]]:
    async def timed(*arguments: Any) -> Any:  # noqa: ANN401 - as it is
        began_s = time.perf_counter()
        try:
            return await original(*arguments)
        finally:
            _add(stage, began_s)

    return timed


def _add(stage: str, began_s: float) -> None:
    noted = _TRY.get(None)
    if noted is not None:
        noted.seconds[stage] += time.perf_counter() - began_s


def _watch_batches(notes: Notes) -> None:
    """Each try of a batch, for all operations in it."""

    async def noted_batch(store: Any, snapshots: Any, operations: Any, **more: Any) -> Any:  # noqa: ANN401
        noted = Noted(time.perf_counter())
        token = _TRY.set(noted)
        for operation in operations:
            notes.first_try_s.setdefault(operation, noted.began_s)
        try:
            result = await batch.run_batch(store, snapshots, operations, **more)
        finally:
            _TRY.reset(token)
        noted.ended_s = time.perf_counter()
        noted.calls = len(operations)
        for operation in operations:
            notes.last_try[operation] = noted
        return result

    stand_in(group_commit, "run_batch", noted_batch)


def _watch_calls(notes: Notes) -> None:
    """Calls at the edge, and their operations in the queue."""
    run, passed = GroupCommit.run, Gate.passed

    async def noted_run(self: GroupCommit, operation: Any) -> Any:  # noqa: ANN401
        began_s = time.perf_counter()
        try:
            answer = await run(self, operation)
            told_s = time.perf_counter()
            call, noted = _CALL.get(None), notes.last_try.get(operation)
            if call is not None and noted is not None:
                call.update(_stages(noted, began_s, notes.first_try_s[operation], told_s))
            return answer
        finally:
            notes.first_try_s.pop(operation, None)
            notes.last_try.pop(operation, None)

    async def noted_passed(self: Gate, method: str, *rest: Any) -> Any:  # noqa: ANN401
        if method != METHOD or not notes.is_on:
            return await passed(self, method, *rest)
        if not looking:
            looking.append(asyncio.create_task(_look(notes)))
        began_s = time.perf_counter()
        call: dict[str, float] = {}
        token = _CALL.set(call)
        try:
            answer = await passed(self, method, *rest)
        finally:
            _CALL.reset(token)
        if call:
            ended_s = time.perf_counter()
            call["whole"] = ended_s - began_s
            call["edge"] = call["whole"] - call.pop("committed")
            call["stalled"] = notes.stalled_s(began_s, ended_s)
            notes.calls.append(call)
        return answer

    looking: list[asyncio.Task[None]] = []
    stand_in(GroupCommit, "run", noted_run)
    stand_in(Gate, "passed", noted_passed)


def _stages(noted: Noted, began_s: float, first_try_s: float, told_s: float) -> dict[str, float]:
    """The time of an operation from its queue to its answer, by stage."""
    took_s = noted.ended_s - noted.began_s
    return {
        "committed": told_s - began_s,
        "line": first_try_s - began_s,
        "tries": noted.began_s - first_try_s,
        **noted.seconds,
        "calls": noted.calls,
        # Begin, commit, and what Python does between the statements.
        "between": took_s - sum(noted.seconds.values()),
        "told": told_s - noted.ended_s,
    }


async def _look(notes: Notes) -> None:
    """Note when the event loop came too late."""
    while True:
        due_s = time.perf_counter() + LOOKED_EVERY_S
        await asyncio.sleep(LOOKED_EVERY_S)
        now_s = time.perf_counter()
        if now_s - due_s >= STALL_S:
            notes.stalls.append((due_s, now_s))


if __name__ == "__main__":
    install(Path(sys.argv[1]))
    sys.exit(worker.main())
