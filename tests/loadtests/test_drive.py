"""Answers under load: what is not the answer to what was asked makes a run void."""

from __future__ import annotations

import pytest

from checkout.client.messages import (
    STATUS_OK,
    STATUS_PRICE_CHANGED,
    STATUS_REJECTED,
    ConfirmResponse,
    IdentifyResponse,
    MemberView,
    QuoteResponse,
    Receipt,
    Status,
)
from loadtests.engine.matching import matching_campaigns
from loadtests.service import identifiers, world
from loadtests.service.requests import RealRequests, Requests, is_right
from loadtests.service.two_workers import require_both


def receipt(lines: int) -> Receipt:
    """A basket of so many lines."""
    basket = Receipt()
    for position in range(1, lines + 1):
        basket.lines.add(position=position)
    return basket


def fill(
    answer: QuoteResponse | ConfirmResponse, lines: int, campaigns: frozenset[str], points: str
) -> None:
    """Give an answer lines and campaigns, of which one gives points only."""
    for position in range(1, lines + 1):
        answer.outcome.lines.add(position=position)
    for code in campaigns:
        answer.outcome.applied.add(code=code, discount_minor=1)
    if points:
        answer.outcome.applied.add(code=points, points_minor=1)


ALL = world.expected_campaigns()


def quoted(
    name: str, lines: int, status: Status = STATUS_OK, campaigns: frozenset[str] = ALL
) -> bytes:
    """The answer to a quote."""
    answer = QuoteResponse(purchase_id=name, status=status)
    fill(answer, lines, campaigns, points="")
    return answer.SerializeToString()


def confirmed(
    name: str, lines: int, status: Status = STATUS_OK, campaigns: frozenset[str] = ALL
) -> bytes:
    """The answer to a confirm."""
    answer = ConfirmResponse(purchase_id=name, status=status)
    fill(answer, lines, campaigns, points="")
    return answer.SerializeToString()


def real_requests(*sizes: int) -> RealRequests:
    """Baskets of so many lines, to each of which one campaign gave a discount and one points."""
    answers = []
    for lines in sizes:
        answers.append(QuoteResponse(status=STATUS_OK))
        fill(answers[-1], lines, frozenset({f"off-{lines}"}), points="points")
    return RealRequests("real-", [receipt(lines) for lines in sizes], answers)


@pytest.mark.parametrize("off", [-1, +1])
def test_an_answer_of_other_lines_than_a_real_basket_has_is_wrong(off: int) -> None:
    """Each basket has lines of its own number: none may be missing, and none be more."""
    sizes = (3, 7)
    requests = real_requests(*sizes)
    for quote, lines in zip(requests.quotes(), sizes, strict=True):
        off_of = frozenset({f"off-{lines}"})
        right = quoted(quote.purchase_id, lines, campaigns=off_of)
        assert is_right("quote_session", right, requests)
        wrong = quoted(quote.purchase_id, lines + off, campaigns=off_of)
        assert not is_right("quote_session", wrong, requests)
    for lines in (*sizes, *sizes):
        name = requests.confirm().purchase_id
        off_of = frozenset({f"off-{lines}", "another"})
        right = confirmed(name, lines, campaigns=off_of)
        assert is_right("confirm_session", right, requests)
        wrong = confirmed(name, lines + off, campaigns=off_of)
        assert not is_right("confirm_session", wrong, requests)


@pytest.mark.parametrize("off", [-1, +1])
def test_an_answer_of_other_lines_than_the_bench_asks_for_is_wrong(off: int) -> None:
    """Its receipts have ten lines, all of them."""
    requests = Requests("b", members=1)
    assert is_right("quote_unary", quoted("bench0", world.LINES), requests)
    assert not is_right("quote_unary", quoted("bench0", world.LINES + off), requests)


@pytest.mark.parametrize("lacked", sorted(ALL))
def test_an_answer_that_lacks_a_campaign_is_wrong(lacked: str) -> None:
    """A call of which a campaign has closed is lighter than those before it."""
    requests = Requests("b", members=1)
    fewer = ALL - {lacked}
    assert not is_right("quote_unary", quoted("bench0", world.LINES, campaigns=fewer), requests)
    assert not is_right("confirm_unary", confirmed("b0", world.LINES, campaigns=fewer), requests)


def test_an_answer_that_lacks_a_real_discount_is_wrong() -> None:
    """Each basket has its own; that of another one does not count."""
    requests = real_requests(2, 3)
    first, second = requests.quotes()
    for quote, lines, other in ((first, 2, 3), (second, 3, 2)):
        answer = quoted(quote.purchase_id, lines, campaigns=frozenset({f"off-{other}", "points"}))
        assert not is_right("quote_session", answer, requests)


def test_each_run_sells_to_other_members() -> None:
    """As far as there are so many: a member who buys again has rows that only change."""
    members, sales = 1_000, 100
    runs = [Requests("b", members, first=first) for first in (0, 100, 200)]
    # One sale in five is of a few members whom all runs share.
    cards = [
        {
            confirm.receipt.identifier.card
            for number, confirm in enumerate(requests.confirm() for _ in range(sales))
            if number % 5
        }
        for requests in runs
    ]
    assert all(len(each) == sales * 4 // 5 for each in cards)
    assert len(set.union(*cards)) >= sum(map(len, cards)) - sales // 5


def test_no_campaign_of_the_bench_closes() -> None:
    """What is counted beyond one receipt has room for any number of sales, and is still counted."""
    for before in matching_campaigns():
        after = world.in_force(before)
        for limit, was in zip(after.get("limits", ()), before.get("limits", ()), strict=True):
            is_in_receipt = was["period"] == "receipt"
            assert limit == (was if is_in_receipt else {**was, "bound": world.BOUND})
        assert after.get("budget", {}).keys() == before.get("budget", {}).keys()
        assert set(after.get("budget", {}).values()) <= {world.BOUND}


def test_two_workers_of_which_one_had_nothing_to_do_are_void() -> None:
    """The kernel spreads connections: it may give all to one."""
    require_both([1.0, 0.2])
    with pytest.raises(RuntimeError, match="void"):
        require_both([1.0, 0.01])


def test_an_answer_to_what_nobody_asked_is_wrong() -> None:
    """As is one without a name, however many lines it has."""
    requests = real_requests(2)
    requests.quotes()
    for lines in range(3):
        assert not is_right("quote_session", quoted("other", lines), requests)
        assert not is_right("quote_session", quoted("", lines), requests)


@pytest.mark.parametrize("status", [STATUS_REJECTED, STATUS_PRICE_CHANGED])
def test_an_answer_that_sells_nothing_is_wrong(status: Status) -> None:
    """What is rejected has the lines, too."""
    requests = Requests("b", members=1)
    assert not is_right("quote_unary", quoted("bench0", world.LINES, status), requests)
    assert not is_right("confirm_unary", confirmed("b0", world.LINES, status), requests)


@pytest.mark.parametrize(
    "member",
    [
        MemberView(),
        MemberView(member_id="somebody"),
        MemberView(member_id="somebody", balances=[{"currency": "points"}]),
        MemberView(balances=[{"currency": "points", "active_minor": 1}]),
    ],
)
def test_who_is_nobody_or_has_no_points_is_a_wrong_answer(member: MemberView) -> None:
    """A balance stands there of each currency: one of nothing is not that of who was asked for."""
    assert not identifiers.is_right(IdentifyResponse(member=member).SerializeToString())
    somebody = MemberView(
        member_id="somebody", balances=[{"currency": "points", "active_minor": 1}]
    )
    assert identifiers.is_right(IdentifyResponse(member=somebody).SerializeToString())
