"""A small shop in plain words, for receipts that are worked out by hand from docs/rules.md."""

from __future__ import annotations

from typing import Any, Protocol

from tests.oracle.oracle import evaluate as ask_oracle
from tests.oracle.running import compiled, run_engine

Doc = dict[str, Any]

#: A Sunday; its week begins on Monday the 16th.
SUNDAY = "2026-11-22T18:30:00"
CATALOGUE = [
    {"sku": "milk", "category": "dairy", "brand": "Alpha", "tags": ["eco"]},
    {"sku": "bread", "category": "food", "brand": "Beta"},
    {"sku": "soap", "category": "home", "supplier": "Delta"},
    {"sku": "beer", "category": "food", "flags": ["alcohol"]},
]
TREE = [{"code": "dairy", "parent": "food"}, {"code": "food"}, {"code": "home"}]
POINTS = {"code": "points", "name": "Points", "exponent": 2}
#: What belongs to the facts, not to the receipt.
FACTS = ("budgets", "limit_uses", "coupon_series", "coupons_refused", "stopped", "gifts_left")
#: What the facts say of the certificates that stand on the receipt.
STATES = "certificate_states"


class Ask(Protocol):
    """A sale in the one store of `shop`, put to one of the two."""

    def __call__(
        self, snapshot: Doc, lines: list[Doc], member: Doc | None = None, **more: object
    ) -> Doc: ...


def asking(whom: str, hint: Doc | None = None) -> Ask:
    """Ask the oracle or the engine: `ask(snapshot, lines, member=..., ...)`.

    `hint` is the engine's outcome, for the oracle where several are right.
    """

    def ask(snapshot: Doc, lines: list[Doc], member: Doc | None = None, **more: object) -> Doc:
        facts: Doc = {"member": member} | {k: v for k, v in more.items() if k in FACTS}
        facts["certificates"] = more.pop(STATES, {})
        of_receipt = {k: v for k, v in more.items() if k not in FACTS}
        receipt = {"store": "one", "local_time": SUNDAY, "lines": lines, **of_receipt}
        if whom == "oracle":
            return ask_oracle(snapshot, facts, receipt, hint=hint)
        return run_engine(compiled(snapshot), facts, receipt)

    return ask


def shop(*campaigns: Doc, lanes: list[Doc] | None = None, **program: object) -> Doc:
    """One store, money and points of two decimals, one point worth one minor unit."""
    standard = [{"code": "off", "phase": "discount"}, {"code": "earn", "phase": "accrual"}]
    of_program = {
        "code": "club",
        "name": "Club",
        "currencies": [POINTS],
        "lanes": lanes or standard,
    }
    return {
        "partner": {"code": "p", "name": "P", "currency": {"code": "EUR", "exponent": 2}},
        "programs": [{**of_program, **program}],
        "chains": [{"code": "chain", "name": "Chain"}],
        "stores": [{"code": "one", "chain": "chain", "program": "club", "name": "One"}],
        "categories": TREE,
        "products": CATALOGUE,
        "words": {
            "member_lists": ["vip"],
            "segments": ["families"],
            "coupon_series": ["autumn"],
            "certificate_series": ["money"],
            "tags": ["early"],
            "gifts": ["mug"],
            "attributes": {"since": "date", "children": "number"},
        },
        "campaigns": list(campaigns),
    }


def campaign(code: str, *rewards: Doc, **more: object) -> Doc:
    """A campaign of the club."""
    return {"code": code, "program": "club", "name": code, "rewards": list(rewards), **more}


def percent(rate_bp: int, lane: str = "off", **more: object) -> Doc:
    """A percentage off."""
    return {"kind": "percent", "lane": lane, "rate_bp": rate_bp, **more}


def amount_off(amount_minor: int, lane: str = "off", **more: object) -> Doc:
    """An amount off the receipt."""
    more = {"per": "receipt", **more}
    return {"kind": "amount", "lane": lane, "amount_minor": amount_minor, **more}


def earning(rate_bp: int, **more: object) -> Doc:
    """Points as a percentage."""
    return {"kind": "points_percent", "lane": "earn", "rate_bp": rate_bp, **more}


def line(position: int, sku: str, amount: int, **more: object) -> Doc:
    """One piece of an article, unless a quantity is given."""
    standard = {"quantity_milli": 1000, "price_minor": amount, "amount_minor": amount}
    return {"position": position, "sku": sku, **standard, **more}


def member(points: int = 0, **more: object) -> Doc:
    """A member with so many points."""
    return {"member_id": "m", "points": {"points": points}, **more}


def by_sku(outcome: Doc, name: str) -> dict[str, int]:
    """A number of each canonical line."""
    return {each["sku"]: each[name] for each in outcome["lines"]}


def by_position(outcome: Doc, name: str) -> dict[int, int]:
    """A number of each till line."""
    return {share["position"]: share[name] for each in outcome["lines"] for share in each["shares"]}


def nearly(outcome: Doc) -> list[tuple[str, str]]:
    """Nearly applied campaigns, and which condition kept each back."""
    return [(unmet["campaign"], unmet["condition"]) for unmet in outcome["nearly"]]


def limit_per_day(bound: int) -> Doc:
    """So many purchases of anybody a day."""
    return {"code": "day", "name": "Day", "period": "day", "subject": "partner", "bound": bound}
