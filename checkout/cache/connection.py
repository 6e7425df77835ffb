"""One client for the cache, with its time-outs, and reads that are in flight together sent as one.

`get` collects the keys of all callers in one turn of the loop and asks for them with one MGET, so
that a hundred quotes
at once cost one round trip. What fails or is late counts as a miss and opens the breaker.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, cast

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from checkout.cache.breaker import Breaker

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A read or write that takes longer is given up: PostgreSQL answers instead.
TIMEOUT_S: Final = 0.05
#: Keys in one MGET.
KEYS_MAX: Final = 512

_FAILURES = (RedisError, OSError, TimeoutError)
_log = structlog.get_logger(__name__)

#: Values begin with their version in so many decimal digits.
VERSION_DIGITS: Final = 19
#: Sets a value unless a newer one is there. A bare version says "at least this one": it does not
#: displace the state of that very version.
_SET_IF_NEWER: Final = f"""
local function version(value) return string.sub(value, 1, {VERSION_DIGITS}) end
local known = redis.call('GET', KEYS[1])
if known and version(known) > version(ARGV[1]) then return 0 end
if known and ARGV[3] and version(known) == version(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""


class Cache:
    """Reads coalesced, writes that never go back in time, failures that cost nothing but speed."""

    def __init__(self, url: str) -> None:
        self._redis: Redis = Redis.from_url(
            url,
            socket_timeout=1.0,
            socket_connect_timeout=TIMEOUT_S * 10,
            health_check_interval=0,
            max_connections=64,
        )
        self._set_if_newer = self._redis.register_script(_SET_IF_NEWER)
        self.breaker = Breaker()
        self._wanted: dict[str, list[asyncio.Future[bytes | None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def get(self, key: str) -> bytes | None:
        """A value, or None if the cache has none or does not answer in time."""
        if not self.breaker.is_closed:
            return None
        loop = asyncio.get_running_loop()
        if not self._wanted:
            loop.call_soon(self._flush)
        future: asyncio.Future[bytes | None] = loop.create_future()
        self._wanted.setdefault(key, []).append(future)
        return await future

    async def get_many(self, keys: list[str], timeout_s: float) -> list[bytes | None]:
        """Values for loading in bulk, with a time-out of its own."""
        if not keys or not self.breaker.is_closed:
            return [None] * len(keys)
        try:
            async with asyncio.timeout(timeout_s):
                found: list[bytes | None] = []
                for start in range(0, len(keys), KEYS_MAX):
                    found += await self._mget(keys[start : start + KEYS_MAX])
                return found
        except _FAILURES as error:
            self._failed("get_many", error)
            return [None] * len(keys)

    async def set_if_newer(self, key: str, value: bytes, ttl_ms: int) -> None:
        """Store a value that begins with its version, unless a newer one is there."""
        if not self.breaker.is_closed:
            return
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await self._set_if_newer(keys=[key], args=[value, ttl_ms])
        except _FAILURES as error:
            self._failed("set_if_newer", error)

    async def set_all_if_newer(self, values: Mapping[str, bytes], ttl_ms: int) -> None:
        """The same for many at once: a round trip for so many keys."""
        if not self.breaker.is_closed:
            return
        try:
            for some in _pieces(list(values.items())):
                async with asyncio.timeout(TIMEOUT_S):
                    await self._run_scripts([(key, [value, ttl_ms]) for key, value in some])
        except _FAILURES as error:
            self._failed("set_all_if_newer", error)

    async def set_if_absent(self, key: str, value: bytes, ttl_ms: int) -> None:
        """Store a value unless there is one."""
        if not self.breaker.is_closed:
            return
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await self._redis.set(key, value, nx=True, px=ttl_ms)
        except _FAILURES as error:
            self._failed("set_if_absent", error)

    async def set_many(self, values: Mapping[str, bytes], ttl_ms: int, timeout_s: float) -> None:
        """Store values in bulk."""
        if not values or not self.breaker.is_closed:
            return
        try:
            async with asyncio.timeout(timeout_s):
                pipeline: Any
                async with self._redis.pipeline(transaction=False) as pipeline:
                    for key, value in values.items():
                        pipeline.set(key, value, px=ttl_ms)
                    await pipeline.execute()
        except _FAILURES as error:
            self._failed("set_many", error)

    async def overwrite(
        self, newer: Mapping[str, tuple[bytes, int]], pauses: list[str], pause_ms: int
    ) -> bool:
        """Bring invalidations in; False if that was not possible.

        `newer` are bare versions that values must have at least: a value of that version stays.
        `pauses` are keys to leave empty for a while.
        """
        try:
            async with asyncio.timeout(1):
                for some in _pieces(list(newer.items())):
                    await self._run_scripts([(key, [*args, 1]) for key, args in some])
                for key in pauses:
                    await self._redis.set(key, b"", px=pause_ms)
        except _FAILURES as error:
            self._failed("overwrite", error)
            return False
        return True

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def _run_scripts(self, calls: list[tuple[str, list[bytes | int]]]) -> None:
        """Set values by the script that keeps the newer one, in one round trip."""
        pipeline: Any
        async with self._redis.pipeline(transaction=False) as pipeline:
            for key, args in calls:
                await self._set_if_newer(keys=[key], args=args, client=pipeline)
            await pipeline.execute()

    async def _mget(self, keys: list[str]) -> list[bytes | None]:
        # The client is typed for decoded answers, too; this one never decodes.
        return cast("list[bytes | None]", await self._redis.mget(keys))

    def _flush(self) -> None:
        wanted, self._wanted = self._wanted, {}
        task = asyncio.create_task(self._read(wanted))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self, wanted: dict[str, list[asyncio.Future[bytes | None]]]) -> None:
        keys = list(wanted)
        values: list[bytes | None]
        try:
            async with asyncio.timeout(TIMEOUT_S):
                values = []
                for start in range(0, len(keys), KEYS_MAX):
                    values += await self._mget(keys[start : start + KEYS_MAX])
        except _FAILURES as error:
            self._failed("get", error)
            values = [None] * len(keys)
        for key, value in zip(keys, values, strict=True):
            for future in wanted[key]:
                if not future.done():
                    future.set_result(value)

    def _failed(self, what: str, error: BaseException) -> None:
        self.breaker.failed()
        _log.warning("cache.failed", what=what, error=type(error).__name__)


def _pieces(items: list[Any]) -> list[list[Any]]:
    return [items[start : start + KEYS_MAX] for start in range(0, len(items), KEYS_MAX)]
