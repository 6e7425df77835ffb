"""What bounds the total of a granted wish: one after the other, each with what is left of it.

The order is that of ``docs/rules.md`` §3, "Granting", 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.outcome import CutBy
from checkout.engine.schema.rewards import Part

if TYPE_CHECKING:
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledCampaign, CompiledProgram


class Bound:
    """What is left of something that bounds discounts; a bound may leave nothing where it cuts."""

    __slots__ = ("by", "campaign", "is_nothing", "left", "limit")

    def __init__(
        self, left: int, by: CutBy, *, is_nothing: bool = False, campaign: str = "", limit: str = ""
    ) -> None:
        """Keep all; a limit is named by its campaign (empty: the program's) and code."""
        self.left = left
        self.by = by
        self.is_nothing = is_nothing
        self.campaign = campaign
        self.limit = limit


def campaign_bounds(case: Case, campaign: CompiledCampaign) -> list[Bound]:
    """Its maximum, what is left of its budget and of its limits on discounts, in this order."""
    bounds: list[Bound] = []
    if not campaign.is_bounded:
        return bounds
    document = campaign.document
    if document.maximum_discount_minor is not None:
        bounds.append(
            Bound(
                document.maximum_discount_minor,
                CutBy.MAXIMUM,
                is_nothing=document.above_maximum is Part.NOTHING,
            )
        )
    budget = campaign.budget
    if budget is not None and budget.discount_minor is not None:
        used = case.facts.budgets.get(campaign.code)
        given = used.discount_minor if used is not None else 0
        bounds.append(
            Bound(
                max(budget.discount_minor - given, 0),
                CutBy.BUDGET,
                is_nothing=budget.above is Part.NOTHING,
            )
        )
    bounds += [
        Bound(limit.left(case), CutBy.LIMIT, campaign=campaign.code, limit=limit.code)
        for limit in campaign.limits
        if limit.on_discount and limit.in_force(case)
    ]
    return bounds


def program_bounds(case: Case, program: CompiledProgram) -> list[Bound]:
    """The program's limits on discounts, in its order; a full limit on receipts bounds by 0."""
    bounds = []
    for limit in program.limits:
        if limit.refuses_sale or not limit.in_force(case):
            continue
        if limit.on_discount:
            bounds.append(Bound(limit.left(case), CutBy.LIMIT, limit=limit.code))
        elif limit.counts_receipts and limit.is_full(case):
            bounds.append(Bound(0, CutBy.LIMIT, limit=limit.code))
    return bounds
