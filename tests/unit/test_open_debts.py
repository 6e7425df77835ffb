"""Where a debt came from, found in the legs of the ledger alone."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from checkout.ledger.open_debts import DebtLeg, DebtOrigin, open_debts

START = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def leg(number: int, kind: str, owed_minor: int, purchase_id: str = "") -> DebtLeg:
    """A movement of the n-th minute."""
    at = START + dt.timedelta(minutes=number)
    origin = DebtOrigin(at, kind, UUID(int=number), purchase_id, None, None)
    return DebtLeg(origin, owed_minor)


def told(legs: list[DebtLeg]) -> list[tuple[str, int]]:
    return [(debt.origin.purchase_id, debt.open_minor) for debt in open_debts(legs)]


def test_what_comes_in_pays_the_oldest_debt() -> None:
    """What is owed still is the latest that was owed, newest first."""
    legs = [leg(1, "return", 10, "a"), leg(2, "return", 5, "b"), leg(3, "debt", -12)]
    assert told(legs[:2]) == [("b", 5), ("a", 10)]
    assert told(legs) == [("b", 3)]


def test_a_return_forgives_what_its_own_purchase_owed() -> None:
    """Also if something else has been owed for longer; what is left of it pays the oldest."""
    legs = [leg(1, "return", 5, "b"), leg(2, "sale", 10, "a"), leg(3, "return", -10, "a")]
    assert told(legs) == [("b", 5)]
    paid = [leg(1, "sale", 10, "a"), leg(2, "return", 5, "b"), leg(3, "debt", -8)]
    assert told([*paid, leg(4, "return", -2, "a")]) == [("b", 5)]


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 50)), max_size=12),
    st.randoms(use_true_random=False),
)
def test_open_debts_are_the_whole_debt_in_any_order(
    steps: list[tuple[int, int]], shuffled: object
) -> None:
    """Legs may be read in any order: what is open is what was owed less what was paid."""
    legs, debt = [], 0
    for number, (owed, paid) in enumerate(steps):
        legs.append(leg(2 * number, "return", owed, str(number)))
        debt += owed
        if part := min(paid, debt):
            legs.append(leg(2 * number + 1, "debt", -part))
            debt -= part
    found = open_debts(legs)
    assert sum(each.open_minor for each in found) == debt
    assert all(0 < each.open_minor <= each.owed_minor for each in found)
    shuffled.shuffle(legs)  # type: ignore[attr-defined]
    assert open_debts(legs) == found
