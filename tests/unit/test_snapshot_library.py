"""The library of compiled snapshots, whose pieces are shared and forgotten."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from checkout.cache import slices
from checkout.cache.snapshots import SnapshotLibrary
from checkout.engine.parts import change_steps, split_snapshot
from loadtests.engine.documents import snapshot_of
from loadtests.engine.others import campaigns_on_skus
from tests.unit.test_documents import run

if TYPE_CHECKING:
    import pytest

    from checkout.cache.key_values import KeyValues
    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.snapshot import Snapshot


class Published:
    """Where all parts lie; whoever reads some waits for what else goes on."""

    def __init__(self, *published: Snapshot) -> None:
        self.manifests: dict[str, bytes] = {}
        self.bodies: dict[str, bytes] = {}
        for snapshot in published:
            manifest, bodies = split_snapshot(snapshot)
            self.manifests[manifest.snapshot_id] = manifest.dump()
            self.bodies |= bodies
        self.goes_on: asyncio.Task[Any] | None = None

    async def read_manifest(self, snapshot_id: str) -> bytes | None:
        return self.manifests.get(snapshot_id)

    async def read_parts(self, hashes: list[str]) -> dict[str, bytes]:
        return {part_hash: self.bodies[part_hash] for part_hash in hashes}

    async def get_many(self, keys: list[str], timeout_s: float) -> list[bytes | None]:
        del timeout_s
        if self.goes_on is not None:
            await self.goes_on
        return [None] * len(keys)

    async def set_many(self, *_: object) -> None:
        """Nothing is cached."""


def rules_and_one_more() -> tuple[Snapshot, Campaign]:
    """Rules, and a campaign that is in none yet."""
    rules = snapshot_of(campaigns_on_skus(3)).model_copy(update={"products": ()})
    return rules, rules.campaigns[0].model_copy(update={"code": "tried"})


async def is_in_force_after_a_trial(steps: int) -> tuple[bool, bool]:
    """Whether a publication that begins so far into a trial comes into force; if it was at all."""
    before, campaign = rules_and_one_more()
    # One that nobody has tried: the publication waits for it, while the trial comes to its end.
    other = campaign.model_copy(update={"code": "other"})
    after = before.model_copy(update={"campaigns": (*before.campaigns, campaign, other)})
    source = Published(before, after)
    library = SnapshotLibrary(source, cast("KeyValues", source))
    partner = uuid4()
    old, new = source.manifests
    await library.put_in_force(partner, old)
    source.goes_on = asyncio.create_task(library.try_campaign(old, campaign))
    for _ in range(steps):
        await asyncio.sleep(0)
    is_under_way = not source.goes_on.done()
    await library.put_in_force(partner, new)
    assert await source.goes_on is not None
    return library.in_force()[partner] == new, is_under_way


async def test_what_is_tried_while_it_is_published_comes_into_force(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At whatever step of the trial the publication begins: its pieces are not forgotten."""
    monkeypatch.setattr(slices, "SLICE_S", 0)
    monkeypatch.setattr(slices, "PAUSE_S", 0)
    steps, is_under_way = 0, True
    while is_under_way:
        is_in_force, is_under_way = await is_in_force_after_a_trial(steps)
        assert is_in_force, f"a publication {steps} steps into a trial"
        steps += 1
    assert steps > 1


async def test_what_was_only_tried_is_forgotten() -> None:
    """A trial leaves nothing behind, and takes nothing away."""
    rules, campaign = rules_and_one_more()
    source = Published(rules)
    library = SnapshotLibrary(source, cast("KeyValues", source))
    manifest, _ = split_snapshot(rules)
    await library.put_in_force(uuid4(), manifest.snapshot_id)
    assert await library.try_campaign(manifest.snapshot_id, campaign) is not None
    changed, new = run(change_steps(manifest, [campaign]))
    missing = run(library._pieces.missing_steps(changed))
    assert {ref.part_hash for ref in missing} == new.keys() - {changed.snapshot_id}
    assert missing
    assert run(library._pieces.missing_steps(manifest)) == []
