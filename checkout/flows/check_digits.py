"""Luhn's check digit (ISO/IEC 7812-1): each single wrong digit shows, and most swaps of two."""

from __future__ import annotations


def check_digit(body: str) -> str:
    """The digit that completes a number of ASCII digits."""
    return str(-_weighed(body + "0") % 10)


def has_check_digit(number: str) -> bool:
    """Whether the last digit of a number of ASCII digits is the check digit of the others."""
    return _weighed(number) % 10 == 0


def _weighed(number: str) -> int:
    total = 0
    for place, digit in enumerate(reversed(number)):
        tens, ones = divmod(int(digit) * (2 if place % 2 else 1), 10)
        total += tens + ones
    return total
