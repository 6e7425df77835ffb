"""Discounts that cashiers give by hand, granted as far as they fit (``docs/rules.md`` §1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.caps import cap_left_minor
from checkout.engine.outcome import Cut, CutBy
from checkout.primitives import allocate, percent_down

if TYPE_CHECKING:
    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.compiled_program import CompiledProgram


def grant_manual(program: CompiledProgram, case: Case) -> list[Cut]:
    """Grant what was asked for on each line, before anything else; what was cut, in line order."""
    lines = [line for line in case.lines if line.manual_wanted_minor]
    if not lines:
        return []
    rate_bp = program.manual_rates_bp.get(case.receipt.manual_permission, 0)
    fits = [_fit(line, rate_bp) for line in lines]
    granted = [fit for fit, _ in fits]
    if program.document.manual_discounts.in_cap:
        left = cap_left_minor(program, case)
        if sum(granted) > left:
            granted = allocate(left, granted, granted)
    cuts = []
    for line, (fit, by), grant in zip(lines, fits, granted, strict=True):
        line.grant_manually(grant)
        if grant < line.manual_wanted_minor:
            last = CutBy.CAP if grant < fit else by
            cuts.append(Cut("", "", last, "", line.manual_wanted_minor, grant))
    return cuts


def _fit(line: CanonicalLine, rate_bp: int) -> tuple[int, CutBy]:
    """What the permission and the floor allow on a line, and which of them cut last if one did."""
    allowed = 0
    if line.counted and not line.no_discount:
        allowed = percent_down(line.amount_minor, rate_bp)
    fit = min(line.manual_wanted_minor, allowed)
    room = max(line.start_minor - line.floor_minor, 0)
    if fit > room:
        return room, CutBy.FLOOR
    return fit, CutBy.MAXIMUM
