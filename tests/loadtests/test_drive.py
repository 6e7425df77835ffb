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
from loadtests.service import identifiers, world
from loadtests.service.drive import RealRequests, Requests, is_right


def receipt(lines: int) -> Receipt:
    """A basket of so many lines."""
    basket = Receipt()
    for position in range(1, lines + 1):
        basket.lines.add(position=position)
    return basket


def quoted(name: str, lines: int, status: Status = STATUS_OK) -> bytes:
    """The answer to a quote."""
    answer = QuoteResponse(purchase_id=name, status=status)
    for position in range(1, lines + 1):
        answer.outcome.lines.add(position=position)
    return answer.SerializeToString()


def confirmed(name: str, lines: int, status: Status = STATUS_OK) -> bytes:
    """The answer to a confirm."""
    answer = ConfirmResponse(purchase_id=name, status=status)
    for position in range(1, lines + 1):
        answer.outcome.lines.add(position=position)
    return answer.SerializeToString()


@pytest.mark.parametrize("off", [-1, +1])
def test_an_answer_of_other_lines_than_a_real_basket_has_is_wrong(off: int) -> None:
    """Each basket has lines of its own number: none may be missing, and none be more."""
    sizes = (3, 7)
    requests = RealRequests("real-", [receipt(lines) for lines in sizes])
    for quote, lines in zip(requests.quotes(), sizes, strict=True):
        assert is_right("quote_session", quoted(quote.purchase_id, lines), requests)
        assert not is_right("quote_session", quoted(quote.purchase_id, lines + off), requests)
    for lines in (*sizes, *sizes):
        name = requests.confirm().purchase_id
        assert is_right("confirm_session", confirmed(name, lines), requests)
        assert not is_right("confirm_session", confirmed(name, lines + off), requests)


@pytest.mark.parametrize("off", [-1, +1])
def test_an_answer_of_other_lines_than_the_bench_asks_for_is_wrong(off: int) -> None:
    """Its receipts have ten lines, all of them."""
    requests = Requests("b", members=1)
    assert is_right("quote_unary", quoted("bench0", world.LINES), requests)
    assert not is_right("quote_unary", quoted("bench0", world.LINES + off), requests)


def test_an_answer_to_what_nobody_asked_is_wrong() -> None:
    """As is one without a name, however many lines it has."""
    requests = RealRequests("real-", [receipt(2)])
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
