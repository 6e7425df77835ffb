"""Numbers as people read them: amounts, rates, quantities, factors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.primitives import format_minor
from checkout.wording.speech import ENGLISH, say, spoken

if TYPE_CHECKING:
    import datetime as dt

#: Money that has a sign of its own.
MONEY_SIGNS: Final = {"RUB": "₽", "EUR": "€", "USD": "$", "GBP": "£", "KZT": "₸", "UAH": "₴"}
_BP_DECIMALS: Final = 2
_FACTOR_DECIMALS: Final = 4
_MILLI_DECIMALS: Final = 3
_POINT, _COMMA, _SPACE = ".", ",", "\u00a0"


def decimal(value_minor: int, exponent: int) -> str:
    """Minor units with all decimals: ``1234.50``; in other languages ``1 234,50``."""
    text = format_minor(value_minor, exponent)
    if spoken() == ENGLISH:
        return text
    whole, point, decimals = text.partition(_POINT)
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    grouped = f"{int(digits):,}".replace(_COMMA, _SPACE)
    return f"{sign}{grouped}{_COMMA if point else ''}{decimals}"


def money_text(value_minor: int, code: str, exponent: int) -> str:
    """An amount with its currency: ``5.00 RUB``; in other languages with the sign that it has."""
    name = code if spoken() == ENGLISH else MONEY_SIGNS.get(code, code)
    return f"{decimal(value_minor, exponent)}{_before_unit()}{name}"


def day_text(day: dt.date) -> str:
    """A date: ``2026-11-21``; in other languages ``21.11.2026``."""
    year, month, of_month = str(day)[:10].split("-")
    return f"{year}-{month}-{of_month}" if spoken() == ENGLISH else f"{of_month}.{month}.{year}"


def rate_text(rate_bp: int) -> str:
    """Basis points as a percentage: 1050 is ``10.5 %``."""
    return f"{shortened(rate_bp, _BP_DECIMALS)}{_before_unit()}%"


def factor_text(factor_bp: int) -> str:
    """Basis points as a factor: 15000 is ``1.5``."""
    return shortened(factor_bp, _FACTOR_DECIMALS)


def quantity_text(quantity_milli: int) -> str:
    """Thousandths as pieces or kilograms."""
    return say("{quantity} pieces/kg", quantity=shortened(quantity_milli, _MILLI_DECIMALS))


def shortened(value: int, decimals: int) -> str:
    """A number without noughts that say nothing: 1500 thousandths are ``1.5``."""
    text = decimal(value, decimals)
    return text.rstrip("0").rstrip(_POINT + _COMMA) if decimals else text


def _before_unit() -> str:
    """What stands between a number and its unit; in other languages no line breaks there."""
    return " " if spoken() == ENGLISH else _SPACE
