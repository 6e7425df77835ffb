"""Holds: set aside once, end exactly once, and give back exactly what they took."""

from __future__ import annotations

import copy
import datetime as dt
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.ledger.book import Book, MemberBook
from checkout.ledger.claims import use_claims
from checkout.ledger.holds import claims_of, end_hold, is_live, open_hold
from checkout.ledger.rows import Budget, Hold
from tests.unit.ledger_values import (
    DAY,
    MEMBER,
    NOW,
    PARTNER,
    book_with,
    hold_of,
    lot,
    member_with,
)

LIMITS: list[dict[str, int | str]] = [
    {
        "owner_id": str(MEMBER),
        "subject_id": str(MEMBER),
        "shared": False,
        "campaign": "c",
        "limit": "w",
        "sku": "",
        "slot": "2026-11-16T00:00:00",
        "uses": 1,
        "bound": 3,
    }
]
BUDGETS: list[dict[str, int | str]] = [{"campaign": "c", "discount_minor": 500, "uses": 1}]


def world(*amounts: int) -> tuple[Book, MemberBook]:
    """A member with lots of these amounts, and the locked budget of a campaign."""
    member = member_with(*(lot(n, a) for n, a in enumerate(amounts, start=1)))
    book = book_with(member)
    book.budgets[PARTNER, "c"] = Budget(0, PARTNER, "c", 100, 0, 2, 0)
    return book, member


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=4))
def test_what_is_given_back_is_what_was_set_aside(rows: list[tuple[int, int]]) -> None:
    """After opening and ending a hold, balances, lots, slots and budgets are as before."""
    book, member = world(*(left + taken for left, taken in rows))
    before = copy.deepcopy((member.accounts, member.lots, book.budgets))
    taken = {UUID(int=n): t for n, (_, t) in enumerate(rows, start=1) if t}
    hold = hold_of(taken, limits=LIMITS, budgets=BUDGETS)
    open_hold(book, hold)
    assert member.accounts["pts"].held == sum(taken.values())
    assert book.budgets[PARTNER, "c"].uses_held == 1
    end_hold(book, hold, "voided")
    assert (member.accounts, member.lots, book.budgets) == before
    assert [(s.used, s.held) for s in member.slots.values()] == [(0, 0)]
    assert (hold.state, hold.ended_at) == ("voided", NOW)
    # It stands once among the writes, as the new row that it is.
    assert not book.writes.holds
    assert book.writes.new_holds == {hold.hold_id: hold}


def test_a_confirmed_holds_room_is_used() -> None:
    """Ending the hold and using its claims turns held room into used room."""
    book, member = world(10)
    hold = hold_of({UUID(int=1): 5}, limits=LIMITS, budgets=BUDGETS)
    open_hold(book, hold)
    end_hold(book, hold, "posted")
    use_claims(book, PARTNER, member, UUID(int=80), claims_of(hold))
    budget = book.budgets[PARTNER, "c"]
    assert (budget.discount_used, budget.discount_held) == (600, 0)
    assert (budget.uses_used, budget.uses_held) == (3, 0)
    assert [(s.used, s.held) for s in member.slots.values()] == [(1, 0)]
    assert [use.bound for use in book.writes.limit_uses] == [3]


def test_a_hold_ends_once() -> None:
    """Ending it again is a programmer's error."""
    book, _ = world(10)
    hold = hold_of({UUID(int=1): 5})
    open_hold(book, hold)
    end_hold(book, hold, "expired")
    with pytest.raises(AssertionError, match="ends once"):
        end_hold(book, hold, "voided")


def test_a_lot_holds_no_more_than_it_has() -> None:
    """Two holds for the same points are a programmer's error."""
    book, _ = world(10)
    open_hold(book, hold_of({UUID(int=1): 6}))
    with pytest.raises(AssertionError, match="more than it has"):
        open_hold(book, hold_of({UUID(int=1): 6}))


def test_a_budget_that_was_not_locked_is_not_written() -> None:
    """Claiming a budget whose row the batch has not locked stops the batch."""
    book, _ = world(10)
    del book.budgets[PARTNER, "c"]
    with pytest.raises(AssertionError, match="locked before"):
        open_hold(book, hold_of({}, budgets=BUDGETS))


@pytest.mark.parametrize(
    ("state", "ends_in", "lives"),
    [
        ("pending", DAY, True),
        ("pending", dt.timedelta(), False),
        ("pending", -DAY, False),
        ("posted", DAY, False),
        ("voided", DAY, False),
        ("expired", DAY, False),
    ],
)
def test_a_hold_lives_until_its_time(state: str, ends_in: dt.timedelta, *, lives: bool) -> None:
    """Pending, and its last moment has not come: the sweep only books what the dates say."""
    hold: Hold = hold_of({})
    hold.state, hold.expires_at = state, NOW + ends_in
    assert is_live(hold, NOW) is lives


def test_a_members_version_moves_once_a_batch() -> None:
    """However often a batch changes a member, caches see one newer version."""
    book, member = world(10)
    for _ in range(3):
        open_hold(book, hold_of({UUID(int=1): 1}))
    assert member.member.version == 2
    assert list(book.writes.members) == [MEMBER]
