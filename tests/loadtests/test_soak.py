"""What a soak counts: sales that are not what was asked for, and memory that grows."""

from __future__ import annotations

from typing import Any

import pytest

from checkout.client import messages
from loadtests.service import soak, world
from loadtests.service.costs import GENERATOR_SHARE_MAX
from loadtests.service.soak import JUDGED_FROM_S, Sales, Seen


class Till:
    """Answers at once: quotes rightly, confirms with a status and without some campaign."""

    def __init__(self, status: messages.Status, without: str = "") -> None:
        self._status = status
        self._without = without

    async def call(self, request: Any, timeout_s: float) -> Any:  # noqa: ARG002
        is_quote = isinstance(request, messages.QuoteRequest)
        answer: Any = messages.QuoteResponse() if is_quote else messages.ConfirmResponse()
        answer.purchase_id = request.purchase_id
        answer.status = messages.STATUS_OK if is_quote else self._status
        for position in range(1, world.LINES + 1):
            answer.outcome.lines.add(position=position)
        for code in world.expected_campaigns() - (set() if is_quote else {self._without}):
            answer.outcome.applied.add(code=code)
        return answer


async def sold(till: Any) -> Seen:
    """Five sales in a twentieth of a second."""
    seen = Seen()
    await soak._sell(till, Sales(1), seen, per_s=100, seconds=0.05)
    return seen


async def test_a_sale_with_all_that_was_asked_for_counts() -> None:
    """And nothing else does."""
    seen = await sold(Till(messages.STATUS_OK))
    assert (len(seen.sales), seen.failed.total()) == (5, 0)


@pytest.mark.parametrize(
    ("till", "why"),
    [
        (Till(messages.STATUS_PRICE_CHANGED), f"status {messages.STATUS_PRICE_CHANGED}"),
        (Till(messages.STATUS_REJECTED), f"status {messages.STATUS_REJECTED}"),
        (Till(messages.STATUS_OK, without="match-coupon"), "without match-coupon"),
    ],
)
async def test_a_quick_no_is_a_failed_sale(till: Till, why: str) -> None:
    """A soak that sells nothing had no failed sale before."""
    seen = await sold(till)
    assert (seen.sales, dict(seen.failed)) == ([], {why: 5})
    told = {each.name: each for each in soak._figures(seen, 10, 60)}
    assert told["soak_failed"].verdict == "MISSED"
    assert why in told["soak_failed"].about


@pytest.mark.parametrize(
    ("minutes", "mib_per_h", "verdict"),
    [(15, 11.9, "reached"), (15, 12.1, "MISSED"), (1, 100, "VOID")],
)
def test_memory_that_grows_is_judged_over_minutes(
    minutes: int, mib_per_h: float, verdict: str
) -> None:
    """Bytes that every sale would leave behind are seen; a minute is too short to tell."""
    seconds = minutes * 60
    memory = [(float(at), int(at * mib_per_h * (1 << 20) / 3_600)) for at in range(seconds)]
    told = {each.name: each for each in soak._figures(Seen(memory=memory), 10, seconds)}
    assert told["soak_memory_mb_per_h"].verdict == verdict
    assert JUDGED_FROM_S < 15 * 60 * (1 - soak.WARM_UP_SHARE)


@pytest.mark.parametrize(("stalled_s", "verdict"), [(0.9, "reached"), (1.1, "MISSED")])
def test_the_worst_minute_is_named(stalled_s: float, verdict: str) -> None:
    """A stall of a minute is lost in a third of a quarter of an hour, and may lie between two."""
    sales = [(float(at), stalled_s if 420 <= at < 480 else 0.05) for at in range(900)]
    told = {each.name: each for each in soak._figures(Seen(sales=sales), 10, 900)}
    assert told["soak_worst_minute_p99_ms"].value == pytest.approx(1_000 * stalled_s)
    assert told["soak_worst_minute_p99_ms"].verdict == verdict
    assert told["soak_worst_minute_p99_ms"].about.endswith("minute 8")
    assert told["soak_p99_drift"].value == pytest.approx(1)


@pytest.mark.parametrize("over", [False, True])
def test_times_of_tills_that_took_most_of_a_core_are_void(over: bool) -> None:
    """What failed, and what the worker keeps, is so whoever was the bound."""
    seen = Seen(sales=[(0.0, 0.1)], generator_share=GENERATOR_SHARE_MAX + (0.1 if over else -0.1))
    void = {each.name for each in soak._figures(seen, 10, 900) if each.void}
    times = {f"soak_{which}_p99_ms" for which in ("first", "last", "worst_minute")}
    too_short = {"soak_memory_mb_per_h", "soak_dead_rows_share"}
    assert void - too_short == (times | {"soak_p99_drift"} if over else set())


def test_a_bad_beginning_is_no_excuse() -> None:
    """Where the first third was as slow as the last there is no drift, but still no till waits."""
    sales = [(float(at), 1.5) for at in range(900)]
    told = {each.name: each for each in soak._figures(Seen(sales=sales), 10, 900)}
    assert told["soak_p99_drift"].verdict == "reached"
    assert told["soak_worst_minute_p99_ms"].verdict == "MISSED"


@pytest.mark.parametrize(
    ("minutes", "share", "verdict"), [(15, 0.4, "reached"), (15, 0.6, "MISSED"), (1, 0.6, "VOID")]
)
def test_dead_rows_are_judged_when_they_could_have_been_cleaned(
    minutes: int, share: float, verdict: str
) -> None:
    """And whose they are is said."""
    seconds = minutes * 60
    seen = Seen(memory=[(float(at), 1) for at in range(seconds)], dead=(share, "member"))
    told = {each.name: each for each in soak._figures(seen, 10, seconds)}
    assert told["soak_dead_rows_share"].verdict == verdict
    assert told["soak_dead_rows_share"].about.endswith("most of them of member")


async def test_everybody_is_known_before_it_begins() -> None:
    """Each member is asked about once: who comes the first time is read from PostgreSQL."""
    till = Till(messages.STATUS_OK)
    asked: list[str] = []
    answered = till.call

    async def call(request: Any, timeout_s: float) -> Any:
        asked.append(request.receipt.identifier.card)
        return await answered(request, timeout_s)

    till.call = call  # type: ignore[method-assign]
    await soak._meet(till, 5, 2)  # type: ignore[arg-type]
    assert sorted(asked) == sorted(world.card_of(number) for number in range(5))
