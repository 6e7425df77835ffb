"""What a receipt takes of limits and budgets (``docs/rules.md`` §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.outcome import BudgetClaim, LimitClaim
from checkout.engine.rewards.portion import part_of
from checkout.engine.schema.limits import Measure
from checkout.primitives import UNIT_MILLI

if TYPE_CHECKING:
    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledCampaign, CompiledProgram
    from checkout.engine.follows.applied import Given
    from checkout.engine.limits import CompiledLimit
    from checkout.engine.outcome import Redemption


def limit_claims(
    program: CompiledProgram, case: Case, given: Given, redemption: Redemption
) -> list[LimitClaim]:
    """The program's limits first, in its order, then those of applied campaigns."""
    claims: list[LimitClaim] = []
    for limit in program.limits:
        if limit.in_force(case):
            if limit.refuses_sale:
                _claim(claims, limit, case, sale_uses(limit, case))
            else:
                _claim(claims, limit, case, {"": _program_use(limit, given, redemption)})
    for campaign in given.applied:
        for limit in campaign.limits:
            if limit.in_force(case):
                _claim(claims, limit, case, _campaign_uses(limit, campaign, case, given))
    return claims


def budget_claims(given: Given) -> list[BudgetClaim]:
    """One use and the money that was taken off, of each budget of an applied campaign."""
    return [
        BudgetClaim(campaign.code, given.discount_minor(campaign.code), 1)
        for campaign in given.applied
        if campaign.budget is not None
    ]


def sale_uses(limit: CompiledLimit, case: Case) -> dict[str, int]:
    """What selling the limit's goods uses up: by sku with `each_sku`, else under an empty one."""
    meant = case.meant_by(limit.selector)
    if not limit.each_sku:
        return {"": _sale_use(limit, meant)}
    by_sku: dict[str, list[CanonicalLine]] = {}
    for line in meant:
        by_sku.setdefault(line.sku, []).append(line)
    return {sku: _sale_use(limit, by_sku[sku]) for sku in sorted(by_sku)}


def _sale_use(limit: CompiledLimit, lines: list[CanonicalLine]) -> int:
    """Units, thousandths or starts of lines; 1 for a limit on receipts, if there is a line."""
    if limit.counts_goods:
        return sum(_of_line(limit.measure, line, line.quantity_milli) for line in lines)
    return 1 if lines else 0


def _of_line(measure: Measure, line: CanonicalLine, quantity_milli: int) -> int:
    """What a portion of a line counts in a limit on units, quantity or amount."""
    if measure is Measure.UNITS:
        return 1 if line.weighed else quantity_milli // UNIT_MILLI
    if measure is Measure.QUANTITY:
        return quantity_milli
    return part_of(line.start_minor, quantity_milli, line.quantity_milli)


def _program_use(limit: CompiledLimit, given: Given, redemption: Redemption) -> int:
    """What all campaigns together, or paying with points, use of a limit of the program."""
    if limit.counts_receipts:
        return 1 if given.total_discount_minor() else 0
    if limit.on_discount:
        return given.total_discount_minor()
    if limit.on_points:
        return given.total_points_minor(limit.currency)
    if limit.measure is Measure.POINTS_SPENT and limit.counts_in(
        redemption.currency, given.main_currency
    ):
        return redemption.points_minor
    return 0


def _campaign_uses(
    limit: CompiledLimit, campaign: CompiledCampaign, case: Case, given: Given
) -> dict[str, int]:
    """What an applied campaign uses of one of its limits: by sku, else under an empty one."""
    if limit.counts_receipts:
        return {"": 1}
    if limit.on_discount:
        return {"": given.discount_minor(campaign.code)}
    if limit.on_points:
        return {"": given.points_minor(campaign.code, limit.currency)}
    if not limit.counts_goods:
        return {}
    worked = given.worked_milli(campaign.code)
    uses: dict[str, int] = {}
    for line in _meant(worked, limit, case):
        sku = line.sku if limit.each_sku else ""
        uses[sku] = uses.get(sku, 0) + _of_line(limit.measure, line, worked[line])
    return uses


def _meant(
    worked: dict[CanonicalLine, int], limit: CompiledLimit, case: Case
) -> list[CanonicalLine]:
    """The lines that the limit's goods mean, of those that were worked on."""
    return [line for line in case.meant_by(limit.selector) if line in worked]


def _claim(
    claims: list[LimitClaim], limit: CompiledLimit, case: Case, uses: dict[str, int]
) -> None:
    """Add the claims of one limit, by sku; none where nothing is used."""
    for sku in sorted(uses) if len(uses) > 1 else uses:
        slot = limit.claim_slot(case, sku) if uses[sku] else ""
        if slot:
            claims.append(
                LimitClaim(
                    limit.campaign_code, limit.code, limit.subject, slot, uses[sku], limit.bound
                )
            )
