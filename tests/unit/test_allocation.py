"""Primitives: rounding, spreading, buckets and digests."""

from __future__ import annotations

from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout import primitives
from checkout.primitives import allocate

AMOUNTS = st.integers(0, 10**15)
PARTS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=8)


@st.composite
def spreads(draw: st.DrawFn) -> tuple[int, list[int], list[int]]:
    """A total that fits, weights and rooms."""
    parts = draw(PARTS)
    rooms = [room for _, room in parts]
    return draw(st.integers(0, sum(rooms))), [weight for weight, _ in parts], rooms


@given(spreads())
def test_parts_add_up_and_keep_within_their_rooms(spread: tuple[int, list[int], list[int]]) -> None:
    """Whatever is spread arrives, to the last unit, and no part gets more than it has room for."""
    total, weights, rooms = spread
    parts = allocate(total, weights, rooms)
    assert sum(parts) == total
    assert all(0 <= part <= room for part, room in zip(parts, rooms, strict=True))


@given(st.integers(0, 10**12), st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_parts_are_within_one_of_their_proportion(total: int, weights: list[int]) -> None:
    """Where nothing is full, a part differs from its exact share by less than one."""
    parts = allocate(total, weights, [total] * len(weights))
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1


@given(st.integers(0, 10**6), st.integers(1, 100), st.integers(2, 6))
def test_ties_go_to_the_earlier_part(total: int, weight: int, count: int) -> None:
    """Equal parts differ by one at most, and the earlier ones are the larger."""
    parts = allocate(total, [weight] * count, [total] * count)
    assert parts == sorted(parts, reverse=True)
    assert max(parts) - min(parts) <= 1


@given(spreads(), st.integers(1, 1_000))
def test_only_the_proportion_of_weights_matters(
    spread: tuple[int, list[int], list[int]], factor: int
) -> None:
    """Weights in other units give the same parts."""
    total, weights, rooms = spread
    scaled = [weight * factor for weight in weights]
    assert allocate(total, scaled, rooms) == allocate(total, weights, rooms)


@given(spreads())
def test_a_full_part_leaves_its_rest_to_the_others(
    spread: tuple[int, list[int], list[int]],
) -> None:
    """Parts without weight get something only when every part with weight is full."""
    total, weights, rooms = spread
    parts = allocate(total, weights, rooms)
    if any(part for part, weight in zip(parts, weights, strict=True) if not weight):
        assert all(
            part == room for part, weight, room in zip(parts, weights, rooms, strict=True) if weight
        )


@pytest.mark.parametrize(
    ("total", "weights", "rooms", "parts"),
    [
        (10, [1, 1, 1], [10, 10, 10], [4, 3, 3]),
        (10, [1, 2, 3], [10, 10, 10], [2, 3, 5]),
        (10, [1, 1, 1], [1, 10, 10], [1, 5, 4]),
        (10, [0, 1], [10, 4], [6, 4]),
        (0, [1, 1], [5, 5], [0, 0]),
        (5, [0, 0], [2, 5], [2, 3]),
    ],
)
def test_known_spreads_are_as_computed_by_hand(
    total: int, weights: list[int], rooms: list[int], parts: list[int]
) -> None:
    """Largest remainder, capped: each case was done on paper."""
    assert allocate(total, weights, rooms) == parts


@pytest.mark.parametrize("total", [-1, 11])
def test_what_does_not_fit_is_a_fault(total: int) -> None:
    """Spreading a negative total, or more than there is room for, is a programmer's error."""
    with pytest.raises(ValueError, match="cannot spread"):
        allocate(total, [1, 1], [5, 5])


@given(AMOUNTS, st.integers(0, 10_000))
def test_percentages_round_as_they_are_named(amount: int, rate_bp: int) -> None:
    """Down is never more than exact, half up is within a half of it."""
    exact = Fraction(amount * rate_bp, 10_000)
    assert 0 <= exact - primitives.percent_down(amount, rate_bp) < 1
    assert Fraction(-1, 2) < primitives.percent_half_up(amount, rate_bp) - exact <= Fraction(1, 2)


@given(AMOUNTS, st.integers(1, 10**9))
def test_divisions_round_as_they_are_named(numerator: int, denominator: int) -> None:
    """Half up and up, against exact fractions."""
    exact = Fraction(numerator, denominator)
    half_up = primitives.divide_half_up(numerator, denominator)
    assert Fraction(-1, 2) < half_up - exact <= Fraction(1, 2)
    assert 0 <= primitives.divide_up(numerator, denominator) - exact < 1


def test_a_member_stays_in_its_bucket_for_ever() -> None:
    """The buckets of known ids: a change would lose every row that exists."""
    known = {UUID(int=0): 21, UUID(int=1): 3, UUID("01a20012-6d87-7444-aae2-0c683e6bb595"): 26}
    assert {uid: primitives.bucket_of_uuid(uid) for uid in known} == known


def test_parts_of_a_key_do_not_run_into_each_other() -> None:
    """Moving a byte from one part to the next makes another key."""
    assert primitives.key_number(b"ab", b"c") != primitives.key_number(b"a", b"bc")
    assert primitives.key_number(b"a", b"") != primitives.key_number(b"a")
    assert -(2**63) <= primitives.key_number(b"a") < 2**63


@pytest.mark.parametrize(
    ("value", "exponent", "text"),
    [(0, 2, "0.00"), (5, 2, "0.05"), (-5, 2, "-0.05"), (1234, 0, "1234"), (-1234, 3, "-1.234")],
)
def test_minor_units_are_written_for_people(value: int, exponent: int, text: str) -> None:
    """A sign, whole units and as many decimals as the currency has."""
    assert primitives.format_minor(value, exponent) == text
