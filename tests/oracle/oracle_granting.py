"""The oracle's granting of discounts: a wish is granted as far as it fits (docs/rules.md, 3)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.oracle.oracle_numbers import down, spread, spread_without_bounds

if TYPE_CHECKING:
    from tests.oracle.oracle_conditions import Sale
    from tests.oracle.oracle_lanes import Lane
    from tests.oracle.oracle_rewards import Row, Wish

Doc = dict[str, Any]


@dataclass
class Bound:
    """At most so much in total, or nothing at all where it cuts."""

    by: str
    left: int
    nothing: bool = False
    #: Of a limit: its campaign (empty: the program) and its code.
    limit: tuple[str, str] = ("", "")
    #: Which bound it is, for the list of what was reached.
    name: str = ""


def grant_discount(
    lane: Lane, campaign: Doc, reward: Doc, wish: Wish, unbound: tuple[int, str] | None
) -> int:
    """Grant a wish, note it on the lines, note what cut it; answer what was granted in total.

    `unbound` is what would be wished without limits of units, and which of them binds first.
    """
    work = lane.work
    sale = work.sale
    # 1. Each line.
    fits, by = (
        fit_spread(sale, reward, wish) if wish.total is not None else fit_lines(sale, reward, wish)
    )

    # 2. The total.
    total, limit = sum(fits), ("", "")
    for bound in bounds_of_total(lane, campaign, reward, wish):
        if total > bound.left:
            total = 0 if bound.nothing else bound.left
            by, limit = bound.by, bound.limit
            sale.reached.add(f"bound {bound.name}: {'in part' if total else 'to nothing'}")
            if bound.nothing and bound.left > 0:
                sale.reached.add(f"bound {bound.name}: above nothing")
    grants = fits if total == sum(fits) else spread(total, fits, fits, sale.reached)

    wanted = wish.wanted
    # Without limits it may wish less: on a falling scale, or where cheaper units are there.
    if unbound is not None and unbound[0] > total:
        wanted = unbound[0]
        if not by:
            by, limit = "limit", (campaign["code"], unbound[1])
            sale.reached.add(f"cut by a limit of units: {'in part' if total else 'to nothing'}")
    if by:
        sale.reached.add(f"cut by {by}: {'in part' if total else 'to nothing'}")
        work.note_cut(campaign, lane.code, by, limit, wanted, total)
    note_on_lines(lane, campaign, wish, fits, grants)
    if total > 0:
        sale.reached.add(f"{reward['kind']}: granted")
    return total


def note_on_lines(
    lane: Lane, campaign: Doc, wish: Wish, fits: list[int], grants: list[int]
) -> None:
    """Take the discount off the lines, and keep what was used of them."""
    granted_on = {}
    for row, fit, grant in zip(wish.rows, fits, grants, strict=True):
        if grant > 0:
            line = row.portion.line
            granted_on[line] = row.portion.quantity
            line.discounts.append(
                {
                    "campaign": campaign["code"],
                    "lane": lane.code,
                    "base_minor": row.base,
                    "rate_bp": row.rate_bp,
                    "wanted_minor": row.want if wish.total is None else fit,
                    "granted_minor": grant,
                }
            )
            if wish.total is not None:
                line.spread += grant
    if granted_on:
        used = granted_on if wish.used is None else wish.used
        lane.note_used(campaign, used)
        for line, quantity in used.items():
            lane.work.note_worked(campaign, line, quantity)


# --- 1. Each line -----------------------------------------------------------------------------


def line_maximum(sale: Sale, reward: Doc, row: Row) -> int | None:
    """The lesser of the maximum for units and the maximum for the line; none without one."""
    maximum = reward.get("maximum") or {}
    bounds = {}
    if maximum.get("unit_minor") is not None:
        once = row.portion.line.weighed
        units = Fraction(1) if once else Fraction(row.quantity, 1000)
        bounds["unit_minor"] = down(maximum["unit_minor"] * units)
    if maximum.get("line_minor") is not None:
        bounds["line_minor"] = maximum["line_minor"]
    for name, bound in bounds.items():
        if bound < row.want and bound == min(bounds.values()):
            sale.reached.add(f"maximum {name}: cut")
    return min(bounds.values()) if bounds else None


def fit_lines(sale: Sale, reward: Doc, wish: Wish) -> tuple[list[int], str]:
    """Each line's wish, at most its maximum, then at most its room; what cut last."""
    nothing = (reward.get("maximum") or {}).get("above", "part") == "nothing"
    fits = []
    cut_by = set()
    for row in wish.rows:
        fit = row.want
        most = line_maximum(sale, reward, row)
        if most is not None and fit > most:
            fit = 0 if nothing else most
            cut_by.add("maximum")
            sale.reached.add(f"maximum of a line: {'nothing' if nothing else 'part'}")
        if fit > row.room:
            fit = row.room
            cut_by.add("floor")
            if row.portion.line.of("no_discount"):
                sale.reached.add("lines: no_discount stands against a reward")
        fits.append(fit)
    return fits, "floor" if "floor" in cut_by else "".join(cut_by)


def fit_spread(sale: Sale, reward: Doc, wish: Wish) -> tuple[list[int], str]:
    """A total spread over the lines within their bounds; what cut."""
    assert wish.total is not None
    if wish.total == 0:
        return [0 for _ in wish.rows], ""
    bounds = []
    for row in wish.rows:
        most = line_maximum(sale, reward, row)
        if most is not None and most < row.room:
            sale.reached.add("spread: a maximum bounds a line")
        bounds.append(row.room if most is None else min(most, row.room))
    if wish.spread["by"] == "units":
        weights = [1000 if row.portion.line.weighed else row.quantity for row in wish.rows]
    else:
        weights = [row.base for row in wish.rows]
    left_over = wish.spread["left_over"]
    if wish.spread["full_line"] == "lapses":
        shares = spread_without_bounds(wish.total, weights, sale.reached, left_over)
        fits = [min(share, bound) for share, bound in zip(shares, bounds, strict=True)]
    else:
        total = min(wish.total, sum(bounds))
        fits = spread(total, weights, bounds, sale.reached, left_over)
    lost = sum(fits) < wish.total
    if lost:
        sale.reached.add(f"spread {wish.spread['full_line']}: not all fits")
    sale.reached.add(f"spread by {wish.spread['by']}, {left_over}, {wish.spread['full_line']}")
    return fits, "floor" if lost else ""


# --- 2. The total -----------------------------------------------------------------------------


def bounds_of_total(lane: Lane, campaign: Doc, reward: Doc, wish: Wish) -> list[Bound]:
    """In the order in which they bound: the reward's, the campaign's, the program's."""
    sale = lane.work.sale
    code = campaign["code"]
    given = lane.work.discount_of(code)
    bounds = []
    maximum = reward.get("maximum") or {}
    if maximum.get("application_minor") is not None:
        most = maximum["application_minor"] * wish.applications
        nothing = maximum.get("above", "part") == "nothing"
        bounds.append(Bound("maximum", most, nothing, name="application_minor"))
    if campaign.get("maximum_discount_minor") is not None:
        left = campaign["maximum_discount_minor"] - given
        nothing = campaign.get("above_maximum", "part") == "nothing"
        bounds.append(Bound("maximum", left, nothing, name="maximum_discount_minor"))
    budget = campaign.get("budget") or {}
    if budget.get("discount_minor") is not None:
        used = sale.facts.get("budgets", {}).get(code, {}).get("discount_minor", 0)
        nothing = budget.get("above", "part") == "nothing"
        bounds.append(
            Bound("budget", budget["discount_minor"] - used - given, nothing, name="budget")
        )
    for limit in sale.limits(campaign):
        if limit.get("measure", "purchases") == "discount":
            left = sale.limit_left(limit, code) - given
            bounds.append(Bound("limit", left, limit=(code, limit["code"]), name="campaign limit"))
    if not lane.alone:
        bounds += bounds_of_program(lane, reward)
    for bound in bounds:
        bound.left = max(0, bound.left)
    return bounds


def bounds_of_program(lane: Lane, reward: Doc) -> list[Bound]:
    """Its limits, then the discount cap."""
    work = lane.work
    sale = work.sale
    bounds = []
    for limit in sale.limits(sale.program):
        measure = limit.get("measure", "purchases")
        if limit.get("above", "no_reward") != "no_reward":
            continue
        key = ("", limit["code"])
        if measure == "discount":
            left = sale.limit_left(limit, "") - work.discount_of_all()
            bounds.append(Bound("limit", left, limit=key, name="program limit on discount"))
        elif measure in {"purchases", "interval"} and sale.limit_full(limit, ""):
            bounds.append(Bound("limit", 0, limit=key, name=f"program limit on {measure}"))
    if sale.cap is not None:
        if "delivery" in ((reward.get("goods") or {}).get("kinds") or []):
            sale.reached.add("cap: not for delivery")
        else:
            nothing = (sale.program.get("discount_cap") or {}).get("above", "part") == "nothing"
            left = sale.cap - work.discount_of_counted()
            bounds.append(Bound("cap", left, nothing, name="cap"))
    return bounds
