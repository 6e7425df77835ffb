"""What a limit counts, as people read it - receipts, kilograms, money, points - and as files do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from admin.texts import numbers, say
from checkout.engine.schema.limits import Measure
from checkout.primitives import format_minor

if TYPE_CHECKING:
    from admin.limits.reading import Ground, RuledLimit
    from admin.members.currencies import Currency, Worth

#: Quantities are thousandths.
_QUANTITY_EXPONENT: Final = 3


def amount_of(limit: RuledLimit, amount: int, worth: Worth, ground: Ground) -> str:
    """An amount in what the limit counts."""
    currency = _currency_of(limit, worth, ground)
    if currency is not None:
        return currency.shown(amount)
    match limit.document.measure:
        case Measure.QUANTITY:
            return numbers.quantity(amount)
        case Measure.UNITS:
            return say("value.units", count=numbers.counted(amount))
        case _:
            return numbers.counted(amount)


def plain_amount_of(limit: RuledLimit, amount: int, worth: Worth, ground: Ground) -> str:
    """The same as a number, for other programs to read."""
    currency = _currency_of(limit, worth, ground)
    if currency is not None:
        return format_minor(amount, currency.exponent)
    is_quantity = limit.document.measure is Measure.QUANTITY
    return format_minor(amount, _QUANTITY_EXPONENT if is_quantity else 0)


def _currency_of(limit: RuledLimit, worth: Worth, ground: Ground) -> Currency | None:
    """What it counts in, if that is money or points."""
    match limit.document.measure:
        case Measure.AMOUNT | Measure.DISCOUNT:
            return worth.money
        case Measure.POINTS | Measure.POINTS_SPENT:
            program = ground.documents.get(limit.program_code, {})
            main = next((one.get("code", "") for one in program.get("currencies") or ()), "")
            return worth.points_of(limit.document.currency or main)
        case _:
            return None
