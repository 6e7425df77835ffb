"""Numbers as people read them: rates, quantities, factors."""

from __future__ import annotations

from typing import Final

from checkout.primitives import format_minor

_BP_DECIMALS: Final = 2
_FACTOR_DECIMALS: Final = 4
_MILLI_DECIMALS: Final = 3


def rate_text(rate_bp: int) -> str:
    """Basis points as a percentage: 1050 is ``10.5 %``."""
    return f"{_short(rate_bp, _BP_DECIMALS)} %"


def factor_text(factor_bp: int) -> str:
    """Basis points as a factor: 15000 is ``1.5``."""
    return _short(factor_bp, _FACTOR_DECIMALS)


def quantity_text(quantity_milli: int) -> str:
    """Thousandths as pieces or kilograms."""
    return f"{_short(quantity_milli, _MILLI_DECIMALS)} pieces/kg"


def _short(value: int, decimals: int) -> str:
    return format_minor(value, decimals).rstrip("0").rstrip(".")
