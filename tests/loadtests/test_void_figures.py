"""What a generator that was the bound measured of itself counts for nothing."""

from __future__ import annotations

from typing import Any

import pytest

from loadtests.service import latency, measure
from loadtests.service.costs import GENERATOR_SHARE_MAX, costs
from loadtests.service.latency import SENDER_LATE_MAX_MS, Offered
from loadtests.service.load import Load


def load(per_s: int, generator_share: float) -> Load:
    """A second of calls."""
    return Load(per_s, 1.0, generator_share, 0.5, 0.1, 0.1, 0)


def offered(late_ms: float) -> Offered:
    """A rate that was answered as it came, by a generator that sent so late."""
    return Offered(100, 100, 0, 0, late_ms, 1, 2, 3, 4)


class Turns:
    """A driver whose generator is as late each time."""

    stand: Any = type("Stand", (), {"echo": None, "worker": None})

    def __init__(self, late_ms: float) -> None:
        self._late_ms = late_ms

    def run(self, *_: object) -> Offered:
        return offered(self._late_ms)


@pytest.mark.parametrize("over", [False, True])
def test_a_rate_of_the_generator_is_void_and_what_a_call_costs_is_not(over: bool) -> None:
    """Processor time is the server's own, whoever was the bound."""
    share = GENERATOR_SHARE_MAX + (0.1 if over else -0.1)
    cost, rate = costs("confirm", "a confirm", [load(100, share)])
    assert (cost.name, cost.void) == ("confirm_us", "")
    assert (rate.name, bool(rate.void)) == ("confirm_per_s", over)


@pytest.mark.parametrize(
    ("one", "two", "best", "verdict"),
    [
        (load(70, 0.5), load(90, 0.5), 0.9, "reached"),
        (load(70, 0.5), load(90, 0.8), 0.7, "reached"),
        (load(50, 0.5), load(90, 0.8), 0.5, "MISSED"),
        (load(70, 0.8), load(90, 0.8), 0.9, "VOID"),
    ],
)
def test_the_better_of_the_rates_that_count_is_judged(
    one: Load, two: Load, best: float, verdict: str
) -> None:
    """Where none counts, the goal is neither reached nor missed."""
    *each, judged = measure._over_pgbench([[one], [two]], tps=100)
    assert (judged.value, judged.verdict) == (best, verdict)
    assert [bool(of.void) for of in each] == [
        of.generator_share > GENERATOR_SHARE_MAX for of in (one, two)
    ]


@pytest.mark.parametrize("over", [False, True])
def test_times_of_a_late_sender_are_void_and_all_that_is_made_of_them(over: bool) -> None:
    """But for the rate up to which all was answered."""
    late: Any = Turns(SENDER_LATE_MAX_MS + (1 if over else -1))
    told = [
        *latency._compared(late, "confirm", 200, 100, runs=1, fsync_p99_ms=1),
        *latency.identify_figures(late, 100, runs=1),
    ]
    assert {each.name for each in told if not each.void} == (
        {"confirm_knee_per_s"} if over else {each.name for each in told}
    )
