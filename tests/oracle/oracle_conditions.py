"""The oracle's sale, and when conditions hold and campaigns are open (docs/rules.md, 2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from tests.oracle.oracle_coupons import carried_codes, fold, series_of
from tests.oracle.oracle_goods import means
from tests.oracle.oracle_limits import (
    allowed_quantities,
    limit_fails,
    limit_left,
    limits_in_force,
)
from tests.oracle.oracle_lines import CanonicalLine, Doc, cap_left
from tests.oracle.oracle_members import compares, member_holds
from tests.oracle.oracle_schedules import hours_hold, in_force, schedule_holds


@dataclass
class Sale:
    """One evaluation: the documents, the canonical lines, and what became of them so far."""

    snapshot: Doc
    facts: Doc
    receipt: Doc
    store: Doc
    program: Doc
    lines: list[CanonicalLine]
    #: Names of the rules that had a say.
    reached: set[str] = field(default_factory=set)
    #: The engine's outcome, where several are right and this one is to be judged.
    hint: Doc | None = None
    #: Codes of campaigns that have been granted something, discounts or points, in order.
    granted: list[str] = field(default_factory=list)
    #: The largest portion of a line, in thousandths, on which a campaign was granted something,
    #: by the campaign's code and the line's index; of rewards that count units those used.
    worked: dict[tuple[str, int], int] = field(default_factory=dict)
    cuts: list[Doc] = field(default_factory=list)
    combinations: list[Doc] = field(default_factory=list)
    gifts: list[Doc] = field(default_factory=list)
    #: What campaigns issue, by code; how many of each gift are taken; those that there are not.
    issued_by: dict[str, list[Doc]] = field(default_factory=dict)
    gifts_taken: dict[str, int] = field(default_factory=dict)
    gifts_missed: list[Doc] = field(default_factory=list)
    #: Limits that cut something: code of the campaign (empty: the program's) and of the limit.
    limits_cut: set[tuple[str, str]] = field(default_factory=set)
    #: Earned points as the outcome shows them.
    earned: list[Doc] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.member: Doc | None = self.facts.get("member")
        self.now = dt.datetime.fromisoformat(self.receipt["local_time"])
        #: What external and manual discounts leave of the discount cap; none without a cap.
        self.cap = cap_left(self.program, self.lines, self.reached)
        self.carried = carried_codes(self.program, self.receipt)
        #: Those of the store's program: by falling priority, then code.
        self.campaigns: list[Doc] = sorted(
            (c for c in self.snapshot["campaigns"] if c["program"] == self.program["code"]),
            key=lambda c: (-c.get("priority", 0), c["code"]),
        )
        # Answers that never change during a sale are found once.
        self._meant: dict[tuple[int, str], tuple[Doc | None, list[CanonicalLine]]] = {}
        self._open: list[Doc] | None = None
        self._allowed: dict[str, dict[int, int] | None] = {}

    def meant(self, goods: Doc | None, campaign: str = "") -> list[CanonicalLine]:
        """The lines meant by a choice of goods of a campaign; by none of it all counted ones."""
        key = id(goods), campaign
        if key not in self._meant:
            lines = [line for line in self.lines if means(self, goods, line, campaign)]
            self._meant[key] = goods, lines
        return list(self._meant[key][1])

    def offer(self, campaign: str) -> Doc | None:
        """The member's personal offer of the campaign."""
        if self.member is None:
            return None
        offer: Doc | None = self.member.get("offers", {}).get(campaign)
        return offer

    def open_campaigns(self) -> list[Doc]:
        """Open campaigns in order; their late conditions are another question."""
        if self._open is None:
            self._open = [each for each in self.campaigns if is_open(self, each)]
        return self._open

    def late_hold(self, campaign: Doc) -> bool:
        """Whether the late conditions hold now: to be asked when a lane opens, and at the end."""
        return failed_late(self, campaign) == []

    def allowed(self, campaign: Doc) -> dict[int, int] | None:
        """Quantities under limits of goods, by `id` of the line; none if there is no such limit."""
        code = campaign["code"]
        if code not in self._allowed:
            self._allowed[code] = allowed_quantities(self, campaign)
        return self._allowed[code]

    def limits(self, owner: Doc) -> list[Doc]:
        """The limits of a campaign or of the program that are in force."""
        return limits_in_force(self, owner)

    def limit_left(self, limit: Doc, campaign: str, sku: str = "") -> int:
        """What was left of a limit before this receipt; a program's has an empty campaign."""
        return limit_left(self, limit, campaign, sku)

    def limit_full(self, limit: Doc, campaign: str) -> bool:
        """Whether the limit fails."""
        return limit_fails(self, limit, campaign)


# --- Conditions -------------------------------------------------------------------------------


def holds(sale: Sale, campaign: str, condition: Doc) -> bool:
    """Whether one condition of a campaign holds; a late one, whether it holds now."""
    kind = condition["kind"]
    if kind == "all":
        inner = [holds(sale, campaign, each) for each in condition["of"]]
        held = all(inner)
    elif kind == "any":
        inner = [holds(sale, campaign, each) for each in condition["of"]]
        held = any(inner)
    elif kind == "not":
        held = not holds(sale, campaign, condition["of"])
    elif kind in {"receipt_amount", "receipt_quantity", "distinct_goods", "contains_goods"}:
        held = goods_hold(sale, campaign, condition)
    elif kind == "schedule":
        held = schedule_holds(sale, condition["schedule"])
    elif kind == "place":
        held = is_place(sale, condition)
    elif kind == "tender":
        held = is_tender(sale, condition)
    elif kind == "channel":
        held = sale.receipt.get("channel", "till") in condition["channels"]
    elif kind == "coupon":
        held = fold(sale.program, condition["code"]) in sale.carried
    elif kind == "coupon_series":
        held = any(series_of(sale, each) == condition["series"] for each in sale.carried)
    elif kind == "campaign_applied":
        held = any(each in sale.granted for each in condition["campaigns"])
    else:
        held = member_holds(sale, campaign, condition)
    late = "late " if is_late(condition) else ""
    sale.reached.add(f"{late}{kind}: {'held' if held else 'failed'}")
    return held


def goods_hold(sale: Sale, campaign: str, condition: Doc) -> bool:
    """What the lines of a choice of goods come to, against a bound."""
    lines = sale.meant(condition.get("goods"), campaign)
    if condition["kind"] == "contains_goods":
        return lines != []
    if condition["kind"] == "distinct_goods":
        value, bound = len({line.of("sku") for line in lines}), condition["count"]
    elif condition["kind"] == "receipt_quantity":
        value, bound = sum(line.quantity for line in lines), condition["quantity_milli"]
    elif is_late(condition):
        value, bound = sum(line.current for line in lines), condition["amount_minor"]
    else:
        value, bound = sum(line.start for line in lines), condition["amount_minor"]
    return compares(sale, condition, value, bound)


def is_place(sale: Sale, condition: Doc) -> bool:
    """The store is named, or its chain, format or region; or the till."""
    till = {"store": sale.store["code"], "terminal": sale.receipt.get("terminal", "")}
    named: dict[str, object] = {
        "stores": sale.store["code"],
        "chains": sale.store["chain"],
        "formats": sale.store.get("format", ""),
        "regions": sale.store.get("region", ""),
        "terminals": till,
    }
    hits = [part for part, code in named.items() if code in condition.get(part, [])]
    sale.reached.update(f"place: by {part}" for part in hits)
    return hits != []


def is_tender(sale: Sale, condition: Doc) -> bool:
    """One planned tender is all that is named."""
    kinds, bins, tokens = (condition.get(name, []) for name in ("kinds", "bins", "tokens"))
    for tender in sale.receipt.get("tenders", []):
        answers = {
            "kinds": not kinds or tender.get("kind", "") in kinds,
            "bins": not bins or any(tender.get("bin", "").startswith(each) for each in bins),
            "tokens": not tokens or tender.get("token", "") in tokens,
        }
        for name, answer in answers.items():
            if condition.get(name):
                sale.reached.add(f"tender by {name}: {'held' if answer else 'failed'}")
        if all(answers.values()):
            return True
    return False


def is_late(condition: Doc) -> bool:
    """It looks at what earlier lanes did, or has one inside that does."""
    if condition["kind"] in {"all", "any"}:
        return any(is_late(each) for each in condition["of"])
    if condition["kind"] == "not":
        return is_late(condition["of"])
    if condition["kind"] == "receipt_amount":
        return bool(condition.get("after", "original") == "earlier_lanes")
    return bool(condition["kind"] == "campaign_applied")


def conditions_of(campaign: Doc) -> list[Doc]:
    """The members of the top-level `all`, nested ones flattened; or the one condition."""

    def flattened(condition: Doc) -> list[Doc]:
        if condition["kind"] == "all":
            return [leaf for each in condition["of"] for leaf in flattened(each)]
        return [condition]

    return [] if campaign.get("when") is None else flattened(campaign["when"])


# --- Open campaigns ---------------------------------------------------------------------------


def failed_early(sale: Sale, campaign: Doc) -> list[str]:
    """Kinds of everything but dates and late conditions that keeps the campaign closed."""
    code = campaign["code"]
    failed = [
        each["kind"]
        for each in conditions_of(campaign)
        if not is_late(each) and not holds(sale, code, each)
    ]
    failed += ["limit" for each in sale.limits(campaign) if limit_fails(sale, each, code)]
    if not hours_hold(sale, campaign.get("schedule", {})):
        failed.append("schedule")
    if not budget_holds(sale, campaign):
        failed.append("budget")
    return failed


def failed_late(sale: Sale, campaign: Doc) -> list[str]:
    """Kinds of late conditions that do not hold now."""
    return [
        each["kind"]
        for each in conditions_of(campaign)
        if is_late(each) and not holds(sale, campaign["code"], each)
    ]


def is_open(sale: Sale, campaign: Doc) -> bool:
    """In force, and hours and every condition that is not late hold, no limit or budget fails."""
    return (
        in_force(sale, campaign)
        and hours_hold(sale, campaign.get("schedule", {}))
        and all(
            is_late(each) or holds(sale, campaign["code"], each) for each in conditions_of(campaign)
        )
        and not any(limit_fails(sale, each, campaign["code"]) for each in sale.limits(campaign))
        and budget_holds(sale, campaign)
    )


def budget_use(sale: Sale, campaign: Doc) -> Doc:
    """What the campaign's budget has given so far."""
    use: Doc = sale.facts.get("budgets", {}).get(campaign["code"], {})
    return {"discount_minor": 0, "uses": 0, **use}


def budget_holds(sale: Sale, campaign: Doc) -> bool:
    """Something is left of every bound, or there is no budget."""
    held = True
    for name in ("discount_minor", "uses"):
        bound = (campaign.get("budget") or {}).get(name)
        if bound is not None:
            left = bound - budget_use(sale, campaign)[name]
            sale.reached.add(f"budget {name}: {'held' if left > 0 else 'failed'}")
            held = held and left > 0
    return held
