"""RC12: one card of a whole company, at every till at once; nobody else waits for it."""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from typing import TYPE_CHECKING

import grpc
import pytest

from checkout.v1 import checkout_service_pb2 as pb
from tests.races.journal import insist
from tests.races.ledger_state import make_members, violations
from tests.races.sabotage import share_the_lock_of, take_lock_away
from tests.service.running import running_service
from tests.service.till import fresh, line, receipt

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.service.running import Service
    from tests.service.till import Till

#: More than all of them spend.
START_MINOR = 10_000_00
#: Receipts of the company's card at once; and tills that sell one after the other.
RECEIPTS = 400
HOT_TILLS = 16
#: Customers meanwhile, and how many of them at a time.
OTHERS = 24
OTHERS_AT_ONCE = 4
#: What the guide has a till wait for a sale.
DEADLINE_S = 1.0
#: A sale that needs nothing of the card, neither its lock nor a worker that it keeps busy, takes a
#: fifth of this. If it takes more, it is the machine that keeps customers waiting just now.
SLOW_MACHINE_S = 0.2
#: Then they are served once more, so many times at most: if all are late, it is not the machine.
MOMENTS_MAX = 10


async def sell_hot(
    service: Service, hot: str, tills: int, is_enough: Callable[[int], bool]
) -> list[pb.ConfirmResponse]:
    """Receipts of one card by two workers, until it is enough; their rate is printed."""
    answers: list[pb.ConfirmResponse] = []
    numbers = itertools.count()
    sale = receipt(line("towel", 10_00), card=hot, points_minor=1_00)
    began = time.monotonic()

    async def sell_one(till: Till, name: str) -> None:
        # Whoever hears from a busy machine that nothing was written sends the call again.
        answers.append(await insist(lambda: till.confirm(name, sale, request_id=name)))

    async def sell(till: Till) -> None:
        while not is_enough(number := next(numbers)):
            await sell_one(till, f"hot-{number}")

    await asyncio.gather(*(sell(service.till(worker=n % 2)) for n in range(tills)))
    rate = len(answers) / (time.monotonic() - began)
    print(f"{len(answers)} receipts of one card: {rate:.0f} a second")  # noqa: T201 - a figure
    return answers


async def waited_s(call: Awaitable[pb.ConfirmResponse]) -> float:
    """How long a customer waits for a sale: for ever, if the till gets no answer in its time."""
    began = time.monotonic()
    try:
        answer = await call
    except grpc.aio.AioRpcError:
        return math.inf
    assert answer.status == pb.STATUS_OK
    return time.monotonic() - began


def patient_till(service: Service, worker: int) -> Till:
    """A till that waits as long as the guide says."""
    till = service.till(worker=worker)
    till.timeout_s = DEADLINE_S
    return till


async def waits_of(service: Service, cards: list[str]) -> list[float]:
    """How long each customer waits at the workers that have the company's receipts, too.

    At the same moment a guest is served by the third worker, which has none of them: one who waits
    too long while that sale is slow, too, waits for the machine, and is served once more.
    """
    customers = iter(enumerate(cards))
    waits: list[float] = []

    async def serve() -> None:
        for number, card in customers:
            till, guests = patient_till(service, number % 2), patient_till(service, 2)
            sale = receipt(line("towel", 10_00), card=card, points_minor=1_00)
            waited = math.inf
            for _ in range(MOMENTS_MAX):
                waited, beside = await asyncio.gather(
                    waited_s(till.confirm(fresh("other"), sale)),
                    waited_s(guests.confirm(fresh("guest"), receipt(line("towel", 10_00)))),
                )
                if waited < math.inf or beside < SLOW_MACHINE_S:
                    break
            waits.append(waited)

    await asyncio.gather(*(serve() for _ in range(OTHERS_AT_ONCE)))
    return waits


async def last_seq(service: Service) -> int:
    """The number of the last entry of the busiest account."""
    seq: int = await service.database.fetchval(
        "select max(seq) from entry where member_id = (select member_id from account"
        " order by seq desc limit 1) and role = 'member'"
    )
    return seq


async def test_one_hot_card_is_exact(two_workers: Service) -> None:
    """Each receipt of it is made and counted once."""
    (hot,) = await make_members(two_workers, 1, START_MINOR)
    answers = await sell_hot(two_workers, hot, RECEIPTS, lambda number: number >= RECEIPTS)
    assert [answer.status for answer in answers] == [pb.STATUS_OK] * RECEIPTS
    assert await two_workers.till().balance_minor(hot) == START_MINOR - RECEIPTS * 1_00
    assert await last_seq(two_workers) == 1 + RECEIPTS  # the opening, and a leg for each receipt
    assert await violations(two_workers) == []


async def test_one_hot_card_holds_nobody_up(world_dsn: str, redis_url: str) -> None:
    """While every till sells to it, others are served in the time of their own tills."""
    async with running_service(world_dsn, redis_url, workers=3) as service:
        hot, *others = await make_members(service, 1 + OTHERS, START_MINOR)
        serving = asyncio.create_task(waits_of(service, others))
        await sell_hot(service, hot, HOT_TILLS, lambda _: serving.done())
        waits = await serving
        print(f"the slowest of {OTHERS} others waited {max(waits):.2f} s")  # noqa: T201 - a figure
        assert len(waits) == OTHERS
        assert max(waits) < math.inf
        assert await violations(service) == []


@pytest.mark.parametrize("shared", [False, True])
async def test_others_need_not_the_lock_of_a_hot_card(
    world_dsn: str, redis_url: str, monkeypatch: pytest.MonkeyPatch, *, shared: bool
) -> None:
    """However long it is kept, others are served; if they share it, none is: so this can fail."""
    async with running_service(world_dsn, redis_url, workers=3) as service:
        hot, *others = await make_members(service, 1 + OTHERS_AT_ONCE, START_MINOR)
        member_id = (await service.till().identify(card=hot)).member_id
        if shared:
            share_the_lock_of(member_id, monkeypatch)
        async with service.database.transaction():
            lock = "select from member where member_id = $1 for update"
            await service.database.execute(lock, member_id)
            waits = await waits_of(service, others)
        assert len(waits) == OTHERS_AT_ONCE
        assert [waited == math.inf for waited in waits] == [shared] * OTHERS_AT_ONCE


async def test_without_its_lock_a_hot_card_is_not_exact(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: two workers that read the same balance write over each other."""
    (hot,) = await make_members(two_workers, 1, START_MINOR)
    take_lock_away(two_workers, monkeypatch, "members")
    selling = sell_hot(two_workers, hot, 60, lambda n: n >= 60)
    await asyncio.gather(selling, return_exceptions=True)
    assert await last_seq(two_workers) < 1 + 60
    assert await violations(two_workers)
