"""The oracle's rewards: values, scales, and what percents, amounts and fixed prices wish.

docs/rules.md, 3. Rewards that count units stand in `oracle_units`, points in `oracle_points`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.oracle.oracle_numbers import MOST, ROUNDINGS, WHOLE_BP, down, half_up, part_of

if TYPE_CHECKING:
    from tests.oracle.oracle_conditions import Sale
    from tests.oracle.oracle_lanes import Lane
    from tests.oracle.oracle_lines import CanonicalLine

Doc = dict[str, Any]

#: Where the fixed value of a reward stands.
FIXED = {
    "percent": "rate_bp",
    "amount": "amount_minor",
    "fixed_price": "price_minor",
    "points_percent": "rate_bp",
    "points_amount": "points_minor",
    "points_multiplier": "factor_bp",
}
#: How an amount is spread over several lines if nothing is said.
STANDARD_SPREAD = {"by": "value", "left_over": "largest_remainder", "full_line": "moves"}


@dataclass(eq=False)
class Portion:
    """What of a line a reward works on."""

    line: CanonicalLine
    quantity: int
    base: int
    room: int = 0
    #: What base and room would be if it were the whole line, in a lane of scope `unit` before
    #: anything that the contender itself was granted in it.
    base_of_line: int = 0
    room_of_line: int = 0

    def of(self, price: int) -> int:
        """The portion's part of a price of the whole line."""
        return down(Fraction(price * self.quantity, self.line.quantity))

    @property
    def units(self) -> int:
        return 1 if self.line.weighed else self.quantity // 1000


@dataclass(eq=False)
class Row:
    """One line of a wish: its base, its room, and the quantity that a maximum counts."""

    portion: Portion
    base: int
    quantity: int
    room: int
    #: What is wished on this line; of what is spread nothing is wished line by line.
    want: int = 0
    rate_bp: int = 0


@dataclass(eq=False)
class Wish:
    """What a reward wishes: line by line, or a total that is spread."""

    rows: list[Row]
    total: int | None = None
    spread: Doc = field(default_factory=lambda: STANDARD_SPREAD)
    applications: int = 1
    #: Of rewards that count units: the quantity of each line that was bought or rewarded.
    used: dict[CanonicalLine, int] | None = None
    #: Units that the till is told to add.
    to_add: int = 0

    @property
    def wanted(self) -> int:
        return sum(row.want for row in self.rows) if self.total is None else self.total


def is_marginal(reward: Doc) -> bool:
    """Whether each step of the reward's scale counts for its own part."""
    return bool(reward.get("scale") and reward["scale"].get("mode", "whole") == "marginal")


# --- The value --------------------------------------------------------------------------------


def values(sale: Sale, campaign: Doc, reward: Doc, portions: list[Portion]) -> list[int | None]:
    """The value of the reward on each of its portions; none where there is none."""
    fixed: int | None = reward.get(FIXED[reward["kind"]])
    if reward.get("scale"):
        found = [
            value_on_scale(sale, reward["scale"], measure)
            for measure in measures(sale, reward, portions)
        ]
    elif reward.get("by_member"):
        found = [value_by_member(sale, reward["by_member"])] * len(portions)
    elif reward.get("personal"):
        offer = (sale.member or {}).get("offers", {}).get(campaign["code"])
        sale.reached.add(f"value: personal, {'none' if offer is None else 'found'}")
        found = [None if offer is None else offer.get("value", 0)] * len(portions)
    else:
        found = [fixed] * len(portions)
    if reward["kind"] == "percent":
        if any(value is not None and value > WHOLE_BP for value in found):
            sale.reached.add("value: a rate above the whole")
        found = [None if value is None else min(WHOLE_BP, value) for value in found]
    return found


def value_by_member(sale: Sale, entries: list[Doc]) -> int | None:
    """The first entry that names the member's tier or one of its segments."""
    member = sale.member or {}
    for entry in entries:
        by_tier = member.get("tier", "") in entry.get("tiers", [])
        by_segment = any(s in entry.get("segments", []) for s in member.get("segments", []))
        if by_tier or by_segment:
            sale.reached.add(f"value: by {'tier' if by_tier else 'segment'}")
            value: int = entry["value"]
            return value
    sale.reached.add("value: by_member, none")
    return None


def value_on_scale(sale: Sale, scale: Doc, measure: int) -> int | None:
    """That of the last step that begins at or below the measure."""
    reached = [step for step in scale["steps"] if step["from"] <= measure]
    form = f"scale whole {scale['by']} over {scale.get('over', 'goods')}"
    if not reached:
        sale.reached.add(f"{form}: below the first step")
        return None
    sale.reached.add(f"{form}: found")
    if reached[-1]["from"] == measure:
        sale.reached.add("scale: on a bound")
    value: int = reached[-1]["value"]
    return value


def measures(sale: Sale, reward: Doc, portions: list[Portion]) -> list[int]:
    """What the scale measures, for each portion: of all of them together, or of each alone."""
    scale = reward["scale"]
    after = scale.get("after", "original")
    if scale["by"] == "receipt_amount":
        counted = [line for line in sale.lines if line.counted]
        return [sum(price(line, after) for line in counted)] * len(portions)
    if scale["by"] == "quantity":
        each = [portion.quantity for portion in portions]
    else:
        each = prices(portions, after)
    sale.reached.add(f"scale after {after}")
    return each if scale.get("over", "goods") == "line" else [sum(each)] * len(portions)


def price(line: CanonicalLine, after: str) -> int:
    """The start, or the current price when the lane opened."""
    return line.opened if after == "earlier_lanes" else line.start


def prices(portions: list[Portion], after: str) -> list[int]:
    """Those of the portions."""
    return [portion.of(price(portion.line, after)) for portion in portions]


def parts_in_steps(sale: Sale, scale: Doc, measure: int | Fraction) -> list[tuple[int, Any]]:
    """Of each step the value, and the part of the measure that lies in it."""
    steps = scale["steps"]
    ends = [step["from"] for step in steps[1:]] + [measure]
    parts = [
        (step["value"], max(0, min(measure, end) - step["from"]))
        for step, end in zip(steps, ends, strict=True)
    ]
    met = sum(1 for _, part in parts if part)
    form = f"scale marginal {scale['by']} over {scale.get('over', 'goods')}"
    sale.reached.add(f"{form}: {met if met < 2 else 'several'} steps")
    return parts


# --- Percent ----------------------------------------------------------------------------------


def wish_of_percent(lane: Lane, campaign: Doc, reward: Doc, portions: list[Portion]) -> Wish:
    """The rate of the base, rounded line by line, by unit, once, or once for the receipt."""
    sale = lane.work.sale
    level = reward.get("level", "line")
    name = reward.get("rounding", "half_up")
    rounded = ROUNDINGS[name]
    if is_marginal(reward):
        return wish_of_marginal_percent(lane, reward, portions)
    found = values(sale, campaign, reward, portions)
    valued = [
        (portion, rate) for portion, rate in zip(portions, found, strict=True) if rate is not None
    ]
    rows = [
        Row(portion, portion.base, portion.quantity, portion.room, 0, rate)
        for portion, rate in valued
    ]
    if not rows:
        return Wish([])
    sale.reached.add(f"percent {level} {name}: wished")
    if level in {"total", "receipt"}:
        exact = sum((part_of(row.base, row.rate_bp) for row in rows), Fraction(0))
        return Wish(rows, total_of_percent(lane, reward, exact), spread_of(reward))
    for row in rows:
        if level == "line" and lane.base == "added_up":
            row.want = min(MOST, wish_added_up(lane, row, rounded))
        elif level == "line" or row.portion.line.weighed:
            row.want = min(MOST, rounded(part_of(row.base, row.rate_bp)))
        else:
            each = Fraction(row.base * 1000, row.quantity)
            rest = Fraction(row.base * (row.quantity % 1000), row.quantity)
            rate = Fraction(row.rate_bp, WHOLE_BP)
            row.want = min(MOST, rounded(each * rate) * row.portion.units + rounded(rest * rate))
            if rest:
                sale.reached.add("percent unit: a rest beyond whole units")
    return Wish(rows)


def wish_added_up(lane: Lane, row: Row, rounded: Any) -> int:
    """The rates of this lane on this line together, less what the earlier ones wished."""
    rates, wished = lane.added_up.get(row.portion.line, (0, 0))
    rates += row.rate_bp
    if wished:
        lane.work.sale.reached.add("added_up: a second rate on a line")
    if rates > WHOLE_BP:
        lane.work.sale.reached.add("added_up: rates above the whole")
    want = max(0, rounded(part_of(row.base, rates)) - wished)
    lane.added_up[row.portion.line] = (rates, wished + want)
    return int(want)


def total_of_percent(lane: Lane, reward: Doc, exact: Fraction) -> int:
    """Rounded once; with level `receipt` together with all such wishes before it."""
    work = lane.work
    rounded = ROUNDINGS[reward.get("rounding", "half_up")]
    if reward.get("level", "line") != "receipt":
        return min(MOST, rounded(exact))
    if work.exact_percent:
        work.sale.reached.add("percent receipt: after another")
    work.exact_percent += exact
    total = min(MOST, max(0, rounded(work.exact_percent) - work.wished_percent))
    work.wished_percent += total
    return total


def wish_of_marginal_percent(lane: Lane, reward: Doc, portions: list[Portion]) -> Wish:
    """Each step's rate of the part of the measure that lies in it, rounded once."""
    sale, scale = lane.work.sale, reward["scale"]
    rows = [Row(portion, portion.base, portion.quantity, portion.room) for portion in portions]
    if scale["by"] == "amount" and scale.get("over", "goods") == "goods":
        sale.reached.add("percent on a marginal scale over all goods")
        parts = parts_in_steps(sale, scale, sum(row.base for row in rows))
        return Wish(rows, total_of_percent(lane, reward, sum_of_rates(parts)), spread_of(reward))
    exact = [marginal_percent_on(sale, scale, row) for row in rows]
    if reward.get("level", "line") in {"total", "receipt"}:
        return Wish(
            rows, total_of_percent(lane, reward, sum(exact, Fraction(0))), spread_of(reward)
        )
    for row, its_exact in zip(rows, exact, strict=True):
        row.want = min(MOST, ROUNDINGS[reward.get("rounding", "half_up")](its_exact))
    return Wish(rows)


def marginal_percent_on(sale: Sale, scale: Doc, row: Row) -> Fraction:
    """On one portion, exactly: by its quantity, or by its base."""
    if scale["by"] == "amount":
        return sum_of_rates(parts_in_steps(sale, scale, row.base))
    parts = parts_in_steps(sale, scale, row.quantity)
    return sum_of_rates([(v, Fraction(row.base * part, row.quantity)) for v, part in parts])


def sum_of_rates(parts: list[tuple[int, Any]]) -> Fraction:
    """Rates of their parts, together; a rate above the whole counts as the whole."""
    return sum(
        (Fraction(min(rate, WHOLE_BP), WHOLE_BP) * part for rate, part in parts), Fraction(0)
    )


# --- Amount -----------------------------------------------------------------------------------


def wish_of_amount(lane: Lane, campaign: Doc, reward: Doc, portions: list[Portion]) -> Wish:
    """An amount for each unit, quantity or line; or one amount that is spread."""
    sale = lane.work.sale
    per = reward.get("per", "unit")
    if is_marginal(reward):
        rows = [Row(portion, portion.base, portion.quantity, portion.room) for portion in portions]
        for row in rows:
            parts = parts_in_steps(sale, reward["scale"], row.quantity)
            row.want = min(MOST, half_up(sum_for_thousandths(parts)))
        return Wish(rows)
    found = values(sale, campaign, reward, portions)
    valued = [
        (portion, amount)
        for portion, amount in zip(portions, found, strict=True)
        if amount is not None
    ]
    rows = [Row(portion, portion.base, portion.quantity, portion.room) for portion, _ in valued]
    if not rows:
        return Wish([])
    sale.reached.add(f"amount per {per}: wished")
    if per in {"unit", "quantity", "line"}:
        for row, (portion, amount) in zip(rows, valued, strict=True):
            times = {
                "unit": Fraction(portion.units),
                "quantity": Fraction(portion.quantity, 1000),
                "line": Fraction(1),
            }
            row.want = min(MOST, half_up(amount * times[per]))
        return Wish(rows)
    if per == "receipt":
        times_in_all = 1
    elif per == "each_amount":
        after = reward.get("after", "original")
        sale.reached.add(f"amount each_amount after {after}")
        times_in_all = sum(prices([row.portion for row in rows], after)) // reward["each_minor"]
    else:
        times_in_all = sum(row.portion.units for row in rows) // reward["each_units"]
    _, amount = valued[0]
    return Wish(rows, min(MOST, amount * times_in_all), spread_of(reward))


def sum_for_thousandths(parts: list[tuple[int, int]]) -> Fraction:
    """Values for a thousand each, together."""
    return sum((Fraction(value * part, 1000) for value, part in parts), Fraction(0))


def spread_of(reward: Doc) -> Doc:
    """How the reward is spread, with what is not said."""
    return {**STANDARD_SPREAD, **(reward.get("spread") or {})}


# --- Fixed price ------------------------------------------------------------------------------


def wish_of_fixed_price(lane: Lane, campaign: Doc, reward: Doc, portions: list[Portion]) -> Wish:
    """What the base is more than."""
    sale = lane.work.sale
    per = reward.get("per", "unit")
    rows = [Row(portion, portion.base, portion.quantity, portion.room) for portion in portions]
    if is_marginal(reward):
        for row in rows:
            parts = parts_in_steps(sale, reward["scale"], row.quantity)
            in_steps = Fraction(row.base * sum(part for _, part in parts), row.quantity)
            row.want = min(MOST, max(0, half_up(in_steps - sum_for_thousandths(parts))))
        return Wish(rows)
    found = values(sale, campaign, reward, portions)
    valued = [(row, value) for row, value in zip(rows, found, strict=True) if value is not None]
    for row, value in valued:
        for_one = per == "line" or (per == "unit" and row.portion.line.weighed)
        fixed = value if for_one else half_up(Fraction(value * row.quantity, 1000))
        row.want = min(MOST, max(0, row.base - fixed))
        how = "already lower" if row.base < fixed else "reached"
        sale.reached.add(f"fixed_price per {per}: {how}")
    return Wish([row for row, _ in valued])


WISHES = {
    "percent": wish_of_percent,
    "amount": wish_of_amount,
    "fixed_price": wish_of_fixed_price,
}
