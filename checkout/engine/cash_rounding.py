"""The sum to pay in cash as a multiple of a coin (``docs/rules.md`` §4, "Cash rounding")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.engine.receipt import PlannedTender
    from checkout.engine.schema.program import CashRounding

_CASH: Final = "cash"


def rounding_minor(
    rules: CashRounding | None, tenders: Sequence[PlannedTender], payable_minor: int
) -> int:
    """By how much the sum to pay falls; negative where the nearest multiple lies above it."""
    if rules is None:
        return 0
    if not rules.always and not (tenders and all(tender.kind == _CASH for tender in tenders)):
        return 0
    over = payable_minor % rules.to_minor
    if rules.nearest and 2 * over > rules.to_minor:
        return over - rules.to_minor
    return over
