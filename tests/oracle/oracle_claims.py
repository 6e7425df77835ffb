"""The oracle's claims on limits and budgets, and sales that limits refuse (docs/rules.md, 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.oracle.oracle_limits import (
    OF_LINES,
    counts_nothing,
    limit_fails,
    limit_left,
    limits_in_force,
    measure_of,
    measured,
    slot_to_claim,
)

if TYPE_CHECKING:
    from tests.oracle.oracle_conditions import Sale

Doc = dict[str, Any]


def discount_of(sale: Sale, campaign: Doc) -> int:
    """Money that the campaign took off this receipt."""
    return sum(
        each["granted_minor"]
        for line in sale.lines
        for each in line.discounts
        if each["campaign"] == campaign["code"]
    )


def points_of(sale: Sale, campaign: Doc, currency: str) -> int:
    """Points of a currency that the campaign gave on this receipt."""
    return sum(
        each["points_minor"]
        for line in sale.lines
        for each in line.points
        if each["campaign"] == campaign["code"] and each["currency"] == currency
    )


def first_currency(sale: Sale) -> str:
    """The code of the program's first currency of points."""
    return str(sale.program["currencies"][0]["code"])


# --- Claims -----------------------------------------------------------------------------------


def limit_claims(sale: Sale, applied: list[Doc], redemption: Doc) -> list[Doc]:
    """What this receipt takes of the program's limits, and of those of applied campaigns."""
    claims = []
    for limit in limits_in_force(sale, sale.program):
        uses = uses_of_program(sale, limit, redemption)
        claims += claims_of_limit(sale, limit, "", uses)
    for campaign in applied:
        for limit in limits_in_force(sale, campaign):
            uses = uses_of_campaign(sale, campaign, limit)
            claims += claims_of_limit(sale, limit, campaign["code"], uses)
    return claims


def claims_of_limit(sale: Sale, limit: Doc, campaign: str, uses: dict[str, int]) -> list[Doc]:
    """One claim, or one for each sku; one of 0 is none, and a receipt's limit claims nothing."""
    if counts_nothing(sale, limit):
        sale.reached.add("claim: nothing of a guest")
        return []
    if limit["period"] == "receipt" and measure_of(limit) != "interval":
        return []
    whose = "campaign" if campaign else "program"
    subject, slot = limit.get("subject", "member"), slot_to_claim(sale, limit)
    claims = [
        {
            "campaign": campaign,
            "limit": limit["code"],
            "subject": subject,
            "slot": f"{slot}/{sku}" if limit.get("each_sku") else slot,
            "uses": used,
            "bound": limit["bound"],
        }
        for sku, used in sorted(uses.items())
        if used > 0
    ]
    if claims:
        above = f", {limit.get('above', 'no_reward')}" if whose == "program" else ""
        sale.reached.add(f"claim of a {whose}'s limit of {measure_of(limit)}{above}")
        sale.reached.add(f"claim of a {whose}'s limit per {limit['period']}")
        sale.reached.add(f"claim of a {whose}'s limit for {subject}")
    if len(claims) > 1:
        sale.reached.add(f"claim of a {whose}'s limit: several skus")
    return claims


def uses_of_campaign(sale: Sale, campaign: Doc, limit: Doc) -> dict[str, int]:
    """What an applied campaign uses of one of its limits, by sku, or under no sku."""
    code, measure = campaign["code"], measure_of(limit)
    if measure == "discount":
        return {"": discount_of(sale, campaign)}
    if measure == "points":
        return {"": points_of(sale, campaign, limit.get("currency") or first_currency(sale))}
    if measure not in OF_LINES:  # purchases and intervals
        return {"": 1}
    uses: dict[str, int] = {}
    for index, line in enumerate(sale.lines):
        quantity = sale.worked.get((code, index), 0)
        if quantity and line in sale.meant(limit.get("goods"), code):
            sku = line.of("sku") if limit.get("each_sku") else ""
            uses[sku] = uses.get(sku, 0) + measured(line, measure, quantity)
    return uses


def uses_of_program(sale: Sale, limit: Doc, redemption: Doc) -> dict[str, int]:
    """What the receipt uses of one of the program's limits, by sku, or under no sku."""
    if limit.get("above", "no_reward") == "refuse_sale":
        return bought(sale, limit)
    discount = sum(line.discount for line in sale.lines)
    currency = limit.get("currency") or first_currency(sale)
    uses = {
        "discount": discount,
        "points": sum(points_of(sale, campaign, currency) for campaign in sale.campaigns),
        "points_spent": redemption["points_minor"] if redemption["currency"] == currency else 0,
        "purchases": int(discount > 0),
        "interval": int(discount > 0),
    }
    return {"": uses[measure_of(limit)]}


def budget_claims(sale: Sale, applied: list[Doc]) -> list[Doc]:
    """One use of each applied campaign's budget, and the money that it took off."""
    return [
        {"campaign": campaign["code"], "discount_minor": discount_of(sale, campaign), "uses": 1}
        for campaign in applied
        if campaign.get("budget") is not None
    ]


# --- Sales that are refused -------------------------------------------------------------------


def bought(sale: Sale, limit: Doc) -> dict[str, int]:
    """What the receipt buys of the limit's goods, by sku, or under no sku."""
    measure = measure_of(limit)
    sums: dict[str, int] = {}
    for line in sale.meant(limit.get("goods")):
        sku = line.of("sku") if limit.get("each_sku") else ""
        if measure in OF_LINES:
            sums[sku] = sums.get(sku, 0) + measured(line, measure, line.quantity)
        else:
            sums[sku] = 1
    return sums


def refused_sales(sale: Sale) -> list[Doc]:
    """The program's limits that forbid this sale: what was wanted, what is left."""
    refused = []
    for limit in limits_in_force(sale, sale.program):
        if limit.get("above", "no_reward") != "refuse_sale":
            continue
        measure = measure_of(limit)
        for sku, wanted in sorted(bought(sale, limit).items()):
            if measure == "interval":
                left = 0 if limit_fails(sale, limit, "") else wanted
            else:
                left = limit_left(sale, limit, "", sku)
            answer = "refused" if wanted > left else "allowed"
            sale.reached.add(f"sale under a limit of {measure}: {answer}")
            if wanted > left:
                sale.limits_cut.add(("", limit["code"]))
                refused.append(
                    {
                        "limit": limit["code"],
                        "name": limit["name"],
                        "sku": sku,
                        "wanted": wanted,
                        "left": left,
                    }
                )
                if limit.get("each_sku"):
                    sale.reached.add("sale refused of a sku")
                if counts_nothing(sale, limit):
                    sale.reached.add("sale refused to a guest")
    return refused
