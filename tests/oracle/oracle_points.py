"""The oracle's accrual: what lanes of points earn (docs/rules.md, 5)."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.oracle.oracle_binding import binding_limit, bound_lines
from tests.oracle.oracle_lanes import Lane, open_lane
from tests.oracle.oracle_numbers import MOST, ROUNDINGS, WHOLE_BP, spread
from tests.oracle.oracle_policies import work_lane
from tests.oracle.oracle_rewards import Portion, is_marginal, parts_in_steps, values
from tests.oracle.oracle_work import Work

if TYPE_CHECKING:
    from tests.oracle.oracle_conditions import Sale
    from tests.oracle.oracle_lines import CanonicalLine

Doc = dict[str, Any]

STANDARD_DATES = {
    "delay_days": 0,
    "days": None,
    "months": None,
    "end_of": None,
    "on": None,
}


def earn_points(sale: Sale) -> None:
    """Work the accrual lanes, and note everything on the lines and the sale."""
    accrual = sale.program.get("accrual") or {}
    if sale.member is None:
        sale.reached.add("accrual: a guest earns nothing")
        return
    if any(line.value for line in sale.lines) and not accrual.get("earn_when_points_spent", True):
        sale.reached.add("accrual: nothing when points are spent")
        return
    work = Work(sale)
    for doc in sale.program["lanes"]:
        if doc["phase"] == "accrual":
            work_lane(open_lane(work, doc, sale.open_campaigns(), earn_one_reward))
    sale.cuts += work.cuts
    sale.limits_cut |= work.limits_cut
    sale.earned += by_currency_and_dates(sale, work.earned)
    for key, quantity in work.worked.items():
        sale.worked[key] = max(quantity, sale.worked.get(key, 0))


def by_currency_and_dates(sale: Sale, earned: list[Doc]) -> list[Doc]:
    """What was earned in the same currency with the same dates, together."""
    sums: dict[tuple[Any, ...], Doc] = {}
    for each in earned:
        key = tuple(value for name, value in each.items() if name != "points_minor")
        if key in sums:
            sums[key]["points_minor"] += each["points_minor"]
        else:
            sums[key] = dict(each)
    order = [each["code"] for each in sale.program["currencies"]]

    def place(earned: Doc) -> tuple[Any, ...]:
        """By the program's order of currencies, then by dates: what is not said comes first."""
        dates = [earned[name] or 0 for name in ("delay_days", "days", "months")]
        return order.index(earned["currency"]), *dates, earned["end_of"], earned["on"]

    return sorted(sums.values(), key=place)


# --- Bases ------------------------------------------------------------------------------------


def earning_lines(sale: Sale) -> list[CanonicalLine]:
    """Those of the program's goods; a delivery charge never earns."""
    goods = (sale.program.get("accrual") or {}).get("goods")
    lines = [line for line in sale.meant(goods) if line.counted and not line.of("no_points")]
    if len(lines) < len([line for line in sale.lines if line.counted]):
        sale.reached.add("accrual: a line does not earn")
    return lines


def base_of(sale: Sale, line: CanonicalLine) -> int:
    """The base of a whole line."""
    accrual = sale.program.get("accrual") or {}
    which = accrual.get("base", "after_discounts")
    base = {
        "after_discounts": line.current,
        "before_discounts": line.start,
        "without_receipt_discounts": line.start - (line.discount - line.spread),
    }[which]
    if line.discount:
        of_spread = ", spread" if line.spread else ""
        sale.reached.add(f"accrual base {which}: of a line with a discount{of_spread}")
    if line.value:
        excluded = accrual.get("exclude_paid_with_points", True)
        base -= line.value if excluded else 0
        sale.reached.add(f"accrual: the part paid with points {'out' if excluded else 'in'}")
    if line.paid:
        excluded = accrual.get("exclude_paid_with_certificates", False)
        base -= sum(part["minor"] for part in line.paid) if excluded else 0
        sale.reached.add(f"accrual: the part paid with certificates {'out' if excluded else 'in'}")
    return max(0, base)


def currency_of(sale: Sale, reward: Doc) -> Doc:
    """The reward's currency, or the program's first."""
    code = reward.get("currency") or sale.program["currencies"][0]["code"]
    found: Doc = next(each for each in sale.program["currencies"] if each["code"] == code)
    return found


def tier_multiplier(sale: Sale) -> Fraction:
    """The tier's; of a member without one, or with one that the program does not have, one."""
    assert sale.member is not None
    for tier in sale.program.get("tiers", []):
        if tier["code"] == sale.member.get("tier", ""):
            sale.reached.add("accrual: a tier's multiplier")
            return Fraction(tier.get("points_multiplier_bp", WHOLE_BP), WHOLE_BP)
    sale.reached.add("accrual: no tier")
    return Fraction(1)


# --- What a reward wishes, exactly ------------------------------------------------------------


def exact_wishes(lane: Lane, campaign: Doc, reward: Doc, portions: list[Portion]) -> list[Fraction]:
    """Minor units of points on each portion, before any rounding."""
    sale = lane.work.sale
    currency = currency_of(sale, reward)
    if reward["kind"] == "points_multiplier":
        return multiplied(lane, campaign, reward, portions)
    if reward["kind"] == "points_percent":
        exponent = (sale.snapshot["partner"].get("currency") or {}).get("exponent", 2)
        face = Fraction(10 ** currency.get("exponent", 0), 10**exponent)
        wishes = [wish * face for wish in money_wishes(sale, campaign, reward, portions)]
    else:
        wishes = points_amounts(sale, campaign, reward, portions)
    if reward.get("tier_multiplied", True):
        multiplier = tier_multiplier(sale)
        wishes = [wish * multiplier for wish in wishes]
    else:
        sale.reached.add("points: not tier_multiplied")
    return wishes


def money_wishes(sale: Sale, campaign: Doc, reward: Doc, portions: list[Portion]) -> list[Fraction]:
    """Rates of the bases, as money."""
    if not is_marginal(reward):
        rates = values(sale, campaign, reward, portions)
        return [
            Fraction(portion.base * (rate or 0), WHOLE_BP)
            for portion, rate in zip(portions, rates, strict=True)
        ]
    scale = reward["scale"]
    bases = [portion.base for portion in portions]
    if scale.get("over", "goods") == "line":
        return [rates_of_parts(sale, scale, base) for base in bases]
    return by_bases(rates_of_parts(sale, scale, sum(bases)), bases)


def rates_of_parts(sale: Sale, scale: Doc, measure: int) -> Fraction:
    """Each step's rate of its part of the measure."""
    parts = parts_in_steps(sale, scale, measure)
    return sum((Fraction(rate * part, WHOLE_BP) for rate, part in parts), Fraction(0))


def by_bases(total: Fraction, bases: list[int]) -> list[Fraction]:
    """A total in proportion to the bases, exactly; without any base nothing."""
    if sum(bases) == 0:
        return [Fraction(0) for _ in bases]
    return [total * base / sum(bases) for base in bases]


def points_amounts(
    sale: Sale, campaign: Doc, reward: Doc, portions: list[Portion]
) -> list[Fraction]:
    """A number of points for each unit, quantity or line, or for all together."""
    per = reward.get("per", "unit")
    found = values(sale, campaign, reward, portions)
    sale.reached.add(f"points_amount per {per}: wished")
    if per in {"unit", "quantity", "line"}:
        return [
            (value or 0)
            * {
                "unit": Fraction(portion.units),
                "quantity": Fraction(portion.quantity, 1000),
                "line": Fraction(1),
            }[per]
            for portion, value in zip(portions, found, strict=True)
        ]
    bases = [portion.base for portion in portions]
    times = 1
    if per == "each_amount":
        times = sum(bases) // reward["each_minor"]
    elif per == "each_units":
        times = sum(portion.units for portion in portions) // reward["each_units"]
    return by_bases(Fraction((found[0] or 0) * times if found else 0), bases)


def multiplied(lane: Lane, campaign: Doc, reward: Doc, portions: list[Portion]) -> list[Fraction]:
    """What earlier lanes gave on each portion in this currency, so many times more."""
    sale = lane.work.sale
    code = currency_of(sale, reward)["code"]
    wishes = []
    for portion, factor in zip(portions, values(sale, campaign, reward, portions), strict=True):
        earlier = sum(
            each["points_minor"]
            for each in portion.line.points
            if each["currency"] == code and each["lane"] != lane.code
        )
        if any(each["lane"] == lane.code for each in portion.line.points):
            sale.reached.add("points_multiplier: not what its own lane gave")
        if any(each["currency"] != code for each in portion.line.points):
            sale.reached.add("points_multiplier: not another currency")
        more = Fraction(max(0, (factor or 0) - WHOLE_BP), WHOLE_BP)
        wishes.append(Fraction(earlier * portion.quantity, portion.line.quantity) * more)
    return wishes


# --- Rounding and granting --------------------------------------------------------------------


def rounded_wishes(lane: Lane, currency: str, exact: list[Fraction]) -> list[int]:
    """The exact wishes rounded line by line, together, or together with all before."""
    work = lane.work
    accrual = work.sale.program.get("accrual") or {}
    level, name = accrual.get("level", "receipt"), accrual.get("rounding", "down")
    rounded = ROUNDINGS[name]
    most = MOST - points_given(work.sale, currency, "")
    if any(wish.denominator > 1 for wish in exact):
        work.sale.reached.add(f"points rounded {name}, level {level}")
    if level == "line":
        wishes = [rounded(wish) for wish in exact]
        if sum(wishes) <= most:
            return wishes
        return spread(most, wishes, wishes, work.sale.reached)
    total = sum(exact, Fraction(0))
    if level == "reward":
        points = min(most, rounded(total))
    else:
        before = work.exact_points.get(currency, Fraction(0))
        if before.denominator > 1 and total:
            work.sale.reached.add("points level receipt: after another")
        work.exact_points[currency] = before + total
        wished = work.wished_points.get(currency, 0)
        points = min(most, max(0, rounded(before + total) - wished))
        work.wished_points[currency] = wished + points
    if total == 0:
        return [0 for _ in exact]
    return spread(points, exact, [points for _ in exact], work.sale.reached)


def dates_of(sale: Sale, reward: Doc) -> Doc:
    """The reward's dates, or else the program's."""
    accrual = sale.program.get("accrual") or {}
    own = reward.get("dates")
    dates = own if own is not None else accrual.get("dates") or {}
    sale.reached.add(f"points dates of the {'reward' if own is not None else 'program'}")
    return {**STANDARD_DATES, **dates}


def has_ended(sale: Sale, dates: Doc) -> bool:
    """Whether the points would be gone before they become active."""
    if dates["on"] is None:
        return False
    active = sale.now.date() + dt.timedelta(days=dates["delay_days"])
    ended = dt.date.fromisoformat(dates["on"]) <= active
    sale.reached.add(f"points dates on: {'ended' if ended else 'not yet'}")
    if dt.date.fromisoformat(dates["on"]) == active:
        sale.reached.add("points dates on: on its bound")
    return ended


def earn_one_reward(lane: Lane, campaign: Doc, reward: Doc) -> int:
    """Earn one reward's points and spread them over its lines."""
    work = lane.work
    sale = work.sale
    dates = dates_of(sale, reward)
    if has_ended(sale, dates):
        return 0
    unbound = None if lane.alone else wanted_without_limits(lane, campaign, reward)
    portions = earning_portions(lane, campaign, reward)
    currency = currency_of(sale, reward)["code"]
    wishes = rounded_wishes(lane, currency, exact_wishes(lane, campaign, reward, portions))
    granted = grant_points(lane, campaign, reward, wishes, unbound)
    marginal = is_marginal(reward)
    rates = [None] * len(portions) if marginal else values(sale, campaign, reward, portions)
    for portion, rate, points in zip(portions, rates, granted, strict=True):
        if points > 0:
            portion.line.points.append(
                {
                    "campaign": campaign["code"],
                    "lane": lane.code,
                    "currency": currency,
                    "base_minor": portion.base,
                    "rate_bp": (rate or 0) if reward["kind"] == "points_percent" else 0,
                    "points_minor": points,
                }
            )
            work.note_worked(campaign, portion.line, portion.quantity)
    total = sum(granted)
    if total > 0:
        note_earned(lane, campaign, reward, dates, total)
    return total


def wanted_without_limits(lane: Lane, campaign: Doc, reward: Doc) -> tuple[int, str] | None:
    """What a reward would wish without limits of units, and which of them binds its first line.

    None if no such limit binds a line that is open to it.
    """
    with lane.without_limits():
        portions = earning_portions(lane, campaign, reward)
        bound = bound_lines(lane, campaign, portions)
        if not bound:
            return None
        currency = currency_of(lane.work.sale, reward)["code"]
        exact = exact_wishes(lane, campaign, reward, portions)
        wanted = sum(rounded_wishes(lane, currency, exact))
    return wanted, binding_limit(lane.work.sale, campaign, bound[0])


def note_earned(lane: Lane, campaign: Doc, reward: Doc, dates: Doc, total: int) -> None:
    """Keep what was earned, with its dates, and name it for the list of what was reached."""
    sale = lane.work.sale
    currency = currency_of(sale, reward)["code"]
    lane.work.earned.append(
        {
            "currency": currency,
            "points_minor": total,
            "delay_days": dates["delay_days"],
            "days": dates["days"],
            "months": dates["months"],
            "end_of": dates["end_of"] or "",
            "on": dates["on"] or "",
        }
    )
    sale.reached.add(f"{reward['kind']}: granted")
    first = currency == sale.program["currencies"][0]["code"]
    sale.reached.add(f"points in the {'first' if first else 'another'} currency")
    sale.reached.update(f"points dates with {name}" for name, value in dates.items() if value)
    if dates["end_of"] and dates["months"]:
        sale.reached.add("points dates with end_of and months")
    if lane.work.discount_of(campaign["code"]):
        sale.reached.add("points beside a discount of the same campaign")


def earning_portions(lane: Lane, campaign: Doc, reward: Doc) -> list[Portion]:
    """Portions of the lines that earn, with their bases."""
    sale = lane.work.sale
    earning = earning_lines(sale)
    how = reward.get("reduced_goods", "count")
    name = f"{reward['kind']} reduced_goods: {how}"
    meant = [line for line in sale.meant(reward.get("goods"), campaign["code"]) if line in earning]
    if how == "refuse" and any(line.reduced for line in meant):
        sale.reached.add(name)
        return []
    portions = []
    for portion in lane.portions(campaign, reward.get("goods")):
        if portion.line not in earning:
            continue
        if portion.line.reduced and how != "refuse":
            sale.reached.add(name)
        if portion.line.reduced and how in {"skip", "next"}:
            continue
        if portion.quantity < portion.line.quantity:
            sale.reached.add("points: of a part of a line")
        portion.base = portion.of(base_of(sale, portion.line))
        portions.append(portion)
    return portions


def grant_points(
    lane: Lane, campaign: Doc, reward: Doc, wishes: list[int], unbound: tuple[int, str] | None
) -> list[int]:
    """What was wished, at most the maximum, the campaign's limits, the program's limits.

    `unbound` is what would be wished without limits of units, and which of them binds first.
    """
    work = lane.work
    sale, code = work.sale, campaign["code"]
    currency = currency_of(sale, reward)["code"]
    wanted = sum(wishes)
    total, by, cut_by = wanted, "", ("", "")
    maximum = reward.get("maximum_minor")
    if maximum is not None and total > maximum:
        nothing = reward.get("above", "part") == "nothing"
        total, by = 0 if nothing else maximum, "maximum"
        sale.reached.add(f"points maximum: {'nothing' if nothing else 'part'}")
    for owner, owner_code in ((campaign, code), (sale.program, "")):
        if lane.alone and not owner_code:
            continue
        for limit in sale.limits(owner):
            its_currency = limit.get("currency") or sale.program["currencies"][0]["code"]
            if limit.get("measure", "purchases") != "points" or its_currency != currency:
                continue
            given = points_given(sale, currency, owner_code)
            left = max(0, sale.limit_left(limit, owner_code) - given)
            if total > left:
                total, by, cut_by = left, "limit", (owner_code, limit["code"])
                whose = "campaign's" if owner_code else "program's"
                sale.reached.add(f"points {whose} limit: {'in part' if left else 'to nothing'}")
    shown = wanted
    if unbound is not None and unbound[0] > total:
        shown = unbound[0]
        if not by:
            by, cut_by = "limit", (code, unbound[1])
            sale.reached.add(f"points cut by a limit of units: {'in part' if total else 'whole'}")
    if by:
        work.note_cut(campaign, lane.code, by, cut_by, shown, total)
    return wishes if total == wanted else spread(total, wishes, wishes, sale.reached)


def points_given(sale: Sale, currency: str, campaign: str) -> int:
    """Points of a currency on this receipt so far, of one campaign or (empty) of all."""
    return sum(
        each["points_minor"]
        for line in sale.lines
        for each in line.points
        if each["currency"] == currency and campaign in {"", each["campaign"]}
    )
