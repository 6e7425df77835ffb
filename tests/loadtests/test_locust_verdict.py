"""What a load test is judged by: stages, what was recorded of them, the floor, the page."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from checkout.client import CallRefusedError, messages
from checkout.verifier.report import CheckResult, Report
from loaders.quoted_lines import quoted_after
from loadtests.locust_users.basket_deck import Deck, write_baskets
from loadtests.locust_users.profiles import PROFILES
from loadtests.locust_users.recorder import Recorder, deadline_ms, quantiles
from loadtests.locust_users.run import Asked, Outcome
from loadtests.locust_users.stages import SECONDS_MIN, SHAPES, STAGE_MIN_S, TURNS, stages_of
from loadtests.locust_users.summary import summary_of
from loadtests.locust_users.verdict import failures_of, floor_of

if TYPE_CHECKING:
    from pathlib import Path

TIMES = {"p50_ms": 5.0, "p95_ms": 9.0, "p99_ms": 12.0, "p99.9_ms": 15.0, "max_ms": 16.0}


def stage(label: str, users: int, per_s: dict[str, float], **cores: float) -> dict[str, Any]:
    """A stage as the recorder tells it."""
    calls = {
        name: {"count": int(rate * 10), "per_s": rate, "late": 0, **TIMES}
        for name, rate in per_s.items()
    }
    nothing: dict[str, Any] = {"count": 0}
    return {
        "label": label,
        "users": users,
        "seconds": 10.0,
        "calls": calls,
        "cores": {"machine": 1.2, "generator": 0.5, "worker": 0.0, "echo": 0.0, **cores},
        "resident_mib": {"worker": 160.0},
        "disturbed": {"beside": nothing, "else": nothing},
    }


def outcome_of(quotes_per_s: float = 700.0, violations: int = 0, rows: int = 7) -> Outcome:
    """A load test in which an echo gave 1,000 answers a second at half a core."""
    quotes = stage("quotes", 8, {"Quote": quotes_per_s}, worker=0.7)
    calls = {"Quote": 100.0, "Confirm": 10.0}
    return Outcome(
        asked=Asked(profile="peak", shape="steps", users=8, seconds=20),
        about_baskets="2 baskets",
        floor={
            "stages": [stage("echo", 8, {"Echo": 1_000.0}, echo=0.5), quotes],
            "failures": {},
        },
        load={
            "stages": [
                stage("4 at once", 4, calls),
                stage("8 at once", 8, {name: 1.01 * rate for name, rate in calls.items()}),
            ],
            "failures": {},
            "beside": {"count": 0},
        },
        report=Report((CheckResult("books", "They balance.", rows, violations, (), 0.1),)),
    )


def test_a_load_test_without_a_fault_passes() -> None:
    """Quotes reach the floor's share, nothing failed, the books are right."""
    assert not list(failures_of(outcome_of()))


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (outcome_of(quotes_per_s=590.0), "quotes reach 0.59 of the echo floor"),
        (outcome_of(violations=3), "3 violations of books"),
        (outcome_of(rows=0), "nothing to look at, though tills sold: books"),
    ],
)
def test_each_fault_is_a_reason(outcome: Outcome, told: str) -> None:
    """A slow service and a violated book fail by themselves, and say so on the page."""
    (failure,) = failures_of(outcome)
    assert told in failure
    page = summary_of(outcome, [failure])
    assert "**Not passed:**" in page
    assert failure in page


def test_a_failed_call_in_either_run_is_a_reason() -> None:
    """Also one before anything was counted."""
    for run in ("floor", "load"):
        outcome = copy.deepcopy(outcome_of())
        getattr(outcome, run)["failures"]["Quote: UNAVAILABLE"] = 2
        assert list(failures_of(outcome)) == ["2 times Quote: UNAVAILABLE"]


def test_a_profile_without_calls_is_a_reason() -> None:
    """Silence is no success."""
    outcome = outcome_of()
    for each in outcome.load["stages"]:
        each["calls"] = {}
    assert list(failures_of(outcome)) == ["nothing was called in the profile"]


def test_the_floor_compares_rates_and_processor_time() -> None:
    """700 quotes a second of 0.7 core are 1,000 µs each; an echo took 500 µs."""
    floor = floor_of(outcome_of().floor["stages"])
    assert floor is not None
    assert floor.rate_ratio == pytest.approx(0.7)
    assert floor.echo_us == pytest.approx(500)
    assert floor.quote_us == pytest.approx(1_000)
    assert floor.processor_ratio == pytest.approx(0.5)
    # 1.2 cores of the machine, of which 0.5 and 0.5 or 0.7 are ours.
    assert floor.others_cores == pytest.approx(0.1)


def test_a_floor_without_answers_fails_the_test_and_is_told() -> None:
    """A turn in which nothing was answered compares nothing; the page is written all the same."""
    outcome = outcome_of()
    outcome.floor["stages"][0]["calls"] = {}
    outcome.load["stages"].clear()
    failures = list(failures_of(outcome))
    assert failures[-1] == "the comparison with the echo has turns without an answer"
    page = summary_of(outcome, failures)
    assert failures[-1] in page
    assert "there is nothing to compare" in page


def test_the_page_tells_the_knee() -> None:
    """Four users reach nearly all that eight do; nobody knows what nine would."""
    outcome = outcome_of()
    assert "The knee is at 4 users" in summary_of(outcome, [])
    outcome.load["stages"][0]["calls"]["Quote"]["per_s"] = 40.0
    assert "The knee is not reached" in summary_of(outcome, [])


@pytest.mark.parametrize("shape", [*SHAPES, TURNS])
@pytest.mark.parametrize("users", [1, 3, 64])
def test_stages_take_the_whole_time_and_never_more_users(shape: str, users: int) -> None:
    """The last of the steps, and some stage of each shape, has all users."""
    stages = stages_of(shape, users, 90)
    assert sum(each.seconds for each in stages) == pytest.approx(90)
    assert max(each.users for each in stages) == users
    assert min(each.users for each in stages) >= 1


@pytest.mark.parametrize("shape", [*SHAPES, TURNS])
def test_the_shortest_load_test_has_stages_that_are_counted(shape: str) -> None:
    """With stages of a second each was over when it was to be counted: nothing was called."""
    stages = stages_of(shape, 64, SECONDS_MIN)
    assert min(each.seconds for each in stages) >= STAGE_MIN_S


def test_an_unknown_shape_is_refused_by_name() -> None:
    """And those that there are stand in the refusal."""
    with pytest.raises(ValueError, match="'zigzag' is no shape: steps, spike, soak"):
        stages_of("zigzag", 1, 1)


def test_calls_are_counted_once_a_stage_has_settled() -> None:
    """Before that only failures are."""
    recorder = Recorder({})
    recorder.enter("8 at once", 8, seconds=0)
    recorder.request(name="Quote", response_time=1.0, exception=None)
    recorder.request(
        name="Quote", response_time=1.0, exception=CallRefusedError("UNAVAILABLE", "", "gone")
    )
    recorder.tick()
    with recorder.beside():
        pass
    for took_ms in (400.0, 5.0):
        recorder.request(name="Quote", response_time=took_ms, exception=None)
    recorder.user_error(exception=KeyError("x"))
    recorder.leave()
    told = recorder.document()
    assert told["failures"] == {"Quote: UNAVAILABLE : gone": 1, "a till: KeyError('x')": 1}
    (only,) = told["stages"]
    assert only["calls"]["Quote"]["count"] == 2
    assert only["calls"]["Quote"]["late"] == 1
    assert only["disturbed"]["beside"]["count"] == 2
    assert told["beside"]["count"] == 1


def test_deadlines_and_quantiles_are_those_of_the_guide() -> None:
    """A till waits 0.3 s for a quote and 1 s for a confirm."""
    assert (deadline_ms("Quote"), deadline_ms("Confirm")) == (300.0, 1_000.0)
    found = quantiles(float(each) for each in range(1_000))
    assert (found["p50_ms"], found["p99_ms"], found["max_ms"]) == (500.0, 990.0, 999.0)
    assert quantiles([]) == {}


def test_a_till_asks_while_lines_are_added() -> None:
    """After each line but the last, and not more often for a long receipt."""
    assert quoted_after(1) == []
    assert quoted_after(4) == [1, 2, 3]
    assert quoted_after(100) == [20, 40, 60, 80]


def test_baskets_are_dealt_again_and_again_at_the_present_moment(tmp_path: Path) -> None:
    """Each till has an order of its own; what it changes of a receipt is gone with the next."""
    baskets = [messages.Receipt(channel=name) for name in "abc"]
    write_baskets(tmp_path / "baskets.bin", [("s1", each) for each in baskets])
    deck = Deck(tmp_path / "baskets.bin", "Asia/Yekaterinburg")
    dealt = deck.of_till("s1", seed=1)
    first = [next(dealt) for _ in range(3)]
    first[0].points_max = True
    again = [next(dealt) for _ in range(3)]
    assert sorted(each.channel for each in first) == list("abc")
    assert [each.channel for each in again] == [each.channel for each in first]
    assert not again[0].points_max
    assert again[0].utc_offset_minutes == 300


def test_each_profile_of_the_issue_is_there() -> None:
    """By the names that the Makefile takes."""
    assert list(PROFILES) == [
        *("morning", "peak", "returns-day", "hot-campaign", "hot-card", "cold-cache", "publish")
    ]
