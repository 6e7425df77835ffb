"""Operations that lack rules: who waits, who goes on, for how long, and in which order."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from checkout.deadline import DEADLINE, is_over, set_deadline
from checkout.flows import group_commit
from checkout.flows.background_answers import ExpireAnswer
from checkout.flows.batch import BatchResult
from checkout.flows.group_commit import GroupCommit
from checkout.flows.snapshot_loads import (
    LOADED_AT_ONCE,
    ROUNDS_MAX,
    NotInMemoryError,
    SnapshotLoads,
)
from checkout.refusals import Reason, Refusal
from checkout.store.errors import Failure, StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence


@dataclass(eq=False)
class Call:
    """Stands for an operation: the rules that it needs, and with whom it stands in line."""

    name: str
    needs: list[str] = field(default_factory=list)
    line: object = None
    bucket: int = 0


class Buckets:
    """Stands for the finder of buckets: batches are of one bucket each."""

    def __len__(self) -> int:
        return 0

    async def find(self, call: Call) -> int:
        return call.bucket


class Rules:
    """Rules that are in no memory, and are there when the test says so."""

    def __init__(self) -> None:
        self.gates: dict[str, asyncio.Event] = {}
        self.asked: list[str] = []
        self.faulty: set[str] = set()

    async def load(self, snapshot_id: str) -> Any:
        self.asked.append(snapshot_id)
        if snapshot_id in self.gates:
            await self.gates[snapshot_id].wait()
        if snapshot_id in self.faulty:
            raise ValueError(snapshot_id)
        return object()


class Batches:
    """Stands for `run_batch`: an operation that lacks rules ends it before it is decided."""

    def __init__(self) -> None:
        self.done: list[str] = []
        #: How batches end, one after the other, before anybody looks at rules.
        self.failures: list[Failure] = []
        #: Operations that are decided when the test says so.
        self.gates: dict[str, asyncio.Event] = {}

    async def __call__(
        self,
        store: Any,
        snapshots: Any,
        operations: Sequence[Call],
        folded: Callable[[], None] = lambda: None,
        loaded: Mapping[str, Any] | None = None,
    ) -> BatchResult:
        del store, snapshots
        if self.failures:
            raise StoreError(self.failures.pop(0))
        known = (loaded or {}).keys()
        lacks = {place: frozenset(each.needs) - known for place, each in enumerate(operations)}
        if missing := {place: ids for place, ids in lacks.items() if ids}:
            raise NotInMemoryError(missing)
        for gate in [self.gates[each.name] for each in operations if each.name in self.gates]:
            await gate.wait()
        folded()
        self.done.append("".join(call.name for call in operations))
        return BatchResult([ExpireAnswer(ended=True)] * len(operations), cast("Any", None))


@dataclass
class Stand:
    """Group commit over both."""

    group: GroupCommit
    rules: Rules
    batches: Batches

    def run(self, call: Call, left_s: float | None = None) -> asyncio.Task[Any]:
        set_deadline(left_s)
        task = asyncio.create_task(self.group.run(cast("Any", call)))
        DEADLINE.set(None)
        return task

    def try_out(self, call: Call, left_s: float) -> asyncio.Task[Any]:
        set_deadline(left_s)
        task = asyncio.create_task(self.group.try_out(cast("Any", call)))
        DEADLINE.set(None)
        return task


async def try_out(store: Any, snapshots: Any, call: Call, loaded: Mapping[str, Any]) -> Any:
    """Stands for what tries one operation out."""
    return (await Batches()(store, snapshots, [call], loaded=loaded)).answers[0]


@asynccontextmanager
async def standing(
    patch: pytest.MonkeyPatch, buckets: Buckets | None = None
) -> AsyncIterator[Stand]:
    async def nothing(book: Any) -> None:
        del book

    rules, batches = Rules(), Batches()
    patch.setattr(group_commit, "run_batch", batches)
    patch.setattr(group_commit, "try_out", try_out)
    group = GroupCommit(cast("Any", None), cast("Any", rules), nothing, cast("Any", buckets))
    yield Stand(group, rules, batches)
    for gate in [*rules.gates.values(), *batches.gates.values()]:
        gate.set()
    await group.drain()


async def turns(number: int = 20) -> None:
    """Let all go on that can."""
    for _ in range(number):
        await asyncio.sleep(0)


def reason(answer: object) -> Reason | None:
    return answer.reason if isinstance(answer, Refusal) else None


async def test_who_lacks_rules_waits_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one batch two wait, each for its own rules; what comes later is not behind them."""
    async with standing(monkeypatch) as stand:
        stand.rules.gates = {"old": asyncio.Event(), "older": asyncio.Event()}
        calls = [Call("a"), Call("b", ["old"]), Call("c"), Call("d", ["older"]), Call("e")]
        a, b, c, d, e = map(stand.run, calls)
        await turns()
        assert stand.batches.done == ["a", "ce"]
        f = stand.run(Call("f"))
        await turns()
        assert stand.batches.done == ["a", "ce", "f"]
        stand.rules.gates["older"].set()
        await turns()
        assert stand.batches.done == ["a", "ce", "f", "d"]
        stand.rules.gates["old"].set()
        answers = await asyncio.gather(a, b, c, d, e, f)
        assert not any(map(reason, answers))
        assert stand.batches.done == ["a", "ce", "f", "d", "b"]


async def test_rules_that_many_lack_are_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """All who waited for them are one batch again, but for the first, who does not wait."""
    async with standing(monkeypatch) as stand:
        stand.rules.gates = {"old": asyncio.Event()}
        calls = [stand.run(Call("x", ["old"])) for _ in range(30)]
        await turns()
        stand.rules.gates["old"].set()
        await asyncio.gather(*calls)
        assert stand.rules.asked == ["old"]
        assert list(map(len, stand.batches.done)) == [1, 29]


async def test_faulty_rules_are_told_to_those_who_need_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A fault of loading ends nothing but the operation that needs what is faulty."""
    async with standing(monkeypatch) as stand:
        stand.rules.faulty = {"bad"}
        calls = [Call("a"), Call("b", ["bad"]), Call("c", ["good"]), Call("d", ["good", "bad"])]
        answers = await asyncio.gather(*map(stand.run, calls))
        internal = Reason.INTERNAL
        assert list(map(reason, answers)) == [None, internal, None, internal]


async def test_a_line_keeps_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who stands behind one that waits waits, too, whenever it came; others do not."""
    async with standing(monkeypatch) as stand:
        stand.rules.gates = {"old": asyncio.Event()}
        first = stand.run(Call("1", ["old"], line="till"))
        await turns()
        behind = [stand.run(Call(name, line="till")) for name in "23"]
        other = stand.run(Call("x", line="another till"))
        await turns()
        behind.append(stand.run(Call("4", ["old"], line="till")))
        await turns()
        assert stand.batches.done == ["x"]
        stand.rules.gates["old"].set()
        last = stand.run(Call("5", line="till"))
        await asyncio.gather(first, *behind, other, last)
        assert "".join(stand.batches.done) == "x12345"


async def test_a_line_keeps_its_order_when_a_batch_is_taken_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One by one, after a failure, who lacks rules has its line wait with it all the same."""
    async with standing(monkeypatch) as stand:
        stand.rules.gates = {"old": asyncio.Event()}
        stand.batches.failures = [Failure.TOO_LONG] * 2
        lone = stand.run(Call("0"))
        calls = [Call("1", line="t"), Call("2", ["old"], line="t"), Call("3", line="t"), Call("x")]
        tasks = [stand.run(call) for call in calls]
        assert reason(await lone) is Reason.STORAGE_UNAVAILABLE
        await turns()
        assert stand.batches.done == ["1", "x"]
        stand.rules.gates["old"].set()
        await asyncio.gather(*tasks)
        assert "".join(stand.batches.done) == "1x23"


async def test_a_line_keeps_its_order_beside_a_batch_that_is_taken_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who comes later in a line of it waits until the last one of that line has been answered."""
    async with standing(monkeypatch) as stand:
        stand.batches.failures = [Failure.TOO_LONG] * 2
        stand.batches.gates = {name: asyncio.Event() for name in "25"}
        lone = stand.run(Call("0"))
        names = {"1": "t", "2": "t", "3": "t", "4": "u", "5": None}
        tasks = [stand.run(Call(name, line=line)) for name, line in names.items()]
        assert reason(await lone) is Reason.STORAGE_UNAVAILABLE
        await turns()
        tasks += [stand.run(Call("6", line="t")), stand.run(Call("7", line="u"))]
        tasks.append(stand.run(Call("x", line="v")))
        await turns()
        assert stand.batches.done == ["1", "x"]
        stand.batches.gates["2"].set()
        await turns()
        # The last one of it is still under way; others of its lines have gone on.
        done = "".join(stand.batches.done)
        assert sorted(done) == sorted("1x23467")
        assert done.index("3") < done.index("6")
        assert done.index("4") < done.index("7")
        stand.batches.gates["5"].set()
        await asyncio.gather(*tasks)


async def test_who_waits_in_a_line_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """One till whose first receipt waits for rules has no room beyond that of all others."""
    monkeypatch.setattr(group_commit, "QUEUE_MAX", 4)
    async with standing(monkeypatch) as stand:
        stand.rules.gates = {"old": asyncio.Event()}
        calls = [stand.run(Call("1", ["old"], line="till"))]
        await turns()
        for name in "234":
            calls.append(stand.run(Call(name, line="till")))
            await turns()
        more = [stand.run(call) for call in (Call("5", line="till"), Call("x"))]
        await turns()
        assert [call.done() and reason(call.result()) for call in more] == [Reason.OVERLOADED] * 2
        stand.rules.gates["old"].set()
        assert not any(map(reason, await asyncio.gather(*calls)))
        assert "".join(stand.batches.done) == "1234"
        # Nobody waits any more: there is room for as many again.
        again = await asyncio.gather(*(stand.run(Call("y", line="till")) for _ in range(4)))
        assert not any(map(reason, again))


async def test_with_batches_of_one_bucket_who_waited_comes_first_in_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Buckets take turns as ever; and those of two have no order, though a till sent them both."""
    async with standing(monkeypatch, Buckets()) as stand:
        stand.rules.gates = {"old": asyncio.Event()}
        stand.batches.gates = {"0": asyncio.Event()}
        tasks = [stand.run(Call("1", ["old"], line="till", bucket=1))]
        await turns()
        tasks.append(stand.run(Call("2", line="till", bucket=2)))
        await turns()
        assert stand.batches.done == ["2"]
        for name, line, bucket in (("0", None, 3), ("a", None, 1), ("3", "till", 1)):
            tasks.append(stand.run(Call(name, line=line, bucket=bucket)))
            await turns()
        stand.rules.gates["old"].set()
        await turns()
        stand.batches.gates["0"].set()
        await asyncio.gather(*tasks)
        assert stand.batches.done == ["2", "0", "1a3"]


async def test_a_bucket_of_which_nobody_waits_gets_its_turn_after_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who lacked rules comes back into it, in order, with who waited behind in its line."""
    async with standing(monkeypatch, Buckets()) as stand:
        stand.rules.gates = {"old": asyncio.Event()}
        stand.batches.gates = {"0": asyncio.Event()}
        tasks = []
        for name, needs in {"1": ["old"], "2": []}.items():
            tasks.append(stand.run(Call(name, needs, line="till", bucket=1)))
            await turns()
        for name, bucket in {"0": 3, "b": 2, "c": 4}.items():
            tasks.append(stand.run(Call(name, bucket=bucket)))
            await turns()
        stand.rules.gates["old"].set()
        await turns()
        stand.batches.gates["0"].set()
        await asyncio.gather(*tasks)
        assert stand.batches.done == ["0", "b", "c", "12"]


async def test_whose_time_is_over_when_the_rules_are_there_is_not_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is written for who does not wait any more; they hear that nothing was."""
    async with standing(monkeypatch) as stand:
        stand.rules.gates = {"old": asyncio.Event()}
        late = stand.run(Call("a", ["old"]), left_s=0.005)
        over = time.monotonic() + 0.005
        patient = stand.run(Call("b", ["old"]), left_s=60)
        while not is_over(over):
            await turns()
        stand.rules.gates["old"].set()
        answers = await asyncio.gather(late, patient)
        assert list(map(reason, answers)) == [Reason.DEADLINE_TOO_SHORT, None]
        assert stand.batches.done == ["b"]


async def test_who_lacks_other_rules_each_time_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A purchase that others change all the time goes round a few times, not for ever."""
    restless = Call("r", ["0"])

    class Changing(Batches):
        async def __call__(self, *args: Any, **more: Any) -> BatchResult:
            restless.needs = [str(len(stand.rules.asked))]
            return await super().__call__(*args, **more)

    async with standing(monkeypatch) as stand:
        monkeypatch.setattr(group_commit, "run_batch", Changing())
        assert reason(await stand.run(restless)) is Reason.STORAGE_UNAVAILABLE
        assert len(stand.rules.asked) == ROUNDS_MAX


async def test_the_end_waits_for_those_who_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was taken is answered before a worker ends, also what stands aside."""
    async with standing(monkeypatch) as stand:
        stand.rules.gates = {"old": asyncio.Event()}
        call = stand.run(Call("a", ["old"]))
        await turns()
        draining = asyncio.create_task(stand.group.drain())
        await turns()
        assert not draining.done()
        stand.rules.gates["old"].set()
        await draining
        assert stand.batches.done == ["a"]
        assert reason(await call) is None


async def test_few_are_loaded_at_once() -> None:
    """Others wait for their turn; who is called off leaves the loading to the others."""
    rules = Rules()
    rules.gates = {str(number): asyncio.Event() for number in range(LOADED_AT_ONCE + 1)}
    loads = SnapshotLoads(cast("Any", rules))
    tasks = [asyncio.create_task(loads.load([each], None)) for each in rules.gates]
    again = asyncio.create_task(loads.load(["0"], None))
    await turns()
    assert rules.asked == [*rules.gates][:LOADED_AT_ONCE]
    tasks[0].cancel()
    rules.gates["0"].set()
    assert [*await again] == ["0"]
    await turns()
    assert rules.asked == [*rules.gates]
    for gate in rules.gates.values():
        gate.set()
    await asyncio.gather(*tasks[1:])


async def test_nothing_is_loaded_for_those_whose_time_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """When a turn comes it is asked who still waits: nobody, or one who asked later."""
    async with standing(monkeypatch) as stand:
        busy = [str(number) for number in range(LOADED_AT_ONCE)]
        stand.rules.gates = {each: asyncio.Event() for each in busy}
        first = [stand.run(Call(each, [each])) for each in busy]
        await turns()
        alone = stand.run(Call("a", ["old"]), left_s=0.005)
        beside = stand.run(Call("b", ["older"]), left_s=0.005)
        quoted = stand.try_out(Call("q", ["other"]), left_s=0.005)
        over = time.monotonic() + 0.005
        patient = stand.run(Call("c", ["older"]), left_s=60)
        await turns()
        while not is_over(over):
            await turns()
        assert stand.rules.asked == busy
        for gate in stand.rules.gates.values():
            gate.set()
        late = Reason.DEADLINE_TOO_SHORT
        answers = await asyncio.gather(alone, beside, quoted, patient, *first)
        assert list(map(reason, answers)) == [late, late, late, *[None] * (1 + len(busy))]
        assert stand.rules.asked == [*busy, "older"]
        # Who asks for it now has it loaded.
        assert reason(await stand.run(Call("d", ["old"]), left_s=60)) is None
        assert stand.rules.asked == [*busy, "older", "old"]
