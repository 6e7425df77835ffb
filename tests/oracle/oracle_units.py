"""The oracle's rewards that count units: multibuys, buy A get B, bundles, gifts (docs/rules.md, 3).

Units are taken one by one. A unit is its portion, named once for each unit that it has.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.oracle.oracle_filling import Application, Count, Demand
from tests.oracle.oracle_numbers import MOST, ROUNDINGS, down, part_of
from tests.oracle.oracle_rewards import Portion, Row, Wish

if TYPE_CHECKING:
    from tests.oracle.oracle_conditions import Sale
    from tests.oracle.oracle_lanes import Lane
    from tests.oracle.oracle_lines import CanonicalLine

Doc = dict[str, Any]

#: Applications of one reward if it does not say how many.
TIMES_MAX = 1000
FREE = {"rate_bp": 10_000}
REVERSED = {"cheapest": "dearest", "dearest": "cheapest", "receipt_order": "receipt_order"}


# --- Units ------------------------------------------------------------------------------------


def price_of_unit(portion: Portion) -> Fraction:
    """The exact worth of one unit; of a weighed line the whole."""
    if portion.line.weighed:
        return Fraction(portion.base)
    return Fraction(portion.base_of_line * 1000, portion.line.quantity)


def value_of_units(portion: Portion, many: int) -> int:
    """What so many units of a portion are worth, at most its base."""
    return for_units(portion, many, portion.base_of_line, portion.base)


def room_of_units(portion: Portion, many: int) -> int:
    """What may be taken off so many units of a portion, at most its room."""
    return for_units(portion, many, portion.room_of_line, portion.room)


def for_units(portion: Portion, many: int, of_line: int, most: int) -> int:
    """The units' part of what the whole line has; of a weighed line all of the portion."""
    if portion.line.weighed:
        return most
    return min(most, down(Fraction(of_line * many * 1000, portion.line.quantity)))


def in_order(portions: list[Portion], which: str) -> list[Portion]:
    """Portions in the order in which their units are taken."""
    if which == "receipt_order":
        return list(portions)
    dearest = sorted(portions, key=lambda portion: -price_of_unit(portion))
    return dearest if which == "dearest" else dearest[::-1]


def choices_of(reward: Doc) -> list[Doc | None]:
    """The goods that a reward is about: what is bought, or in the set, and what is rewarded."""
    parts = [part["goods"] for part in reward.get("buy", []) + reward.get("parts", [])]
    return parts if reward["kind"] == "bundle" else [*parts, reward.get("goods")]


def takes_part(lane: Lane, campaign: Doc, reward: Doc) -> list[Portion]:
    """The portions of all lines that one of its choices means, in canonical order."""
    choices = choices_of(reward)
    found = {
        portion.line: portion for goods in choices for portion in lane.portions(campaign, goods)
    }
    sale, how = lane.work.sale, reward.get("reduced_goods", "count")
    meant = {line for goods in choices for line in sale.meant(goods, campaign["code"])}
    if any(lane.is_reduced(campaign, line) for line in meant):
        sale.reached.add(f"{reward['kind']} reduced_goods: {how}")
        if how == "refuse":
            return []
    portions = [found[line] for line in sale.lines if line in found]
    for portion in portions:
        if portion.quantity < portion.line.quantity:
            sale.reached.add("units: of a part of a line")
        if portion.line.weighed:
            sale.reached.add("units: a weighed line")
        elif portion.quantity % 1000:
            sale.reached.add("units: a rest beyond whole units")
    if how == "skip" or (how == "next" and reward["kind"] == "bundle"):
        return [portion for portion in portions if not lane.is_reduced(campaign, portion.line)]
    return portions


def may_be_rewarded(lane: Lane, campaign: Doc, reward: Doc, line: CanonicalLine) -> bool:
    """With `next`, reduced lines are bought and not rewarded."""
    return reward.get("reduced_goods", "count") != "next" or not lane.is_reduced(campaign, line)


def counted(units: list[Portion]) -> Count:
    """How many units of each line."""
    count: Count = {}
    for unit in units:
        count[unit.line] = count.get(unit.line, 0) + 1
    return count


def quantities(portions: list[Portion], used: Count) -> dict[CanonicalLine, int]:
    """What so many units are in thousandths; of a weighed line all that takes part."""
    return {
        portion.line: portion.quantity if portion.line.weighed else 1000 * used[portion.line]
        for portion in portions
        if used.get(portion.line, 0)
    }


def wish_on_units(
    sale: Sale, reward: Doc, portions: list[Portion], rewarded: Count, **more: Any
) -> Wish:
    """The reward's effect on the rewarded units of each line."""
    effect = reward.get("effect") or FREE
    rows = []
    for portion in portions:
        many = rewarded.get(portion.line, 0)
        if many == 0:
            continue
        base = value_of_units(portion, many)
        if effect.get("rate_bp") is not None:
            rounded = ROUNDINGS[reward.get("rounding", "half_up")]
            want = rounded(part_of(base, effect["rate_bp"]))
        elif effect.get("amount_minor") is not None:
            want = effect["amount_minor"] * many
        else:
            want = max(0, base - effect["price_minor"] * many)
        room = room_of_units(portion, many)
        rate_bp = effect.get("rate_bp") or 0
        rows.append(Row(portion, base, 1000 * many, room, min(MOST, want), rate_bp))
    name = next(name for name in ("rate_bp", "amount_minor", "price_minor") if name in effect)
    sale.reached.add(f"{reward['kind']} effect {name}: {'wished' if rows else 'nothing'}")
    return Wish(rows, **more)


# --- Multibuy ---------------------------------------------------------------------------------


def wish_of_multibuy(lane: Lane, campaign: Doc, reward: Doc) -> Wish:
    """Of every so many units some are rewarded."""
    sale = lane.work.sale
    portions = takes_part(lane, campaign, reward)
    which, pick = reward.get("which", "cheapest"), reward.get("pick", "each_group")
    buy, get = reward["buy_units"], reward.get("get_units", 1)
    inside = bool(reward.get("rewarded_counts"))
    group = buy if inside else buy + get
    order = in_order(portions, "receipt_order" if which == "receipt_order" else "dearest")
    units = [portion for portion in order for _ in range(portion.units)]
    times = reward.get("times")
    groups = len(units) // group
    if times is not None and groups > times:
        sale.reached.add("multibuy times: bounded")
        groups = times
    may = [n for n, unit in enumerate(units) if may_be_rewarded(lane, campaign, reward, unit.line)]
    from_first = which == "dearest" or (which == "receipt_order" and pick == "of_all")

    def choose(of: list[int], many: int) -> list[int]:
        """So many of these units, from the first or from the last."""
        return of[:many] if from_first else of[max(0, len(of) - many) :]

    rewarded: list[int] = []
    if pick == "of_all":
        rewarded = choose(may, groups * get)
    else:
        for number in range(groups):
            members = range(number * group, (number + 1) * group)
            rewarded += choose([n for n in may if n in members], get)

    # A group of which rewarded units are missing.
    left_over = len(units) - groups * group
    applications, used, to_add = groups, groups * group, 0
    incomplete = reward.get("incomplete", "nothing")
    if (times is None or groups < times) and not inside:
        if incomplete in {"part", "gift"} and left_over > buy:
            pool = may if pick == "of_all" else [n for n in may if n >= groups * group]
            more = choose([n for n in pool if n not in rewarded], left_over - buy)
            if more:
                rewarded += more
                applications, used = groups + 1, len(units)
                sale.reached.add(f"multibuy incomplete {incomplete}: {pick}")
        if incomplete == "gift" and left_over >= buy:
            to_add = group - left_over
            sale.reached.add("multibuy incomplete gift: told")

    others = [n for n in range(len(units)) if n not in rewarded]
    in_use = rewarded + others[: used - len(rewarded)]
    if rewarded:
        sale.reached.add(f"multibuy {which} {pick}{', rewarded_counts' if inside else ''}")
    return wish_on_units(
        sale,
        reward,
        portions,
        counted([units[n] for n in rewarded]),
        applications=applications,
        used=quantities(portions, counted([units[n] for n in in_use])),
        to_add=to_add,
    )


# --- Buy A, get B -----------------------------------------------------------------------------


def wish_of_buy_get(lane: Lane, campaign: Doc, reward: Doc) -> Wish:
    """For every full set of what is bought, units of other goods are rewarded."""
    sale = lane.work.sale
    portions = takes_part(lane, campaign, reward)
    which, both = reward.get("which", "cheapest"), bool(reward.get("rewarded_counts"))
    get, times = reward.get("get_units", 1), reward.get("times") or TIMES_MAX
    free = {portion.line: portion.units for portion in portions}
    rewarded: Count = {}
    used: Count = {}
    filled = applications = to_add = 0

    while filled < times:
        many = most_rewarded(lane, campaign, reward, free)
        if many is None:
            break
        incomplete = reward.get("incomplete", "nothing")
        if many < get:
            sale.reached.add(f"buy_get incomplete {incomplete}: {'some' if many else 'none'}")
            if incomplete == "nothing" or (incomplete == "part" and many == 0):
                break
        application = application_of(lane, campaign, reward, free, many)
        taken: list[Portion] = []
        for demand in application.bought:
            taken += application.take(demand, in_order(portions, REVERSED[which]))
        if both:
            # What is bought here may be rewarded, too.
            application.free = dict(application.at_start)
        gets = counted(application.take(application.gets, in_order(portions, which)))
        bought = counted(taken)
        for line in free:
            b, r = bought.get(line, 0), gets.get(line, 0)
            if both and b and r:
                sale.reached.add("buy_get: rewarded units among the bought")
            its_used = max(b, r) if both else b + r
            free[line] -= its_used
            used[line] = used.get(line, 0) + its_used
            rewarded[line] = rewarded.get(line, 0) + r
        filled += 1
        # What is not there yet cannot be rewarded: no application for the maximum.
        applications += 1 if many else 0
        if incomplete == "gift":
            to_add += get - many
    if filled == times:
        sale.reached.add("buy_get times: reached")
    if any(rewarded.values()):
        sale.reached.add(f"buy_get {which}{', rewarded_counts' if both else ''}")
    return wish_on_units(
        sale,
        reward,
        portions,
        rewarded,
        applications=applications,
        used=quantities(portions, used),
        to_add=to_add,
    )


def application_of(lane: Lane, campaign: Doc, reward: Doc, free: Count, many: int) -> Application:
    """An application with so many rewarded units, of which nothing has been taken yet."""
    sale, code = lane.work.sale, campaign["code"]
    bought = [
        Demand(set(sale.meant(component["goods"], code)), component.get("units", 1))
        for component in reward["buy"]
    ]
    lines = {
        line
        for line in sale.meant(reward["goods"], code)
        if may_be_rewarded(lane, campaign, reward, line)
    }
    both = bool(reward.get("rewarded_counts"))
    return Application(bought, Demand(lines, many), dict(free), both=both)


def most_rewarded(lane: Lane, campaign: Doc, reward: Doc, free: Count) -> int | None:
    """With how many rewarded units an application can be filled; none if with none at all."""
    for many in range(reward.get("get_units", 1), -1, -1):
        if application_of(lane, campaign, reward, free, many).can_be_filled():
            return many
    return None


# --- Bundle -----------------------------------------------------------------------------------


def wish_of_bundle(lane: Lane, campaign: Doc, reward: Doc) -> Wish:
    """A set of goods at a set price, or with something off the set."""
    sale, code = lane.work.sale, campaign["code"]
    parts, effect = reward["parts"], reward["effect"]
    portions = takes_part(lane, campaign, reward)
    which = reward.get("which", "dearest")
    order = in_order(portions, which)
    free = {portion.line: portion.units for portion in portions}
    taken: list[Portion] = []
    applications = 0
    while applications < (reward.get("times") or TIMES_MAX):
        demands = [
            Demand(set(sale.meant(part["goods"], code)), part.get("units", 1)) for part in parts
        ]
        application = Application(demands, Demand(set(), 0), dict(free))
        if not application.can_be_filled():
            break
        units = [unit for demand in demands for unit in application.take(demand, order)]
        worth = sum(price_of_unit(unit) for unit in units)
        if effect.get("price_minor") is not None and worth <= effect["price_minor"]:
            sale.reached.add("bundle price_minor: not worth more")
            break
        taken += units
        free = application.free
        applications += 1
    if reward.get("times") == applications:
        sale.reached.add("bundle times: reached")
    if not applications:
        return Wish([])

    count = counted(taken)
    rows = [
        Row(
            portion,
            value_of_units(portion, count[portion.line]),
            1000 * count[portion.line],
            room_of_units(portion, count[portion.line]),
            rate_bp=effect.get("rate_bp") or 0,
        )
        for portion in portions
        if portion.line in count
    ]
    worth_in_all = sum(row.base for row in rows)
    if effect.get("price_minor") is not None:
        name, total = "price_minor", max(0, worth_in_all - effect["price_minor"] * applications)
    elif effect.get("amount_minor") is not None:
        name, total = "amount_minor", effect["amount_minor"] * applications
    else:
        rounded = ROUNDINGS[reward.get("rounding", "half_up")]
        name, total = "rate_bp", rounded(part_of(worth_in_all, effect["rate_bp"]))
    many = "once" if applications == 1 else "several times"
    sale.reached.add(f"bundle {name}: {many}")
    sale.reached.add(f"bundle {which}")
    return Wish(
        rows,
        min(MOST, total),
        applications=applications,
        used=quantities(portions, count),
    )


# --- Gift -------------------------------------------------------------------------------------


def wish_of_gift(lane: Lane, campaign: Doc, reward: Doc) -> Wish:
    """So many units for whom the campaign is open."""
    sale = lane.work.sale
    goods = reward["goods"]
    if reward.get("reduced_goods", "count") == "refuse" and any(
        lane.is_reduced(campaign, line) for line in sale.meant(goods, campaign["code"])
    ):
        sale.reached.add("gift reduced_goods: refuse")
        return Wish([])
    portions = takes_part(lane, campaign, reward)
    which = reward.get("which", "cheapest")
    units = [
        portion
        for portion in in_order(portions, which)
        if may_be_rewarded(lane, campaign, reward, portion.line)
        for _ in range(portion.units)
    ]
    wanted = reward.get("units", 1) * (reward.get("times") or 1)
    to_add = 0
    if len(units) < wanted:
        missing = reward.get("missing", "gift")
        sale.reached.add(f"gift missing {missing}: {'some' if units else 'none'}")
        if missing == "nothing":
            units = []
        elif missing == "gift":
            to_add = wanted - len(units)
    else:
        sale.reached.add(f"gift {which}: all there")
    rewarded = counted(units[:wanted])
    return wish_on_units(
        sale, reward, portions, rewarded, used=quantities(portions, rewarded), to_add=to_add
    )


UNIT_WISHES = {
    "multibuy": wish_of_multibuy,
    "buy_get": wish_of_buy_get,
    "bundle": wish_of_bundle,
    "gift": wish_of_gift,
}
