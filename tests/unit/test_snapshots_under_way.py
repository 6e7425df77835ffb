"""Snapshots that are brought together at the same time share pieces, and take none away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from checkout.cache import snapshots
from checkout.cache.snapshots import SnapshotLibrary
from checkout.engine.parts import split_snapshot, with_campaign
from checkout.engine.schema.snapshot import Snapshot
from tests.unit.test_documents import RULES

if TYPE_CHECKING:
    import pytest

    from checkout.engine.parts import Manifest

NORTH = UUID(int=1)
SNAPSHOT = Snapshot.model_validate(RULES)
#: In no rules yet.
ANOTHER = SNAPSHOT.campaigns[0].model_copy(update={"code": "zz"})


class Source:
    """Published manifests and parts, and a cache that has nothing; each tells when it may."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.manifests, self.cache = asyncio.Event(), asyncio.Event()
        self.manifests.set()
        self.cache.set()

    def publish(self, manifest: Manifest, bodies: dict[str, bytes]) -> None:
        self.bodies |= {manifest.snapshot_id: manifest.dump(), **bodies}

    async def read_manifest(self, snapshot_id: str) -> bytes | None:
        self.asked.append("manifest")
        await self.manifests.wait()
        return self.bodies.get(snapshot_id)

    async def get_many(self, keys: list[str], timeout_s: float) -> list[bytes | None]:
        del timeout_s
        self.asked.append("cache")
        await self.cache.wait()
        return [None] * len(keys)

    async def read_parts(self, hashes: list[str]) -> dict[str, bytes]:
        return {part_hash: self.bodies[part_hash] for part_hash in hashes}

    async def set_many(self, values: object, ttl_ms: int, timeout_s: float) -> None:
        """Nothing is kept."""


async def rules_in_force() -> tuple[Source, SnapshotLibrary, Manifest]:
    source = Source()
    library = SnapshotLibrary(source, cast("Any", source))
    manifest, bodies = split_snapshot(SNAPSHOT)
    source.publish(manifest, bodies)
    await library.put_in_force(NORTH, manifest.snapshot_id)
    return source, library, manifest


async def test_a_campaign_that_is_tried_can_be_published_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The end of the trial forgets no piece that the publication, under way, has found there."""
    monkeypatch.setattr(snapshots, "SLICE_S", 0.0)
    source, library, manifest = await rules_in_force()
    changed, new = with_campaign(manifest, ANOTHER)
    source.publish(changed, new)
    source.manifests.clear()
    source.cache.clear()
    source.asked.clear()
    publication = asyncio.create_task(library.put_in_force(NORTH, changed.snapshot_id))
    for _ in range(3):
        await asyncio.sleep(0)
    assert source.asked == ["manifest"]
    trial = asyncio.create_task(library.try_campaign(manifest.snapshot_id, ANOTHER))
    await asyncio.sleep(0)
    source.manifests.set()
    await asyncio.sleep(0)
    # The publication has found the piece that the trial has compiled, and the trial ends first.
    assert source.asked == ["manifest", "cache"]
    assert not trial.done()
    assert await trial is not None
    source.cache.set()
    await publication
    assert library.in_force() == {NORTH: changed.snapshot_id}


async def test_what_was_only_tried_is_forgotten() -> None:
    """A trial leaves nothing behind, and takes nothing away."""
    _, library, manifest = await rules_in_force()
    assert await library.try_campaign(manifest.snapshot_id, ANOTHER) is not None
    changed, new = with_campaign(manifest, ANOTHER)
    assert library._pieces.missing(changed) == list(new)
    assert library._pieces.missing(manifest) == []
