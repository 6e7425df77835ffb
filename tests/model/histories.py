"""Histories of calls made at once, and whether some order explains them (MT4).

A round of calls is made together, over two workers. Then there must be an order in which the model
answers each as it was answered and ends in the state that the database is in. A call whose client
went away may have been done or not.
"""

from __future__ import annotations

import asyncio
import copy
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import grpc

from tests.model.comparison import differences, seen_in_model
from tests.model.stand import MEMBERS, Stand
from tests.model.values import MOMENT, OK, Sale
from tests.service.running import wait_until

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from tests.model.comparison import Seen
    from tests.model.model import Model
    from tests.model.values import Answer

AT_ONCE: Final = 6
#: Of as many calls as could be an erasure one is.
ERASED_SELDOM: Final = 3
#: Nothing was written.
_NOT_DONE: Final = frozenset({"STORAGE_UNAVAILABLE"})
#: It may have been, or not: as if the client had gone away.
_UNKNOWN: Final = "OUTCOME_UNKNOWN"
_GIVES_UP_AFTER_S: Final = 0.02


@dataclass(frozen=True)
class Call:
    """One call of the model and the desk, by its name."""

    name: str
    what: tuple[Any, ...]
    more: tuple[tuple[str, Any], ...] = ()

    def of(self, side: Any) -> Any:
        """Make it on one side."""
        return getattr(side, self.name)(*self.what, **dict(self.more))


class History:
    """Rounds of calls at one stand, drawn from a seed."""

    def __init__(self, stand: Stand, seed: str) -> None:
        self.stand = stand
        self.chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
        self.names = 0
        self.said: dict[str, int] = {}

    async def begin(self) -> None:
        """Points, a coupon and a certificate, for which the calls will compete."""
        # How returns are judged is drawn; by either policy whatever is missing is owed.
        calls = [Call("publish", (self.chance.choice([0, 1]),))]
        calls += [Call("adjust", (self._new("c"), each, 60_00)) for each in MEMBERS]
        calls += [Call("issue", ("k000",)), Call("make_certificate", ("v000", "gift", True))]
        calls += [Call("make_certificate", ("w000", "rides", True))]
        for call in calls:
            self.stand.model.now += MOMENT
            assert await call.of(self.stand.desk) == call.of(self.stand.model)
        self.stand.model.now += MOMENT

    async def play(self) -> None:
        """One round of calls that are drawn; in every other one a client goes away meanwhile."""
        await self.play_at_once(self._draw(), gives_up=self.chance.randrange(AT_ONCE * 2))

    async def play_at_once(self, calls: Sequence[Call], gives_up: int | None = None) -> None:
        """Calls at once, and the order that explains them: the model goes on from there."""
        answers = await asyncio.gather(
            *(self._make(call, number == gives_up) for number, call in enumerate(calls))
        )
        await self._quiet()
        for call, answer in zip(calls, answers, strict=True):
            said = f"{call.name} {answer[0] if answer is not None else 'unknown'}"
            self.said[said] = self.said.get(said, 0) + 1
        _, database = await self.stand.seen()
        found = explained(self.stand.model, list(zip(calls, answers, strict=True)), database)
        assert found is not None, self._told(calls, answers, database)
        found.take_turns(await self.stand.turns())
        self.stand.model = found

    def _told(self, calls: Sequence[Call], answers: Sequence[Answer | None], seen: Seen) -> str:
        told = [
            f"  {call}: {answer}, alone {call.of(copy.deepcopy(self.stand.model))}"
            for call, answer in zip(calls, answers, strict=True)
        ]
        before = differences(seen_in_model(self.stand.model), seen)
        return "\n".join(["no order of these explains", *told, "that changed", *before])

    async def _make(self, call: Call, gives_up: bool) -> Answer | None:
        if not gives_up:
            answer: Answer = await call.of(self.stand.desk)
            # On a machine with much else to do a batch may take longer than the service gives it.
            return None if answer[0] == _UNKNOWN else answer
        try:
            async with asyncio.timeout(_GIVES_UP_AFTER_S):
                return await call.of(self.stand.desk)  # type: ignore[no-any-return]
        except (TimeoutError, grpc.aio.AioRpcError):
            return None

    async def _quiet(self) -> None:
        """What a client went away from is done, or never will be."""

        async def is_quiet() -> bool:
            groups = [worker.group_commit for worker in self.stand.desk.service.workers]
            return not any(group._waiting or group._running for group in groups)

        await wait_until(is_quiet, what="the end of all batches")

    def _draw(self) -> list[Call]:
        """Calls that may be made now, about few things: they get in each other's way."""
        calls = [self._one() for _ in range(AT_ONCE)]
        if any(call.name == "erase" for call in calls):
            # What a till sold by itself to somebody who is nobody now the model does not know.
            calls = [call for call in calls if call.name != "submit"]
        return calls

    def _one(self) -> Call:
        chance, model = self.chance, self.stand.model
        who = chance.choice(MEMBERS)
        points = chance.choice([0, 20_00, 45_00, None])
        ride = chance.choice(["", "w000"])
        sales = [
            Sale(who, (("apple", 3),), points, certificate=chance.choice(["", "v000"])),
            Sale(who, (("apple", 1), ("bread", 2)), points, ride=ride),
            Sale(who, (("soap", 3),), points),
            Sale(who, (("soap", 1), ("towel", 1)), points, coupon="k000"),
        ]
        held = [name for name, each in model.purchases.items() if each.state == "held"]
        sold = [name for name, each in model.purchases.items() if each.state == "confirmed"]
        made = [
            Call("buy", (self._new("p"), chance.choice(sales))),
            Call("buy", (self._new("p"), chance.choice(sales))),
            Call("hold", (self._new("p"), chance.choice(sales), 30)),
            Call("adjust", (self._new("c"), who, chance.choice([-45_00, -1, 15_00]))),
            Call("freeze", (self._new("f"), who, chance.choice([40_00, None]))),
            Call("freeze_account", (who, chance.choice([False, True, True]))),
            Call(chance.choice(["join", "leave"]), (who,)),
            Call("merge", (self._new("m"), *chance.sample(MEMBERS, 2))),
            Call("give", (self._new("g"), who, chance.choice([1, 2]))),
            Call("buy", (self._new("p"), Sale("", (("apple", 3), ("bread", 1))))),
        ]
        if not model.is_erased(who):
            by_till = replace(sales[1], points=45_00, ride="")
            made.append(Call("submit", (self._new("p"), by_till, 5)))
        # One of a history: with the others there is more to do; and late enough that there was.
        if not model.erased and not chance.randrange(ERASED_SELDOM):
            made.append(Call("erase", (who, chance.choice([False, True, True]))))
        for name in chance.sample(held, min(2, len(held))):
            made.append(Call("confirm", (name, None), (("afresh", False),)))
            made.append(Call("cancel", (name,)))
        made += [
            Call("take_back", (name, chance.choice([(), ((1, 1_000),), ((1, 500),)])))
            for name in chance.sample(sold[-4:], min(2, len(sold)))
        ]
        guests = [name for name in sold if not model.purchases[name].sale.member]
        made += [Call("credit", (name, who)) for name in guests[-2:]]
        # Of what a client made and went away from nobody knows the id.
        for name, known, ids in (
            ("restore", model.freezes, self.stand.desk.freezes),
            ("unmerge", model.merges, self.stand.desk.merges),
            ("take_gift_back", model.gifts, self.stand.desk.gifts),
        ):
            made += [Call(name, (each,)) for each in [x for x in known if x in ids][-2:]]
        return chance.choice(made)

    def _new(self, letter: str) -> str:
        self.names += 1
        return f"{letter}{self.names:03}"


def explained(
    model: Model, made: Sequence[tuple[Call, Answer | None]], database: Seen
) -> Model | None:
    """The model after these calls in some order that fits all answers and the database.

    The moment of a call is that at which its transaction began: one that then waited for another
    does not see as active what that one's customer has just earned. So each call is also tried at
    the moments before.
    """
    calls = {
        number: each
        for number, each in enumerate(made)
        if each[1] is None or each[1][0] not in _NOT_DONE
    }
    moments = [model.now, model.now + MOMENT]

    return _Search(database).explain(model, calls, moments)


class _Search:
    """Looks for an order, and never twice from the same state with the same calls left."""

    def __init__(self, database: Seen) -> None:
        self.database = database
        self.in_vain: set[str] = set()

    def explain(
        self,
        model: Model,
        calls: dict[int, tuple[Call, Answer | None]],
        moments: list[dt.datetime],
    ) -> Model | None:
        seen = seen_in_model(model)
        # Of those without an answer none may have been done.
        if all(answer is None for _, answer in calls.values()) and not differences(
            seen, self.database
        ):
            model.now = moments[-1]
            return model
        lots = [
            sorted((lot.starts, lot.gone) for lot in each.lots) for each in model.purses.values()
        ]
        unseen = [(each.owed, each.written_off) for each in model.purchases.values()]
        state = repr((sorted(calls), seen, lots, unseen, model.merges))
        if state in self.in_vain:
            return None
        for number, (call, answer) in calls.items():
            rest = {key: each for key, each in calls.items() if key != number}
            for moment in reversed(moments):
                tried = copy.deepcopy(model)
                tried.now = moment
                if not _same(call.of(tried), answer):
                    continue
                later = moments
                if tried.serial > model.serial:
                    later = [*moments, moments[-1] + MOMENT]
                found = self.explain(tried, rest, later)
                if found is not None:
                    return found
        self.in_vain.add(state)
        return None


def _same(one: Answer, other: Answer | None) -> bool:
    """Whether a call may have been answered so; nobody knows, if its client went away."""
    if other is None:
        return True
    (reason, numbers), (said, told) = one, other
    return reason == said and (reason != OK or numbers == told)
