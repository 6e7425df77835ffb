"""Seeded sales that reach everything: snapshots, facts and receipts as plain JSON documents.

A `World` is one snapshot with small pools of articles, coupons, moments and amounts. Conditions
take their bounds from sums of the world's own baskets, schedules their edges from its own moments,
so that values often lie on a bound or one beside it, and campaigns are dense enough to get in each
other's way. Everything follows from the seed.
"""

from __future__ import annotations

import copy
import datetime as dt
from typing import TYPE_CHECKING

from tests.oracle.generated_rules import COUPONS, LISTS, Rules

if TYPE_CHECKING:
    from tests.oracle.generated_baskets import Doc

UNKNOWN_COUPONS = ("NOSUCH", "0")


class World(Rules):
    """One snapshot and the sales that may happen under it."""

    def sale(self) -> tuple[Doc, Doc]:
        """Facts and a receipt."""
        receipt = self.receipt()
        return self.facts(receipt), receipt

    def receipt(self) -> Doc:
        chance = self.chance
        lines = self.lines() if self.often(40) else copy.deepcopy(chance.choice(self.baskets))
        if self.often(30):
            lines.append(copy.deepcopy(chance.choice(lines)))
        positions = chance.sample(range(1, 3 * len(lines) + 1), len(lines))
        for line, position in zip(lines, positions, strict=True):
            line["position"] = position
        moment = dt.datetime.fromisoformat(self.moment())
        moment += dt.timedelta(microseconds=chance.choice([0, 0, -1, 1, 3_600_000_000]))
        doc: Doc = {
            "store": chance.choice(self.stores)["code"],
            "local_time": moment.isoformat(),
            "lines": lines,
            "utc_offset_minutes": chance.choice([0, 180, -840]),  # the till's local time counts
        }
        if self.often(50):
            doc["coupons"] = [
                chance.choice([*COUPONS, *COUPONS, *UNKNOWN_COUPONS])
                for _ in range(chance.choice([1, 2, 3, 6]))
            ]
        if self.often(60):
            few = chance.choice([1, 2, 10, 100, 1000])
            doc["points_to_spend"] = chance.choice(
                ["max", "max", 0, few, chance.randint(0, self.amounts())]
            )
        return doc

    def facts(self, receipt: Doc) -> Doc:
        facts: Doc = {"member": self.member(receipt) if self.often(80) else None}
        facts["budgets"] = {
            campaign["code"]: self.budget_use(campaign["budget"])
            for campaign in self.snapshot["campaigns"]
            if campaign.get("budget") and self.often(60)
        }
        return facts

    def member(self, receipt: Doc) -> Doc:
        chance = self.chance
        asked = receipt.get("points_to_spend", 0)
        points = (
            self.near(asked) if asked != "max" and self.often(60) else 10 ** chance.randint(0, 15)
        )
        store = next(store for store in self.stores if store["code"] == receipt["store"])
        program = next(p for p in self.programs if p["code"] == store["program"])
        doc: Doc = {
            "member_id": "member",
            "tier": chance.choice(["", *[tier["code"] for tier in program["tiers"]]]),
            "lists": self.some(LISTS, 0),
            "points": {program["currency"]["code"]: points, "another": 10**9},
            "limit_uses": self.limit_uses(dt.date.fromisoformat(receipt["local_time"][:10])),
        }
        if self.often(10):
            doc["points"] = chance.choice([{}, {program["currency"]["code"]: -5}])
        return doc

    def limit_uses(self, day: dt.date) -> dict[str, int]:
        """Uses on every first day that a period might have, and on the day before: one counts."""
        days = [day, day - dt.timedelta(days=1), day - dt.timedelta(days=day.weekday())]
        days += [day.replace(day=1), dt.date(1970, 1, 1)]
        return {
            f"{campaign['code']}/{limit['code']}/{first}": self.near(limit["uses"])
            for campaign in self.snapshot["campaigns"]
            for limit in campaign.get("limits", [])
            for first in days
            if self.often(60)
        }

    def budget_use(self, budget: Doc) -> Doc:
        use: Doc = {}
        if self.often(80):
            bound = budget.get("discount_minor", 100)
            use["discount_minor"] = self.chance.choice([0, self.near(bound), bound // 2, bound - 1])
        if self.often(60):
            use["uses"] = self.near(budget.get("uses", 100))
        return use
