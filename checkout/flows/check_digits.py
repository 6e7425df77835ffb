"""Luhn's check digit (ISO/IEC 7812-1): each single wrong digit shows, and most swaps of two."""

from __future__ import annotations

from typing import Final

#: The sum of the digits of twice a digit.
_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def check_digit(body: str) -> str:
    """The digit that completes a number of ASCII digits."""
    return str(-_weighed(body + "0") % 10)


def has_check_digit(number: str) -> bool:
    """Whether the last digit of a number of ASCII digits is the check digit of the others."""
    return _weighed(number) % 10 == 0


def _weighed(number: str) -> int:
    return sum(map(int, number[::-2])) + sum(_DOUBLED[int(digit)] for digit in number[-2::-2])
