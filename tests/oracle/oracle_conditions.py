"""The oracle's conditions: when a campaign is open, nearly applied, and what a coupon answers.

docs/rules.md, 2 and 6.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from tests.oracle.oracle_lines import CanonicalLine, Doc, has_a_list, means

NEARLY_MAX = 10


@dataclass
class Sale:
    """One evaluation: the documents, the canonical lines, and which rules were reached."""

    snapshot: Doc
    facts: Doc
    receipt: Doc
    store: Doc
    program: Doc
    lines: list[CanonicalLine]
    reached: set[str] = field(default_factory=set)

    @property
    def member(self) -> Doc | None:
        member: Doc | None = self.facts.get("member")
        return member

    @property
    def now(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.receipt["local_time"])

    @property
    def coupons(self) -> list[str]:
        return list(self.receipt.get("coupons", []))

    @property
    def campaigns(self) -> list[Doc]:
        """Those of the store's program: by falling priority, then code."""
        return sorted(
            (c for c in self.snapshot["campaigns"] if c["program"] == self.program["code"]),
            key=lambda c: (-c.get("priority", 0), c["code"]),
        )

    def meant(self, goods: Doc | None) -> list[CanonicalLine]:
        """The lines meant by a choice of goods; by none of it all counted ones."""
        return [line for line in self.lines if means(self.snapshot, goods, line, self.reached)]


def holds(sale: Sale, condition: Doc) -> bool:
    """Whether one condition holds for the receipt as it came."""
    kind = condition["kind"]
    if kind == "all":
        inner = [holds(sale, each) for each in condition["of"]]
        held = all(inner)
    elif kind == "any":
        inner = [holds(sale, each) for each in condition["of"]]
        held = any(inner)
    elif kind == "not":
        held = not holds(sale, condition["of"])
    elif kind == "receipt_amount":
        amount = sum(line.start for line in sale.meant(condition.get("goods")))
        held = compares(sale, condition, amount, condition["amount_minor"])
    elif kind == "receipt_quantity":
        quantity = sum(line.total("quantity_milli") for line in sale.meant(condition.get("goods")))
        held = compares(sale, condition, quantity, condition["quantity_milli"])
    elif kind == "contains_goods":
        held = sale.meant(condition["goods"]) != []
    elif kind == "coupon":
        held = condition["code"] in sale.coupons
    elif kind == "place":
        held = is_place(sale, condition)
    else:
        held = is_member(sale, condition)
    sale.reached.add(f"{kind}: {'held' if held else 'failed'}")
    return held


def compares(sale: Sale, condition: Doc, value: int, bound: int) -> bool:
    compare = condition["compare"]
    held: bool = {
        "less_than": value < bound,
        "at_most": value <= bound,
        "equal": value == bound,
        "at_least": value >= bound,
        "more_than": value > bound,
    }[compare]
    sale.reached.add(f"{condition['kind']} {compare}: {'held' if held else 'failed'}")
    if value == bound:
        sale.reached.add(f"{condition['kind']} {compare}: on its bound")
    return held


def is_place(sale: Sale, condition: Doc) -> bool:
    named = {
        "stores": sale.store["code"],
        "chains": sale.store["chain"],
        "formats": sale.store.get("format", ""),
        "regions": sale.store.get("region", ""),
    }
    hits = [part for part, code in named.items() if code in condition.get(part, [])]
    sale.reached.update(f"place: by {part}" for part in hits)
    return hits != []


def is_member(sale: Sale, condition: Doc) -> bool:
    member = sale.member
    if member is None:
        return False
    if condition["kind"] == "tier":
        return member.get("tier", "") in condition["tiers"]
    if condition["kind"] == "member_list":
        return condition["list"] in member.get("lists", [])
    return bool(condition["kind"] == "identified")


def in_dates(sale: Sale, campaign: Doc) -> bool:
    """From the first moment until before the end."""
    schedule = campaign.get("schedule", {})
    starts_at, ends_at = schedule.get("starts_at"), schedule.get("ends_at")
    held = [
        starts_at is None or dt.datetime.fromisoformat(starts_at) <= sale.now,
        ends_at is None or sale.now < dt.datetime.fromisoformat(ends_at),
    ]
    for name, bound, one in zip(("starts_at", "ends_at"), (starts_at, ends_at), held, strict=True):
        if bound is not None:
            sale.reached.add(f"schedule {name}: {'held' if one else 'failed'}")
    return all(held)


def in_schedule(sale: Sale, campaign: Doc) -> bool:
    """Dates, weekday and time of day."""
    schedule = campaign.get("schedule", {})
    weekdays = schedule.get("weekdays") or [1, 2, 3, 4, 5, 6, 7]
    weekday_held = sale.now.isoweekday() in weekdays
    time_held = in_time_of_day(sale, schedule.get("time_from"), schedule.get("time_until"))
    if schedule.get("weekdays"):
        sale.reached.add(f"schedule weekdays: {'held' if weekday_held else 'failed'}")
    return in_dates(sale, campaign) and weekday_held and time_held


def in_time_of_day(sale: Sale, time_from: str | None, time_until: str | None) -> bool:
    if time_from is None and time_until is None:
        return True
    time = sale.now.time()
    after = time_from is None or dt.time.fromisoformat(time_from) <= time
    before = time_until is None or time < dt.time.fromisoformat(time_until)
    form = "one bound"
    held = after and before
    if time_from is not None and time_until is not None:
        across = dt.time.fromisoformat(time_until) <= dt.time.fromisoformat(time_from)
        form = "across midnight" if across else "within a day"
        held = (after or before) if across else (after and before)
    sale.reached.add(f"schedule time {form}: {'held' if held else 'failed'}")
    return held


def first_day(period: str, day: dt.date) -> dt.date:
    """Of the calendar period that the day lies in."""
    return {
        "day": day,
        "week": day - dt.timedelta(days=day.isoweekday() - 1),
        "month": day.replace(day=1),
        "lifetime": dt.date(1970, 1, 1),
    }[period]


def slot_of(sale: Sale, limit: Doc) -> str:
    return first_day(limit["period"], sale.now.date()).isoformat()


def in_limit(sale: Sale, campaign: Doc, limit: Doc) -> bool:
    """A guest fails every limit, a member one that has no use left."""
    if sale.member is None:
        sale.reached.add("limit: a guest")
        return False
    key = f"{campaign['code']}/{limit['code']}/{slot_of(sale, limit)}"
    held = bool(sale.member.get("limit_uses", {}).get(key, 0) < limit["uses"])
    sale.reached.add(f"limit per {limit['period']}: {'held' if held else 'failed'}")
    return held


def budget_use(sale: Sale, campaign: Doc) -> Doc:
    use: Doc = sale.facts.get("budgets", {}).get(campaign["code"], {})
    return {"discount_minor": 0, "uses": 0, **use}


def in_budget(sale: Sale, campaign: Doc) -> bool:
    """Something is left of every bound."""
    held = True
    for name in ("discount_minor", "uses"):
        bound = campaign["budget"].get(name)
        if bound is not None:
            left = bound - budget_use(sale, campaign)[name]
            sale.reached.add(f"budget {name}: {'held' if left > 0 else 'failed'}")
            held = held and left > 0
    return held


def flattened(condition: Doc | None) -> list[Doc]:
    """The members of the top-level `all`, or the one condition that there is."""
    if condition is None:
        return []
    if condition["kind"] == "all":
        return [leaf for each in condition["of"] for leaf in flattened(each)]
    return [condition]


def failed_conditions(sale: Sale, campaign: Doc) -> list[str]:
    """Names of all conditions of the campaign that fail."""
    failed = [] if in_schedule(sale, campaign) else ["schedule"]
    failed += [c["kind"] for c in flattened(campaign.get("when")) if not holds(sale, c)]
    failed += [
        "limit" for limit in campaign.get("limits", []) if not in_limit(sale, campaign, limit)
    ]
    if campaign.get("budget") is not None and not in_budget(sale, campaign):
        failed.append("budget")
    return failed


def is_open(sale: Sale, campaign: Doc) -> bool:
    """The schedule holds, `when` is absent or holds, no limit and no budget fails."""
    when = campaign.get("when")
    return (
        in_schedule(sale, campaign)
        and (when is None or holds(sale, when))
        and all(in_limit(sale, campaign, limit) for limit in campaign.get("limits", []))
        and (campaign.get("budget") is None or in_budget(sale, campaign))
    )


def is_reached_by_index(sale: Sale, campaign: Doc) -> bool:
    """The first index that the campaign has finds it."""
    top = flattened(campaign.get("when"))
    goods_of_rewards = [reward.get("goods") for reward in campaign["rewards"]]
    coupons = [c for c in top if c["kind"] == "coupon"]
    contains = [c for c in top if c["kind"] == "contains_goods" and has_a_list(c["goods"])]
    if coupons:
        index, found = "coupon", holds(sale, coupons[0])
    elif contains:
        index, found = "contains_goods", holds(sale, contains[0])
    elif all(has_a_list(goods) for goods in goods_of_rewards):
        index, found = "rewards", any(sale.meant(goods) for goods in goods_of_rewards)
    else:
        index, found = "everyone", True
        for kind in ("member_list", "tier", "place"):
            of_kind = [c for c in top if c["kind"] == kind]
            if of_kind:
                index, found = kind, holds(sale, of_kind[0])
                break
    sale.reached.add(f"index {index}: {'found' if found else 'missed'}")
    return found


def nearly_applied(sale: Sale) -> list[Doc]:
    """Campaigns that an index found and that one condition kept back; at most 10, by code."""
    nearly = []
    for campaign in sorted(sale.campaigns, key=lambda c: str(c["code"])):
        failed = failed_conditions(sale, campaign)
        if is_open(sale, campaign):
            assert failed == [], "an open campaign fails nothing"
        elif is_reached_by_index(sale, campaign) and in_dates(sale, campaign) and len(failed) == 1:
            sale.reached.add(f"nearly: {failed[0]}")
            nearly.append(
                {"campaign": campaign["code"], "name": campaign["name"], "condition": failed[0]}
            )
    if len(nearly) > NEARLY_MAX:
        sale.reached.add("nearly: more than ten")
    return nearly[:NEARLY_MAX]


def codes_named(condition: Doc | None) -> set[str]:
    """The coupons that the condition names outside a `not`."""
    if condition is None or condition["kind"] == "not":
        return set()
    if condition["kind"] == "coupon":
        return {condition["code"]}
    if condition["kind"] in {"all", "any"}:
        return {code for each in condition["of"] for code in codes_named(each)}
    return set()


def coupon_answers(sale: Sale, applied: set[str]) -> list[Doc]:
    """One answer for each distinct code of the receipt, in the order of codes."""
    answers = []
    for code in sorted(set(sale.coupons)):
        naming = [c for c in sale.campaigns if code in codes_named(c.get("when"))]
        if any(c["code"] in applied for c in naming):
            status = "applied"
        elif not naming:
            status = "unknown"
        elif not any(in_dates(sale, c) for c in naming):
            status = "not_in_force"
        else:
            status = "not_applicable"
        sale.reached.add(f"coupon: {status}")
        answers.append({"code": code, "status": status})
    if len(set(sale.coupons)) < len(sale.coupons):
        sale.reached.add("coupon: given twice")
    return answers
