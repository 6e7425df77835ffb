"""Numbers as the language that is spoken writes them: 1,234.50 in English, 1 234,50 in Russian."""

from __future__ import annotations

from typing import Final

from admin.texts import say, spoken
from checkout.primitives import format_minor

#: Between thousands (in Russian a space at which no line breaks), and before decimals.
_SIGNS: Final = {"en": (",", "."), "ru": ("\u00a0", ",")}
#: Whole units from which a short number counts in thousands or millions, with the text of that.
_SHORT: Final = ((1_000_000, "number.millions"), (1_000, "number.thousands"))


def decimal(value_minor: int, exponent: int) -> str:
    """Minor units with all their decimals."""
    between, before = _SIGNS[spoken()]
    sign = "-" if value_minor < 0 else ""
    whole, _, decimals = format_minor(abs(value_minor), exponent).partition(".")
    grouped = f"{int(whole):,}".replace(",", between)
    return f"{sign}{grouped}{before}{decimals}" if decimals else f"{sign}{grouped}"


def counted(value: int) -> str:
    """A number of things."""
    return decimal(value, 0)


def percent(rate_bp: int) -> str:
    """Basis points: 10.5 %."""
    return f"{_bare(rate_bp, 2)}\u00a0%"


def quantity(quantity_milli: int) -> str:
    """Thousandths as pieces or kilograms: 1.5."""
    return _bare(quantity_milli, 3)


def short(value_minor: int, exponent: int) -> str:
    """Minor units as a scale names them: 1.5M, 20k, 300; decimals only where they are needed."""
    one = 10**exponent
    for size, text in _SHORT:
        if value_minor >= size * one and value_minor % (size * one // 100) == 0:
            return say(text, number=_bare(value_minor * 100 // (size * one), 2))
    return _bare(value_minor, exponent)


def _bare(value_minor: int, exponent: int) -> str:
    shown = decimal(value_minor, exponent)
    before = _SIGNS[spoken()][1]
    return shown.rstrip("0").rstrip(before) if exponent else shown
