"""Compiled snapshots of a worker.

The one in force per partner, the last few, and older ones on demand.

Parts come from the cache or from PostgreSQL, and count only if their bytes have the hash that the
manifest names; so an old, truncated or foreign part in the cache is a miss. Compiling yields to the
loop between small steps.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

import structlog

from checkout.cache import keys
from checkout.cache.collector import collector_at_rest
from checkout.cache.slices import in_slices
from checkout.engine.parts import (
    Manifest,
    Pieces,
    change_steps,
    content_hash,
    manifest_steps,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator
    from uuid import UUID

    from checkout.cache.key_values import KeyValues
    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.schema.campaign import Campaign

_T = TypeVar("_T")

#: Snapshots of all partners that stay in memory beside those in force.
RESIDENT_MAX: Final = 4
#: Parts that are in memory as bytes at once, beside what is compiled.
PARTS_AT_ONCE: Final = 256
#: Loading parts in bulk may take longer than a quote's read.
PARTS_TIMEOUT_S: Final = 2.0

#: What parts raise that are not what they should be.
_FAULTY: Final = (ValueError, LookupError, TypeError, RecursionError)

_log = structlog.get_logger(__name__)


class SnapshotSource(Protocol):
    """Where manifests and parts lie for good."""

    async def read_manifest(self, snapshot_id: str) -> bytes | None:
        """The manifest of a snapshot, or None."""

    async def read_parts(self, hashes: list[str]) -> dict[str, bytes]:
        """Parts by hash."""


class SnapshotLibrary:
    """All compiled snapshots of a process."""

    def __init__(self, source: SnapshotSource, cache: KeyValues) -> None:
        self._source = source
        self._cache = cache
        self._pieces = Pieces()
        self._in_force: dict[UUID, str] = {}
        self._compiled: OrderedDict[str, tuple[CompiledSnapshot, Manifest]] = OrderedDict()
        self._loading: dict[str, asyncio.Task[CompiledSnapshot | None]] = {}
        #: Of snapshots that are being brought together: their pieces are kept meanwhile.
        self._under_way: list[Manifest] = []
        #: Called after each compilation, before the collector may look at what is new.
        self.when_loaded: Callable[[], None] = lambda: None
        #: Whether no till is answered yet, who would be kept waiting.
        self.in_haste = False

    def current(self, partner_id: UUID) -> CompiledSnapshot | None:
        """The snapshot in force, or None before the first publication."""
        snapshot_id = self._in_force.get(partner_id)
        return self.resident(snapshot_id) if snapshot_id is not None else None

    def in_force(self) -> dict[UUID, str]:
        """The snapshot in force of each partner, by its id."""
        return dict(self._in_force)

    def resident(self, snapshot_id: str) -> CompiledSnapshot | None:
        """A snapshot in memory."""
        known = self._compiled.get(snapshot_id)
        return known[0] if known is not None else None

    async def load(self, snapshot_id: str) -> CompiledSnapshot | None:
        """Any snapshot ever published; asked for by several, it is loaded once."""
        known = self.resident(snapshot_id)
        if known is not None:
            self._compiled.move_to_end(snapshot_id)
            return known
        task = self._loading.get(snapshot_id)
        if task is None:
            task = asyncio.create_task(self._load(snapshot_id))
            self._loading[snapshot_id] = task
            task.add_done_callback(lambda _: self._loading.pop(snapshot_id, None))
        return await asyncio.shield(task)

    async def try_campaign(self, snapshot_id: str, campaign: Campaign) -> CompiledSnapshot | None:
        """A resident snapshot as it would be with a campaign; kept nowhere. None: not resident.

        Pieces that are compiled are shared, so it takes what bringing them together does.
        """
        known = self._compiled.get(snapshot_id)
        if known is None:
            return None
        async with self._kept(known[1]):
            manifest, bodies = await self._in_slices(change_steps(known[1], [campaign]))
            async with self._kept(manifest):
                return await self._compile(manifest, bodies)

    async def basis(self, snapshot_id: str) -> tuple[CompiledSnapshot, Manifest] | None:
        """A snapshot with its manifest, to be published with changes; None: it cannot be loaded."""
        try:
            await self.load(snapshot_id)
        except _FAULTY:
            _log.exception("snapshot.faulty", snapshot_id=snapshot_id)
        return self._compiled.get(snapshot_id)

    async def put_in_force(self, partner_id: UUID, snapshot_id: str) -> bool:
        """Load a published snapshot and switch to it; on any failure the last good one stays.

        Whether it is in force: other partners' publications do not wait for one that is not.
        """
        if self._in_force.get(partner_id) == snapshot_id:
            return True
        try:
            compiled = await self.load(snapshot_id)
        except _FAULTY:
            _log.exception("snapshot.faulty", snapshot_id=snapshot_id)
            return False
        if compiled is None:
            _log.error("snapshot.missing", snapshot_id=snapshot_id)
            return False
        self._in_force[partner_id] = snapshot_id
        await self._forget_old()
        _log.info("snapshot.in_force", snapshot_id=snapshot_id, partner=compiled.partner)
        return True

    async def _load(self, snapshot_id: str) -> CompiledSnapshot | None:
        body = await self._source.read_manifest(snapshot_id)
        if body is None or content_hash(body) != snapshot_id:
            return None
        manifest = await self._in_slices(manifest_steps(body))
        async with self._kept(manifest):
            missing = await self._in_slices(self._pieces.missing_steps(manifest))
            for first in range(0, len(missing), PARTS_AT_ONCE):
                refs = missing[first : first + PARTS_AT_ONCE]
                bodies = await self._read_parts(list({ref.part_hash for ref in refs}))
                with collector_at_rest():
                    await self._in_slices(self._pieces.part_steps(refs, bodies))
            compiled = await self._compile(manifest, {})
            self._compiled[snapshot_id] = (compiled, manifest)
        return compiled

    async def _compile(self, manifest: Manifest, bodies: dict[str, bytes]) -> CompiledSnapshot:
        """Compile in small steps, between which the loop goes on."""
        with collector_at_rest():
            compiled = await self._in_slices(self._pieces.compile_steps(manifest, bodies))
            self.when_loaded()
        return compiled

    async def _in_slices(self, steps: Generator[None, None, _T]) -> _T:
        return await in_slices(steps, in_haste=self.in_haste)

    async def _read_parts(self, hashes: list[str]) -> dict[str, bytes]:
        values = await self._cache.get_many(
            [keys.part_key(part_hash) for part_hash in hashes], PARTS_TIMEOUT_S
        )
        found = {
            part_hash: value
            for part_hash, value in zip(hashes, values, strict=True)
            if value is not None and content_hash(value) == part_hash
        }
        missing = [part_hash for part_hash in hashes if part_hash not in found]
        if missing:
            read = await self._source.read_parts(missing)
            found |= read
            await self._cache.set_many(
                {keys.part_key(part_hash): body for part_hash, body in read.items()},
                keys.PART_TTL_MS,
                PARTS_TIMEOUT_S,
            )
        return found

    @asynccontextmanager
    async def _kept(self, manifest: Manifest) -> AsyncIterator[None]:
        """Forget none of its pieces in the block; after it, what nothing needs any more."""
        self._under_way.append(manifest)
        try:
            yield
        finally:
            self._under_way.remove(manifest)
            if manifest.snapshot_id not in self._compiled:
                await self._forget(manifest)
            await self._forget_old()

    async def _forget_old(self) -> None:
        in_force = set(self._in_force.values())
        old = [snapshot_id for snapshot_id in self._compiled if snapshot_id not in in_force]
        for snapshot_id in old[: max(len(old) - RESIDENT_MAX, 0)]:
            _, manifest = self._compiled.pop(snapshot_id)
            await self._forget(manifest)

    async def _forget(self, manifest: Manifest) -> None:
        """The pieces that it alone names."""

        def kept() -> list[Manifest]:
            # The newest first, which names nearly all of them.
            return [other for _, other in reversed(self._compiled.values())] + self._under_way

        await self._in_slices(self._pieces.forget_steps(manifest, kept))
