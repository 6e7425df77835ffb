"""Limits of the program that forbid the sale of goods (``docs/rules.md`` §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.follows.claims import sale_uses
from checkout.engine.outcome import RefusedSale

if TYPE_CHECKING:
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledProgram


def refused_sales(program: CompiledProgram, case: Case) -> list[RefusedSale]:
    """The limits of which this sale wants more than is left, in the order of the program."""
    refused = []
    for limit in program.limits:
        if not limit.refuses_sale or not limit.in_force(case):
            continue
        for sku, wanted in sale_uses(limit, case).items():
            if limit.is_interval:
                left = 0 if limit.is_full(case, sku) else wanted
            else:
                left = limit.left(case, sku)
            if wanted > left:
                refused.append(RefusedSale(limit.code, limit.name, sku, wanted, left))
    return refused
