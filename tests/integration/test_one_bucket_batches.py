"""Batches of one bucket each, as a PostgreSQL that is distributed by bucket needs them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from checkout.flows import bucket_finder, group_commit
from checkout.flows.batch import run_batch
from checkout.store.errors import Failure, StoreError
from tests.races.ledger_state import make_members, violations
from tests.server_fixtures import Cluster, database_copy
from tests.service import world
from tests.service.running import Service, running_service
from tests.service.till import line, receipt, refusal_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.flows.batch import BatchResult
    from checkout.flows.operation import Operation

MEMBERS = 40


class Batches:
    """The buckets of the members that each batch locked, and how many operations it had."""

    def __init__(self) -> None:
        self.buckets: list[set[int]] = []
        self.sizes: list[int] = []

    async def run(
        self, store: Any, snapshots: Any, operations: list[Operation], **more: Any
    ) -> BatchResult:
        result = await run_batch(store, snapshots, operations, **more)
        self.buckets.append({m.member.bucket for m in result.book.members.values()})
        self.sizes.append(len(operations))
        return result


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> Batches:
    """Every batch that is run in this process, as it was."""
    seen = Batches()
    monkeypatch.setattr(group_commit, "run_batch", seen.run)
    return seen


@pytest.fixture
def dsns(cluster: Cluster, world_template: str, worker_id: str) -> Iterator[tuple[str, str]]:
    """Two copies of the seeded world."""
    with (
        database_copy(cluster, world_template, worker_id) as one,
        database_copy(cluster, world_template, worker_id) as other,
    ):
        yield one, other


async def a_day(service: Service) -> list[Any]:
    """Sales to members and guests at once, then returns and a correction; what was answered."""
    cards = await make_members(service, MEMBERS, 100_00)
    till, now = service.till(), world.local_now()
    sales = [
        receipt(line("towel", 20_00), line("bread", 10_00, 2), card=card, local_time=now)
        for card in (*cards, *[""] * 8)
    ]
    for sale in sales[: MEMBERS // 2]:
        sale.points_minor = 5_00
    held = await asyncio.gather(
        *(till.quote(f"p{n}", sale, hold=True) for n, sale in enumerate(sales) if n % 4 == 0)
    )
    tokens = {4 * n: answer.quote_token for n, answer in enumerate(held)}
    sold = await asyncio.gather(
        *(
            till.confirm(f"p{n}", sale, quote_token=tokens.get(n, ""))
            for n, sale in enumerate(sales)
        )
    )
    back = await asyncio.gather(
        *(till.take_back(f"p{n}", {1: 1_000}, return_id=f"back{n}") for n in range(0, 48, 3))
    )
    cancelled = await refusal_of(till.cancel("p1"))
    balances = [await till.balance_minor(card) for card in cards]
    return [
        [answer.outcome for answer in held],
        [answer.outcome for answer in sold],
        [answer.returned for answer in back],
        cancelled,
        balances,
    ]


async def test_answers_and_books_do_not_depend_on_how_batches_are_made(
    dsns: tuple[str, str], redis_url: str, batches: Batches
) -> None:
    """The same day twice: equal answers and tables; with the setting no batch mixed buckets."""
    days, rows = [], []
    for dsn, one_bucket in zip(dsns, (False, True), strict=True):
        batches.buckets.clear()
        batches.sizes.clear()
        async with running_service(dsn, redis_url, one_bucket_batches=one_bucket) as service:
            days.append(await a_day(service))
            rows.append(await service.rows())
            assert await violations(service) == []
        mixed = [buckets for buckets in batches.buckets if len(buckets) > 1]
        # Without the setting the load makes batches that mix: so the test can fail.
        assert bool(mixed) is not one_bucket
        assert max(batches.sizes) > 1
    assert days[0] == days[1]
    assert rows[0] == rows[1]


async def test_without_a_database_nobody_waits_in_vain(
    world_dsn: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the bucket cannot be asked for, the answer is that of a batch: nothing was written."""

    async def gone(*_: object) -> list[int]:
        raise StoreError(Failure.UNAVAILABLE)

    async with running_service(world_dsn, redis_url, one_bucket_batches=True) as service:
        with monkeypatch.context() as patch:
            patch.setattr(bucket_finder.BucketFinder, "_read", gone)
            said = await refusal_of(service.till().confirm("p", receipt()))
            assert said.reason == "STORAGE_UNAVAILABLE"
        assert (await service.till().confirm("p", receipt())).outcome.payable_minor == 80_00
