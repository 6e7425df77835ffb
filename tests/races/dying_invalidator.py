"""A process that does what a worker does to tell the cache, and is killed half-way."""

from __future__ import annotations

import asyncio
import os

from checkout import failpoints
from checkout.cache.connection import Cache
from checkout.cache.members import MemberCache
from checkout.store.pool import open_pool
from checkout.store.reference import ReferenceStore
from checkout.workers.invalidator import EVERY_S, Invalidator
from checkout.workers.loop import repeat


async def main() -> None:
    """On the servers of the environment; a cache that is slow to answer is told once more."""
    failpoints.arm("half_invalidated:kill")
    dsn, redis_url = os.environ["CHECKOUT_POSTGRES_DSN"], os.environ["CHECKOUT_REDIS_URL"]
    pool = await open_pool(dsn, connections_max=1, application="checkout")
    cache = Cache(redis_url)
    await cache.open()
    invalidator = Invalidator(ReferenceStore(pool), MemberCache(cache))
    await repeat("invalidator", EVERY_S, invalidator.step)


if __name__ == "__main__":
    asyncio.run(main())
