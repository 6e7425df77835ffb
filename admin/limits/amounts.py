"""What a limit counts, as people read it: receipts, kilograms, money, points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from admin.texts import numbers, say
from checkout.engine.schema.limits import Measure

if TYPE_CHECKING:
    from admin.limits.reading import Ground, RuledLimit
    from admin.members.currencies import Worth


def amount_of(limit: RuledLimit, amount: int, worth: Worth, ground: Ground) -> str:
    """An amount in what the limit counts."""
    match limit.document.measure:
        case Measure.AMOUNT | Measure.DISCOUNT:
            return worth.money.shown(amount)
        case Measure.POINTS | Measure.POINTS_SPENT:
            program = ground.documents.get(limit.program_code, {})
            main = next((one.get("code", "") for one in program.get("currencies") or ()), "")
            return worth.points_of(limit.document.currency or main).shown(amount)
        case Measure.QUANTITY:
            return numbers.quantity(amount)
        case Measure.UNITS:
            return say("value.units", count=numbers.counted(amount))
        case _:
            return numbers.counted(amount)
