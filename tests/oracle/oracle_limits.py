"""The oracle's limits: what is left of them, when they fail, and on how much rewards work.

docs/rules.md, 2, and of 6 the limits of the program: theirs have an empty code of the campaign.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.oracle.oracle_numbers import down
from tests.oracle.oracle_schedules import schedule_holds

if TYPE_CHECKING:
    from tests.oracle.oracle_conditions import Sale
    from tests.oracle.oracle_lines import CanonicalLine

Doc = dict[str, Any]

#: Measures that say on how much of each line a campaign's rewards work.
OF_LINES = ("units", "quantity", "amount")
PERSONAL = ("member", "card", "household")
#: A longer rolling window is counted in days, a shorter one in hours.
HOURS_OF_HOURLY_SLOTS_MAX = 48


def measure_of(limit: Doc) -> str:
    """What the limit counts."""
    return str(limit.get("measure", "purchases"))


def limits_in_force(sale: Sale, owner: Doc) -> list[Doc]:
    """The limits of a campaign or a program but those outside their schedules."""
    return [limit for limit in owner.get("limits", []) if limit_in_force(sale, limit)]


def limit_in_force(sale: Sale, limit: Doc) -> bool:
    """A limit outside its schedule does not exist for the receipt."""
    if schedule_holds(sale, limit.get("schedule", {})):
        return True
    sale.reached.add("limit: outside its schedule")
    return False


def counts_nothing(sale: Sale, limit: Doc) -> bool:
    """A guest is no member, has no card and no household."""
    return sale.member is None and limit.get("subject", "member") in PERSONAL


def first_day(period: str, day: dt.date) -> str:
    """Of the calendar period that the day lies in."""
    return {
        "day": day,
        "week": day - dt.timedelta(days=day.isoweekday() - 1),
        "month": day.replace(day=1),
        "lifetime": dt.date(1970, 1, 1),
    }[period].isoformat()


def slot_to_read(sale: Sale, limit: Doc) -> str:
    """The slot under which the facts have the use so far."""
    if measure_of(limit) == "interval":
        return "last"
    if limit["period"] == "rolling":
        return "rolling"
    return first_day(limit["period"], sale.now.date())


def slot_to_claim(sale: Sale, limit: Doc) -> str:
    """The slot in which this receipt claims."""
    if measure_of(limit) == "interval":
        return sale.now.replace(microsecond=0).isoformat()
    if limit["period"] == "rolling":
        hourly = limit["rolling_hours"] <= HOURS_OF_HOURLY_SLOTS_MAX
        sale.reached.add(f"limit rolling: a slot of {'an hour' if hourly else 'a day'}")
        return sale.now.isoformat()[:13] if hourly else sale.now.date().isoformat()
    return first_day(limit["period"], sale.now.date())


def used_so_far(sale: Sale, limit: Doc, campaign: str, sku: str = "") -> int | None:
    """The use that the facts have, of `each_sku` that of the sku; none if they have none."""
    if limit["period"] == "receipt" and measure_of(limit) != "interval":
        return 0
    if counts_nothing(sale, limit):
        return None
    key = f"{campaign}/{limit['code']}/{slot_to_read(sale, limit)}"
    if limit.get("each_sku"):
        key += f"/{sku}"
    used: int | None = sale.facts.get("limit_uses", {}).get(key)
    return used


def limit_left(sale: Sale, limit: Doc, campaign: str, sku: str = "") -> int:
    """What was left before this receipt."""
    used = used_so_far(sale, limit, campaign, sku)
    return max(0, int(limit["bound"]) - (used or 0))


def limit_fails(sale: Sale, limit: Doc, campaign: str) -> bool:
    """Whether the limit keeps the campaign closed, or is full as a campaign's would fail."""
    if campaign and counts_nothing(sale, limit):
        sale.reached.add("limit: a guest")
        return True
    return limit_fails_by_use(sale, limit, campaign)


def limit_fails_by_use(sale: Sale, limit: Doc, campaign: str) -> bool:
    """Whether the use so far makes the limit fail; most limits only bound what is granted."""
    if measure_of(limit) == "interval":
        minutes = used_so_far(sale, limit, campaign)
        fails = minutes is not None and minutes < limit["bound"]
        if minutes == limit["bound"]:
            sale.reached.add("limit interval: on its bound")
    elif measure_of(limit) == "purchases":
        fails = limit_left(sale, limit, campaign) == 0
    else:
        return False
    whose = "limit" if campaign else "program's limit"
    answer = "failed" if fails else "held"
    sale.reached.add(f"{whose} of {measure_of(limit)}: {answer}")
    sale.reached.add(f"{whose} per {limit['period']}: {answer}")
    sale.reached.add(f"{whose} for {limit.get('subject', 'member')}: {answer}")
    return fails


def in_order(which: str, lines: list[CanonicalLine]) -> list[CanonicalLine]:
    """Lines by the price of one of their units, as they start: dearest, or the reverse of it."""
    if which == "receipt_order":
        return list(lines)

    def price(line: CanonicalLine) -> Fraction:
        return Fraction(line.start) if line.weighed else Fraction(line.start * 1000, line.quantity)

    dearest = sorted(lines, key=lambda line: -price(line))
    return dearest if which == "dearest" else dearest[::-1]


def allowed_quantities(sale: Sale, campaign: Doc) -> dict[int, int] | None:
    """On which quantity of each line the campaign's rewards may work, by the line's `id`.

    None if no limit of the campaign counts goods; a line that is not in the answer is not bound.
    """
    limits = [each for each in limits_in_force(sale, campaign) if measure_of(each) in OF_LINES]
    if not limits:
        return None
    allowed: dict[int, int] = {}
    for limit in limits:
        for line, quantity in under_one_limit(sale, limit, campaign).items():
            allowed[id(line)] = min(quantity, allowed.get(id(line), line.quantity))
    return allowed


def under_one_limit(sale: Sale, limit: Doc, campaign: Doc) -> dict[CanonicalLine, int]:
    """What each line that the limit means gets of what is left of it."""
    code, measure = campaign["code"], measure_of(limit)
    which = limit.get("which", "cheapest")
    lefts: dict[str, int] = {}
    quantities = {}
    for line in in_order(which, sale.meant(limit.get("goods"), code)):
        sku = line.of("sku") if limit.get("each_sku") else ""
        left = lefts.setdefault(sku, limit_left(sale, limit, code, sku))
        quantity = quantity_that_fits(line, measure, left)
        quantities[line] = quantity
        # A line that does not fit takes all that is left, whatever is rounded off its portion.
        lefts[sku] = max(0, left - measured(line, measure, line.quantity))
        if quantity < line.quantity:
            how = "in part" if quantity else "to nothing"
            sale.reached.add(f"limit of {measure}: bound a line {how}")
            sale.reached.add(f"limit which {which}: bound a line")
            if limit.get("each_sku"):
                sale.reached.add("limit each_sku: bound a line")
            if line.weighed:
                sale.reached.add(f"limit of {measure}: bound a weighed line {how}")
    return quantities


def quantity_that_fits(line: CanonicalLine, measure: str, left: int) -> int:
    """The largest quantity of the line that is within what is left."""
    if measure == "units":
        if line.weighed:
            return line.quantity if left >= 1 else 0
        return 1000 * min(line.units, left)
    if measure == "quantity":
        return min(line.quantity, left)
    if line.start <= left:
        return line.quantity
    return down(Fraction(line.quantity * left, line.start))


def measured(line: CanonicalLine, measure: str, quantity: int) -> int:
    """What a portion of the line counts: units, thousandths, or its part of the start."""
    if measure == "units":
        if line.weighed:
            return 1 if quantity else 0
        return quantity // 1000
    if measure == "quantity":
        return quantity
    return down(Fraction(line.start * quantity, line.quantity))
