"""The oracle's arithmetic: rounding, spreading and printing, in the words of docs/rules.md."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Basis points of the whole.
WHOLE_BP = 10_000
#: No reward wants or gives more.
MOST = 10**15


def down(value: Fraction) -> int:
    """The whole number at or below the value."""
    return math.floor(value)


def half_up(value: Fraction) -> int:
    """The nearest whole number, the upper one from the middle."""
    return math.floor(value + Fraction(1, 2))


def part_of(value: int, rate_bp: int) -> Fraction:
    """A rate of the value, exactly."""
    return Fraction(value * rate_bp, WHOLE_BP)


def spread(
    total: int, weights: Sequence[int], rooms: Sequence[int], reached: set[str]
) -> list[int]:
    """Spread the total by largest remainder; no part gets more than its room.

    A part whose exact share is more than its room is full; the rest is spread anew over the others.
    Parts without weight are used last, in order.
    """
    everyone = range(len(weights))
    full: set[int] = set()
    while True:
        others = [i for i in everyone if weights[i] > 0 and i not in full]
        rest = total - sum(rooms[i] for i in full)
        weight = sum(weights[i] for i in others)
        shares = {i: Fraction(rest * weights[i], weight) for i in others}
        overfull = [i for i in others if shares[i] > rooms[i]]
        if not overfull:
            break
        full.update(overfull)
        reached.add("spread: a full line")

    parts = [rooms[i] if i in full else down(shares.get(i, Fraction(0))) for i in everyone]
    remainders = {i: share - down(share) for i, share in shares.items()}
    left_over = sum(remainders.values())
    turns = sorted(remainders, key=lambda i: (-remainders[i], i))[: int(left_over)]
    if turns and any(i not in turns and remainders[i] == remainders[turns[-1]] for i in remainders):
        reached.add("spread: a tie of remainders")
    for i in turns:
        parts[i] += 1
    for i in everyone:
        if weights[i] == 0:
            parts[i] = min(rooms[i], total - sum(parts))
    return parts


def as_text(minor: int, exponent: int) -> str:
    """An amount with its point, as messages show it."""
    if exponent == 0:
        return str(minor)
    digits = str(minor).rjust(exponent + 1, "0")
    return f"{digits[:-exponent]}.{digits[-exponent:]}"
