"""How long rules take to come into force in a worker, and what they weigh there."""

from __future__ import annotations

import functools
import gc
import statistics
import time
import tracemalloc
from typing import TYPE_CHECKING, Final

from checkout.cache.collector import collector_at_rest
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


class Watch:
    """How a compilation went: its longest step, and what the collector took of it."""

    __slots__ = ("_began_ns", "collected_ns", "longest_ns")

    def __init__(self) -> None:
        """Start with nothing seen."""
        self.collected_ns = 0
        self.longest_ns = 0
        self._began_ns = 0

    def run(self, steps: Generator[None, None, CompiledSnapshot]) -> CompiledSnapshot:
        """Take all steps, as a worker that has nothing else to do."""
        gc.callbacks.append(self._collector)
        try:
            while True:
                began_ns = time.process_time_ns()
                try:
                    next(steps)
                except StopIteration as end:
                    compiled: CompiledSnapshot = end.value
                    return compiled
                self.longest_ns = max(self.longest_ns, time.process_time_ns() - began_ns)
        finally:
            gc.callbacks.remove(self._collector)

    def _collector(self, phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            self._began_ns = time.process_time_ns()
        else:
            self.collected_ns += time.process_time_ns() - self._began_ns


def measure_compilation(effort: Effort) -> Iterator[Figure]:
    """Compilation from documents and from parts, and the memory of the latter."""
    count = effort.compiled_campaigns
    snapshot = snapshot_of(campaigns_on_skus(count))
    manifest, bodies = split_snapshot(snapshot)
    what = f"{count:,} campaigns naming {count * NAMED_SKUS:,} skus"
    yield Figure(
        name="compile_documents_s",
        value=_median_s(effort, functools.partial(_from_documents, snapshot)),
        goal=GOAL_S,
        about=f"s: {what}, from checked documents",
    )
    yield Figure(
        name="check_and_compile_s",
        value=_median_s(effort, functools.partial(compile_snapshot, snapshot)),
        about="s: the same with the checks of a publication",
    )
    # A worker that loads parts has no documents beside them.
    del snapshot
    watches: list[Watch] = []
    yield Figure(
        name="compile_parts_s",
        value=_median_s(effort, functools.partial(_from_parts, manifest, bodies, watches)),
        goal=GOAL_S,
        about="s: the same from JSON parts, as a worker loads them",
    )
    yield Figure(
        name="compile_collector_s",
        value=statistics.median(watch.collected_ns for watch in watches) / 1_000_000_000,
        about="s: of that in the garbage collector",
    )
    yield Figure(
        name="compile_step_ms",
        value=statistics.median(watch.longest_ns for watch in watches) / 1_000_000,
        about="ms: the longest step, in which nobody else is served",
    )
    yield from _memory(manifest, bodies)


def _from_documents(snapshot: Snapshot) -> CompiledSnapshot:
    """What `compile_snapshot` does after its checks."""
    steps = assemble_steps(
        partner=snapshot.partner,
        programs=snapshot.programs,
        chains=snapshot.chains,
        stores=snapshot.stores,
        categories=snapshot.categories,
        shards=[compile_shard(products) for products in shard_products(snapshot.products)],
        campaigns=[CompiledCampaign(document) for document in snapshot.campaigns],
    )
    return Watch().run(steps)


def _from_parts(
    manifest: Manifest, bodies: dict[str, bytes], watches: list[Watch]
) -> CompiledSnapshot:
    watches.append(Watch())
    with collector_at_rest():
        return watches[-1].run(Pieces().compile_steps(manifest, bodies))


def _median_s(effort: Effort, task: Callable[[], object]) -> float:
    """Each time without what the last one has left to the collector."""
    times_s = []
    for _ in range(effort.compilations):
        gc.collect()
        times_s.append(seconds_of(task))
    return statistics.median(times_s)


def _memory(manifest: Manifest, bodies: dict[str, bytes]) -> Iterator[Figure]:
    """What a worker keeps of a snapshot, and the most that it had while it compiled."""
    tracemalloc.start()
    pieces = Pieces()
    compiled = Watch().run(pieces.compile_steps(manifest, bodies))
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
