"""Posting templates net to zero, and move lots and balances together, for all amounts."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.ledger import postings
from checkout.ledger.book import Book, MemberBook
from checkout.ledger.postings import (
    NewLot,
    ReturnedPoints,
    Transfer,
    post_activation,
    post_adjustment,
    post_debt_paid,
    post_expiry,
    post_gift,
    post_gift_back,
    post_leaving,
    post_opening,
    post_return,
    post_sale,
    post_transfer,
    post_undo,
)
from checkout.ledger.totals import TotalTooLargeError
from checkout.primitives import TOTAL_MAX
from tests.unit.ledger_values import DAY, MEMBER, NOW, book_with, lot, member_with, movement

#: All that PostgreSQL's bigint holds, often what may pass.
AMOUNT = st.one_of(st.integers(1, TOTAL_MAX // 4), st.integers(1, 2**63 - 1))
Template = Callable[[Book, MemberBook, int, int], None]


def new_lot(amount: int) -> NewLot:
    return NewLot(UUID(int=70), "pts", amount, NOW, None)


def spend_and_earn(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    post_sale(book, member, movement(), {UUID(int=1): taken}, [new_lot(given_minor)])


def spend(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    del given_minor
    post_sale(book, member, movement(), {UUID(int=1): taken}, [])


def earn(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    del taken
    post_sale(book, member, movement(), {}, [new_lot(given_minor)])


def take(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    del given_minor
    post_adjustment(book, member, movement("adjustment"), {UUID(int=1): taken}, [])


def give(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    del taken
    post_adjustment(book, member, movement("adjustment"), {}, [new_lot(given_minor)])


def bring_along(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    del taken
    post_opening(book, member, movement("opening"), new_lot(given_minor))


def give_back(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    del given_minor
    points = ReturnedPoints({UUID(int=2): taken}, [], {}, {}, {})
    post_return(book, member, movement("return"), points)


def give_back_anew(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    del taken
    points = ReturnedPoints({}, [new_lot(given_minor)], {}, {}, {})
    post_return(book, member, movement("return"), points)


def take_back(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    points = ReturnedPoints({}, [], {UUID(int=1): taken}, {"pts": given_minor}, {"pts": taken})
    post_return(book, member, movement("return"), points)


def pay_debt(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    del given_minor
    post_debt_paid(book, member, movement("debt"), {UUID(int=1): taken})


def take_back_what_has_expired(
    book: Book, member: MemberBook, taken: int, given_minor: int
) -> None:
    del given_minor
    points = ReturnedPoints({}, [], {}, {}, {}, lapsed={UUID(int=3): taken})
    post_return(book, member, movement("return"), points)


def take_what_is_pending(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    points = ReturnedPoints({}, [], {UUID(int=4): taken}, {"pts": given_minor}, {})
    post_return(book, member, movement("return"), points)


def earn_later(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    del taken
    later = NewLot(UUID(int=70), "pts", given_minor, NOW + DAY, None)
    post_sale(book, member, movement(), {}, [later])


def activate(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    del taken, given_minor
    member.lots[UUID(int=4)].active_from = NOW
    post_activation(book, member, movement("activation"))


def expire(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    del taken, given_minor
    post_expiry(book, member, movement("expiry"), [member.lots[UUID(int=1)]])


def undo_given(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    points = ReturnedPoints({}, [], {UUID(int=1): taken}, {"pts": given_minor}, {"pts": taken})
    post_undo(book, member, movement("undo"), points)


def undo_taken(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    points = ReturnedPoints({UUID(int=2): taken}, [new_lot(given_minor)], {}, {}, {})
    post_undo(book, member, movement("undo"), points)


def leave(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    """Active points end; pending ones, too, but for what is owed."""
    owed = min(taken, given_minor)
    post_leaving(
        *(book, member, movement("leaving")),
        {UUID(int=1): taken, UUID(int=4): taken - owed},
        {UUID(int=4): owed},
    )


def pay_for_a_gift(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    del given_minor
    post_gift(book, member, movement("gift"), {UUID(int=1): taken})


def bring_a_gift_back(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    points = ReturnedPoints({UUID(int=2): taken}, [new_lot(given_minor)], {}, {}, {})
    post_gift_back(book, member, movement("gift_back"), points)


def give_away(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    """Active points, pending ones, a debt, and what ended."""
    del given_minor
    transfer = Transfer(
        {UUID(int=1): taken, UUID(int=4): taken}, (), {"pts": taken}, {UUID(int=3): -taken}
    )
    post_transfer(book, member, movement("transfer"), transfer)


def take_over(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    later = NewLot(UUID(int=71), "pts", given_minor, NOW + DAY, None)
    transfer = Transfer({}, (new_lot(given_minor), later), {"pts": -taken})
    post_transfer(book, member, movement("transfer"), transfer)


def have_back(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    del given_minor
    transfer = Transfer({UUID(int=2): -taken}, (), {"pts": -taken})
    post_transfer(book, member, movement("transfer"), transfer)


def have_back_what_ended(book: Book, member: MemberBook, taken: int, given_minor: int) -> None:
    del given_minor
    transfer = Transfer({}, (), {}, {UUID(int=2): taken})
    post_transfer(book, member, movement("transfer"), transfer)


TEMPLATES = [spend_and_earn, spend, earn, take, give, bring_along]
TEMPLATES += [give_back, give_back_anew, take_back, pay_debt]
TEMPLATES += [take_back_what_has_expired, take_what_is_pending, earn_later, activate, expire]
TEMPLATES += [undo_given, undo_taken, leave, pay_for_a_gift, bring_a_gift_back]
TEMPLATES += [give_away, take_over, have_back, have_back_what_ended]


@pytest.mark.parametrize("template", TEMPLATES)
@given(taken=AMOUNT, given_minor=AMOUNT, spare=st.integers(0, TOTAL_MAX // 4))
def test_every_template_nets_to_zero(
    template: Template, taken: int, given_minor: int, spare: int
) -> None:
    """Legs sum to zero, the member's chain is unbroken, lots and accounts move by the same.

    Or nothing is posted, since a sum would be too large; nothing that is written ever is.
    """
    member = member_with(
        lot(1, taken + spare),
        lot(2, 0, issued=taken),
        lot(3, 0, expired=taken),
        lot(4, taken, active_from=NOW + DAY, is_pending=True),
    )
    member.accounts["pts"].debt = taken
    book = book_with(member)
    before = member.accounts["pts"].balance
    in_lots = before + member.accounts["pts"].pending
    expired = sum(x.expired for x in member.lots.values())
    with contextlib.suppress(TotalTooLargeError):
        template(book, member, taken, given_minor)
    if not book.writes.postings:
        # No template brings more than two amounts to what there was.
        most = in_lots + 2 * max(taken, given_minor)
        assert most > TOTAL_MAX, "what fits is posted"
        return
    entries = book.writes.entries
    assert entries
    assert all(abs(entry.amount) <= TOTAL_MAX for entry in entries)
    assert all(0 <= lot.remaining <= TOTAL_MAX for lot in book.writes.new_lots.values())
    kept = member.accounts["pts"]
    assert max(kept.balance + kept.pending, kept.debt) <= TOTAL_MAX
    assert sum(entry.amount for entry in entries) == 0
    assert [entry.leg for entry in entries] == list(range(len(entries)))
    chain = [entry for entry in entries if entry.role == "member"]
    running, seq = before, 5
    for entry in chain:
        running, seq = running + entry.amount, seq + 1
        assert (entry.seq, entry.balance_after) == (seq, running)
    account = member.accounts["pts"]
    assert (account.balance, account.seq) == (running, seq)
    lots = member.lots.values()
    assert sum(x.remaining for x in lots if not x.is_pending) == account.balance
    assert sum(x.remaining for x in lots if x.is_pending) == account.pending
    moved = sum(m.amount for m in book.writes.lot_movements)
    assert moved == account.balance + account.pending - in_lots
    lapsed = sum(m.expired for m in book.writes.lot_movements)
    assert lapsed == sum(x.expired for x in lots) - expired
    assert lapsed == sum(e.amount for e in entries if e.role == "expired")
    assert len(book.writes.postings) == 1
    assert MEMBER in book.writes.members


@pytest.mark.parametrize("over", [0, 1])
def test_an_account_holds_no_more_than_can_be_counted(over: int) -> None:
    """The last point that fits is taken, and one more is refused with the numbers."""
    member = member_with(lot(1, TOTAL_MAX - 9), lot(2, 4, is_pending=True, active_from=NOW + DAY))
    book = book_with(member)
    if not over:
        earn(book, member, 0, 5)
        assert member.accounts["pts"].balance == TOTAL_MAX - 4
        return
    with pytest.raises(TotalTooLargeError) as refused:
        earn(book, member, 0, 6)
    assert refused.value.refusal.numbers == {"total": TOTAL_MAX + 1, "total_max": TOTAL_MAX}


def test_there_are_templates_for_all_postings() -> None:
    """Each that there is is among those above; one that is added comes into this test."""
    public = {name for name in vars(postings) if name.startswith("post_")}
    assert public == {
        "post_sale",
        "post_adjustment",
        "post_opening",
        "post_return",
        "post_debt_paid",
        "post_activation",
        "post_expiry",
        "post_undo",
        "post_leaving",
        "post_gift",
        "post_gift_back",
        "post_transfer",
    }
    called = {name for template in TEMPLATES for name in template.__code__.co_names}
    assert public <= called


def test_a_sale_without_points_posts_nothing() -> None:
    """Nothing spent, nothing earned: no posting, no new version of the member."""
    member = member_with(lot(1, 10))
    book = book_with(member)
    post_sale(book, member, movement(), {}, [])
    assert book.writes == Book(NOW).writes


def test_a_sale_moves_each_currency_for_itself() -> None:
    """Spent in one currency, earned in two of which one has two lots: one posting, all balanced."""
    member = member_with(lot(1, 10))
    book = book_with(member)
    earned = [
        NewLot(UUID(int=70), "pts", 3, NOW, None),
        NewLot(UUID(int=71), "stars", 4, NOW, None),
        NewLot(UUID(int=72), "stars", 5, NOW + DAY, None),
    ]
    post_sale(book, member, movement(), {UUID(int=1): 2}, earned)
    legs = [(e.role, e.currency, e.amount, e.balance_after) for e in book.writes.entries]
    assert legs == [
        ("member", "pts", -2, 8),
        ("redeemed", "pts", 2, None),
        ("issued", "pts", -3, None),
        ("member", "pts", 3, 11),
        ("issued", "stars", -4, None),
        ("member", "stars", 4, 4),
        ("issued", "stars", -5, None),
        ("pending", "stars", 5, None),
    ]
    assert {c: a.balance for c, a in member.accounts.items()} == {"pts": 11, "stars": 4}
    assert member.accounts["stars"].pending == 5
    assert len(book.writes.postings) == 1
    assert [m.amount for m in book.writes.lot_movements] == [-2, 3, 4, 5]


def test_what_is_active_by_its_dates_is_booked_before_it_is_spent() -> None:
    """Nobody has to have run: the sale books what has begun, then spends it; once."""
    member = member_with(lot(1, 10, is_pending=True), lot(2, 7, is_pending=True, expires_at=NOW))
    member.lots[UUID(int=2)].active_from = NOW + DAY
    book = book_with(member)
    post_sale(book, member, movement(), {UUID(int=1): 4}, [])
    assert [p.kind for p in book.writes.postings] == ["activation", "sale"]
    assert [(e.role, e.amount, e.balance_after) for e in book.writes.entries] == [
        ("pending", -10, None),
        ("member", 10, 10),
        ("member", -4, 6),
        ("redeemed", 4, None),
    ]
    account = member.accounts["pts"]
    assert (account.balance, account.pending) == (6, 7)
    post_activation(book, member, movement("activation"))
    assert len(book.writes.postings) == 2


def test_what_a_hold_or_a_freeze_keeps_does_not_expire() -> None:
    """Only what is free of a lot that has ended is taken."""
    kept = lot(1, 10, held=3, expires_at=NOW - DAY)
    kept.frozen = 2
    member = member_with(kept)
    post_expiry(book_with(member), member, movement("expiry"), [kept])
    assert (kept.remaining, kept.held, kept.frozen, kept.expired) == (5, 3, 2, 5)


def test_held_points_are_not_taken_by_others() -> None:
    """Taking into what a hold keeps is a programmer's error, found at once."""
    member = member_with(lot(1, 10, held=6))
    with pytest.raises(AssertionError, match="held or frozen"):
        post_sale(book_with(member), member, movement(), {UUID(int=1): 5}, [])


def test_the_program_s_legs_carry_no_chain() -> None:
    """Contra accounts are sums; only the member's legs have sequence and balance."""
    member = member_with(lot(1, 10))
    book = book_with(member)
    spend_and_earn(book, member, 4, 3)
    by_role = {entry.role: entry for entry in book.writes.entries}
    assert by_role["redeemed"].amount == 4
    assert by_role["issued"].amount == -3
    assert by_role["redeemed"].seq is None
    assert by_role["issued"].balance_after is None
