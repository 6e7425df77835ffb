"""Lines of a purchase as people type them: `sku quantity price`, one a line."""

from __future__ import annotations

from typing import Final

from admin.texts import say
from checkout.client import messages
from checkout.primitives import (
    AMOUNT_MAX_MINOR,
    QUANTITY_MAX_MILLI,
    line_amount_minor,
    parse_minor,
)

LINES_MAX: Final = 1_000
SKU_CHARACTERS_MAX: Final = 64
_WORDS: Final = 3
_MILLI_DECIMALS: Final = 3


def lines_of(text: str, exponent: int) -> list[messages.Line] | str:
    """Lines of a receipt, or what is wrong, with the number of the line."""
    typed = [line.split() for line in text.splitlines() if line.strip()]
    if len(typed) > LINES_MAX:
        return say("form.composition_many", most=LINES_MAX)
    lines = []
    for position, words in enumerate(typed, 1):
        line = _line(position, words, exponent)
        if line is None:
            return say("form.composition", line=position, decimals=exponent)
        lines.append(line)
    return lines


def _line(position: int, words: list[str], exponent: int) -> messages.Line | None:
    if len(words) != _WORDS or len(words[0]) > SKU_CHARACTERS_MAX:
        return None
    quantity_milli = parse_minor(words[1].replace(",", "."), _MILLI_DECIMALS)
    price_minor = parse_minor(words[2].replace(",", "."), exponent)
    if quantity_milli is None or price_minor is None:
        return None
    if not 0 < quantity_milli <= QUANTITY_MAX_MILLI or price_minor < 0:
        return None
    amount_minor = line_amount_minor(price_minor, quantity_milli)
    if max(price_minor, amount_minor) > AMOUNT_MAX_MINOR:
        return None
    return messages.Line(
        position=position,
        sku=words[0],
        quantity_milli=quantity_milli,
        price_minor=price_minor,
        amount_minor=amount_minor,
    )
