"""Money, points, rates, identifiers and their arithmetic: integers with units, nothing else.

Money and points are ``int`` minor units (``_minor``), quantities ``int`` thousandths (``_milli``),
rates ``int`` basis points (``_bp``). Every division here names its rounding, and whatever is spread
over parts adds up to the whole exactly. No float, clock or randomness enters this module.
"""

from __future__ import annotations

import enum
import hashlib
import re
import unicodedata
import zlib
from typing import Final
from uuid import UUID

#: No amount or price may pass this many minor units (ten trillion roubles): sums of a thousand such
#: lines stay far inside PostgreSQL's bigint.
AMOUNT_MAX_MINOR: Final = 10**15
#: No account holds, and no counter counts, more than a thousand of the largest amounts.
TOTAL_MAX: Final = 1_000 * AMOUNT_MAX_MINOR
#: A line holds at most a million pieces or kilograms.
QUANTITY_MAX_MILLI: Final = 10**9
#: One hundred percent.
FULL_RATE_BP: Final = 10_000
#: One piece, in thousandths.
UNIT_MILLI: Final = 1_000
#: Buckets of an installation (``docs/design.md``, scale). Fixed for its lifetime.
BUCKET_COUNT: Final = 64


def divide_half_up(numerator: int, denominator: int) -> int:
    """Quotient of non-negative integers, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def divide_up(numerator: int, denominator: int) -> int:
    """Quotient rounded towards plus infinity."""
    return -(-numerator // denominator)


def percent_half_up(amount_minor: int, rate_bp: int) -> int:
    """``rate_bp`` of an amount, half up to a minor unit."""
    return (amount_minor * rate_bp + 5_000) // FULL_RATE_BP


def percent_down(amount_minor: int, rate_bp: int) -> int:
    """``rate_bp`` of an amount, down to a minor unit.

    For caps, which must not be exceeded by rounding.
    """
    return amount_minor * rate_bp // FULL_RATE_BP


def share_down(amount: int, part: int, whole: int) -> int:
    """What of an amount belongs to a part of a whole, rounded down; all of it for the whole."""
    return amount if part == whole else amount * part // whole


def capped_total(total: int) -> int:
    """A sum, or the largest that can be counted: of what has happened, which nobody can refuse."""
    return min(total, TOTAL_MAX)


def line_amount_minor(price_minor: int, quantity_milli: int) -> int:
    """Price times quantity, half up: the amount that a till is expected to send, within 1."""
    return (price_minor * quantity_milli + 500) // UNIT_MILLI


class LeftOver(enum.StrEnum):
    """Who gets the minor units that a proportional spread leaves over."""

    LARGEST_REMAINDER = "largest_remainder"
    FIRST_LINES = "first_lines"
    LAST_LINE = "last_line"


def allocate(
    total: int,
    weights: list[int],
    rooms: list[int],
    left_over: LeftOver = LeftOver.LARGEST_REMAINDER,
) -> list[int]:
    """Spread ``total`` over parts in proportion to ``weights``, no part above its room.

    Parts sum to ``total``. Of what the rounded shares leave over, the largest remainders get one
    each (ties to the earlier part), or the first parts, or the last part all that it has room for.
    What a full part refuses moves on to the others by their weights; what parts without weight
    could still take is used last, in order.

    Raises:
        ValueError: ``total`` is negative or above the sum of the rooms.
    """
    if total < 0 or total > sum(rooms):
        message = f"cannot spread {total} over rooms that sum to {sum(rooms)}"
        raise ValueError(message)
    parts = [0] * len(rooms)
    left = total
    open_parts = [i for i, room in enumerate(rooms) if room > 0 and weights[i] > 0]
    while left and open_parts:
        weight_sum = 0
        for i in open_parts:
            weight_sum += weights[i]
        full = []
        for i in open_parts:
            parts[i] = left * weights[i] // weight_sum
            if parts[i] >= rooms[i]:
                full.append(i)
        if not full:
            _give_left_over(left, weights, weight_sum, rooms, parts, open_parts, left_over)
            return parts
        for i in full:
            parts[i] = rooms[i]
            left -= rooms[i]
        open_parts = [i for i in open_parts if parts[i] < rooms[i]]
        for i in open_parts:
            parts[i] = 0
    for i, room in enumerate(rooms):
        if not left:
            break
        more = min(left, room - parts[i])
        parts[i] += more
        left -= more
    return parts


def _give_left_over(
    total: int,
    weights: list[int],
    weight_sum: int,
    rooms: list[int],
    parts: list[int],
    open_parts: list[int],
    left_over: LeftOver,
) -> None:
    """Add to shares that were rounded down what is missing to the total; none of them is full."""
    over = total
    for i in open_parts:
        over -= parts[i]
    if not over:
        return
    if left_over is LeftOver.LAST_LINE:
        for i in reversed(open_parts):
            more = min(over, rooms[i] - parts[i])
            parts[i] += more
            over -= more
        return
    if left_over is LeftOver.FIRST_LINES:
        for i in open_parts[:over]:
            parts[i] += 1
        return
    # The negative remainder and the place behind it in one number: quicker to sort than pairs.
    count = len(parts)
    keys = [(parts[i] * weight_sum - total * weights[i]) * count + i for i in open_parts]
    keys.sort()
    for key in keys[:over]:
        parts[key % count] += 1


def bucket_of(identifier: bytes) -> int:
    """The bucket of a member, store or code: crc32 modulo the bucket count.

    PostgreSQL 18 computes the same with ``crc32(bytea)``, so that the verifier can check it.
    """
    return zlib.crc32(identifier) % BUCKET_COUNT


def bucket_of_uuid(identifier: UUID) -> int:
    """The bucket of a row owned by a uuid: of its 16 bytes."""
    return bucket_of(identifier.bytes)


def composed(text: str) -> str:
    """A text in Unicode's form C (NFC), in which texts that read the same are the same."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def digest(*parts: bytes) -> bytes:
    """16 bytes that identify the parts in order.

    Lengths are mixed in, so that no two splits collide.
    """
    state = hashlib.sha256()
    for part in parts:
        state.update(len(part).to_bytes(4, "big"))
        state.update(part)
    return state.digest()[:16]


def key_number(*parts: bytes) -> int:
    """A signed 64-bit number for a key, as PostgreSQL's advisory locks take it."""
    return int.from_bytes(digest(*parts)[:8], "big", signed=True)


def format_minor(value_minor: int, exponent: int) -> str:
    """Minor units as a decimal text, ``12.34``: for people, never for parsing."""
    if exponent == 0:
        return str(value_minor)
    digits = str(abs(value_minor)).zfill(exponent + 1)
    sign = "-" if value_minor < 0 else ""
    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}"


_DECIMAL: Final = re.compile(r"([+-]?)([0-9]{1,15})(?:\.([0-9]{1,9}))?", re.ASCII)


def parse_minor(text: str, exponent: int) -> int | None:
    """A decimal text, ``-12.5``, as minor units; None if it is none, or has too many decimals."""
    found = _DECIMAL.fullmatch(text)
    if found is None:
        return None
    sign, whole, part = found[1], found[2], found[3] or ""
    if len(part) > exponent:
        return None
    value = int(whole + part.ljust(exponent, "0"))
    return -value if sign == "-" else value
