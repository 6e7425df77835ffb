"""Whether what was paid with is what the price was made for.

A campaign may look at the tenders that were planned, such as a discount for a bank's cards. Paid in
another way it is another receipt, which is quoted again. Where no campaign that applied looks at
tenders, or the till names none, the plan binds nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checkout.engine.compiled_program import CompiledProgram
    from checkout.engine.outcome import Outcome
    from checkout.engine.receipt import PlannedTender
    from checkout.flows.sale import Sale, Settlement, Tender


def is_outside_plan(
    program: CompiledProgram, outcome: Outcome, sale: Sale, settlement: Settlement
) -> bool:
    """Whether money was taken by a tender that was not planned, and a campaign used the plan."""
    taken = [tender for tender in settlement.tenders if tender.amount_minor]
    planned = sale.receipt.tenders
    if all(any(_is_planned(tender, plan) for plan in planned) for tender in taken):
        return False
    return any(program.by_code[each.code].looks_at_tenders for each in outcome.applied)


def _is_planned(taken: Tender, plan: PlannedTender) -> bool:
    """Of one kind, and of one card as far as both know its first digits."""
    shorter = min(len(taken.bin), len(plan.bin))
    return taken.kind == plan.kind and taken.bin[:shorter] == plan.bin[:shorter]
