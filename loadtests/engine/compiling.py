"""How long rules take to come into force in a worker, and what they weigh there."""

from __future__ import annotations

import functools
import statistics
import time
import tracemalloc
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from checkout.engine.catalogue import compile_shard, shard_products
from checkout.engine.compiled import CompiledCampaign
from checkout.engine.compiler import assemble_steps, compile_snapshot
from checkout.engine.parts import Pieces, split_snapshot
from loadtests.engine.clock import seconds_of
from loadtests.engine.documents import snapshot_of
from loadtests.engine.figures import Figure
from loadtests.engine.others import NAMED_SKUS, campaigns_on_skus

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.parts import Manifest
    from checkout.engine.schema.snapshot import Snapshot
    from loadtests.engine.figures import Effort

GOAL_S: Final = 3
_MEBIBYTE: Final = 1 << 20


@dataclass(slots=True)
class Steps:
    """How long the steps took after which a worker may do something else."""

    longest_ns: list[int] = field(default_factory=list)

    def run(self, steps: Generator[None, None, CompiledSnapshot]) -> CompiledSnapshot:
        """Take all steps, as a worker that has nothing else to do."""
        longest_ns = 0
        while True:
            began_ns = time.process_time_ns()
            try:
                next(steps)
            except StopIteration as end:
                compiled: CompiledSnapshot = end.value
                self.longest_ns.append(longest_ns)
                return compiled
            longest_ns = max(longest_ns, time.process_time_ns() - began_ns)


def measure_compilation(effort: Effort) -> Iterator[Figure]:
    """Compilation from documents and from parts, and the memory of the latter."""
    count = effort.compiled_campaigns
    snapshot = snapshot_of(campaigns_on_skus(count))
    manifest, bodies = split_snapshot(snapshot)
    what = f"{count:,} campaigns naming {count * NAMED_SKUS:,} skus"
    goal = None if effort.quick else GOAL_S
    steps = Steps()
    yield Figure(
        name="compile_documents_s",
        value=_median_s(effort, functools.partial(_from_documents, snapshot)),
        goal=goal,
        about=f"s: {what}, from checked documents",
    )
    yield Figure(
        name="check_and_compile_s",
        value=_median_s(effort, functools.partial(compile_snapshot, snapshot)),
        about="s: the same with the checks of a publication",
    )
    yield Figure(
        name="compile_parts_s",
        value=_median_s(effort, functools.partial(_from_parts, manifest, bodies, steps)),
        goal=goal,
        about="s: the same from JSON parts, as a worker loads them",
    )
    yield Figure(
        name="compile_step_ms",
        value=statistics.median(steps.longest_ns) / 1_000_000,
        about="ms: longest step between two yields to other tasks, in each compilation",
    )
    del snapshot
    yield from _memory(manifest, bodies)


def _from_documents(snapshot: Snapshot) -> CompiledSnapshot:
    """What `compile_snapshot` does after its checks."""
    steps = assemble_steps(
        partner=snapshot.partner,
        programs=snapshot.programs,
        stores=snapshot.stores,
        categories=snapshot.categories,
        shards=[compile_shard(products) for products in shard_products(snapshot.products)],
        campaigns=[CompiledCampaign(document) for document in snapshot.campaigns],
    )
    return Steps().run(steps)


def _from_parts(manifest: Manifest, bodies: dict[str, bytes], steps: Steps) -> CompiledSnapshot:
    return steps.run(Pieces().compile_steps(manifest, bodies))


def _median_s(effort: Effort, task: Callable[[], object]) -> float:
    return statistics.median(seconds_of(task) for _ in range(effort.compilations))


def _memory(manifest: Manifest, bodies: dict[str, bytes]) -> Iterator[Figure]:
    """What a worker keeps of a snapshot, and the most that it had while it compiled."""
    tracemalloc.start()
    pieces = Pieces()
    compiled = Steps().run(pieces.compile_steps(manifest, bodies))
    kept_bytes, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert compiled.campaign_count, "the snapshot is still there when it is weighed"
    yield Figure(
        name="compiled_mib",
        value=kept_bytes / _MEBIBYTE,
        about="MiB: the compiled snapshot with its documents, by tracemalloc",
    )
    yield Figure(
        name="compile_peak_mib",
        value=peak_bytes / _MEBIBYTE,
        about="MiB: the most at any moment of its compilation",
    )
