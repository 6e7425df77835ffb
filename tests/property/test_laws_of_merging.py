"""Laws of merging, over the operations themselves in memory: what is moved is the same, and back.

Two members with any lots and debts are merged, points are spent, earned and owed meanwhile by
whoever holds them, and they are taken apart again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from checkout.ledger.book import Book, MemberBook
from checkout.ledger.identity_rows import Merge
from checkout.ledger.lots import available_minor, free_minor, has_ended, pick_lots
from checkout.ledger.merges import (
    Sides,
    Wanted,
    all_that_goes_back,
    apart,
    bring_back,
    carry_over,
)
from checkout.ledger.postings import Movement, NewLot, post_expiry, post_sale
from checkout.ledger.rows import Account, Lot, Member
from checkout.primitives import bucket_of_uuid
from tests.unit.ledger_values import DAY, NOW, PARTNER

OLD, NEW = UUID(int=1), UUID(int=2)
CURRENCIES = ("pts", "stars")


@dataclass(frozen=True)
class DrawnLot:
    amount: int
    currency: str
    begins: int
    ends: int | None


LOTS = st.lists(
    st.builds(
        DrawnLot,
        st.integers(1, 60),
        st.sampled_from(CURRENCIES),
        st.sampled_from([-30, -1, 2]),
        st.sampled_from([None, -2, 5, 90]),
    ),
    max_size=5,
)
DEBTS = st.dictionaries(st.sampled_from(CURRENCIES), st.integers(0, 40), max_size=2)


def member_of(member_id: UUID, drawn: list[DrawnLot], debts: dict[str, int]) -> MemberBook:
    """A member whose accounts agree with such lots."""
    bucket = bucket_of_uuid(member_id)
    member = MemberBook(Member(bucket, member_id, PARTNER, 1, None))
    for number, each in enumerate(drawn):
        begins = NOW + each.begins * DAY
        one = Lot(
            bucket,
            member_id,
            each.currency,
            uuid5(member_id, str(number)),
            "earned",
            UUID(int=7),
            each.amount,
            each.amount,
            0,
            begins,
            NOW + each.ends * DAY if each.ends is not None else None,
            is_pending=begins > NOW,
        )
        member.lots[one.lot_id] = one
    for currency in CURRENCIES:
        lots = [each for each in member.lots.values() if each.currency == currency]
        member.accounts[currency] = Account(
            bucket,
            member_id,
            currency,
            sum(each.remaining for each in lots if not each.is_pending),
            0,
            3,
            debt=debts.get(currency, 0),
            pending=sum(each.remaining for each in lots if each.is_pending),
        )
    return member


def two(
    old: list[DrawnLot], new: list[DrawnLot], owed: dict[str, int]
) -> tuple[Book, Merge, MemberBook, MemberBook]:
    book = Book(NOW)
    absorbed, survivor = member_of(OLD, old, owed), member_of(NEW, new, {})
    book.members = {OLD: absorbed, NEW: survivor}
    merge = Merge(0, UUID(int=70), PARTNER, OLD, NEW, NOW, None)
    return book, merge, absorbed, survivor


def sides(what: str) -> Sides:
    return Sides.of(UUID(int=71), what, PARTNER, "main", "author", "reason")


def taken_apart(
    book: Book, merge: Merge, absorbed: MemberBook, survivor: MemberBook, what: str = "apart"
) -> Wanted:
    """All that is free or has ended goes back, as an unmerge has it."""
    wanted = all_that_goes_back(merge, absorbed, survivor)
    bring_back(book, merge, absorbed, survivor, wanted, sides(what))
    return wanted


def seen(member: MemberBook) -> tuple[object, ...]:
    """What a member has: lots that are not empty, with all they are, and accounts."""
    lots = sorted(
        (each.lot_id, each.currency, each.origin, each.remaining, each.active_from, each.expires_at)
        for each in member.lots.values()
        if each.remaining
    )
    accounts = sorted(
        (a.currency, a.balance, a.pending, a.debt)
        for a in member.accounts.values()
        if a.balance or a.pending or a.debt
    )
    return lots, accounts


def total(member: MemberBook, currency: str) -> int:
    account = member.accounts[currency]
    return account.balance + account.pending - account.debt


@given(LOTS, LOTS, DEBTS)
def test_together_they_have_what_both_had(
    old: list[DrawnLot], new: list[DrawnLot], owed: dict[str, int]
) -> None:
    """To the point; the absorbed keeps what has ended, and nothing else."""
    book, merge, absorbed, survivor = two(old, new, owed)
    before = {c: total(absorbed, c) + total(survivor, c) for c in CURRENCIES}
    carry_over(book, merge, absorbed, survivor, sides("merge"))
    assert {c: total(absorbed, c) + total(survivor, c) for c in CURRENCIES} == before
    assert all(has_ended(each, NOW) for each in absorbed.lots.values() if each.remaining)
    assert not any(account.debt for account in absorbed.accounts.values())
    dates = sorted(
        (e.active_from, str(e.expires_at), e.origin)
        for e in absorbed.lots.values()
        if not has_ended(e, NOW)
    )
    assert dates == sorted(
        (each.active_from, str(each.expires_at), each.origin)
        for each in survivor.lots.values()
        if each.moved_from is not None
    )


@given(LOTS, LOTS, DEBTS)
def test_taken_apart_at_once_each_has_what_it_had(
    old: list[DrawnLot], new: list[DrawnLot], owed: dict[str, int]
) -> None:
    """The same lots with the same points, and the debts; as often as one likes."""
    book, merge, absorbed, survivor = two(old, new, owed)
    before = seen(absorbed), seen(survivor)
    for number in range(3):
        judged = {i: each.remaining for i, each in absorbed.lots.items()}
        carry_over(book, merge, absorbed, survivor, sides(f"merge-{number}"))
        view = apart(merge, absorbed, survivor)
        assert {i: view.lots[i].remaining for i in judged} == judged
        taken_apart(book, merge, absorbed, survivor, f"apart-{number}")
        assert (seen(absorbed), seen(survivor)) == before


@given(LOTS, LOTS, DEBTS, st.integers(0, 150), st.integers(0, 80))
def test_what_was_spent_meanwhile_stays_spent_and_what_is_new_stays(
    old: list[DrawnLot],
    new: list[DrawnLot],
    owed: dict[str, int],
    wish: int,
    earned: int,
) -> None:
    """Nobody has more than before, lot by lot; together they miss what was spent, and no more."""
    book, merge, absorbed, survivor = two(old, new, owed)
    before = {i: each.remaining for i, each in absorbed.lots.items()}
    both = {c: total(absorbed, c) + total(survivor, c) for c in CURRENCIES}
    carry_over(book, merge, absorbed, survivor, sides("merge"))
    lots = survivor.lots.values()
    spent = min(wish, available_minor(lots, "pts", NOW, NOW))
    picked = pick_lots(lots, "pts", spent, NOW, NOW) if spent else {}
    given_lots = [NewLot(UUID(int=80), "pts", earned, NOW, None)] if earned else []
    post_sale(book, survivor, Movement(UUID(int=81), PARTNER, "main", "sale"), picked, given_lots)
    out_of_moved = {
        survivor.lots[i].moved_from: amount
        for i, amount in picked.items()
        if survivor.lots[i].moved_from is not None
    }
    taken_apart(book, merge, absorbed, survivor)
    for lot_id, remaining in before.items():
        assert absorbed.lots[lot_id].remaining == remaining - out_of_moved.get(lot_id, 0)
    after = {c: total(absorbed, c) + total(survivor, c) for c in CURRENCIES}
    both["pts"] += earned - spent
    assert after == both
    assert not any(
        free_minor(each) and not has_ended(each, NOW)
        for each in survivor.lots.values()
        if each.moved_from is not None
    )
    if earned:
        assert survivor.lots[UUID(int=80)].remaining == earned


def test_debts_go_back_as_far_as_they_are_owed() -> None:
    """What the survivor has paid stays paid."""
    book, merge, absorbed, survivor = two([], [], {"pts": 40})
    carry_over(book, merge, absorbed, survivor, sides("merge"))
    assert (absorbed.accounts["pts"].debt, survivor.accounts["pts"].debt) == (0, 40)
    survivor.accounts["pts"].debt = 15
    taken_apart(book, merge, absorbed, survivor)
    assert (absorbed.accounts["pts"].debt, survivor.accounts["pts"].debt) == (15, 0)


def test_points_that_come_back_to_a_lot_that_has_begun_are_pending_until_they_are_booked() -> None:
    """They were moved before it began: the lot that they come back to does not know yet."""
    book, merge, absorbed, survivor = two([DrawnLot(30, "pts", 2, None)], [], {})
    carry_over(book, merge, absorbed, survivor, sides("merge"))
    later = Book(NOW + dt.timedelta(days=3), members=book.members)
    taken_apart(later, merge, absorbed, survivor)
    account = absorbed.accounts["pts"]
    assert (account.balance, account.pending, survivor.accounts["pts"].balance) == (0, 30, 0)


def test_what_has_ended_goes_back_whether_or_not_that_was_booked() -> None:
    """So it is known there when goods come back that had earned it."""
    old = [DrawnLot(30, "pts", -1, 5), DrawnLot(20, "pts", -1, 5)]
    book, merge, absorbed, survivor = two(old, [], {})
    carry_over(book, merge, absorbed, survivor, sides("merge"))
    later = Book(NOW + 9 * DAY, members=book.members)
    booked, _ = survivor.lots.values()
    post_expiry(later, survivor, Movement(UUID(int=81), PARTNER, "main", "expiry"), [booked])
    taken_apart(later, merge, absorbed, survivor)
    found = sorted((each.remaining, each.expired) for each in absorbed.lots.values())
    assert found in ([(0, 30), (20, 0)], [(0, 20), (30, 0)])
    assert not any(each.remaining or each.expired for each in survivor.lots.values())
