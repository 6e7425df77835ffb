"""The oracle's lanes: discounts and points, one reward after the other (docs/rules.md, 3 and 5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from tests.oracle.oracle_conditions import Sale, budget_use, is_open
from tests.oracle.oracle_lines import CanonicalLine, Doc
from tests.oracle.oracle_numbers import MOST, WHOLE_BP, down, half_up, part_of, spread


@dataclass
class Lane:
    """One lane at work: who keeps it, and by whom its lines are closed."""

    sale: Sale
    lane: Doc
    keeper: str = ""
    takers: list[tuple[str, CanonicalLine]] = field(default_factory=list)

    @property
    def form(self) -> str:
        """The lane's properties that are not left out, for the list of what was reached."""
        lane = self.lane
        policy, scope = lane.get("policy", "all"), lane.get("scope", "line")
        return f"{lane['phase']} lane {policy} {scope} {lane.get('base', 'current')}"

    def turns(self) -> list[tuple[Doc, Doc]]:
        """Rewards of open campaigns in this lane: by priority, code, and order in the campaign."""
        return [
            (campaign, reward)
            for campaign in self.sale.campaigns
            if is_open(self.sale, campaign)
            for reward in campaign["rewards"]
            if reward["lane"] == self.lane["code"]
        ]

    def lines_for(self, campaign: Doc, reward: Doc) -> list[CanonicalLine]:
        """The lines of the reward's goods that the lane's policy leaves to the campaign."""
        lines = self.sale.meant(reward.get("goods"))
        code = campaign["code"]
        taken = [line for taker, line in self.takers if taker != code]
        if self.lane.get("policy", "all") == "all":
            if any(line in taken for line in lines):
                self.sale.reached.add(f"{self.form}: met")
            return lines
        if self.lane.get("scope", "line") == "receipt":
            if self.keeper not in {"", code}:
                self.sale.reached.add(f"{self.form}: met")
                return []
            return lines
        if any(line in taken for line in lines):
            self.sale.reached.add(f"{self.form}: met")
        return [line for line in lines if line not in taken]

    def take(self, campaign: Doc, line: CanonicalLine) -> None:
        """The campaign granted something on the line."""
        if self.keeper == campaign["code"]:
            self.sale.reached.add("lane: a campaign beside itself")
        self.keeper = self.keeper or campaign["code"]
        self.takers.append((campaign["code"], line))


def lanes_of(sale: Sale, phase: str) -> list[Lane]:
    return [Lane(sale, lane) for lane in sale.program["lanes"] if lane["phase"] == phase]


# --- Discounts --------------------------------------------------------------------------------


def discount_cap(sale: Sale) -> int | None:
    """The lesser of a rate of the amounts and an amount; external discounts use it up first."""
    cap = sale.program.get("discount_cap", {})
    counted = [line for line in sale.lines if line.counted]
    bounds = []
    if cap.get("rate_bp") is not None:
        amounts = sum(line.total("amount_minor") for line in counted)
        bounds.append(down(part_of(amounts, cap["rate_bp"])))
    if cap.get("amount_minor") is not None:
        bounds.append(cap["amount_minor"])
    if not bounds:
        return None
    external = sum(line.total("external_discount_minor") for line in counted)
    if external > min(bounds):
        sale.reached.add("cap: external discounts are more than it")
    return max(0, min(bounds) - external)


def give_discounts(sale: Sale) -> list[Doc]:
    """Work the discount lanes, note everything on the lines, and answer what was cut."""
    cuts = []
    cap = discount_cap(sale)
    for lane in lanes_of(sale, "discount"):
        for campaign, reward in lane.turns():
            cap_left = None if cap is None else cap - sum(line.discount for line in sale.lines)
            cut = give_one_discount(lane, campaign, reward, cap_left)
            if cut is not None:
                cuts.append(cut)
    return cuts


def give_one_discount(lane: Lane, campaign: Doc, reward: Doc, cap_left: int | None) -> Doc | None:
    """Grant one reward as far as it fits; answer what cut it, if anything did."""
    sale, kind = lane.sale, reward["kind"]
    lines = lane.lines_for(campaign, reward)
    if not lines:
        return None
    # One amount for the receipt is spread by current prices whatever the lane's base is.
    original = lane.lane.get("base", "current") == "original" and kind != "receipt_amount_off"
    bases = [line.start if original else line.current for line in lines]
    rooms = [line.room_left for line in lines]

    # 1. Per line at most its room.
    if kind == "receipt_amount_off":
        wanted = reward["amount_minor"]
        fits = spread(min(wanted, sum(rooms)), bases, rooms, sale.reached)
        wants = fits
    else:
        wants = [wanted_on(line, base, reward) for line, base in zip(lines, bases, strict=True)]
        fits = [min(want, room) for want, room in zip(wants, rooms, strict=True)]
        wanted = sum(wants)
    by = "floor" if sum(fits) < wanted else ""
    if any(line.of("no_discount") and want for line, want in zip(lines, wants, strict=True)):
        sale.reached.add("lines: no_discount stands against a reward")

    # 2. and 3. The total at most what is left of the budget and of the cap.
    granted = fits
    lefts = [(budget_left(sale, campaign), "budget"), (cap_left, "cap")]
    bounds = [(left, name) for left, name in lefts if left is not None]
    if bounds:
        smaller, name = min(bounds)  # "budget" is before "cap" where they are equal
        if sum(fits) > smaller:
            by = name
            granted = spread(smaller, fits, fits, sale.reached)

    for line, base, want, grant in zip(lines, bases, wants, granted, strict=True):
        if grant > 0:
            line.discount += grant
            line.discounts.append(
                {
                    "campaign": campaign["code"],
                    "lane": reward["lane"],
                    "base_minor": base,
                    "rate_bp": reward.get("rate_bp", 0),
                    "wanted_minor": want,
                    "granted_minor": grant,
                }
            )
            sale.reached.add(f"{kind}: granted")
            lane.take(campaign, line)
    if not by:
        return None
    sale.reached.add(f"cut by {by}: {'in part' if sum(granted) else 'to nothing'}")
    return {
        "campaign": campaign["code"],
        "lane": reward["lane"],
        "by": by,
        "wanted_minor": wanted,
        "granted_minor": sum(granted),
    }


def wanted_on(line: CanonicalLine, base: int, reward: Doc) -> int:
    if reward["kind"] == "percent":
        return half_up(part_of(base, reward["rate_bp"]))
    wanted: int = reward["amount_minor"] * line.units
    return min(wanted, MOST)


def budget_left(sale: Sale, campaign: Doc) -> int | None:
    """Of the campaign's money, after what it gave before and on this receipt."""
    budget = campaign.get("budget") or {}
    bound: int | None = budget.get("discount_minor")
    if bound is None:
        return None
    used: int = budget_use(sale, campaign)["discount_minor"]
    return bound - used - discount_of(sale, campaign)


def discount_of(sale: Sale, campaign: Doc) -> int:
    """Money that the campaign took off this receipt."""
    return sum(
        each["granted_minor"]
        for line in sale.lines
        for each in line.discounts
        if each["campaign"] == campaign["code"]
    )


# --- Points -----------------------------------------------------------------------------------


def earn_points(sale: Sale) -> None:
    """Work the accrual lanes and note everything on the lines."""
    accrual = sale.program.get("accrual", {})
    paid_with_points = any(line.value for line in sale.lines)
    if sale.member is None:
        sale.reached.add("accrual: a guest earns nothing")
        return
    if paid_with_points and not accrual.get("earn_when_points_spent", True):
        sale.reached.add("accrual: nothing when points are spent")
        return
    earning = [line for line in sale.meant(accrual.get("goods")) if not line.of("no_points")]
    for lane in lanes_of(sale, "accrual"):
        for campaign, reward in lane.turns():
            lines = [line for line in lane.lines_for(campaign, reward) if line in earning]
            earn_one_reward(lane, campaign, reward, lines)


def earn_one_reward(lane: Lane, campaign: Doc, reward: Doc, lines: list[CanonicalLine]) -> None:
    """Earn one reward's points and spread them over its lines."""
    sale = lane.sale
    bases = [base_of(sale, line) for line in lines]
    multiplier = Fraction(multiplier_bp(sale), WHOLE_BP)
    if reward["kind"] == "points_percent":
        weights = bases
        money = part_of(sum(bases), reward["rate_bp"])
        face = Fraction(10 ** sale.program["currency"].get("exponent", 0))
        points = down(money * multiplier * face / 10 ** money_exponent(sale))
    else:
        weights = [line.units for line in lines]
        points = down(reward["points_minor"] * sum(weights) * multiplier)
    points = min(points, MOST)
    parts = spread(points, weights, [points for _ in lines], sale.reached)
    for line, base, part in zip(lines, bases, parts, strict=True):
        if part > 0:
            sale.reached.add(f"{reward['kind']}: granted")
            lane.take(campaign, line)
            line.earned += part
            line.points.append(
                {
                    "campaign": campaign["code"],
                    "lane": reward["lane"],
                    "base_minor": base,
                    "rate_bp": reward.get("rate_bp", 0),
                    "points_minor": part,
                }
            )


def base_of(sale: Sale, line: CanonicalLine) -> int:
    """The payable, less the part paid with points if the program says so."""
    excluded = sale.program.get("accrual", {}).get("exclude_paid_with_points", True)
    if line.value:
        sale.reached.add(f"accrual: the part paid with points {'out' if excluded else 'in'}")
    return line.current - line.value if excluded else line.current


def multiplier_bp(sale: Sale) -> int:
    """The tier's; of a member without a tier one."""
    for tier in sale.program.get("tiers", []):
        if sale.member is not None and tier["code"] == sale.member.get("tier", ""):
            sale.reached.add("accrual: a tier's multiplier")
            return int(tier.get("points_multiplier_bp", WHOLE_BP))
    sale.reached.add("accrual: no tier")
    return WHOLE_BP


def money_exponent(sale: Sale) -> int:
    return int(sale.snapshot["partner"]["currency"].get("exponent", 2))
