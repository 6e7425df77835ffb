"""Rules that a worker has forgotten are loaded when a sale of old is returned: under no lock.

A cache that is silent makes loading them take long: locks are waited for 0.2 seconds.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Any

import grpc
import orjson
import pytest
import redis

from checkout.cache import snapshots
from checkout.v1 import checkout_service_pb2 as pb
from tests.contract.statements import BATCH, counted, open_all
from tests.faults.proxy import Proxy, proxied
from tests.races.ledger_state import violations
from tests.service import world
from tests.service.batching import batched_in_order, begun_in_order
from tests.service.running import Service, running_service, wait_until
from tests.service.till import Till, fresh, receipt, refusal_of, said_by

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from checkout.assembly import Worker
    from checkout.engine.compiled import CompiledSnapshot

FRUIT = {"kind": "percent", "lane": "goods", "goods": {"categories": ["fruit"]}}
#: What an apple costs by the rules that the world begins with.
PAID_MINOR = 80_00


@pytest.fixture
async def behind(
    world_dsn: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Service, Proxy]]:
    """Two workers whose Valkey stands behind a proxy; they wait for it as long as tills wait."""
    monkeypatch.setattr(snapshots, "PARTS_TIMEOUT_S", 8.0)
    async with (
        proxied(redis_url) as (near, valkey),
        running_service(world_dsn, near, workers=2) as service,
    ):
        yield service, valkey


async def publish(service: Service, rate_bp: int) -> None:
    """Another discount of fruit, in force at all workers."""
    document = world.campaign("fruit", FRUIT | {"rate_bp": rate_bp})
    await world.put_campaign(service.database, world.NORTH, document)
    await service.operator().publish()
    for worker in service.workers:
        await worker.follower.step()


async def outlive(service: Service, *snapshot_ids: str) -> None:
    """Publish until no worker has these rules in memory any more."""
    for number in range(snapshots.RESIDENT_MAX + 1):
        await publish(service, 3_000 + number)
    for worker in service.workers:
        assert not any(map(worker.library.resident, snapshot_ids))


async def sold(service: Service, card: str = "") -> tuple[str, str]:
    """An apple that was bought by today's rules: the purchase, and the rules."""
    purchase_id = fresh("p")
    answer = await service.till().confirm(purchase_id, receipt(card=card))
    assert answer.status == pb.STATUS_OK
    return purchase_id, answer.snapshot_id


async def silence(service: Service, valkey: Proxy) -> None:
    """Let Valkey fall silent while no worker has anything to tell it, nor is wary of it."""
    await service.until_counted()

    async def is_quiet() -> bool:
        caches: list[Any] = [worker.library._cache for worker in service.workers]
        queued = await service.database.fetchval("select count(*) from invalidation")
        return not queued and all(cache.breaker.is_closed for cache in caches)

    await wait_until(is_quiet, what="quiet")
    valkey.swallow()


def answer_again(valkey: Proxy) -> None:
    """What was asked is lost; what asks again is answered."""
    valkey.heal()
    valkey.cut()


def is_loading(service: Service) -> bool:
    """Whether the first worker is at it."""
    return bool(service.workers[0].library._loading)


async def until_loading(service: Service) -> None:
    async def loads() -> bool:
        return is_loading(service)

    await wait_until(loads, what="loading")


def watched_loads(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The rules that a worker loads from now on."""
    loaded: list[str] = []
    load = worker.library._load

    async def watched(snapshot_id: str) -> CompiledSnapshot | None:
        loaded.append(snapshot_id)
        return await load(snapshot_id)

    monkeypatch.setattr(worker.library, "_load", watched)
    return loaded


async def take_back(till: Till, purchase_id: str) -> None:
    returned = await till.take_back(purchase_id)
    assert returned.status == pb.STATUS_OK
    assert returned.returned.money_minor == PAID_MINOR


async def ask_for_a_return(till: Till, purchase_id: str) -> None:
    assert (await till.quote_return(purchase_id)).money_minor == PAID_MINOR


async def credit(till: Till, purchase_id: str) -> None:
    credited = await till.credit(purchase_id, world.CARD)
    assert credited.outcome.points_earned_minor == PAID_MINOR // 100


@pytest.mark.parametrize(
    ("ask", "card"), [(take_back, world.CARD), (ask_for_a_return, world.CARD), (credit, "")]
)
async def test_a_member_is_not_locked_while_rules_are_loaded(
    behind: tuple[Service, Proxy],
    ask: Callable[[Till, str], Coroutine[Any, Any, None]],
    card: str,
) -> None:
    """A sale of the same member at another worker is done before the old rules are there."""
    service, valkey = behind
    purchase_id, snapshot_id = await sold(service, card)
    await outlive(service, snapshot_id)
    await silence(service, valkey)
    asking = asyncio.create_task(ask(service.till(), purchase_id))
    await until_loading(service)
    other = await service.till(worker=1).confirm(fresh("p"), receipt(card=world.CARD))
    assert is_loading(service)
    assert other.status == pb.STATUS_OK
    answer_again(valkey)
    await asking
    assert await violations(service) == []


async def test_neighbours_in_a_batch_and_behind_it_do_not_wait_for_rules(
    behind: tuple[Service, Proxy],
) -> None:
    """The return alone waits: the sale beside it and the next batch are answered before it."""
    service, valkey = behind
    till = service.till()
    purchase_id, snapshot_id = await sold(service, world.CARD)
    await outlive(service, snapshot_id)
    await silence(service, valkey)
    returning, selling = await begun_in_order(
        service.workers[0],
        [till.take_back(purchase_id), till.confirm(fresh("p"), receipt(card=world.GOLD_CARD))],
    )
    beside = await selling
    behind_it = await till.confirm(fresh("p"), receipt(card=world.CARD))
    assert is_loading(service)
    assert [beside.status, behind_it.status] == [pb.STATUS_OK] * 2
    answer_again(valkey)
    returned = await returning
    assert returned.returned.money_minor == PAID_MINOR
    assert await violations(service) == []


async def test_a_batch_may_need_several_old_rules(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each return is judged by its own, which are loaded once, whoever needs them."""
    till, worker = service.till(), service.workers[0]
    one, first = await sold(service, world.CARD)
    same, _ = await sold(service)
    await publish(service, 1_500)
    other, second = await sold(service, world.GOLD_CARD)
    await outlive(service, first, second)
    loaded = watched_loads(worker, monkeypatch)
    answers: list[Any] = await batched_in_order(
        worker,
        [
            *(till.take_back(each) for each in (one, same, other)),
            till.confirm(fresh("p"), receipt(card=world.CARD)),
        ],
    )
    *returns, sale = answers
    assert sale.status == pb.STATUS_OK
    assert [each.returned.money_minor for each in returns] == [80_00, 80_00, 85_00]
    assert sorted(loaded) == sorted([first, second])
    assert await violations(service) == []


async def test_batches_of_one_bucket_load_nothing_either(
    world_dsn: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Returns leave their batches; sales of the same buckets and of others go on."""
    async with running_service(world_dsn, redis_url, one_bucket_batches=True) as service:
        till, worker = service.till(), service.workers[0]
        cards = (world.CARD, world.GOLD_CARD, "")
        purchases = [(await sold(service, card))[0] for card in cards]
        _, old = await sold(service)
        await outlive(service, old)
        loaded = watched_loads(worker, monkeypatch)
        sales = [till.confirm(fresh("p"), receipt(card=card)) for card in cards]
        answers: list[Any] = await batched_in_order(
            worker, [*map(till.take_back, purchases), *sales]
        )
        assert [each.status for each in answers] == [pb.STATUS_OK] * 6
        assert [each.returned.money_minor for each in answers[:3]] == [PAID_MINOR] * 3
        assert loaded == [old]
        assert await violations(service) == []


async def test_what_was_loaded_is_at_hand_though_the_worker_forgets_it(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory for nothing but what is in force: each rules are loaded once, and not for ever."""
    till, worker = service.till(), service.workers[0]
    one, first = await sold(service, world.CARD)
    asked, _ = await sold(service)
    await publish(service, 1_500)
    other, second = await sold(service, world.GOLD_CARD)
    monkeypatch.setattr(snapshots, "RESIDENT_MAX", 0)
    await publish(service, 1_600)
    loaded = watched_loads(worker, monkeypatch)
    calls = [till.take_back(one), till.take_back(other)]
    returned: list[Any] = await batched_in_order(worker, calls)
    assert [each.status for each in returned] == [pb.STATUS_OK] * 2
    assert sorted(loaded) == sorted([first, second])
    assert not any(map(worker.library.resident, (first, second)))
    assert (await till.quote_return(asked)).money_minor == PAID_MINOR


async def spoil(service: Service, snapshot_id: str, table: str) -> None:
    """Take rules out of the database, or what they alone consist of; and out of the cache."""
    manifests = {
        key: {part for _, _, part in orjson.loads(manifest)["parts"]}
        for key, manifest in await service.database.fetch(
            "select snapshot_id, manifest from snapshot"
        )
    }
    own = manifests.pop(snapshot_id).difference(*manifests.values())
    assert own
    await service.database.execute("set session_replication_role = replica")
    if table == "snapshot":
        await service.database.execute("delete from snapshot where snapshot_id = $1", snapshot_id)
    else:
        await service.database.execute("delete from snapshot_part where part_hash = any($1)", own)
    with redis.Redis.from_url(service.redis_url, protocol=3) as client:
        client.flushdb()


@pytest.mark.parametrize(
    ("table", "code", "reason"),
    [
        ("snapshot", grpc.StatusCode.FAILED_PRECONDITION, "SNAPSHOT_MISSING"),
        ("snapshot_part", grpc.StatusCode.INTERNAL, "INTERNAL"),
    ],
)
async def test_rules_that_cannot_be_loaded_fail_nobody_else(
    service: Service, table: str, code: grpc.StatusCode, reason: str
) -> None:
    """The return that needs them hears so; another return and a sale of its batch are done."""
    till = service.till()
    spoilt, first = await sold(service, world.CARD)
    await publish(service, 1_500)
    whole, second = await sold(service, world.CARD)
    await outlive(service, first, second)
    await spoil(service, first, table)
    answers: list[Any] = await batched_in_order(
        service.workers[0],
        [
            till.take_back(spoilt),
            till.take_back(whole),
            till.confirm(fresh("p"), receipt(card=world.CARD)),
        ],
    )
    refused, returned, sale = answers
    said = said_by(refused)
    assert (said.code, said.reason) == (code, reason)
    assert returned.returned.money_minor == 85_00
    assert sale.status == pb.STATUS_OK
    assert (await refusal_of(till.quote_return(spoilt))).reason == reason
    assert not (await till.purchase(spoilt)).returned


async def test_receipts_from_off_line_stay_in_their_order(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first needs old rules; what is sent behind it is booked behind it."""
    till, worker = service.till(), service.workers[0]
    before = await till.balance_minor()
    await service.database.execute(
        "update publication set published_at = published_at - interval '1 hour'"
    )
    old = worker.library.in_force()[world.NORTH]
    await outlive(service, old)
    loaded = watched_loads(worker, monkeypatch)
    moments = (dt.timedelta(minutes=-30), dt.timedelta(seconds=2), dt.timedelta(seconds=2))
    results = await till.submit_all(
        [
            pb.OfflineReceipt(
                purchase_id=fresh("off"),
                receipt=receipt(card=world.CARD, local_time=world.local_now(moment)),
            )
            for moment in moments
        ]
    )
    balances = [each.confirmed.member.balances[0].active_minor for each in results]
    assert balances == [before + 1_00 * (number + 1) for number in range(3)]
    assert loaded == [old]


async def test_rules_that_must_be_loaded_cost_one_beginning_more(service: Service) -> None:
    """It ends where it is known what is missing: nothing but keys has been locked."""
    till = service.till()
    await open_all(service)
    purchase_id, snapshot_id = await sold(service, world.CARD)
    await outlive(service, snapshot_id)
    with counted(service) as statements:
        await till.take_back(purchase_id)
    begun, done = sorted(statements.batches(), key=len)
    assert begun[:5] == ["begin", "lock_keys", "read_keys", "read_sales", "rollback"]
    assert set(done) - set(BATCH) == {"read_sales", "read_sale_state"}
