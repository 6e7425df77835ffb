"""How long a receipt takes: by campaigns that exist, by lines, by explanation."""

from __future__ import annotations

import functools
import gc
from typing import TYPE_CHECKING, Final

from checkout.engine.compiler import compile_snapshot
from checkout.engine.evaluate import Explain, evaluate
from loadtests.engine import indexed_loop
from loadtests.engine.clock import median_ratio, median_us, time_in_turns
from loadtests.engine.documents import snapshot_of
from loadtests.engine.figures import Figure
from loadtests.engine.matching import KEPT_AWAY, matching_campaigns
from loadtests.engine.others import other_campaigns
from loadtests.engine.plain_index import index_of
from loadtests.engine.real_baskets import measure_real_receipts, real_receipts
from loadtests.engine.receipts import known_member, receipt_of
from loadtests.engine.stages import measure_stages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.schema.snapshot import Snapshot
    from loadtests.engine.clock import Turns
    from loadtests.engine.figures import Effort
    from loadtests.engine.plain_index import Index

LINES: Final = 10
#: Campaigns among which lines, explanations and the plain loop are compared.
AMONG: Final = 1_000
LINE_COUNTS: Final = (10, 100, 200, 1_000)


def measure_evaluations(effort: Effort) -> Iterator[Figure]:
    """All figures of evaluation; what is compiled for it is hidden from the collector first."""
    documents = {count: _snapshot(count) for count in (*effort.campaign_counts, AMONG)}
    compiled = {count: compile_snapshot(snapshot) for count, snapshot in documents.items()}
    index = index_of(documents[AMONG])
    del documents
    receipts = real_receipts()
    # As a worker does when it has started.
    gc.collect()
    gc.freeze()
    yield from _by_campaigns(effort, compiled)
    yield from _by_lines(effort, compiled[AMONG])
    yield from _by_explanation(effort, compiled[AMONG])
    yield from measure_stages(effort, compiled[AMONG], LINES)
    yield from _over_a_plain_loop(effort, compiled[AMONG], index)
    yield from measure_real_receipts(effort, compiled[AMONG], index, receipts)


def _snapshot(campaign_count: int) -> Snapshot:
    matching = matching_campaigns()
    return snapshot_of([*matching, *other_campaigns(campaign_count - len(matching))])


def evaluation(
    snapshot: CompiledSnapshot, line_count: int = LINES, explain: Explain = Explain.APPLIED
) -> Callable[[], object]:
    """What is measured, once it has been seen that the right campaigns apply."""
    facts, receipt = known_member(), receipt_of(line_count)
    applied = {each.code for each in evaluate(snapshot, facts, receipt).applied}
    expected = {campaign["code"] for campaign in matching_campaigns()} - {KEPT_AWAY}
    assert applied == expected, f"these did not apply: {expected - applied}"
    return functools.partial(evaluate, snapshot, facts, receipt, explain)


def _by_campaigns(effort: Effort, compiled: dict[int, CompiledSnapshot]) -> Iterator[Figure]:
    counts = effort.campaign_counts
    times = _times(effort, {str(count): evaluation(compiled[count]) for count in counts})
    for count in counts:
        yield Figure(
            name=f"engine_us_{count}",
            value=median_us(times[str(count)]),
            about=f"µs: {LINES} lines, a member, 10 of {count:,} campaigns match",
        )
    least, most = counts[0], counts[-1]
    yield Figure(
        name="engine_growth_campaigns",
        value=median_ratio(times[str(most)], times[str(least)]),
        goal=1.25,
        about=f"time among {most:,} campaigns over time among {least:,}",
    )


def _by_lines(effort: Effort, snapshot: CompiledSnapshot) -> Iterator[Figure]:
    times = _times(effort, {str(count): evaluation(snapshot, count) for count in LINE_COUNTS})
    for count in LINE_COUNTS:
        yield Figure(
            name=f"engine_us_per_line_{count}",
            value=median_us(times[str(count)]) / count,
            about=f"µs per line: {count:,} lines among {AMONG:,} campaigns",
        )
    for name, goal, many, few in (
        ("engine_growth_lines", 1.2, 200, 10),
        ("engine_growth_lines_long", 1.2, 1_000, 100),
    ):
        yield Figure(
            name=name,
            value=median_ratio(times[str(many)], times[str(few)]) * few / many,
            goal=goal,
            about=f"per line of {many:,} lines over per line of {few}",
        )


def _by_explanation(effort: Effort, snapshot: CompiledSnapshot) -> Iterator[Figure]:
    levels = (Explain.NONE, Explain.FULL)
    times = _times(effort, {level: evaluation(snapshot, explain=level) for level in levels})
    for level in levels:
        yield Figure(
            name=f"explain_{level}_us",
            value=median_us(times[level]),
            about=f"µs: explanation {level}, among {AMONG:,} campaigns",
        )
    yield Figure(
        name="explain_full_vs_none",
        value=median_ratio(times[Explain.FULL], times[Explain.NONE]),
        goal=2,
        about="a full explanation over none",
    )


def _over_a_plain_loop(
    effort: Effort, snapshot: CompiledSnapshot, index: Index
) -> Iterator[Figure]:
    facts, receipt = known_member(), receipt_of(LINES)
    assert facts.member is not None
    plain = functools.partial(indexed_loop.price, index, facts.member, receipt)
    applied = evaluate(snapshot, facts, receipt).applied
    expected = {each["code"]: 0 for each in matching_campaigns()}
    expected |= {each.code: each.discount_minor for each in applied}
    assert plain() == expected, "the plain loop comes to other discounts"
    times = _times(effort, {"engine": evaluation(snapshot), "plain": plain})
    yield Figure(
        name="indexed_us",
        value=median_us(times["plain"]),
        about="µs: a plain loop over an index: the same discounts, and nothing else",
    )
    yield Figure(
        name="engine_vs_indexed",
        value=median_ratio(times["engine"], times["plain"]),
        goal=3,
        about="the engine over that loop, in the same runs",
    )


def _times(effort: Effort, tasks: dict[str, Callable[[], object]]) -> dict[str, Turns]:
    return time_in_turns(tasks, effort.turns, effort.batch_ns)
