"""A Redis or Valkey Cluster as the cache: each key with the node that has its slot.

Every node has a client of its own, with its own reads, time-outs and breaker: what a dead node had
is missed, and nobody waits for it twice a second; the others go on. Which node has which slot is
asked again after any failure and whenever a node says that a slot has moved. Until the answer is
there keys of that slot are misses, as all else that the cache does not know.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit, urlunsplit

import structlog
from redis.asyncio import Redis
from redis.crc import key_slot
from redis.exceptions import AskError, MovedError, RedisError, ResponseError

from checkout.cache.connection import Cache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

#: The slots are asked for again at most so often.
LOOK_EVERY_S: Final = 0.5
#: How long a node may take to say who has which slots.
SLOTS_TIMEOUT_S: Final = 0.5
SLOTS: Final = 16_384

_FAILURES = (RedisError, OSError, TimeoutError)
_log = structlog.get_logger(__name__)

#: Host and port.
Address = tuple[str, int]


class ClusterCache:
    """What `Cache` does, over the nodes of a cluster."""

    def __init__(self, url: str) -> None:
        """`url` is that of any node; user, password and TLS are the same for all."""
        self._url = url
        self._nodes: dict[Address, _Node] = {}
        self._owners: list[_Node | None] = [None] * SLOTS
        self._looked_at = -LOOK_EVERY_S
        self._looking: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Learn who has which slots, and connect for writing."""
        await self._look()
        await asyncio.gather(*(node.open() for node in self._nodes.values()))

    async def get(self, *keys: str) -> list[bytes | None]:
        """Values; None where the cache has none or does not answer in time."""
        first = self._owner(keys[0])
        if first is not None and all(self._owner(key) is first for key in keys[1:]):
            return await first.get(*keys)
        return await self._spread(list(keys), lambda node, some: node.get(*some))

    async def get_many(self, keys: list[str], timeout_s: float) -> list[bytes | None]:
        """Values for loading in bulk, with a time-out of its own."""
        return await self._spread(keys, lambda node, some: node.get_many(some, timeout_s))

    async def set_if_newer(self, key: str, value: bytes, ttl_ms: int) -> None:
        """Store a value that begins with its version, unless a newer one is there."""
        if (node := self._owner(key)) is not None:
            await node.set_if_newer(key, value, ttl_ms)

    async def set_all_if_newer(self, values: Mapping[str, bytes], ttl_ms: int) -> None:
        """The same for many at once: a round trip for so many keys of a node."""
        await asyncio.gather(
            *(
                node.set_all_if_newer({key: values[key] for key in keys}, ttl_ms)
                for node, keys in self._by_node(values).items()
                if node is not None
            )
        )

    async def set_if_absent(self, key: str, value: bytes, ttl_ms: int) -> None:
        """Store a value unless there is one."""
        if (node := self._owner(key)) is not None:
            await node.set_if_absent(key, value, ttl_ms)

    async def set_many(self, values: Mapping[str, bytes], ttl_ms: int, timeout_s: float) -> None:
        """Store values in bulk."""
        await asyncio.gather(
            *(
                node.set_many({key: values[key] for key in keys}, ttl_ms, timeout_s)
                for node, keys in self._by_node(values).items()
                if node is not None
            )
        )

    async def overwrite(
        self, newer: Mapping[str, tuple[bytes, int]], pauses: list[str], pause_ms: int
    ) -> set[str]:
        """Bring invalidations in; the keys of nodes that did not take theirs."""
        by_node = self._by_node([*newer, *pauses])
        untold = set(by_node.pop(None, ()))
        asked = await asyncio.gather(
            *(
                node.overwrite(
                    {key: newer[key] for key in keys if key in newer},
                    [key for key in keys if key not in newer],
                    pause_ms,
                )
                for node, keys in by_node.items()
                if node is not None
            )
        )
        return untold.union(*asked)

    async def close(self) -> None:
        """Close the connections."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        await asyncio.gather(*(node.close() for node in self._nodes.values()))

    async def _spread(
        self, keys: list[str], read: Callable[[_Node, list[str]], Any]
    ) -> list[bytes | None]:
        """Read each key from its node, all nodes at once."""
        by_node = self._by_node(keys)
        by_node.pop(None, None)
        got = await asyncio.gather(*(read(node, some) for node, some in by_node.items() if node))
        values: dict[str, bytes | None] = {}
        for some, found in zip(by_node.values(), got, strict=True):
            values.update(zip(some, found, strict=True))
        return [values.get(key) for key in keys]

    def _owner(self, key: str) -> _Node | None:
        """The node that has a key; None as long as nobody knows."""
        node = self._owners[key_slot(key.encode())]
        if node is None:
            self._look_soon()
        return node

    def _by_node(self, keys: Iterable[str]) -> dict[_Node | None, list[str]]:
        found: dict[_Node | None, list[str]] = {}
        for key in keys:
            found.setdefault(self._owner(key), []).append(key)
        return found

    def _look_soon(self) -> None:
        """Ask who has which slots, unless that is under way or has just been done."""
        if self._looking is None and time.monotonic() >= self._looked_at + LOOK_EVERY_S:
            self._looking = asyncio.create_task(self._look())
            self._looking.add_done_callback(self._looked)

    def _looked(self, _: asyncio.Task[None]) -> None:
        self._looking = None

    async def _look(self) -> None:
        """Ask one node after the other until one tells; those that no slot is with are closed."""
        self._looked_at = time.monotonic()
        for address in (*self._nodes, self._seed()):
            try:
                slots = await self._slots_by(address)
            except _FAILURES as error:
                _log.warning("cache.node_silent", node=address, error=type(error).__name__)
                continue
            self._take_over(slots)
            break
        for node in [node for node in self._nodes.values() if node not in self._owners]:
            del self._nodes[node.address]
            await node.close()

    async def _slots_by(self, address: Address) -> list[tuple[int, int, Address]]:
        """First and last slot of each range and whose it is, as one node sees it."""
        client: Any
        async with (
            asyncio.timeout(SLOTS_TIMEOUT_S),
            Redis.from_url(self._url_of(address)) as client,
        ):
            told = await client.execute_command("CLUSTER", "SLOTS")
        return [
            (first, last, ((host or address[0].encode()).decode(), port))
            for first, last, (host, port, *_), *_ in told
        ]

    def _take_over(self, slots: list[tuple[int, int, Address]]) -> None:
        owners: list[_Node | None] = [None] * SLOTS
        for first, last, address in slots:
            node = self._nodes.get(address)
            if node is None:
                node = self._nodes[address] = _Node(self._url_of(address), address, self._look_soon)
            owners[first : last + 1] = [node] * (last + 1 - first)
        self._owners = owners

    def _seed(self) -> Address:
        parts = urlsplit(self._url)
        return parts.hostname or "127.0.0.1", parts.port or 6_379

    def _url_of(self, address: Address) -> str:
        parts = urlsplit(self._url)
        credentials, at, _ = parts.netloc.rpartition("@")
        host = f"[{address[0]}]" if ":" in address[0] else address[0]
        # A cluster has one logical database.
        return urlunsplit(parts._replace(netloc=f"{credentials}{at}{host}:{address[1]}", path="/0"))


class _Node(Cache):
    """One node: what is read together is asked per slot, in one round trip."""

    def __init__(self, url: str, address: Address, when_failed: Callable[[], None]) -> None:
        super().__init__(url)
        self.address = address
        self._when_failed = when_failed

    async def _send_and_receive(self, keys: list[str]) -> list[bytes | None]:
        by_slot: dict[int, list[str]] = {}
        for key in keys:
            by_slot.setdefault(key_slot(key.encode()), []).append(key)
        connection = self._connection
        await connection.send_packed_command(
            connection.pack_commands([("MGET", *some) for some in by_slot.values()])
        )
        values: dict[str, bytes | None] = {}
        errors: list[RedisError] = []
        # All answers are read, so that the next read gets its own.
        for some in by_slot.values():
            try:
                values.update(zip(some, await connection.read_response(), strict=True))
            except (MovedError, AskError):
                self._when_failed()
            except ResponseError as error:
                errors.append(error)
        if errors:
            raise errors[0]
        return [values.get(key) for key in keys]

    async def _mget(self, keys: list[str]) -> list[bytes | None]:
        pipeline: Any
        async with self._redis.pipeline(transaction=False) as pipeline:
            for key in keys:
                pipeline.get(key)
            found: list[bytes | None] = await pipeline.execute()
        return found

    def _failed(self, what: str, error: BaseException) -> None:
        super()._failed(what, error)
        self._when_failed()
