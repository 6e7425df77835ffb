"""The oracle's arithmetic: rounding, spreading and printing, in the words of docs/rules.md."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Basis points of the whole.
WHOLE_BP = 10_000
#: No reward wishes more.
MOST = 10**15


def down(value: Fraction) -> int:
    """The whole number at or below the value."""
    return math.floor(value)


def up(value: Fraction) -> int:
    """The whole number at or above the value."""
    return math.ceil(value)


def half_up(value: Fraction) -> int:
    """The nearest whole number, the upper one from the middle."""
    return math.floor(value + Fraction(1, 2))


def half_down(value: Fraction) -> int:
    """The nearest whole number, the lower one from the middle."""
    return math.ceil(value - Fraction(1, 2))


#: What rules call their roundings; a price rounded half up is a discount rounded half down.
ROUNDINGS = {
    "half_up": half_up,
    "down": down,
    "up": up,
    "half_up_price": half_down,
    "nearest": half_up,
}


def part_of(value: int, rate_bp: int) -> Fraction:
    """A rate of the value, exactly."""
    return Fraction(value * rate_bp, WHOLE_BP)


def spread(
    total: int,
    weights: Sequence[int | Fraction],
    rooms: Sequence[int],
    reached: set[str],
    left_over: str = "largest_remainder",
) -> list[int]:
    """Spread the total; no part gets more than its room, what a full one refuses moves on.

    A part whose exact share reaches its room is full; the rest is spread anew over the others.
    Parts without weight are used last, in order.
    """
    everyone = range(len(weights))
    full: set[int] = set()
    while True:
        others = [i for i in everyone if weights[i] > 0 and i not in full]
        rest = total - sum(rooms[i] for i in full)
        weight = sum(weights[i] for i in others)
        shares = {i: Fraction(rest * weights[i]) / weight for i in others}
        newly_full = [i for i in others if shares[i] >= rooms[i]]
        if not newly_full:
            break
        if any(shares[i] > rooms[i] for i in newly_full):
            reached.add("spread: a full line")
        full.update(newly_full)

    more = left_overs(rest if shares else 0, shares, left_over, reached)
    if left_over == "last_line":
        more = as_far_as_there_is_room(more, shares, rooms, reached)
    parts = [rooms[i] if i in full else down(shares.get(i, Fraction(0))) for i in everyone]
    for i, its_more in more.items():
        parts[i] += its_more
    for i in everyone:
        if weights[i] == 0:
            parts[i] = min(rooms[i], total - sum(parts))
            if parts[i] > 0:
                reached.add("spread: a line without weight")
    return parts


def spread_without_bounds(
    total: int, weights: Sequence[int | Fraction], reached: set[str], left_over: str
) -> list[int]:
    """Spread the total as if no part could be full; without any weight nothing is spread."""
    weight = sum(weights)
    shares = {
        i: Fraction(total * its_weight) / weight
        for i, its_weight in enumerate(weights)
        if its_weight > 0
    }
    more = left_overs(total if shares else 0, shares, left_over, reached)
    return [down(shares[i]) + more.get(i, 0) if i in shares else 0 for i in range(len(weights))]


def left_overs(
    total: int, shares: dict[int, Fraction], left_over: str, reached: set[str]
) -> dict[int, int]:
    """Who gets the minor units that shares, rounded down, leave over: how many each."""
    many = total - sum(down(share) for share in shares.values())
    if many == 0:
        return {}
    reached.add(f"spread left over: {left_over}")
    order = sorted(shares)
    if left_over == "last_line":
        return {order[-1]: many}
    if left_over == "largest_remainder":
        remainders = {i: share - down(share) for i, share in shares.items()}
        order.sort(key=lambda i: (-remainders[i], i))
        if many < len(order) and remainders[order[many - 1]] == remainders[order[many]]:
            reached.add("spread: a tie of remainders")
    return dict.fromkeys(order[:many], 1)


def as_far_as_there_is_room(
    more: dict[int, int], shares: dict[int, Fraction], rooms: Sequence[int], reached: set[str]
) -> dict[int, int]:
    """All to the last part; what it has no room for to the one before it, and so on."""
    left = sum(more.values())
    given = {}
    for i in sorted(shares, reverse=True):
        given[i] = min(left, rooms[i] - down(shares[i]))
        left -= given[i]
        if left and given[i]:
            reached.add("spread: the last line passes on what is left over")
    return given


def as_text(minor: int, exponent: int) -> str:
    """An amount with its point, as messages show it."""
    if exponent == 0:
        return str(minor)
    digits = str(minor).rjust(exponent + 1, "0")
    return f"{digits[:-exponent]}.{digits[-exponent:]}"
