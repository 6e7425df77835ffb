"""Lots: which points can be spent, and in which order they go."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.ledger.lots import available_minor, earned_first, is_spendable, pick_lots
from checkout.ledger.rows import Lot
from tests.unit.ledger_values import DAY, NOW, lot


@pytest.mark.parametrize(
    ("active_days", "expires_days", "spendable"),
    [
        (-1, 1, True),
        (-1, None, True),
        (0, 1, True),
        (1, 2, False),
        (-2, -1, False),
        (-1, 0, False),
    ],
)
def test_a_lots_state_follows_from_its_dates(
    active_days: int, expires_days: int | None, *, spendable: bool
) -> None:
    """Active from its first moment on, expired from its last moment on."""
    expires = NOW + expires_days * DAY if expires_days is not None else None
    given_lot = lot(1, 10, active_from=NOW + active_days * DAY, expires_at=expires)
    assert is_spendable(given_lot, NOW, NOW) is spendable


def test_points_of_the_quotes_moment_stay_spendable() -> None:
    """A lot that expired between quote and confirm counts as of the quote."""
    given_lot = lot(1, 10, expires_at=NOW - DAY)
    assert not is_spendable(given_lot, NOW, NOW)
    assert is_spendable(given_lot, NOW, NOW - 2 * DAY)


def test_what_expires_first_goes_first() -> None:
    """By expiry, then by the moment of becoming active, then by id; never-expiring ones last."""
    lots = [
        lot(1, 10),
        lot(2, 10, expires_at=NOW + 5 * DAY),
        lot(3, 10, expires_at=NOW + 2 * DAY),
        lot(5, 10, expires_at=NOW + 9 * DAY),
        lot(4, 10, expires_at=NOW + 9 * DAY),
        lot(6, 10, expires_at=NOW + 9 * DAY, active_from=NOW - 3 * DAY),
        lot(7, 10, active_from=NOW - 3 * DAY),
    ]
    order = [uid.int for uid in pick_lots(lots, "pts", 70, NOW, NOW)]
    assert order == [3, 2, 6, 4, 5, 7, 1]


def test_what_became_active_first_may_go_first() -> None:
    """By the moment of becoming active, then by id, whenever it expires."""
    lots = [
        lot(1, 10, expires_at=NOW + DAY),
        lot(3, 10, active_from=NOW - 3 * DAY),
        lot(2, 10, active_from=NOW - 3 * DAY, expires_at=NOW + 9 * DAY),
    ]
    order = [uid.int for uid in pick_lots(lots, "pts", 30, NOW, NOW, earned_first)]
    assert order == [2, 3, 1]


LOTS = st.lists(
    st.tuples(
        st.integers(0, 100),
        st.integers(0, 100),
        st.sampled_from([-2, -1, 1]),
        st.sampled_from([None, -1, 0, 1, 5]),
        st.sampled_from(["pts", "miles"]),
    ),
    max_size=8,
)


@given(LOTS, st.data())
def test_what_is_picked_is_there_and_is_all_that_was_asked(
    rows: list[tuple[int, int, int, int | None, str]], data: st.DataObject
) -> None:
    """Never held, expired, pending or foreign points; never more from a lot than it has free."""
    lots: dict[UUID, Lot] = {}
    for number, (remaining, held, active, expires, currency) in enumerate(rows, start=1):
        made = lot(
            number,
            remaining,
            held=min(held, remaining),
            active_from=NOW + active * DAY,
            expires_at=NOW + expires * DAY if expires is not None else None,
            currency=currency,
        )
        lots[made.lot_id] = made
    available = available_minor(lots.values(), "pts", NOW, NOW)
    amount = data.draw(st.integers(0, available))
    picked = pick_lots(lots.values(), "pts", amount, NOW, NOW)
    assert sum(picked.values()) == amount
    for lot_id, part in picked.items():
        assert 0 < part <= lots[lot_id].remaining - lots[lot_id].held
        assert lots[lot_id].currency == "pts"
        assert is_spendable(lots[lot_id], NOW, NOW)


def test_picking_more_than_there_is_is_a_fault() -> None:
    """The caller has made sure; if not, nothing is taken silently."""
    with pytest.raises(AssertionError, match="more points"):
        pick_lots([lot(1, 10, held=5)], "pts", 6, NOW, NOW)
