"""A second opinion on every receipt: docs/rules.md again, naive and slow, over JSON documents.

It shares no code with the engine, knows no indexes and takes no short cuts; it is meant to be read
beside the page and found obviously right. `evaluate` answers what the engine's outcome is as JSON,
but for the texts of nearly applied campaigns (`needed`, `seen`).
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.oracle.oracle_conditions import Sale, coupon_answers, nearly_applied, slot_of
from tests.oracle.oracle_lanes import discount_of, earn_points, give_discounts, money_exponent
from tests.oracle.oracle_lines import CanonicalLine, Doc, canonical_lines, floor_of, means, start_of
from tests.oracle.oracle_numbers import as_text, down, part_of, spread

if TYPE_CHECKING:
    from collections.abc import Callable


def evaluate(snapshot: Doc, facts: Doc, receipt: Doc, reached: set[str] | None = None) -> Doc:
    """Evaluate a receipt; `reached` collects the names of the rules that had a say."""
    store = next(s for s in snapshot["stores"] if s["code"] == receipt["store"])
    program = next(p for p in snapshot["programs"] if p["code"] == store["program"])
    sale = Sale(
        snapshot=snapshot,
        facts=facts,
        receipt=receipt,
        store=store,
        program=program,
        lines=canonical_lines(snapshot, receipt),
        reached=set() if reached is None else reached,
    )
    cuts = give_discounts(sale)
    redemption = pay_with_points(sale)
    earn_points(sale)
    applied = applied_campaigns(sale)
    note_lines_and_applied(sale, applied)
    lines = [line_answer(sale, line) for line in sale.lines]
    amount = sum(line["amount_minor"] for line in lines)
    external = sum(line["external_discount_minor"] for line in lines)
    discount = sum(line["discount_minor"] for line in lines)
    value = sum(line["points_value_minor"] for line in lines)
    return {
        "amount_minor": amount,
        "external_discount_minor": external,
        "discount_minor": discount,
        "points_value_minor": value,
        "payable_minor": amount - external - discount - value,
        "points_earned_minor": sum(line["points_earned_minor"] for line in lines),
        "currency": program["currency"]["code"],
        "redemption": redemption,
        "lines": lines,
        "applied": [
            {
                "code": campaign["code"],
                "name": campaign["name"],
                "discount_minor": discount_of(sale, campaign),
                "points_minor": points_of(sale, campaign),
            }
            for campaign in applied
        ],
        "cuts": cuts,
        "nearly": nearly_applied(sale),
        "coupons": coupon_answers(sale, {campaign["code"] for campaign in applied}),
        "messages": messages(sale, applied),
        "limit_claims": limit_claims(sale, applied),
        "budget_claims": [
            {
                "campaign": campaign["code"],
                "discount_minor": discount_of(sale, campaign),
                "uses": 1,
            }
            for campaign in applied
            if campaign.get("budget") is not None
        ],
    }


# --- Paying with points (4) -------------------------------------------------------------------


def pay_with_points(sale: Sale) -> Doc:
    """Find the maximum, grant or refuse what was asked, and spread it over the lines."""
    currency = sale.program["currency"]
    balance = 0 if sale.member is None else sale.member.get("points", {}).get(currency["code"], 0)
    per_line = [payable_with_points(sale, line) for line in sale.lines]
    payable = sum(line.current for line in sale.lines)
    min_money = sale.program.get("redemption", {}).get("min_money_minor", 0)
    bound = max(0, min(sum(per_line), payable - min_money))

    def worth(points: int) -> int:
        ratio = Fraction(currency.get("value_minor", 1), currency.get("value_points_minor", 1))
        return down(points * ratio)

    def fewest(value: int) -> int:
        """The fewest points worth at least the value."""
        return first_that(lambda points: worth(points) >= value)

    # The most points that may be used: the last before one point more is too many or too much.
    most = first_that(lambda points: points + 1 > balance or worth(points + 1) > bound)
    max_value = worth(most)

    asked = sale.receipt.get("points_to_spend", 0)
    wanted = fewest(max_value) if asked == "max" else asked
    refused = ""
    if asked not in {0, "max"}:  # to ask for nothing, or for what is possible, is never refused
        if sale.member is None:
            refused = "MEMBER_REQUIRED"
        elif asked > balance:
            refused = "INSUFFICIENT_POINTS"
        elif worth(asked) > bound:
            refused = "POINTS_ABOVE_MAXIMUM"
    note_redemption(sale, asked, refused, max_value)
    value = 0 if refused else worth(wanted)
    points = fewest(value)

    values = spread(value, per_line, per_line, sale.reached)
    spent = spread(points, values, [points for _ in sale.lines], sale.reached)
    for line, its_value, its_points in zip(sale.lines, values, spent, strict=True):
        line.value, line.spent = its_value, its_points
    return {
        "currency": currency["code"],
        "max_points_minor": fewest(max_value),
        "max_value_minor": max_value,
        "wanted_points_minor": wanted,
        "points_minor": points,
        "value_minor": value,
        "refused": refused,
    }


def payable_with_points(sale: Sale, line: CanonicalLine) -> int:
    """What of the line may be paid with points."""
    redemption = sale.program.get("redemption", {})
    if not line.counted or line.of("no_points"):
        return 0
    rate_bp = redemption.get("rate_bp", 10_000)
    for cap in reversed(redemption.get("goods_caps", [])):
        if means(sale.snapshot, cap["goods"], line, sale.reached):
            rate_bp = cap["rate_bp"]
            sale.reached.add("redemption: a cap of goods")
    return down(part_of(line.current, rate_bp))


def first_that(holds: Callable[[int], bool]) -> int:
    """The smallest number from 0 for which something holds that goes on holding."""
    top = 1
    while not holds(top):
        top *= 2
    low = 0
    while low < top:
        middle = (low + top) // 2
        low, top = (low, middle) if holds(middle) else (middle + 1, top)
    return low


def note_redemption(sale: Sale, asked: int | str, refused: str, max_value: int) -> None:
    form = asked if asked in {0, "max"} else "number"
    sale.reached.add(f"redemption {form}: {refused or 'granted'}")
    if asked == "max" and max_value > 0 and not refused:
        sale.reached.add("redemption: something paid with max")


# --- What follows (6) -------------------------------------------------------------------------


def points_of(sale: Sale, campaign: Doc) -> int:
    """Points that the campaign gave on this receipt."""
    return sum(
        each["points_minor"]
        for line in sale.lines
        for each in line.points
        if each["campaign"] == campaign["code"]
    )


def applied_campaigns(sale: Sale) -> list[Doc]:
    """Those that granted more than zero, by falling priority, then code."""
    return [
        campaign
        for campaign in sale.campaigns
        if discount_of(sale, campaign) > 0 or points_of(sale, campaign) > 0
    ]


def messages(sale: Sale, applied: list[Doc]) -> list[Doc]:
    """The texts of applied campaigns with their variables filled in."""
    points_exponent = sale.program["currency"].get("exponent", 0)
    shown = []
    for campaign in applied:
        discount = as_text(discount_of(sale, campaign), money_exponent(sale))
        points = as_text(points_of(sale, campaign), points_exponent)
        for message in campaign.get("messages", []):
            values = {"campaign": campaign["name"], "discount": discount, "points": points}
            pieces = re.split(r"\{(campaign|discount|points)\}", message["text"])
            text = "".join(values[p] if i % 2 else p for i, p in enumerate(pieces))
            shown.append({"place": message["place"], "campaign": campaign["code"], "text": text})
            sale.reached.add(f"message: {message['place']}")
    return shown


def limit_claims(sale: Sale, applied: list[Doc]) -> list[Doc]:
    """One use of each limit of each applied campaign."""
    return [
        {
            "campaign": campaign["code"],
            "limit": limit["code"],
            "slot": slot_of(sale, limit),
            "uses": 1,
            "bound": limit["uses"],
        }
        for campaign in applied
        for limit in campaign.get("limits", [])
    ]


# --- Back to the till's lines (7) -------------------------------------------------------------


def line_answer(sale: Sale, line: CanonicalLine) -> Doc:
    return {
        "sku": line.of("sku"),
        "quantity_milli": line.total("quantity_milli"),
        "amount_minor": line.total("amount_minor"),
        "external_discount_minor": line.total("external_discount_minor"),
        "discount_minor": line.discount,
        "points_value_minor": line.value,
        "points_spent_minor": line.spent,
        "points_earned_minor": line.earned,
        "discounts": line.discounts,
        "points": line.points,
        "shares": till_shares(sale, line),
    }


def till_shares(sale: Sale, line: CanonicalLine) -> list[Doc]:
    """The discount in proportion to starts, at most the till line's own room; then the value."""
    starts = [start_of(till) for till in line.tills]
    rooms = [
        max(0, start - floor_of(till["min_price_minor"], till["quantity_milli"]))
        for start, till in zip(starts, line.tills, strict=True)
    ]
    discounts = spread(line.discount, starts, rooms, sale.reached)
    left = [start - discount for start, discount in zip(starts, discounts, strict=True)]
    values = spread(line.value, left, left, sale.reached)
    return [
        {
            "position": till["position"],
            "amount_minor": till["amount_minor"],
            "external_discount_minor": till["external_discount_minor"],
            "discount_minor": discount,
            "points_value_minor": value,
        }
        for till, discount, value in zip(line.tills, discounts, values, strict=True)
    ]


def note_lines_and_applied(sale: Sale, applied: list[Doc]) -> None:
    """Name what the lines and the applied campaigns were, for the list of what was reached."""
    for line in sale.lines:
        kind = "weighed" if line.of("weighed") else "counted in pieces"
        if len(line.tills) > 1:
            sale.reached.add(f"lines: merged, {kind}")
            if line.discount:
                sale.reached.add(f"lines: a discount split back, {kind}")
        if line.counted and line.room == 0 and line.start > 0 and not line.of("no_discount"):
            sale.reached.add("lines: at the floor from the start")
    for campaign in applied:
        if discount_of(sale, campaign) and points_of(sale, campaign):
            sale.reached.add("applied: discount and points")
        if campaign.get("limits"):
            sale.reached.add("applied: with a limit")
        if campaign.get("budget"):
            sale.reached.add("applied: with a budget")
