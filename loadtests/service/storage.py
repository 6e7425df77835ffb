"""What a sale and a member take to keep: bytes of disk, of log and of Valkey's memory."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import redis.asyncio

from checkout.cache.keys import VERSION_TTL_MS, part_key
from loadtests.engine.figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

#: So many cached members are weighed.
WEIGHED_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """What PostgreSQL keeps at a moment."""

    receipts: int
    transactions: int
    disk_bytes: int
    log_bytes: int


async def kept(dsn: str) -> Kept:
    """Receipts, the transactions that wrote them (each has its moment), and bytes."""
    connection: asyncpg.Connection[Any] = await asyncpg.connect(dsn)
    try:
        found = await connection.fetchrow(
            "select count(*), count(distinct confirmed_at),"
            " pg_database_size(current_database()),"
            " (pg_current_wal_lsn() - '0/0')::bigint from receipt"
        )
    finally:
        await connection.close()
    assert found is not None, "a count has a row"
    return Kept(*found)


def what_a_receipt_takes(before: Kept, after: Kept) -> Iterator[Figure]:
    """Bytes for each receipt written in between, with its postings, rows of limits and indexes."""
    receipts = after.receipts - before.receipts
    yield Figure(
        name="receipt_disk_bytes",
        value=(after.disk_bytes - before.disk_bytes) / receipts,
        about="PostgreSQL's files, for a confirm of 10 lines with all that it writes, and indexes",
    )
    yield Figure(
        name="receipt_log_bytes",
        value=(after.log_bytes - before.log_bytes) / receipts,
        about="its write-ahead log for it, whole pages after checkpoints included",
    )
    yield Figure(
        name="database_mb",
        value=after.disk_bytes / (1 << 20),
        about=f"PostgreSQL's files, with {after.receipts:,} receipts, while confirms are measured",
    )


async def what_a_member_takes(redis_url: str) -> list[Figure]:
    """Bytes of Valkey for a member that is cached: their state, and whose the card is."""
    weights: dict[str, list[int]] = {"member": [], "identifier": []}
    client = redis.asyncio.Redis.from_url(redis_url)
    async with client:
        for name, weighed in weights.items():
            async for key in client.scan_iter(f"*:{name}[0-9]*", count=1_000):
                # A bare version has the key of a state, for as long as older ones could come.
                if await client.pttl(key) <= VERSION_TTL_MS:
                    continue
                weighed.append(await client.memory_usage(key, samples=0) or 0)
                if len(weighed) == WEIGHED_MAX:
                    break
    return [
        Figure(
            name="member_valkey_bytes",
            value=sum(statistics.mean(weighed) for weighed in weights.values()),
            about="Valkey's memory for a member with a card, for an hour after their last sale",
        )
    ]


async def what_rules_take(redis_url: str, what: str) -> Figure:
    """MiB of Valkey for the parts of all snapshots that it holds, whoever asks for them."""
    client = redis.asyncio.Redis.from_url(redis_url)
    async with client:
        weighed = [
            await client.memory_usage(key, samples=0) or 0
            async for key in client.scan_iter(part_key("*"), count=1_000)
        ]
    return Figure(
        name="rules_valkey_mb",
        value=sum(weighed) / (1 << 20),
        about=f"Valkey's memory for the rules, {what}; with what was published meanwhile",
    )
