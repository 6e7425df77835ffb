"""Reads of the cache: those that are wanted together are one, and none is lost with another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
import redis

from checkout.cache import connection, gathering, keys
from checkout.cache import members as cached_members
from checkout.cache.connection import Cache
from checkout.cache.members import MemberCache
from checkout.embedded import EmbeddedServers, temporary_servers
from checkout.ledger.rows import Member
from checkout.primitives import bucket_of, bucket_of_uuid
from tests.unit.ledger_values import lot, member_with

PARTNER = UUID(int=1)
CARD = ("card", b"d" * 16)


@pytest.fixture(scope="module")
def own_servers() -> Iterator[EmbeddedServers]:
    """Servers of this module's own: what others ask is not counted."""
    with temporary_servers() as servers:
        yield servers


@pytest.fixture
def valkey(own_servers: EmbeddedServers) -> Iterator[redis.Redis]:
    """Valkey, empty, as somebody else sees it."""
    with redis.Redis.from_url(own_servers.redis_url, protocol=3) as client:
        client.flushall()
        yield client


@pytest.fixture
async def cache(
    own_servers: EmbeddedServers, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Cache]:
    """A worker's cache that is not late on a busy machine, connected."""
    monkeypatch.setattr(connection, "TIMEOUT_S", 10)
    cache = Cache(own_servers.redis_url)
    await cache.get("nothing")
    yield cache
    await cache.close()


@contextmanager
def reads(valkey: redis.Redis, expected: int) -> Iterator[None]:
    """The block asks Valkey so often."""

    def asked() -> int:
        stats = valkey.info("commandstats")
        return int(stats["cmdstat_mget"]["calls"])

    before = asked()
    yield
    assert asked() - before == expected


async def test_what_is_wanted_at_once_is_one_read(cache: Cache, valkey: redis.Redis) -> None:
    """However many ask, also for the same; everybody gets what they asked for."""
    valkey.mset({f"k{n}": n for n in range(10)})
    with reads(valkey, 1):
        got = await asyncio.gather(*(cache.get(f"k{n % 10}", "none") for n in range(50)))
    assert got == [[b"%d" % (n % 10), None] for n in range(50)]


async def test_what_is_wanted_meanwhile_is_one_read_more(cache: Cache, valkey: redis.Redis) -> None:
    """While a read is under way nothing is sent; those who came wait for the next."""
    valkey.set("k", "v")
    with reads(valkey, 2):
        first = asyncio.create_task(cache.get("k"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        others = await asyncio.gather(*(cache.get("k") for _ in range(20)))
    assert [await first, *others] == [[b"v"]] * 21


async def test_a_worker_without_time_to_spare_gathers(
    cache: Cache, valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes one after the other shares a read, and nobody has to wait for more."""
    valkey.set("k", "v")
    monkeypatch.setattr(gathering, "WAIT_S", 10)
    monkeypatch.setattr(gathering, "BUSY_SHARE", -1)
    monkeypatch.setattr(gathering, "LOOKS_EVERY_S", 0)
    asked = []
    with reads(valkey, 1):
        for _ in range(gathering.TOGETHER):
            asked.append(asyncio.create_task(cache.get("k")))
            # It would have been sent by then.
            for _ in range(20):
                await asyncio.sleep(0)
        assert await asyncio.wait_for(asyncio.gather(*asked), 5) == [[b"v"]] * len(asked)


async def test_who_gives_up_takes_nobody_along(cache: Cache, valkey: redis.Redis) -> None:
    """A caller that is cancelled gets nothing; the others do."""
    valkey.set("k", "v")
    given_up, other = (asyncio.create_task(cache.get("k")) for _ in range(2))
    await asyncio.sleep(0)
    given_up.cancel()
    assert await other == [b"v"]
    assert given_up.cancelled()


async def test_a_read_that_fails_unexpectedly_is_told_to_all_who_wait_for_it(
    cache: Cache, valkey: redis.Redis
) -> None:
    """Nobody waits for a deadline, and the next read goes on."""
    valkey.set("one", b"1")
    # No client can send half a character.
    faulty = "\ud800"
    async with asyncio.timeout(5):
        told = await asyncio.gather(
            cache.get(faulty), cache.get("one"), cache.get("one", faulty), return_exceptions=True
        )
        assert [type(each) for each in told] == [UnicodeEncodeError] * 3
        assert await cache.get("one") == [b"1"]


async def test_a_connection_that_was_closed_while_idle_is_made_anew(
    cache: Cache, valkey: redis.Redis
) -> None:
    """Nobody notices: it is no failure of the cache."""
    valkey.set("k", "v")
    valkey.client_kill_filter(_type="normal", skipme=True)
    assert await cache.get("k") == [b"v"]
    assert cache.breaker.failures == 0


async def test_a_value_that_comes_late_is_none_and_does_not_come_with_the_next(
    cache: Cache, valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waited, and who came meanwhile, hear nothing; then nobody asks for a while."""
    valkey.mset({"k": "v", "other": "w"})
    monkeypatch.setattr(connection, "TIMEOUT_S", 0.05)
    valkey.client_pause(300)
    late = asyncio.create_task(cache.get("k"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert await cache.get("other") == [None]
    assert await late == [None]
    valkey.client_unpause()
    assert not cache.breaker.is_closed
    monkeypatch.setattr(connection, "TIMEOUT_S", 10)
    cache.breaker = type(cache.breaker)()
    assert await cache.get("other") == [b"w"]


async def test_who_was_seen_before_is_found_in_one_read(cache: Cache, valkey: redis.Redis) -> None:
    """The first time it is two; from then on the member is read with the identifier."""
    members = MemberCache(cache)
    ann = await _keep(members, UUID(int=7))
    await members.keep_identifier(PARTNER, *CARD, ann)
    with reads(valkey, 2):
        assert await members.find(PARTNER, *CARD) == (ann, None)
        known = await members.get(PARTNER, ann)
    assert known is not None
    with reads(valkey, 1):
        assert await members.find(PARTNER, *CARD) == (ann, known)


async def test_a_card_that_has_changed_hands_brings_the_new_member(
    cache: Cache, valkey: redis.Redis
) -> None:
    """Whose it was before is a guess, which the identifier refutes; blocked ones lead nowhere."""
    members = MemberCache(cache)
    ann, bob = await _keep(members, UUID(int=7)), await _keep(members, UUID(int=8))
    key = keys.identifier_key(bucket_of(CARD[1]), PARTNER, *CARD)
    for owner in (ann, bob, ann):
        valkey.set(key, owner.bytes)
        assert await members.find(PARTNER, *CARD) == (owner, None)
    valkey.set(key, b"")
    assert await members.find(PARTNER, *CARD) == (None, None)
    valkey.set(key, ann.bytes)
    state = await members.get(PARTNER, ann)
    assert await members.find(PARTNER, *CARD) == (ann, state)
    valkey.delete(keys.member_key(bucket_of_uuid(ann), PARTNER, ann))
    assert await members.find(PARTNER, *CARD) == (ann, None)


async def test_a_state_is_taken_apart_again_when_it_has_changed(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bytes are the same state; it is nobody else's, and only so many are remembered."""
    members = MemberCache(cache)
    ann = await _keep(members, UUID(int=7))
    known = await members.get(PARTNER, ann)
    assert known is not None
    assert await members.get(PARTNER, ann) is known
    assert await members.get(UUID(int=99), ann) is None
    await _keep(members, ann, version=4)
    changed = await members.get(PARTNER, ann)
    assert changed is not None
    assert changed.member.version == 4
    monkeypatch.setattr(cached_members, "DECODED_MAX", 1)
    await members.get(PARTNER, await _keep(members, UUID(int=8)))
    again = await members.get(PARTNER, ann)
    assert again == changed
    assert again is not changed


async def _keep(members: MemberCache, member_id: UUID, version: int = 3) -> UUID:
    """Put a member with points into the cache."""
    member = member_with(lot(1, 10))
    member.member = Member(bucket_of_uuid(member_id), member_id, PARTNER, version, None)
    await members.keep(member)
    return member_id
