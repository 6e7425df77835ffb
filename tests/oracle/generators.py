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

from tests.oracle.generated_baskets import CATEGORIES
from tests.oracle.generated_conditions import COUNTS, DAYS_AGO, SPENT, YEARS
from tests.oracle.generated_rules import Rules
from tests.oracle.generated_words import (
    ACTIVITIES,
    ATTRIBUTES_OF_MEMBERS,
    BINS,
    CARD_TYPES,
    CHANNELS,
    CONSENTS,
    COUPON_FAULTS,
    COUPONS,
    GENDERS,
    LANGUAGES,
    LIFECYCLES,
    LISTS,
    PERMISSIONS,
    SEGMENTS,
    SERIES,
    TAGS_OF_MEMBERS,
    TENDERS,
    TERMINALS,
    TOKENS,
    UNKNOWN_COUPONS,
    VALUES,
    WINDOWS,
)

if TYPE_CHECKING:
    from tests.oracle.generated_baskets import Doc


class World(Rules):
    """One snapshot and the sales that may happen under it."""

    def sale(self) -> tuple[Doc, Doc]:
        """Facts and a receipt."""
        receipt = self.receipt()
        return self.facts(receipt), receipt

    # --- Receipts -----------------------------------------------------------------------------

    def receipt(self) -> Doc:
        """A basket at a till, with codes, tenders and points."""
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
            doc["coupons"] = self.codes()
        if self.often(60):
            few = chance.choice([1, 2, 10, 100, 1000])
            doc["points_to_spend"] = chance.choice(
                ["max", "max", 0, few, chance.randint(0, self.amounts())]
            )
        if self.often(45):
            doc["certificates"] = self.shown()
        return doc | self.circumstances()

    def codes(self) -> list[str]:
        """Coupon codes, some twice, some in other letters."""
        chance = self.chance
        codes = [
            chance.choice([*COUPONS, *COUPONS, *UNKNOWN_COUPONS])
            for _ in range(chance.choice([1, 2, 3, 6]))
        ]
        return [code.swapcase() if self.often(10) else code for code in codes]

    def circumstances(self) -> Doc:
        """How and where is bought, as far as the till says."""
        chance = self.chance
        doc: Doc = {}
        if self.often(60):
            doc["terminal"] = chance.choice(TERMINALS)
        if self.often(60):
            doc["channel"] = chance.choice(CHANNELS)
        if self.often(60):
            doc["tenders"] = [self.tender() for _ in range(chance.choice([1, 1, 2]))]
        if self.often(70):
            doc["manual_permission"] = chance.choice([*PERMISSIONS, *PERMISSIONS, "nobody"])
        if self.often(50):
            doc["language"] = chance.choice([*LANGUAGES, "et"])
        return doc

    def tender(self) -> Doc:
        """A planned tender: cash as a rule."""
        if self.often(60):
            return {"kind": "cash"}
        doc: Doc = {"kind": self.chance.choice(TENDERS)}
        if self.often(70):
            doc["bin"] = self.chance.choice([*BINS, "41112222", "5"])
        if self.often(50):
            doc["token"] = self.chance.choice(TOKENS)
        return doc

    # --- Facts --------------------------------------------------------------------------------

    def facts(self, receipt: Doc) -> Doc:
        """What the engine is told beside snapshot and receipt."""
        day = dt.date.fromisoformat(receipt["local_time"][:10])
        codes = {code.upper(): code for code in receipt.get("coupons", [])}
        valid = {code: self.chance.choice(SERIES) for code in codes.values() if self.often(35)}
        program = self.program_of_store(receipt["store"])
        return {
            "member": self.member(receipt) if self.often(80) else None,
            "limit_uses": self.limit_uses(day),
            "budgets": {
                campaign["code"]: self.budget_use(campaign["budget"])
                for campaign in self.snapshot["campaigns"]
                if campaign.get("budget") and self.often(60)
            },
            "coupon_series": valid,
            "coupons_refused": {
                code: self.chance.choice(COUPON_FAULTS)
                for code in codes.values()
                if code not in valid and self.often(15)
            },
            "certificates": self.certificate_states(receipt.get("certificates", []), program),
            "gifts_left": self.gifts_left(),
            "stopped": [
                campaign["code"] for campaign in self.snapshot["campaigns"] if self.often(4)
            ],
        }

    def member(self, receipt: Doc) -> Doc:
        """A member of whom some is known."""
        chance = self.chance
        program = self.program_of_store(receipt["store"])
        tiers = [tier["code"] for tier in program["tiers"]]
        values: Doc = {
            "tier": chance.choice(["", "no such tier", *tiers, *tiers]),
            "lists": self.some(LISTS, 0),
            "segments": self.some(SEGMENTS, 0),
            "tags": self.some(TAGS_OF_MEMBERS, 0),
            "attributes": self.attributes(),
            "gender": chance.choice(GENDERS),
            "age_years": chance.choice(YEARS) + chance.choice([-1, 0, 0, 1]),
            "days_to_birthday": (ahead := chance.choice([0, 1, 3, 4, 200])),
            "days_since_birthday": 0 if ahead == 0 else chance.choice([1, 3, 4, 200]),
            "purchases": chance.choice(COUNTS),
            "days_since_purchase": chance.choice(DAYS_AGO) + chance.choice([0, 0, 1]),
            "spend": self.windows(SPENT),
            "visits": self.windows(COUNTS),
            "activities": {
                f"{activity}/{window}": chance.choice(COUNTS)
                for activity in ACTIVITIES
                for window in WINDOWS
                if self.often(60)
            },
            "favourites": self.some(list(CATEGORIES), 0),
            "card_type": chance.choice(CARD_TYPES),
            "consents": self.some(CONSENTS, 0),
            "lifecycle": chance.choice(LIFECYCLES),
            "offers": self.offers(),
        }
        known = {name: value for name, value in values.items() if self.often(80)}
        if "visits" in known:
            # Rules are refused as impossible that ask for more visits than purchases.
            most = known.get("purchases", 0)
            known["visits"] = {window: min(n, most) for window, n in known["visits"].items()}
        if self.often(60):
            known["identified_by"] = self.chance.choice(["card", "phone", "external_id"])
        return {"member_id": "member", "points": self.points(receipt, program), **known}

    def program_of_store(self, code: str) -> Doc:
        """The program under which a store sells."""
        store = next(store for store in self.stores if store["code"] == code)
        return next(p for p in self.programs if p["code"] == store["program"])

    def points(self, receipt: Doc, program: Doc) -> dict[str, int]:
        """A balance near to what is asked for, in some currencies."""
        asked = receipt.get("points_to_spend", 0)
        chance = self.chance
        balances = {"another": 10**9}
        for currency in program["currencies"]:
            if self.often(90):
                near = asked != "max" and self.often(60)
                some = self.near(asked) if near else 10 ** chance.randint(0, 15)
                balances[currency["code"]] = -5 if self.often(3) else some
        return balances

    def attributes(self) -> Doc:
        """Values of custom attributes, now and then of another type than rules expect."""
        chance = self.chance
        return {
            name: chance.choice(VALUES[chance.choice([of_type] * 5 + ["text", "number"])])
            for name, of_type in ATTRIBUTES_OF_MEMBERS.items()
            if self.often(80)
        }

    def windows(self, values: tuple[int, ...]) -> Doc:
        """Sums or counts by window, over all and by category."""
        parts = ("", *(f"/{category}" for category in ("food", "home")))
        keys = [f"{window}{part}" for window in WINDOWS for part in parts]
        return {key: self.chance.choice(values) for key in keys if self.often(60)}

    def offers(self) -> Doc:
        """Personal offers of some campaigns, with values of all sizes."""
        skus = [product["sku"] for product in self.catalogue]
        return {
            campaign["code"]: {
                "value": self.chance.choice([0, 1, 1000, 12_000, self.amounts() // 2]),
                "skus": self.some(skus, 0),
                "categories": self.some(list(CATEGORIES), 0)[:3],
            }
            for campaign in self.snapshot["campaigns"]
            if self.often(50)
        }

    def limit_uses(self, day: dt.date) -> dict[str, int]:
        """Uses in every slot that a limit might have, and in those of the day before."""
        days = [day, day - dt.timedelta(days=1), day - dt.timedelta(days=day.weekday())]
        days += [day.replace(day=1), dt.date(1970, 1, 1)]
        slots = [*map(str, days), "rolling", "last", str(day) + "T12"]
        owners = [("", program) for program in self.programs]
        owners += [(campaign["code"], campaign) for campaign in self.snapshot["campaigns"]]
        return {
            f"{code}/{limit['code']}/{slot}{sku}": self.near(limit["bound"])
            for code, owner in owners
            for limit in owner.get("limits", [])
            for sku in self.sku_slots(limit)
            for slot in slots
            if self.often(50)
        }

    def sku_slots(self, limit: Doc) -> list[str]:
        """What follows the slot of a limit: nothing, or each article that there is."""
        if not limit.get("each_sku"):
            return [""]
        return sorted({f"/{article['sku']}" for article in self.articles})

    def budget_use(self, budget: Doc) -> Doc:
        """What a budget has given so far."""
        use: Doc = {}
        if self.often(80):
            bound = budget.get("discount_minor", 100)
            use["discount_minor"] = self.chance.choice([0, self.near(bound), bound // 2, bound - 1])
        if self.often(60):
            use["uses"] = self.near(budget.get("uses", 100))
        return use
