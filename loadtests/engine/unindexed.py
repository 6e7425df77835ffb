"""Campaigns that no goods, member or code of the receipt name: how they cost a receipt that waits.

Campaigns out of their dates, and those of other codes, must not grow into it. Those that lack an
amount are judged one by one.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Final

from checkout.engine.compiler import compile_snapshot
from loadtests.engine.clock import median_ratio, median_us, time_in_turns
from loadtests.engine.documents import snapshot_of
from loadtests.engine.evaluations import LINES, evaluation
from loadtests.engine.figures import Figure
from loadtests.engine.matching import matching_campaigns
from loadtests.engine.others import SORTS, campaigns_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from loadtests.engine.figures import Effort

GROWTH_GOAL: Final = 1.25
#: Sorts that every receipt has to look at.
LOOKED_AT: Final = ("amount",)


def measure_unindexed(effort: Effort) -> Iterator[Figure]:
    """For each sort a receipt among few, more and most of them."""
    counts = (effort.campaign_counts[0], *effort.campaign_counts[-2:])
    for sort in SORTS:
        tasks = {str(count): _task(sort, count) for count in counts}
        gc.collect()
        gc.freeze()
        times = time_in_turns(tasks, effort.turns, effort.batch_ns)
        for count in counts:
            yield Figure(
                name=f"unindexed_us_{sort}_{count}",
                value=median_us(times[str(count)]),
                about=f"µs: {LINES} lines, {count:,} campaigns, 10 match, others: {sort}",
            )
        least, most = str(counts[0]), str(counts[-1])
        yield Figure(
            name=f"unindexed_growth_{sort}",
            value=median_ratio(times[most], times[least]),
            goal=None if sort in LOOKED_AT else GROWTH_GOAL,
            about=f"time among {counts[-1]:,} over time among {counts[0]:,}",
        )


def _task(sort: str, count: int) -> Callable[[], object]:
    matching = matching_campaigns()
    others = campaigns_of(sort, count - len(matching))
    return evaluation(compile_snapshot(snapshot_of([*matching, *others])))
