"""What a generator that was the bound measured of itself counts for nothing."""

from __future__ import annotations

from typing import Any

import pytest

from loadtests.engine.figures import Figure
from loadtests.service import latency, measure
from loadtests.service.costs import GENERATOR_SHARE_MAX, costs
from loadtests.service.latency import SENDER_LATE_MAX_MS, Offered
from loadtests.service.load import Load


def load(per_s: int, generator_share: float) -> Load:
    """A second of calls."""
    return Load(per_s, 1.0, generator_share, 0.5, 0.1, 0.1, 0)


def offered(late_ms: float = 0.0, share: float = 0.0) -> Offered:
    """A rate that was answered as it came, by a generator that sent so late and worked so much."""
    return Offered(100, 100, 0, 0, share, late_ms, 1, 2, 3, 4, 300, 50, 10)


class Turns:
    """A driver whose generator is as late and as busy each time, but for one kind of calls."""

    stand: Any = type("Stand", (), {"echo": None, "worker": None})

    def __init__(self, usual: Offered, **others: Offered) -> None:
        self._usual = usual
        self._others = others

    def run(self, name: str, *_: object) -> Offered:
        return self._others.get(name, self._usual)


@pytest.mark.parametrize("over", [False, True])
def test_a_rate_of_the_generator_is_void_and_what_a_call_costs_is_not(over: bool) -> None:
    """Processor time is the server's own, whoever was the bound."""
    share = GENERATOR_SHARE_MAX + (0.1 if over else -0.1)
    *found, rate = costs("confirm", "a confirm", [load(100, share)])
    assert [(cost.name, cost.void) for cost in found] == [
        (f"confirm{whose}_us", "") for whose in ("", "_postgres", "_valkey")
    ]
    assert (rate.name, bool(rate.void)) == ("confirm_per_s", over)


def test_beside_what_a_call_costs_the_server_stands_what_it_costs_the_databases() -> None:
    """Of an echo there is nothing to tell: what they did meanwhile was not for it."""
    of_a_confirm = Load(100, 1.0, 0.3, 0.05, 0.02, 0.001, 0)
    told = {each.name: each for each in costs("confirm", "a confirm", [of_a_confirm])}
    assert {name: round(each.value) for name, each in told.items()} == {
        "confirm_us": 500,
        "confirm_postgres_us": 200,
        "confirm_valkey_us": 10,
        "confirm_per_s": 100,
    }
    assert "30% of a core" in told["confirm_per_s"].about
    echoed = costs("echo", "an echo", [of_a_confirm], of_an_echo=True)
    assert [each.name for each in echoed] == ["echo_us", "echo_per_s"]


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
    late = offered(SENDER_LATE_MAX_MS + (1 if over else -1))
    told = timed(Turns(late))
    assert all(bool(each.void) == over for each in told)
    assert not latency.knee_figure("confirm", [late]).void


@pytest.mark.parametrize("over", [False, True])
def test_times_of_a_busy_generator_are_void_and_the_knee_that_it_ended(over: bool) -> None:
    """At a given rate, too, it is measured itself where it takes too much of a core."""
    busy = offered(share=GENERATOR_SHARE_MAX + (0.1 if over else -0.1))
    told = [*timed(Turns(busy)), latency.knee_figure("confirm", [offered(), busy])]
    assert all(bool(each.void) == over for each in told)
    assert not latency.knee_figure("confirm", [busy, offered()]).void
    assert ("80% of a core" if over else "60% of a core") in told[0].about
    assert told[0].about.endswith("µs a call: server 300, PostgreSQL 50, Valkey 10")


def test_a_ratio_is_void_with_either_of_its_halves() -> None:
    """A quiet echo does not make up for calls whose generator was busy."""
    told = {each.name: each for each in timed(Turns(offered(), confirm=offered(share=0.9)))}
    void = {"confirm_p50_ms", "confirm_p99_ms", "confirm_p99_vs_echo"}
    assert {each.name for each in told.values() if each.void} == void | {
        "confirm_p99_less_fsync_vs_echo"
    }


def timed(turns: Any) -> list[Figure]:
    """All figures of an open loop that are times, or made of times."""
    return [
        *latency._compared(turns, "confirm", 100, runs=1, fsync_p99_ms=1),
        *latency.identify_figures(turns, 100, runs=1),
    ]
