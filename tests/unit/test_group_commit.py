"""Group commit when the store fails: who is tried again, who is told what, who is left out."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import pytest

from checkout.deadline import DEADLINE, set_deadline
from checkout.flows import group_commit
from checkout.flows.background_answers import ExpireAnswer
from checkout.flows.batch import BatchResult
from checkout.flows.group_commit import GroupCommit
from checkout.refusals import Reason, Refusal
from checkout.store.errors import Failure, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ANSWER = ExpireAnswer(ended=True)


@dataclass(eq=False)
class Call:
    """Stands for an operation, which knows only its line."""

    line: object = None


DONE = object()


class Script:
    """Stands for `run_batch`: fails as the test says, and remembers the batches."""

    def __init__(self, *outcomes: Failure | object) -> None:
        self.outcomes = list(outcomes)
        self.sizes: list[int] = []
        self.gate, self.decides = asyncio.Event(), asyncio.Event()
        self.gate.set()
        self.decides.set()

    async def __call__(
        self,
        store: Any,
        snapshots: Any,
        operations: Sequence[Any],
        folded: Callable[[], None] = lambda: None,
        loaded: Any = None,
    ) -> BatchResult:
        del store, snapshots, loaded
        self.sizes.append(len(operations))
        if not self.decides.is_set():
            await self.decides.wait()
        folded()
        await self.gate.wait()
        outcome = self.outcomes.pop(0) if self.outcomes else DONE
        if isinstance(outcome, Failure):
            raise StoreError(outcome)
        return BatchResult([ANSWER] * len(operations), cast("Any", None))


@asynccontextmanager
async def scripted(patch: pytest.MonkeyPatch, script: Script) -> Any:
    """Group commit over the script."""

    async def nothing(book: Any) -> None:
        del book

    patch.setattr(group_commit, "run_batch", script)
    group = GroupCommit(cast("Any", None), cast("Any", None), nothing)
    yield group
    await group.drain()


async def run_together(group: GroupCommit, script: Script, calls: int) -> list[Any]:
    """The answers of calls that form one batch, behind two lone ones that hold the slots."""
    script.gate.clear()
    first = [asyncio.create_task(group.run(cast("Any", Call()))) for _ in range(2)]
    await asyncio.sleep(0)
    rest = [asyncio.create_task(group.run(cast("Any", Call()))) for _ in range(calls)]
    await asyncio.sleep(0)
    script.gate.set()
    await asyncio.gather(*first)
    return await asyncio.gather(*rest)


def reasons(answers: Sequence[Any]) -> list[Reason | None]:
    return [answer.reason if isinstance(answer, Refusal) else None for answer in answers]


async def test_without_a_database_nobody_is_tried_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each of sixty would wait for its own connection in vain, with all others behind it."""
    script = Script(DONE, DONE, Failure.UNAVAILABLE)
    async with scripted(monkeypatch, script) as group:
        answers = await run_together(group, script, 60)
    assert set(reasons(answers)) == {Reason.STORAGE_UNAVAILABLE}
    assert script.sizes == [1, 1, 60]


async def test_an_unknown_outcome_is_unknown_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch of which nobody knows is not run again: what it did would be done twice."""
    script = Script(DONE, DONE, Failure.UNKNOWN)
    async with scripted(monkeypatch, script) as group:
        answers = await run_together(group, script, 5)
    assert set(reasons(answers)) == {Reason.OUTCOME_UNKNOWN}
    assert script.sizes == [1, 1, 5]


async def test_busy_locks_are_tried_again_together_and_then_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Usually another batch was in the way; a lock that stays harms only those who need it."""
    script = Script(DONE, DONE, *[Failure.RETRYABLE] * 4)
    async with scripted(monkeypatch, script) as group:
        answers = await run_together(group, script, 3)
    assert reasons(answers) == [None] * 3
    assert script.sizes == [1, 1, 3, 3, 3, 1, 1, 1, 1]


async def test_a_batch_that_took_too_long_is_taken_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Receipts that together take too long are served one by one, also beside one too large."""
    script = Script(DONE, DONE, Failure.TOO_LONG, DONE, Failure.TOO_LONG, DONE)
    async with scripted(monkeypatch, script) as group:
        answers = await run_together(group, script, 3)
    assert reasons(answers) == [None, Reason.STORAGE_UNAVAILABLE, None]
    assert script.sizes == [1, 1, 3, 1, 1, 1]


async def test_when_the_database_goes_meanwhile_the_rest_need_not_find_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One by one ends with the first that meets nobody."""
    script = Script(DONE, DONE, Failure.BUG, DONE, Failure.UNAVAILABLE)
    async with scripted(monkeypatch, script) as group:
        answers = await run_together(group, script, 4)
    assert reasons(answers) == [None, *[Reason.STORAGE_UNAVAILABLE] * 3]
    assert script.sizes == [1, 1, 4, 1, 1]


async def test_a_call_whose_time_is_over_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits no longer costs those who do nothing; others of the batch are served."""
    script = Script()
    async with scripted(monkeypatch, script) as group:
        script.gate.clear()
        first = [asyncio.create_task(group.run(cast("Any", Call()))) for _ in range(2)]
        await asyncio.sleep(0)
        set_deadline(0.0)
        late = asyncio.create_task(group.run(cast("Any", Call())))
        DEADLINE.set(None)
        patient = asyncio.create_task(group.run(cast("Any", Call())))
        await asyncio.sleep(0)
        script.gate.set()
        await asyncio.gather(*first)
        assert reasons([await late, await patient]) == [Reason.DEADLINE_TOO_SHORT, None]
    assert script.sizes == [1, 1, 1]


async def test_calls_gather_until_the_batch_before_is_decided(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What arrives meanwhile is one batch, which begins while the one before is being written."""
    script = Script()
    async with scripted(monkeypatch, script) as group:
        script.gate.clear()
        script.decides.clear()
        calls = []
        for _ in range(5):
            calls.append(asyncio.create_task(group.run(cast("Any", Call()))))
            await asyncio.sleep(0)
        assert script.sizes == [1]
        script.decides.set()
        for _ in range(3):
            await asyncio.sleep(0)
        assert script.sizes == [1, 4]
        script.gate.set()
        await asyncio.gather(*calls)


@pytest.mark.parametrize("failure", [Failure.RETRYABLE, Failure.BUG])
async def test_a_lone_call_hears_what_became_of_it(
    monkeypatch: pytest.MonkeyPatch, failure: Failure
) -> None:
    """Locks that stay busy are given up after some tries, a fault of ours at once."""
    script = Script(*[failure] * 20)
    async with scripted(monkeypatch, script) as group:
        answer = await group.run(cast("Any", Call()))
    expected = Reason.INTERNAL if failure is Failure.BUG else Reason.STORAGE_UNAVAILABLE
    assert reasons([answer]) == [expected]
    assert len(script.sizes) < 8


async def test_a_line_keeps_its_order_when_a_batch_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks were busy when it was written: who came later in its line does not go on before it."""
    paused, goes_on = asyncio.Event(), asyncio.Event()

    async def pause(attempt: int) -> None:
        del attempt
        paused.set()
        await goes_on.wait()

    monkeypatch.setattr(group_commit, "_pause", pause)
    script = Script(Failure.RETRYABLE)
    answered: list[str] = []

    async def run(name: str, line: str) -> None:
        await group.run(cast("Any", Call(line)))
        answered.append(name)

    async with scripted(monkeypatch, script) as group:
        script.gate.clear()
        first = asyncio.create_task(run("1", "till"))
        await asyncio.sleep(0)
        others = [asyncio.create_task(run(*each)) for each in [("2", "till"), ("x", "another")]]
        for _ in range(3):
            await asyncio.sleep(0)
        assert script.sizes == [1, 1]
        # The first has been decided and is written, beside the other line: now it fails.
        script.gate.set()
        await paused.wait()
        await others[1]
        assert answered == ["x"]
        goes_on.set()
        await asyncio.gather(first, *others)
    assert answered == ["x", "1", "2"]
    assert script.sizes == [1, 1, 1, 1]
