"""Rules change under tills that quote: each answer is by one publication whole, and says by which.

Two campaigns that both reach the basket are changed together, again and again, one rate up and the
other down: an answer by half of the old rules and half of the new ones would have a pair of rates
that was never published.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Final

import pytest

from checkout.client.session import SessionClient
from checkout.v1 import checkout_service_pb2 as pb
from checkout.workers import follower
from tests.service import world
from tests.service.running import Service, running_service, wait_until
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from checkout.v1.receipt_pb2 import Receipt

CODES: Final = ("up", "down")
#: What both campaigns give together is the same before and after.
RATES_BP: Final = ((100, 900), (200, 800))
#: How often each till sees the rules change before it is content.
CHANGES_MIN: Final = 6
BOUND_S: Final = 60


async def test_each_quote_is_by_one_publication_whole(
    world_dsn: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over unary calls and over streams, of both workers: none fails, none is of two halves."""
    monkeypatch.setattr(follower, "EVERY_S", 0.01)
    async with (
        running_service(world_dsn, redis_url, workers=2) as service,
        AsyncExitStack() as held,
    ):
        given = {}
        for rates_bp in RATES_BP:
            await change(service, rates_bp)
            snapshot_id = await publish(service)
            await until_in_force(service, snapshot_id)
            quoted = await service.till().quote("quiet", basket())
            given[snapshot_id] = what_is_given(quoted)
        (up, down), (up_after, down_after) = given.values()
        assert up != up_after
        assert down != down_after
        changes: Counter[str] = Counter()

        def all_have_seen() -> bool:
            return len(changes) == len(tills) and min(changes.values()) >= CHANGES_MIN

        async def quote_again_and_again(
            name: str, ask: Callable[[str], Awaitable[pb.QuoteResponse]]
        ) -> None:
            last = ""
            while not all_have_seen():
                quoted = await ask(name)
                assert quoted.status == pb.STATUS_OK, name
                assert what_is_given(quoted) == given[quoted.snapshot_id], name
                changes[name] += last not in {"", quoted.snapshot_id}
                last = quoted.snapshot_id

        async def change_again_and_again() -> None:
            turn = 0
            while not all_have_seen():
                await change(service, RATES_BP[turn % 2])
                turn += 1

        async def publish_again_and_again() -> None:
            turn = 0
            while not all_have_seen():
                # Whatever is there at that moment: both old, or both new.
                assert await publish(service, worker=turn % 2) in given
                turn += 1

        tills = {}
        for worker, port in enumerate(service.ports):
            client = SessionClient(f"127.0.0.1:{port}", "north-s1-t1")
            session = await held.enter_async_context(client)
            tills[f"unary {worker}"] = by_itself(service, worker)
            tills[f"stream {worker}"] = over(session)
        async with asyncio.timeout(BOUND_S), asyncio.TaskGroup() as tasks:
            for name, ask in tills.items():
                tasks.create_task(quote_again_and_again(name, ask))
            tasks.create_task(change_again_and_again())
            tasks.create_task(publish_again_and_again())


def basket() -> Receipt:
    """What both campaigns reach, now."""
    return receipt(line("towel", 1_000_00), line("soap", 500_00, position=2))


def by_itself(service: Service, worker: int) -> Callable[[str], Awaitable[pb.QuoteResponse]]:
    """Quotes of a till by unary calls to one of the workers."""
    till = service.till(worker=worker)
    return lambda name: till.quote(name, basket())


def over(session: SessionClient) -> Callable[[str], Awaitable[pb.QuoteResponse]]:
    """Quotes of a till over a stream."""
    return lambda name: session.call(pb.QuoteRequest(purchase_id=name, receipt=basket()), BOUND_S)


def what_is_given(quoted: pb.QuoteResponse) -> tuple[int, ...]:
    """By each of the two campaigns."""
    by_code = {applied.code: applied.discount_minor for applied in quoted.outcome.applied}
    return tuple(by_code.get(code, 0) for code in CODES)


async def change(service: Service, rates_bp: tuple[int, int]) -> None:
    """Both campaigns, as a manager's form would: at once or not at all."""
    reward: dict[str, Any] = {"kind": "percent", "lane": "goods"}
    async with service.database.transaction():
        for code, rate_bp in zip(CODES, rates_bp, strict=True):
            document = world.campaign(code, reward | {"rate_bp": rate_bp})
            await world.put_campaign(service.database, world.NORTH, document)


async def publish(service: Service, worker: int = 0) -> str:
    """The rules that are in force afterwards."""
    return (await service.operator(worker=worker).publish()).snapshot_id


async def until_in_force(service: Service, snapshot_id: str) -> None:
    """On each worker."""

    async def is_everywhere() -> bool:
        return all(
            worker.library.in_force()[world.NORTH] == snapshot_id for worker in service.workers
        )

    await wait_until(is_everywhere, what="the publication")
