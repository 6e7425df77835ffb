"""Snapshots that are brought together at the same time share pieces, and take none away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from checkout.cache.snapshots import SnapshotLibrary
from checkout.engine.parts import change_steps, split_snapshot
from checkout.engine.schema.snapshot import Snapshot
from tests.unit.test_documents import RULES, run

if TYPE_CHECKING:
    from checkout.engine.parts import Manifest

NORTH = UUID(int=1)
SNAPSHOT = Snapshot.model_validate(RULES)
#: In no rules yet.
ANOTHER = SNAPSHOT.campaigns[0].model_copy(update={"code": "zz"})


class Source:
    """Published manifests and parts, and a cache that has nothing."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}

    def publish(self, manifest: Manifest, bodies: dict[str, bytes]) -> None:
        self.bodies |= {manifest.snapshot_id: manifest.dump(), **bodies}

    async def read_manifest(self, snapshot_id: str) -> bytes | None:
        return self.bodies.get(snapshot_id)

    async def get_many(self, keys: list[str], timeout_s: float) -> list[bytes | None]:
        del timeout_s
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


async def test_what_was_only_tried_is_forgotten() -> None:
    """A trial leaves nothing behind, and takes nothing away."""
    _, library, manifest = await rules_in_force()
    assert await library.try_campaign(manifest.snapshot_id, ANOTHER) is not None
    changed, new = run(change_steps(manifest, [ANOTHER]))
    missing = run(library._pieces.missing_steps(changed))
    assert [ref.part_hash for ref in missing] == [
        name for name in new if name != changed.snapshot_id
    ]
    assert run(library._pieces.missing_steps(manifest)) == []
