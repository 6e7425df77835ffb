"""Life without Valkey: killed, flushed, full of lies - quotes get slower, nothing else changes."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from uuid import UUID
from zlib import crc32

import orjson
import pytest
import redis

from checkout.cache import keys
from checkout.cache.members import decode_member
from checkout.embedded import EmbeddedServers, temporary_servers
from checkout.flows.identifiers import IdentifierHasher
from checkout.ledger.book import Book
from checkout.primitives import bucket_of, bucket_of_uuid
from checkout.store.book_store import PostgresBookTransaction
from checkout.v1 import checkout_service_pb2 as pb
from checkout.verifier.verifier import verify
from tests.service import world
from tests.service.running import Service, running_service, wait_until
from tests.service.till import fresh, line, receipt

HASHER = IdentifierHasher(bytes.fromhex(world.PEPPER))
#: A cached value in the hands of somebody who means no good.
Lie = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def own_servers() -> Iterator[EmbeddedServers]:
    """Servers of this module's own: others must not miss theirs."""
    with temporary_servers() as servers:
        yield servers


@pytest.fixture
async def mortal(world_dsn: str, own_servers: EmbeddedServers) -> AsyncIterator[Service]:
    """A worker on a Valkey that may be killed; empty, since copies of the world share ids."""
    with redis.Redis.from_url(own_servers.redis_url, protocol=3) as client:
        client.flushall()
    async with running_service(world_dsn, own_servers.redis_url) as service:
        yield service


def member_key(member_id: str, partner_id: UUID = world.NORTH) -> str:
    known = UUID(member_id)
    return keys.member_key(bucket_of_uuid(known), partner_id, known)


def identifier_key(card: str, partner_id: UUID = world.NORTH) -> str:
    digest = HASHER.digest(partner_id, "card", card)
    return keys.identifier_key(bucket_of(digest), partner_id, "card", digest)


async def warm(service: Service) -> str:
    """Let the cache learn Ann and her card; her id."""
    till = service.till()
    member_id = (await till.identify(card=world.CARD)).member_id
    wanted = {member_key(member_id), identifier_key(world.CARD)}
    with redis.Redis.from_url(service.redis_url, protocol=3) as client:

        async def is_cached() -> bool:
            await till.identify(card=world.CARD)
            return bool(client.exists(*wanted) == len(wanted))

        await wait_until(is_cached, what="the cache")
    return member_id


async def sell(service: Service) -> pb.ConfirmResponse:
    """Quote, hold and confirm a sale that spends points."""
    till = service.till()
    purchase = fresh("p")
    sale = receipt(line("towel", 20_00), card=world.CARD, points_minor=1_00)
    quoted = await till.quote(purchase, sale)
    held = await till.hold(purchase, sale, quoted.quote_token)
    assert held.status == pb.STATUS_OK
    confirmed = await till.confirm(purchase, sale, quote_token=quoted.quote_token)
    assert confirmed.status == pb.STATUS_OK
    return confirmed


@pytest.mark.parametrize("end", ["kill", "stop"])
async def test_a_dead_valkey_costs_speed_only(
    mortal: Service, own_servers: EmbeddedServers, end: str
) -> None:
    """Sales go on from PostgreSQL, no call takes long, and the cache heals by itself."""
    await warm(mortal)
    before = await mortal.till().balance_minor()
    getattr(own_servers, end)("valkey")
    try:
        slowest = 0.0
        for _ in range(5):
            began = time.monotonic()
            await sell(mortal)
            slowest = max(slowest, time.monotonic() - began)
        assert slowest < 2
        assert await mortal.till().balance_minor() == before - 5_00
        # Rules are published and come into force without it, too.
        await mortal.database.execute("update campaign set status = 'draft' where code = 'fruit'")
        assert (await mortal.operator().publish()).changed
        await mortal.workers[0].follower.step()
        assert (await mortal.till().quote("p", receipt())).outcome.payable_minor == 100_00
    finally:
        own_servers.start("valkey")
    await warm(mortal)
    assert await mortal.till().balance_minor() == before - 5_00


async def test_a_worker_starts_without_valkey(world_dsn: str) -> None:
    """Nothing at the start needs the cache."""
    async with running_service(world_dsn, "redis://127.0.0.1:1") as service:
        await sell(service)
        assert await service.till().balance_minor() == world.ANN_POINTS_MINOR - 1_00


async def test_changes_made_while_valkey_was_away_are_known_afterwards(
    mortal: Service, own_servers: EmbeddedServers
) -> None:
    """Invalidations wait in their queue until the cache takes them."""
    await warm(mortal)
    own_servers.stop("valkey")
    try:
        await mortal.database.execute("update member set blocked_at = now()")
        assert await mortal.database.fetchval("select count(*) from invalidation") > 0
    finally:
        own_servers.start("valkey")

    async def is_drained() -> bool:
        return not await mortal.database.fetchval("select count(*) from invalidation")

    await wait_until(is_drained, what="the queue")
    quoted = await mortal.till().quote("p", receipt(card=world.CARD))
    assert not quoted.HasField("member")


async def test_flushing_everything_changes_nothing(service: Service) -> None:
    """FLUSHALL between any two calls is not noticed."""
    till = service.till()
    with redis.Redis.from_url(service.redis_url, protocol=3) as client:
        sale = receipt(line("towel", 20_00), card=world.CARD, points_minor=1_00)
        for number in range(3):
            await warm(service)
            quoted = await till.quote(f"p{number}", sale, hold=True)
            client.flushdb()
            confirmed = await till.confirm(f"p{number}", sale, quote_token=quoted.quote_token)
            assert confirmed.status == pb.STATUS_OK
            assert await till.balance_minor() == world.ANN_POINTS_MINOR - (number + 1) * 1_00


def checked(version: bytes, body: bytes) -> bytes:
    """A value whose checksum is right, whatever it says."""
    return version + crc32(body).to_bytes(4, "big") + body


LIES: list[tuple[str, Lie]] = [
    ("empty", lambda _: b""),
    ("garbage", lambda _: b"\xff\x00garbage"),
    ("long garbage", lambda _: b"z" * 10_000),
    ("truncated", lambda value: value[:-7]),
    ("a head alone", lambda value: value[:23]),
    ("one bit", lambda value: value[:-9] + bytes([value[-9] ^ 1]) + value[-8:]),
    ("no JSON", lambda value: checked(value[:19], b"{")),
    ("another shape", lambda value: checked(value[:19], b'{"balance": 10}')),
    ("a shorter list", lambda value: checked(value[:19], b"[[1, 2], []]")),
    ("wrong types", lambda value: checked(value[:19], b"[[1,2,3,4,5],1,[[1,2,3]],[],[],[]]")),
    ("a version from the future", lambda _: checked(b"9" * 19, b"[]")),
]


@pytest.mark.parametrize(("name", "lie"), LIES)
async def test_a_poisoned_member_is_a_miss(service: Service, name: str, lie: Lie) -> None:
    """What is truncated, altered or of another shape is not believed: PostgreSQL is asked."""
    del name
    key = member_key(await warm(service))
    with redis.Redis.from_url(service.redis_url, protocol=3) as client:
        client.set(key, lie(client.get(key)))
        assert await service.till().balance_minor() == world.ANN_POINTS_MINOR
        client.set(key, lie(client.get(key) or b"0" * 100))
    assert (await sell(service)).member.balances[0].active_minor == world.ANN_POINTS_MINOR - 1_00


async def test_another_members_state_is_a_miss(service: Service) -> None:
    """Another member's or another partner's state under Ann's key is not hers."""
    ann = await warm(service)
    gold = (await service.till().identify(card=world.GOLD_CARD)).member_id
    zoe = (await service.till("south-s1-t1").identify(card=world.CARD)).member_id
    with redis.Redis.from_url(service.redis_url, protocol=3) as client:

        async def are_cached() -> bool:
            return bool(client.exists(member_key(gold), member_key(zoe, world.SOUTH)) == 2)

        await wait_until(are_cached, what="the cache")
        for other in (member_key(gold), member_key(zoe, world.SOUTH)):
            client.set(member_key(ann), client.get(other))
            assert await service.till().balance_minor() == world.ANN_POINTS_MINOR


async def test_a_card_that_leads_elsewhere_is_asked_for_again(service: Service) -> None:
    """A cached card that names nobody, or another partner's member, is looked up anew."""
    await warm(service)
    zoe = (await service.till("south-s1-t1").identify(card=world.CARD)).member_id
    with redis.Redis.from_url(service.redis_url, protocol=3) as client:
        for lie in (UUID(zoe).bytes, UUID(int=7).bytes, b"short", b"x" * 16):
            client.set(identifier_key(world.CARD), lie)
            assert await service.till().balance_minor() == world.ANN_POINTS_MINOR


async def test_a_richer_member_in_the_cache_spends_nothing(service: Service) -> None:
    """A well-made lie may fool a quote; the confirm reads PostgreSQL and says what changed."""
    key = member_key(await warm(service))
    with redis.Redis.from_url(service.redis_url, protocol=3) as client:
        value = client.get(key)
        body = orjson.loads(value[23:])
        for lot in body[5]:
            lot[5] = 1_000_00
        client.set(key, checked(value[:19], orjson.dumps(body)))
        till = service.till()
        sale = receipt(line("towel", 3000_00), card=world.CARD, points_max=True)
        quoted = await till.quote("p", sale)
        assert quoted.outcome.points_value_minor == 900_00
        changed = await till.confirm("p", sale, quote_token=quoted.quote_token)
    assert changed.status == pb.STATUS_PRICE_CHANGED
    assert changed.quote.outcome.points_value_minor == world.ANN_POINTS_MINOR
    assert (await service.rows())["receipt"] == 0


async def test_a_confirm_that_trusted_the_cache_would_spend_what_is_not_there(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: with the lots of the cached state the sale is made, and the books are wrong."""
    load = PostgresBookTransaction.load_members
    value = b""

    async def trusting(
        transaction: PostgresBookTransaction, book: Book, member_ids: Iterable[UUID]
    ) -> None:
        wanted = set(member_ids)
        await load(transaction, book, wanted)
        cached = decode_member(value)
        if cached is not None and cached.member.member_id in wanted:
            book.members[cached.member.member_id].lots = cached.lots

    key = member_key(await warm(service))
    with redis.Redis.from_url(service.redis_url, protocol=3) as client:
        value = client.get(key)
        body = orjson.loads(value[23:])
        for lot in body[5]:
            lot[5] = 1_000_00
        value = checked(value[:19], orjson.dumps(body))
        client.set(key, value)
        monkeypatch.setattr(PostgresBookTransaction, "load_members", trusting)
        till = service.till()
        sale = receipt(line("towel", 3000_00), card=world.CARD, points_max=True)
        quoted = await till.quote("p", sale)
        sold = await till.confirm("p", sale, quote_token=quoted.quote_token)
    violated = {result.name for result in (await verify(service.dsn)).violated}
    assert sold.status == pb.STATUS_OK
    assert sold.outcome.points_value_minor == 900_00 > world.ANN_POINTS_MINOR
    assert {"lots_are_sums_of_movements", "lots_sum_to_balances"} <= violated


async def test_an_older_state_spends_nothing(service: Service) -> None:
    """A cache that was restored from yesterday shows yesterday; the confirm knows better."""
    key = member_key(await warm(service))
    with redis.Redis.from_url(service.redis_url, protocol=3) as client:
        old = client.get(key)
        sale = receipt(line("towel", 2000_00), card=world.CARD, points_max=True)
        till = service.till()
        await till.confirm("p", sale)
        await service.workers[0].invalidator.step()
        client.set(key, old)
        quoted = await till.quote("q", sale)
        confirmed = await till.confirm("q", sale, quote_token=quoted.quote_token)
    assert confirmed.status == pb.STATUS_PRICE_CHANGED
    assert confirmed.quote.outcome.points_value_minor == 0


async def test_values_of_a_wrong_type_are_a_miss(service: Service) -> None:
    """A list or a hash where a value should be stops nobody."""
    ann = await warm(service)
    with redis.Redis.from_url(service.redis_url, protocol=3) as client:
        for key in (member_key(ann), identifier_key(world.CARD)):
            client.delete(key)
            client.rpush(key, "a", "b")
        assert await service.till().balance_minor() == world.ANN_POINTS_MINOR
        await sell(service)
        assert await service.till().balance_minor() == world.ANN_POINTS_MINOR - 1_00
