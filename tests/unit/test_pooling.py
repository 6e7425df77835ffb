"""Pooling: what a member has and owes moves whole, with its dates, and nothing else."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from checkout.ledger.book import Book, MemberBook
from checkout.ledger.lots import free_minor
from checkout.ledger.pooling import bound_minor, transfer_all
from checkout.ledger.postings import Movement
from checkout.ledger.rows import Account, Lot, Member
from checkout.primitives import bucket_of_uuid
from tests.unit.ledger_values import DAY, NOW, PARTNER, lot, member_with

HOUSEHOLD = UUID(int=9_000)
LOTS = st.lists(
    st.tuples(
        st.integers(1, 50),
        st.integers(0, 20),
        st.sampled_from([-2, -1, 0, 3]),
        st.sampled_from([None, -1, 0, 4, 90]),
        st.sampled_from(["pts", "stars"]),
    ),
    max_size=6,
)


def household() -> MemberBook:
    bucket = bucket_of_uuid(HOUSEHOLD)
    return MemberBook(Member(bucket, HOUSEHOLD, PARTNER, 1, None, household_size=0))


def giver_of(drawn: list[tuple[int, int, int, int | None, str]], debt: int) -> MemberBook:
    """A member with lots of these amounts, held parts, dates and currencies, who owes something."""
    lots = []
    for number, (free, held, active, expires, currency) in enumerate(drawn, start=1):
        ends = NOW + expires * DAY if expires is not None else None
        one = lot(number, free + held, held=held, active_from=NOW + active * DAY, expires_at=ends)
        one.currency = currency
        lots.append(one)
    member = member_with(*lots)
    member.accounts = {
        currency: Account(
            member.member.bucket,
            member.member.member_id,
            currency,
            sum(each.remaining for each in lots if each.currency == currency),
            sum(each.held for each in lots if each.currency == currency),
            5,
            debt if currency == "pts" else 0,
        )
        for currency in ("pts", "stars")
    }
    for each in lots:
        if each.active_from > NOW:
            each.is_pending = True
            account = member.accounts[each.currency]
            account.balance -= each.remaining
            account.pending += each.remaining
    return member


def ended(one: Lot) -> bool:
    return one.expires_at is not None and one.expires_at <= NOW


@given(LOTS, st.integers(0, 30))
def test_everything_that_is_free_moves_with_its_dates(
    drawn: list[tuple[int, int, int, int | None, str]], debt: int
) -> None:
    """What has ended and what is held stays; the rest, and the debt, is the household's."""
    giver, taker = giver_of(drawn, debt), household()
    before = {code: each.balance + each.pending for code, each in giver.accounts.items()}
    wanted: dict[tuple[str, dt.datetime, dt.datetime | None], int] = {}
    for one in giver.lots.values():
        if not ended(one):
            key = (one.currency, one.active_from, one.expires_at)
            wanted[key] = wanted.get(key, 0) + free_minor(one)
    book = Book(NOW, members={giver.member.member_id: giver, HOUSEHOLD: taker})
    out, into = (Movement(UUID(int=n), PARTNER, "club", "transfer") for n in (701, 702))
    transfer_all(book, giver, taker, out, into)
    found: dict[tuple[str, dt.datetime, dt.datetime | None], int] = {}
    for one in taker.lots.values():
        key = (one.currency, one.active_from, one.expires_at)
        found[key] = found.get(key, 0) + one.remaining
    assert found == {key: amount for key, amount in wanted.items() if amount}
    for code, balance in before.items():
        given_up = balance - giver.accounts[code].balance - giver.accounts[code].pending
        assert given_up == sum(n for (currency, *_), n in wanted.items() if currency == code)
        assert giver.accounts[code].debt == 0
        taken = taker.accounts.get(code)
        assert (taken.balance + taken.pending if taken else 0) == given_up
        assert (taken.debt if taken else 0) == (debt if code == "pts" else 0)
    legs: dict[str, int] = {}
    for entry in book.writes.entries:
        if entry.role == "transferred":
            legs[entry.currency] = legs.get(entry.currency, 0) + entry.amount
    assert not any(legs.values())
    held: dict[str, int] = {}
    for one in giver.lots.values():
        held[one.currency] = held.get(one.currency, 0) + one.held
    assert bound_minor(giver) == {code: amount for code, amount in held.items() if amount}


def test_who_has_nothing_moves_nothing() -> None:
    """No posting, and no new version of anybody."""
    giver, taker = giver_of([], 0), household()
    book = Book(NOW, members={giver.member.member_id: giver, HOUSEHOLD: taker})
    movement = Movement(UUID(int=701), PARTNER, "club", "transfer")
    transfer_all(book, giver, taker, movement, movement)
    assert book.writes == Book(NOW).writes
