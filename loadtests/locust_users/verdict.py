"""Whether a load test passed: each reason why it did not, as a sentence."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from loadtests.locust_users.profiles import PROFILES
from loadtests.locust_users.stages import ECHO, QUOTES
from loadtests.service.unmade import ANY_LOAD, CANCELLED, GUESTS, LOADED, RETURNS, unexpected

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loadtests.locust_users.run import Outcome

#: Quotes a second over echoes a second, the same users and client.
FLOOR_SHARE: Final = 0.6
#: A generator that takes more of a core is what was measured.
GENERATOR_MAX: Final = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Quotes beside echoes: medians of the turns, ratios of each turn's two neighbours."""

    echoes_per_s: float
    quotes_per_s: float
    rate_ratio: float
    #: The echo's processor time for a call over the worker's for a quote.
    processor_ratio: float
    echo_us: float
    quote_us: float
    #: Cores that the generator took while it asked either.
    generator_echo: float
    generator_quotes: float
    #: Cores of the server meanwhile, and those of what is not ours.
    echo_cores: float
    worker_cores: float
    others_cores: float


def floor_of(stages: Sequence[dict[str, Any]]) -> Floor | None:
    """What the comparison came to; None: a turn has no answered calls."""
    turns = [
        (echo, quotes)
        for echo, quotes in zip(stages[::2], stages[1::2], strict=True)
        if (echo["label"], quotes["label"]) == (ECHO, QUOTES)
    ]
    if not turns or not all("Echo" in e["calls"] and "Quote" in q["calls"] for e, q in turns):
        return None
    echoes = [echo["calls"]["Echo"]["per_s"] for echo, _ in turns]
    quoted = [quotes["calls"]["Quote"]["per_s"] for _, quotes in turns]
    echo_us = [e["cores"]["echo"] / rate * 1e6 for (e, _), rate in zip(turns, echoes, strict=True)]
    quote_us = [
        q["cores"]["worker"] / rate * 1e6 for (_, q), rate in zip(turns, quoted, strict=True)
    ]
    asked = [stage["cores"] for turn in turns for stage in turn]
    return Floor(
        echoes_per_s=statistics.median(echoes),
        quotes_per_s=statistics.median(quoted),
        rate_ratio=statistics.median(q / e for e, q in zip(echoes, quoted, strict=True)),
        processor_ratio=statistics.median(e / q for e, q in zip(echo_us, quote_us, strict=True)),
        echo_us=statistics.median(echo_us),
        quote_us=statistics.median(quote_us),
        generator_echo=statistics.median(e["cores"]["generator"] for e, _ in turns),
        generator_quotes=statistics.median(q["cores"]["generator"] for _, q in turns),
        echo_cores=statistics.median(e["cores"]["echo"] for e, _ in turns),
        worker_cores=statistics.median(q["cores"]["worker"] for _, q in turns),
        others_cores=statistics.median(2 * each["machine"] - sum(each.values()) for each in asked),
    )


def failures_of(outcome: Outcome) -> Iterator[str]:
    """Why the load test did not pass; none if it did."""
    for run in (outcome.floor, outcome.load):
        for what, count in run["failures"].items():
            yield f"{count} times {what}"
    if not any(stage["calls"] for stage in outcome.load["stages"]):
        yield "nothing was called in the profile"
    for result in outcome.report.violated:
        yield f"the verifier: {result.violations} violations of {result.name}"
    if unseen := unexpected(outcome.report, _unmade(outcome)):
        yield f"the verifier had nothing to look at, though tills sold: {', '.join(unseen)}"
    floor = floor_of(outcome.floor["stages"])
    if floor is None:
        yield "the comparison with the echo has turns without an answer"
    elif floor.rate_ratio < FLOOR_SHARE:
        yield (
            f"quotes reach {floor.rate_ratio:.2f} of the echo floor, at least {FLOOR_SHARE} is"
            " wanted. All users quote without a pause, so that the worker takes what it gets:"
            f" {floor.quote_us:.0f} µs for a quote, where an echo takes {floor.echo_us:.0f}"
        )


def _unmade(outcome: Outcome) -> frozenset[str]:
    """Checks that may see nothing: tills never make such rows, or were not asked to in this run."""
    called = {name for stage in outcome.load["stages"] for name in stage["calls"]}
    unmade = ANY_LOAD | LOADED
    if "ConfirmReturn" not in called:
        unmade |= RETURNS
    if "Cancel" not in called:
        unmade |= CANCELLED
    if not PROFILES[outcome.asked.profile].guest_every:
        unmade |= GUESTS
    return unmade
