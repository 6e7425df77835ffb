"""Luhn's check digit: what a misread number cannot get past."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.flows.check_digits import check_digit, has_check_digit

BODIES = st.text("0123456789", min_size=1, max_size=18)


@pytest.mark.parametrize(
    ("body", "digit"),
    # Of the example that all texts have, of two numbers that are published for tests, of zeros.
    [("7992739871", "3"), ("411111111111111", "1"), ("555555555555444", "4"), ("0000", "0")],
)
def test_known_numbers_have_their_digit(body: str, digit: str) -> None:
    """Golden values from elsewhere."""
    assert check_digit(body) == digit


@given(BODIES)
def test_exactly_one_digit_completes_a_number(body: str) -> None:
    """The one that is made is taken, no other is."""
    assert [d for d in "0123456789" if has_check_digit(body + d)] == [check_digit(body)]


@given(BODIES, st.data())
def test_a_wrong_digit_shows(body: str, data: st.DataObject) -> None:
    """Whichever it is, and whatever stands there instead."""
    number = body + check_digit(body)
    place = data.draw(st.integers(0, len(number) - 1))
    wrong = data.draw(st.sampled_from(sorted(set("0123456789") - {number[place]})))
    assert not has_check_digit(number[:place] + wrong + number[place + 1 :])


@given(BODIES, st.data())
def test_two_digits_that_were_swapped_show(body: str, data: st.DataObject) -> None:
    """Neighbours that differ, but for 09 and 90, which the standard's digit cannot tell apart."""
    number = body + check_digit(body)
    place = data.draw(st.integers(0, len(number) - 2))
    first, second = number[place], number[place + 1]
    swapped = number[:place] + second + first + number[place + 2 :]
    told_apart = first != second and {first, second} != {"0", "9"}
    assert has_check_digit(swapped) is not told_apart
