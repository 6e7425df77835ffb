"""Generated programs: tiers, currencies, caps, codes, redemption, accrual, rounding."""

from __future__ import annotations

from tests.oracle.generated_baskets import DAYS, Doc
from tests.oracle.generated_limits import Limits
from tests.oracle.generated_rewards import Rewards
from tests.oracle.generated_words import PERMISSIONS
from tests.oracle.oracle_goods import has_a_list


class Programs(Limits, Rewards):
    """Programs of the world."""

    def program(self, code: str) -> Doc:
        """One program, dense and small."""
        doc: Doc = {
            "code": code,
            "name": f"Program {code}",
            "currencies": self.currencies(code),
            "lanes": self.lanes_of_program(),
            "tiers": [
                self.tier(name) for name in ("basic", "silver", "gold")[: self.chance.randint(0, 3)]
            ],
        }
        if self.often(30):
            doc["discount_cap"] = self.discount_cap()
        if self.often(60):
            doc["manual_discounts"] = self.manual_discounts()
        if self.often(50):
            doc["coupons"] = {
                name: self.often(40)
                for name in ("case_matters", "repeated_refused", "unused_used_up")
            }
        if self.often(70):
            doc["redemption"] = self.redemption(doc)
        if self.often(70):
            doc["accrual"] = self.accrual()
        if self.often(40):
            doc["cash_rounding"] = self.cash_rounding()
        if self.often(35):
            many = self.chance.choice([1, 1, 2, 3])
            doc["limits"] = [self.limit_of_program(number, doc) for number in range(many)]
        return doc

    def currencies(self, program: str) -> list[Doc]:
        """One currency of points, or several."""
        return [
            self.currency(f"{program}-{name}")
            for name in ("points", "stars", "miles")[: self.chance.choice([1, 1, 2, 3])]
        ]

    def currency(self, code: str) -> Doc:
        """A currency with decimals and a worth that is no whole number."""
        ratios = [(1, 1), (1, 100), (5, 2), (7, 3), (3, 7), (100, 1), (250, 1000)]
        value, points = self.chance.choice(ratios)
        return {
            "code": code,
            "name": code.title(),
            "exponent": self.chance.choice([0, 0, 1, 2, 3, 4]),
            "value_minor": value,
            "value_points_minor": points,
        }

    def tier(self, code: str) -> Doc:
        """A tier with a multiplier, as a rule."""
        doc: Doc = {"code": code, "name": code.title()}
        if self.often(80):
            doc["points_multiplier_bp"] = self.chance.choice([5000, 10_000, 12_345, 20_000, 1])
        return doc

    def discount_cap(self) -> Doc:
        """A rate, an amount, or both."""
        doc: Doc = {}
        if self.often(60):
            doc["rate_bp"] = self.chance.choice([0, 500, 2000, 3333, 9000, 10_000])
        if self.often(60) or not doc:
            doc["amount_minor"] = self.chance.choice([0, self.near(self.amounts() // 4)])
        if self.often(25):
            doc["above"] = "nothing"
        return doc

    def manual_discounts(self) -> Doc:
        """Permissions, and whether the cap counts what they give."""
        permissions = [
            {"code": code, "rate_bp": self.chance.choice([1, 500, 1000, 3333, 10_000])}
            for code in self.some(PERMISSIONS)
        ]
        return {"permissions": permissions} | ({"in_cap": False} if self.often(40) else {})

    def redemption(self, program: Doc) -> Doc:
        """What part of a receipt may be paid with points."""
        chance = self.chance
        rates = [10_000, 10_000, 5000, 3000, 3333, 0]
        doc: Doc = {
            "rate_bp": chance.choice(rates),
            "goods_caps": self.goods_caps(rates),
            "min_money_minor": chance.choice([0, 0, 1, self.amounts() // 3, self.amounts()]),
        }
        if self.often(40):
            doc["currency"] = chance.choice(program["currencies"])["code"]
        if self.often(20):
            doc["earn_only"] = ["phone"] if self.often(70) else ["external_id", "phone"]
        if self.often(40):
            doc["step_points_minor"] = chance.choice([1, 2, 7, 10, 50, 100])
        if self.often(30):
            doc["min_points_minor"] = chance.choice([1, 15, 100, 101, self.amounts() // 2])
        if self.often(40):
            doc["too_many"] = "clamp"
        if self.often(20):
            doc["lots"] = "earned_first"  # the ledger looks at it, the engine does not
        return doc

    def goods_caps(self, rates: list[int]) -> list[Doc]:
        """Rates of chosen goods; only the last choice may be of all goods."""
        many = self.chance.choice([0, 0, 1, 2, 3])
        choices = [self.goods_in_store() for _ in range(many)]
        return [
            {"goods": goods, "rate_bp": self.chance.choice(rates)}
            for number, goods in enumerate(choices)
            if has_a_list(goods) or number == many - 1
        ]

    def accrual(self) -> Doc:
        """What earns points, how they are rounded and how long they live."""
        chance = self.chance
        doc: Doc = {
            "goods": self.goods_in_store() if self.often(30) else None,
            "exclude_paid_with_points": self.often(50),
            "exclude_paid_with_certificates": self.often(50),
            "earn_when_points_spent": self.often(75),
        }
        if self.often(60):
            doc["base"] = chance.choice(
                ["after_discounts", "before_discounts", "without_receipt_discounts"]
            )
        if self.often(60):
            doc["rounding"] = chance.choice(["down", "nearest", "up"])
        if self.often(60):
            doc["level"] = chance.choice(["receipt", "reward", "line"])
        if self.often(50):
            doc["dates"] = self.dates_of_points()
        return doc

    def dates_of_points(self) -> Doc:
        """When points become active and when they expire."""
        chance = self.chance
        expiry: list[Doc] = [
            {},
            {"days": chance.choice([1, 30, 365])},
            {"months": chance.choice([1, 12])},
            {"end_of": chance.choice(["month", "year"])},
            {"end_of": chance.choice(["month", "year"]), "months": 1},
            {"on": chance.choice([*DAYS, "2028-03-01", "2030-01-01"])},
        ]
        doc = dict(chance.choice(expiry))
        if self.often(50):
            doc["delay_days"] = chance.choice([0, 1, 14])
        return doc

    def cash_rounding(self) -> Doc:
        """To a coin, down or to the nearest."""
        doc: Doc = {"to_minor": self.chance.choice([5, 10, 100])}
        if self.often(50):
            doc["nearest"] = True
        if self.often(30):
            doc["always"] = True
        return doc
