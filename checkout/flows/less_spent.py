"""A confirm that spends fewer points than its hold keeps.

What the hold guarantees is what each line costs. So the held receipt is evaluated again with fewer
points, under the hold's own snapshot, moment and facts: discounts are those that were held, and
the money to pay is more by what the points left out are worth. More may be earned then, and by
campaigns of which the hold keeps nothing: of limits and budgets that it keeps nothing of, only
what was free then and still is counts as free.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING

import orjson

from checkout.engine.evaluate import evaluate
from checkout.engine.facts import BudgetUse
from checkout.engine.schema.limits import Measure
from checkout.flows.limit_slots import LAST
from checkout.flows.pricing import rejection_of
from checkout.flows.sale_facts import dump_facts, load_facts
from checkout.flows.sameness import priced_hash
from checkout.ledger.holds import purse_id_of

if TYPE_CHECKING:
    from checkout.engine.compiled import CompiledProgram
    from checkout.engine.facts import Facts
    from checkout.engine.outcome import Outcome
    from checkout.flows.final_sale import Priced
    from checkout.flows.sale import Sale
    from checkout.flows.sale_operation import SaleOperation
    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.rows import Hold
    from checkout.refusals import Refusal


def price_less(
    operation: SaleOperation,
    book: Book,
    held: Priced,
    hold: Hold,
    member: MemberBook | None,
) -> Priced | Refusal | None:
    """The held receipt at the held price with fewer points; none if it cannot be had like that."""
    snapshot, receipt = held.snapshot, held.receipt(operation.sale)
    program = snapshot.programs[snapshot.stores[receipt.store].program]
    purse = book.purse(purse_id_of(hold))
    now = operation.facts(book, snapshot, member, held.evaluated_at, hold, purse)
    facts = facts_of_less(program, hold, held.outcome, now)
    outcome = evaluate(snapshot, facts, receipt)
    rejection = rejection_of(outcome, member, operation.sale.identifier)
    if rejection is not None:
        return rejection
    if not is_kept(held.outcome, outcome, program):
        return None
    operation.check_locked(outcome, snapshot, member)
    return dataclasses.replace(held, facts=dump_facts(facts), outcome=outcome)


def spends_less(sale: Sale, hold: Hold) -> bool:
    """Whether a sale is the one that was held, but for fewer points to pay with."""
    asked = sale.receipt.points_to_spend
    if asked == "max" or asked >= hold.points_minor:
        return False
    held = orjson.loads(hold.outcome)["redemption"]["wanted_points_minor"]
    return any(
        priced_hash(
            dataclasses.replace(
                sale, receipt=dataclasses.replace(sale.receipt, points_to_spend=points)
            )
        )
        == hold.priced_hash
        for points in ("max", held)
    )


def facts_of_less(program: CompiledProgram, hold: Hold, held: Outcome, now: Facts) -> Facts:
    """The facts of the hold; of what it keeps nothing of, no more is free than is free now.

    A campaign that was stopped since still gives what the hold has promised, and nothing else.
    """
    facts = load_facts(hold.facts)
    facts.stopped |= now.stopped - {campaign.code for campaign in held.applied}
    kept = {(str(c["campaign"]), str(c["limit"])) for c in hold.claims["limits"]}
    for key, used in now.limit_uses.items():
        campaign, limit, slot, *_ = key.split("/", 3)
        rule = program.limits_by_ref.get((campaign, limit))
        if rule is None or ((campaign, limit) in kept and rule.measure is not Measure.POINTS):
            continue
        tighter = min if slot == LAST else max
        facts.limit_uses[key] = tighter(used, facts.limit_uses.get(key, used))
    budgets = {str(c["campaign"]) for c in hold.claims["budgets"]}
    for campaign, use in now.budgets.items():
        if campaign not in budgets:
            before = facts.budgets.get(campaign, BudgetUse())
            facts.budgets[campaign] = BudgetUse(
                discount_minor=max(use.discount_minor, before.discount_minor),
                uses=max(use.uses, before.uses),
            )
    # Gifts are kept, and others may be there: what is left of them now includes what is kept.
    facts.gifts_left = now.gifts_left
    return facts


def is_kept(held: Outcome, outcome: Outcome, program: CompiledProgram) -> bool:
    """Whether an outcome has the discounts that were held, and takes no more of what is kept."""
    if _discounts(outcome) != _discounts(held):
        return False
    paid = {each.code: (each.paid_minor, each.units) for each in held.certificates}
    for each in outcome.certificates:
        money_minor, units = paid.get(each.code, (0, 0))
        # More than was set aside of a certificate would have to be there still.
        if each.paid_minor > money_minor or each.units > units:
            return False
    used = {each.code for each in held.coupons if each.used_up}
    if any(each.used_up and each.code not in used for each in outcome.coupons):
        return False
    room, money = Counter[tuple[str, str, str]](), Counter[str]()
    for claim in held.limit_claims:
        room[claim.campaign, claim.limit, claim.slot] += claim.uses
    for spent in held.budget_claims:
        money[spent.campaign] += spent.discount_minor
    kept = {(campaign, limit) for campaign, limit, _ in room}
    return all(
        claim.uses <= room[claim.campaign, claim.limit, claim.slot]
        for claim in outcome.limit_claims
        if (claim.campaign, claim.limit) in kept
        and program.limits_by_ref[claim.campaign, claim.limit].measure is not Measure.POINTS
    ) and all(
        spent.discount_minor <= money[spent.campaign]
        for spent in outcome.budget_claims
        if spent.campaign in money
    )


def _discounts(outcome: Outcome) -> list[tuple[int, int, int]]:
    return sorted(
        (share.position, share.manual_discount_minor, share.discount_minor)
        for line in outcome.lines
        for share in line.shares
    )
