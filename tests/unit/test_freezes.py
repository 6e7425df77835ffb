"""Freezes on plain rows: what is set aside, in which lots, and that all of it comes back."""

from __future__ import annotations

import copy
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from checkout.ledger.freezes import open_freeze, restore
from checkout.ledger.lots import available_minor, pick_lots
from tests.unit.ledger_values import NOW, book_with, lot, member_with

FREEZE = UUID(int=99)


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 50)), min_size=1, max_size=6),
    st.integers(0, 300),
    st.integers(0, 300),
)
def test_what_is_frozen_is_not_spent_and_comes_back(
    lots: list[tuple[int, int]], wanted: int, spent: int
) -> None:
    """Whatever is taken in between comes out of the rest; restored, every lot is as it would be."""
    member = member_with(
        *(
            lot(number, issued, held=min(held, issued))
            for number, (issued, held) in enumerate(lots, 1)
        )
    )
    before = copy.deepcopy(member.lots)
    book = book_with(member)
    available = available_minor(member.lots.values(), "pts", NOW, NOW)
    frozen = min(wanted, available)
    freeze = open_freeze(book, member, FREEZE, "pts", frozen)
    assert sum(freeze.lots.values()) == frozen == member.account("pts").frozen
    assert available_minor(member.lots.values(), "pts", NOW, NOW) == available - frozen
    taken = pick_lots(member.lots.values(), "pts", min(spent, available - frozen), NOW, NOW)
    for lot_id, amount in taken.items():
        member.lots[lot_id].remaining -= amount
    restore(book, member, freeze)
    for lot_id, each in member.lots.items():
        each.remaining += taken.get(lot_id, 0)
    assert member.lots == before
    assert member.account("pts").frozen == 0
