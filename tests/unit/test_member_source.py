"""Members of quotes: what the cache has taken apart is everybody's, and stays as it was read."""

from __future__ import annotations

import asyncio
import copy
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import pytest

from checkout.cache.members import MemberCache
from checkout.flows.members import MemberSource
from checkout.ledger.book import MemberBook
from checkout.ledger.rows import Account, Member
from checkout.primitives import bucket_of_uuid
from tests.unit.ledger_values import MEMBER, NOW, PARTNER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checkout.cache.key_values import KeyValues

HOUSEHOLD = UUID(int=3)


class Values:
    """A cache of one process."""

    def __init__(self) -> None:
        self.by_key: dict[str, bytes] = {}

    async def get(self, *keys: str) -> list[bytes | None]:
        return [self.by_key.get(key) for key in keys]

    async def set_if_newer(self, key: str, value: bytes, ttl_ms: int) -> None:
        assert ttl_ms > 0
        self.by_key[key] = value

    async def set_all_if_newer(self, values: Mapping[str, bytes], ttl_ms: int) -> None:
        assert ttl_ms > 0
        self.by_key |= values


class Rows:
    """PostgreSQL, asked without haste."""

    def __init__(self, *members: MemberBook) -> None:
        self._by_id = {each.member.member_id: each for each in members}

    async def read_member(self, _bucket: int, member_id: UUID, _now: object) -> MemberBook | None:
        await asyncio.sleep(0)
        return copy.deepcopy(self._by_id.get(member_id))


def household_with(balance: int, version: int = 1) -> MemberBook:
    """A household with so many points."""
    bucket = bucket_of_uuid(HOUSEHOLD)
    row = Member(bucket, HOUSEHOLD, PARTNER, version, None, household_size=2)
    account = Account(bucket, HOUSEHOLD, "pts", balance, 0, 1)
    return MemberBook(row, accounts={"pts": account})


def ann() -> MemberBook:
    """A member of the household."""
    return MemberBook(
        Member(bucket_of_uuid(MEMBER), MEMBER, PARTNER, 1, None, household_id=HOUSEHOLD)
    )


def source_over(cache: MemberCache, *rows: MemberBook) -> MemberSource:
    """Where quotes find members, in a cache before these rows."""
    books: Any = Rows(*rows)
    reference: Any = None
    return MemberSource(cache, books, reference, lambda: NOW)


@pytest.fixture
def cache() -> MemberCache:
    return MemberCache(cast("KeyValues", Values()))


def balance_minor(member: MemberBook | None) -> int:
    """What the household of a member who was found has."""
    assert member is not None
    assert member.household is not None
    return member.household.accounts["pts"].balance


async def test_the_household_that_one_call_reads_is_not_what_another_sees(
    cache: MemberCache,
) -> None:
    """The member's own bytes are the same: who asked before keeps the household of that moment."""
    source = source_over(cache)
    await cache.keep_all([ann(), household_with(50)])
    first = await source.get(PARTNER, MEMBER)
    await cache.keep(household_with(20, version=2))
    second = await source.get(PARTNER, MEMBER)
    assert (balance_minor(first), balance_minor(second)) == (50, 20)


async def test_what_the_cache_has_taken_apart_knows_no_household(cache: MemberCache) -> None:
    """A state is its rows, whoever has looked at it: else it would be another than was written."""
    source = source_over(cache)
    await cache.keep_all([ann(), household_with(50)])
    assert balance_minor(await source.get(PARTNER, MEMBER)) == 50
    assert await cache.get(PARTNER, MEMBER) == ann()


async def test_one_read_of_postgresql_for_two_calls_is_changed_by_neither() -> None:
    """Who asks at the same time waits for the same rows, and each joins a household of its own."""

    class Forgetful(Values):
        async def set_if_newer(self, key: str, value: bytes, ttl_ms: int) -> None:
            """Keep nothing."""

    source = source_over(MemberCache(cast("KeyValues", Forgetful())), ann(), household_with(50))
    one, other = await asyncio.gather(*(source.get(PARTNER, MEMBER) for _ in range(2)))
    assert one is not other
    assert (balance_minor(one), balance_minor(other)) == (50, 50)
    await source.drain()


async def test_a_member_without_household_is_handed_out_as_it_is(cache: MemberCache) -> None:
    """Nothing is copied that needs not be: this is the way of nearly every quote."""
    source = source_over(cache)
    await cache.keep(MemberBook(Member(bucket_of_uuid(MEMBER), MEMBER, PARTNER, 1, None)))
    assert await source.get(PARTNER, MEMBER) is await cache.get(PARTNER, MEMBER)
