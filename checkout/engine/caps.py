"""The discount cap of a receipt (``docs/rules.md`` §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.primitives import percent_down

if TYPE_CHECKING:
    from checkout.engine.case import Case
    from checkout.engine.compiled_program import CompiledProgram


def cap_left_minor(program: CompiledProgram, case: Case) -> int:
    """What the cap leaves for our discounts, in money; without a cap all that could be taken.

    External discounts of counted lines use it up first, then, if the program says so, what has been
    granted by hand.
    """
    cap = program.document.discount_cap
    amount = sum(line.amount_minor for line in case.counted)
    bounds = []
    if cap.rate_bp is not None:
        bounds.append(percent_down(amount, cap.rate_bp))
    if cap.amount_minor is not None:
        # Off sets with a delivery charge more may be taken than the counted lines cost.
        bounds.append(cap.amount_minor)
    bound = min(bounds, default=amount)
    bound -= sum(line.external_discount_minor for line in case.counted)
    if program.document.manual_discounts.in_cap:
        bound -= sum(line.manual_discount_minor for line in case.counted)
    return max(bound, 0)
