"""One client for the cache, with its time-outs, and reads that are wanted together sent as one.

One read is under way at a time: what is asked for meanwhile goes with the next one, for which a
worker at its limit gathers some (`gathering`). So a lone quote does not wait, and the busier a
worker is, the more quotes share an MGET. What fails or is late counts as a miss and opens the
breaker.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, cast

import structlog
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as ConnectionLostError
from redis.exceptions import RedisError

from checkout.cache.breaker import Breaker
from checkout.cache.gathering import Gathering

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from redis.asyncio.connection import AbstractConnection

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
        # Whoever asks has a time-out of their own: one in the client would cost a task a command.
        self._redis: Redis = Redis.from_url(
            url,
            socket_timeout=None,
            socket_connect_timeout=TIMEOUT_S * 10,
            health_check_interval=0,
            max_connections=64,
        )
        self._set_if_newer = self._redis.register_script(_SET_IF_NEWER)
        #: Of `get` alone, which has one read under way at a time.
        make: Callable[[], AbstractConnection] = self._redis.connection_pool.make_connection
        self._connection = make()
        self.breaker = Breaker()
        #: Keys that callers wait for, each with the future that gets their values.
        self._wanted: list[tuple[tuple[str, ...], asyncio.Future[list[bytes | None]]]] = []
        self._reading: asyncio.Task[None] | None = None
        self._gathering = Gathering()

    async def open(self) -> None:
        """Connect for writing: the first change is told as soon as later ones."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await self._redis.script_load(_SET_IF_NEWER)
        except _FAILURES as error:
            self._failed("open", error)

    async def get(self, *keys: str) -> list[bytes | None]:
        """Values as of one moment; None where the cache has none or does not answer in time."""
        if not self.breaker.is_closed:
            return [None] * len(keys)
        future: asyncio.Future[list[bytes | None]] = asyncio.get_running_loop().create_future()
        self._wanted.append((keys, future))
        self._gathering.came(len(self._wanted))
        if self._reading is None:
            self._reading = asyncio.create_task(self._read_wanted())
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
    ) -> set[str]:
        """Bring invalidations in; the keys for which that was not possible: all or none.

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
            return {*newer, *pauses}
        return set()

    async def close(self) -> None:
        """Close the connections."""
        await self._connection.disconnect()
        await self._redis.aclose()

    async def _run_scripts(self, calls: list[tuple[str, list[bytes | int]]]) -> None:
        """Set values by the script that keeps the newer one, in one round trip."""
        pipeline: Any
        async with self._redis.pipeline(transaction=False) as pipeline:
            for key, args in calls:
                # By its text: the client would first ask whether the script is known, and a quote
                # that follows a commit would be read before what the commit changed.
                pipeline.eval(_SET_IF_NEWER, 1, key, *args)
            await pipeline.execute()

    async def _mget(self, keys: list[str]) -> list[bytes | None]:
        # The client is typed for decoded answers, too; this one never decodes.
        return cast("list[bytes | None]", await self._redis.mget(keys))

    async def _read_wanted(self) -> None:
        """Read until nothing is wanted any more.

        What a read fails of otherwise than a cache may fail is told to those who wanted it: they
        would wait until their deadlines.
        """
        try:
            while self._wanted:
                await self._gathering.wait(len(self._wanted))
                wanted, self._wanted = self._wanted, []
                keys = list(dict.fromkeys(key for asked, _ in wanted for key in asked))
                try:
                    values = dict(zip(keys, await self._read(keys), strict=True))
                except Exception as error:  # noqa: BLE001 - whatever it is, callers hear of it
                    _log.exception("cache.read_failed", keys=len(keys))
                    # Half of an answer may be on its way.
                    await self._connection.disconnect(nowait=True)
                    for _, future in wanted:
                        if not future.done():
                            future.set_exception(error)
                else:
                    for asked, future in wanted:
                        if not future.done():
                            future.set_result([values[key] for key in asked])
                # Who was answered goes on first, and may want more at once.
                await asyncio.sleep(0)
        finally:
            self._reading = None

    async def _read(self, keys: list[str]) -> list[bytes | None]:
        """One value a key; nothing at all if the cache has just failed."""
        if not self.breaker.is_closed:
            return [None] * len(keys)
        values: list[bytes | None] = []
        try:
            async with asyncio.timeout(TIMEOUT_S):
                for start in range(0, len(keys), KEYS_MAX):
                    values += await self._ask(keys[start : start + KEYS_MAX])
        except _FAILURES as error:
            self._failed("get", error)
            return [None] * len(keys)
        return values

    async def _ask(self, keys: list[str]) -> list[bytes | None]:
        """An MGET without what the client does around each command, which costs more than it."""
        was_connected = self._connection.is_connected
        try:
            return await self._send_and_receive(keys)
        except ConnectionLostError:
            # Closed while nobody asked: a new one may do.
            if not was_connected:
                raise
            return await self._ask(keys)

    async def _send_and_receive(self, keys: list[str]) -> list[bytes | None]:
        await self._connection.send_command("MGET", *keys)
        values: list[bytes | None] = await self._connection.read_response()
        return values

    def _failed(self, what: str, error: BaseException) -> None:
        self.breaker.failed()
        _log.warning("cache.failed", what=what, error=type(error).__name__)


def _pieces(items: list[Any]) -> list[list[Any]]:
    return [items[start : start + KEYS_MAX] for start in range(0, len(items), KEYS_MAX)]
