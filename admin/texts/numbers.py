"""Numbers as the language that is spoken writes them: 1,234.50 in English, 1 234,50 in Russian."""

from __future__ import annotations

import re
from typing import Final

from admin.texts import say, spoken
from checkout.primitives import format_minor

#: Between thousands (in Russian a space at which no line breaks), and before decimals.
_SIGNS: Final = {"en": (",", "."), "ru": ("\u00a0", ",")}
#: Whole units from which a short number counts in thousands or millions, with the text of that.
_SHORT: Final = ((1_000_000, "number.millions"), (1_000, "number.thousands"))
#: A number without signs between thousands.
_PLAIN: Final = re.compile(r"[+-]?[0-9]+\.[0-9]+")
#: Thousands with spaces between them; or with commas, if a dot says that those are no decimals.
_GROUPED: Final = re.compile(
    r"[+-]?[0-9]{1,3}(?:(?:\s[0-9]{3})+(?:[.,][0-9]+)?|(?:,[0-9]{3})+\.[0-9]+)"
)


def decimal(value_minor: int, exponent: int) -> str:
    """Minor units with all their decimals."""
    between, before = _SIGNS[spoken()]
    sign = "-" if value_minor < 0 else ""
    whole, _, decimals = format_minor(abs(value_minor), exponent).partition(".")
    grouped = f"{int(whole):,}".replace(",", between)
    return f"{sign}{grouped}{before}{decimals}" if decimals else f"{sign}{grouped}"


def plain_decimal(written: str) -> str:
    """A number as people type it, `5 000,00`, as `parse_minor` reads it; else as it is."""
    text = written.strip().replace("\u2212", "-")
    if _GROUPED.fullmatch(text):
        text = "".join(text.split())
        text = text.replace(",", "") if "." in text else text
    plain = text.replace(",", ".")
    return plain if _PLAIN.fullmatch(plain) else text


def as_typed(plain: str) -> str:
    """A plain decimal as the reader types it: `5000,00` in Russian. Anything else as it is."""
    return plain.replace(".", _SIGNS[spoken()][1]) if _PLAIN.fullmatch(plain) else plain


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
