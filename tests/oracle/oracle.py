"""A second opinion on every receipt: docs/rules.md again, naive and slow, over JSON documents.

It shares no code with the engine, knows no indexes and takes no short cuts; it is meant to be read
beside the page and found obviously right. `evaluate` answers what the engine's outcome is as JSON,
but for the texts of nearly applied campaigns (`needed`, `seen`).
"""

from __future__ import annotations

from tests.oracle.oracle_certificates import (
    certificate_answers,
    pay_with_certificates,
    pay_with_passes,
    shown_certificates,
)
from tests.oracle.oracle_claims import (
    budget_claims,
    discount_of,
    first_currency,
    limit_claims,
    points_of,
    refused_sales,
)
from tests.oracle.oracle_conditions import Sale
from tests.oracle.oracle_coupons import coupon_answers
from tests.oracle.oracle_gifts import takes_something
from tests.oracle.oracle_lanes import give_discounts
from tests.oracle.oracle_lines import CanonicalLine, Doc, canonical_lines, grant_manual
from tests.oracle.oracle_nearly import nearly_applied
from tests.oracle.oracle_points import earn_points
from tests.oracle.oracle_redemption import cash_rounding, pay_with_points
from tests.oracle.oracle_tills import till_shares
from tests.oracle.oracle_words import issued, messages


def evaluate(
    snapshot: Doc,
    facts: Doc,
    receipt: Doc,
    reached: set[str] | None = None,
    hint: Doc | None = None,
) -> Doc:
    """Evaluate a receipt; `reached` collects the names of the rules that had a say.

    `hint` is the engine's outcome, where several combinations are right: it is judged, not
    believed.
    """
    sale = opened_sale(snapshot, facts, receipt, set() if reached is None else reached, hint)
    give_discounts(sale)
    certificates = shown_certificates(sale)
    pay_with_passes(certificates)
    redemption = pay_with_points(sale)
    pay_with_certificates(sale, certificates)
    earn_points(sale)
    applied = applied_campaigns(sale)
    refused = refused_sales(sale)
    note_lines_and_applied(sale, applied)
    lines = [line_answer(sale, line) for line in sale.lines]
    sums = {
        f"{name}_minor": sum(line[f"{name}_minor"] for line in lines)
        for name in (
            *("amount", "external_discount", "manual_discount", "discount", "points_value"),
            "certificates",
        )
    }
    payable = sum(line.due for line in sale.lines)
    rounding = cash_rounding(sale, payable)
    return {
        **sums,
        "rounding_minor": rounding,
        "payable_minor": payable - rounding,
        "points_earned_minor": sum(line["points_earned_minor"] for line in lines),
        "currency": first_currency(sale),
        "redemption": redemption,
        "lines": lines,
        "applied": [
            {
                "code": campaign["code"],
                "name": campaign["name"],
                "discount_minor": discount_of(sale, campaign),
                "points_minor": points_of(sale, campaign, first_currency(sale)),
            }
            for campaign in applied
        ],
        "cuts": sale.cuts,
        "combinations": sale.combinations,
        "gifts": sale.gifts,
        "earned": sale.earned,
        "issued": issued(sale, applied),
        "refused": refused,
        "nearly": nearly_applied(sale, applied),
        "coupons": coupon_answers(sale, applied),
        "messages": messages(sale, applied),
        "limit_claims": limit_claims(sale, applied, redemption),
        "budget_claims": budget_claims(sale, applied),
        "certificates": certificate_answers(sale, certificates),
        "gifts_missed": sale.gifts_missed,
        "fiscal_lines": sale.program.get("fiscal_lines", False),
        "considered": [],  # of a full explanation only
    }


def opened_sale(
    snapshot: Doc, facts: Doc, receipt: Doc, reached: set[str], hint: Doc | None
) -> Sale:
    """The sale in canonical form, after the discounts given by hand."""
    store = next(s for s in snapshot["stores"] if s["code"] == receipt["store"])
    program = next(p for p in snapshot["programs"] if p["code"] == store["program"])
    lines = canonical_lines(snapshot, receipt)
    cuts = grant_manual(program, receipt, lines, reached)
    return Sale(
        snapshot=snapshot,
        facts=facts,
        receipt=receipt,
        store=store,
        program=program,
        lines=lines,
        reached=reached,
        hint=hint,
        cuts=cuts,
    )


def applied_campaigns(sale: Sale) -> list[Doc]:
    """Those that granted more than zero, or have no rewards and hold: in order."""
    applied = []
    for campaign in sale.campaigns:
        if granted_something(sale, campaign):
            takes_something(sale, campaign)
            applied.append(campaign)
        elif (
            not campaign.get("rewards")
            and campaign in sale.open_campaigns()
            and sale.late_hold(campaign)
            and takes_something(sale, campaign)
        ):
            sale.reached.add("applied: without rewards")
            applied.append(campaign)
    return applied


def granted_something(sale: Sale, campaign: Doc) -> bool:
    """A reward of the campaign took something off or gave points of any currency."""
    return any(
        each["campaign"] == campaign["code"]
        for line in sale.lines
        for each in [*line.discounts, *line.points]
    )


def line_answer(sale: Sale, line: CanonicalLine) -> Doc:
    """A canonical line as the outcome shows it."""
    return {
        "sku": line.of("sku"),
        "quantity_milli": line.quantity,
        "amount_minor": line.amount,
        "external_discount_minor": line.external,
        "manual_discount_minor": line.manual,
        "discount_minor": line.discount,
        "points_value_minor": line.value,
        "points_spent_minor": line.spent,
        "certificates_minor": sum(each["minor"] for each in line.paid),
        "points_earned_minor": sum(
            each["points_minor"] for each in line.points if each["currency"] == first_currency(sale)
        ),
        "discounts": line.discounts,
        "points": line.points,
        "shares": till_shares(line, sale.reached),
    }


def note_lines_and_applied(sale: Sale, applied: list[Doc]) -> None:
    """Name what the lines and the applied campaigns were, for the list of what was reached."""
    for line in sale.lines:
        if len(line.tills) > 1:
            sale.reached.add("lines: merged")
            if line.discount:
                sale.reached.add("lines: a discount split back")
            if line.manual:
                sale.reached.add("lines: a manual discount split back")
        if line.weighed and line.discount:
            sale.reached.add("lines: a discount on a weighed line")
        if not line.counted and line.discount:
            sale.reached.add("lines: a discount on a delivery charge")
        if line.counted and line.start > 0 and line.floor >= line.start:
            sale.reached.add("lines: at the floor from the start")
    for campaign in applied:
        if discount_of(sale, campaign) and points_of(sale, campaign, first_currency(sale)):
            sale.reached.add("applied: discount and points")
        if campaign.get("budget"):
            sale.reached.add("applied: with a budget")
