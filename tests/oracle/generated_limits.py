"""Generated limits: every measure, period and subject, near to what sales come to."""

from __future__ import annotations

from tests.oracle.generated_baskets import AMOUNT_MAX, LARGE, Doc
from tests.oracle.generated_goods import Choices

PERIODS = ("receipt", "day", "week", "month", "lifetime", "rolling")
SUBJECTS = ("member", "card", "household", "store", "partner", "campaign")
#: Measures of limits of campaigns; the middle three may count each article separately.
MEASURES = ("purchases", "units", "quantity", "amount", "discount", "points", "interval")
OF_GOODS = ("units", "quantity", "amount")
#: Measures of limits of programs: above some no reward is given, above others nothing is sold.
MEASURES_OF_REWARDS = ("purchases", "interval", "discount", "points", "points_spent")
MEASURES_OF_SALES = ("purchases", "interval", *OF_GOODS)


class Limits(Choices):
    """Limits of campaigns and programs of the world."""

    def limit(self, number: int, program: Doc, rewards: list[Doc]) -> Doc:
        """A limit of a campaign of the program with those rewards."""
        measure = self.chance.choice(self.measures(rewards))
        doc = self.any_limit(f"limit-{number}", measure, list(SUBJECTS))
        if measure in OF_GOODS:
            if self.often(60):
                doc["which"] = self.chance.choice(["cheapest", "dearest", "receipt_order"])
            if self.often(40):
                doc["goods"] = self.goods()
            doc |= {"each_sku": True} if self.often(30) else {}
        if measure == "points":
            first = program["currencies"][0]["code"]
            given = sorted({each.get("currency") or first for each in rewards if is_points(each)})
            currency = self.chance.choice(given)
            if currency != first or self.often(50):
                doc["currency"] = currency
        return doc

    @staticmethod
    def measures(rewards: list[Doc]) -> list[str]:
        """What a campaign with those rewards uses up."""
        measures = ["purchases", "interval"]
        if rewards:
            measures += [*OF_GOODS, *OF_GOODS]
        if any(is_discount(reward) for reward in rewards):
            measures.append("discount")
        if any(is_points(reward) for reward in rewards):
            measures += ["points", "points"]
        return measures

    def limit_of_program(self, number: int, program: Doc) -> Doc:
        """A limit over all campaigns, or on buying at all."""
        subjects = [each for each in SUBJECTS if each != "campaign"]
        if self.often(50):
            measure = self.chance.choice(MEASURES_OF_REWARDS)
            doc = self.any_limit(f"of-all-{number}", measure, subjects)
            if measure == "points" and self.often(60):
                doc["currency"] = self.chance.choice(program["currencies"])["code"]
            if measure == "points_spent":
                # Others are never spent.
                doc["currency"] = program.get("redemption", {}).get("currency")
            return doc | ({"above": "no_reward"} if self.often(50) else {})
        measure = self.chance.choice(MEASURES_OF_SALES)
        doc = self.any_limit(f"of-all-{number}", measure, subjects)
        doc["above"] = "refuse_sale"
        if self.often(60) and measure != "interval":
            doc["goods"] = self.goods_of_anybody()
        if measure in OF_GOODS and self.often(40):
            doc["each_sku"] = True
        return doc

    def any_limit(self, code: str, measure: str, subjects: list[str]) -> Doc:
        """What all limits have."""
        chance = self.chance
        doc: Doc = {
            "code": code,
            "name": f"Limit {code}",
            "measure": measure,
            "bound": self.bound_of(measure),
            "subject": chance.choice([*subjects, "member"]),
            "period": chance.choice(PERIODS),
        }
        if measure == "interval":
            doc["period"] = "lifetime"
        if measure == "purchases" and doc["period"] == "receipt":
            doc["period"] = "day"
        if doc["period"] == "rolling":
            doc["rolling_hours"] = chance.choice([1, 24, 48, 49, 720])
        if self.often(10):
            doc["schedule"] = self.schedule()
        if self.often(50):
            doc["message"] = {
                place: chance.choice([f"{code} is full", ""])
                for place in self.some(("slip", "cashier", "display"))
            }
        return doc

    def bound_of(self, measure: str) -> int:
        """A bound that the world's own sales come near to."""
        chance = self.chance
        if measure in {"purchases", "units"}:
            return chance.choice([1, 1, 2, 3, 5])
        if measure == "interval":
            return chance.choice([1, 60])
        if measure == "quantity":
            return chance.choice([1, 500, 1000, 2000, 2500])
        if measure in {"points", "points_spent"}:
            of_world = LARGE if self.scale == LARGE else 1000
            return chance.choice([1, 10, 100, of_world])
        amount = self.amounts() // chance.choice([1, 2, 10])
        return min(AMOUNT_MAX, max(1, amount))


def is_points(reward: Doc) -> bool:
    """Whether a reward gives points."""
    return str(reward["kind"]).startswith("points_")


def is_discount(reward: Doc) -> bool:
    """Whether a reward takes something off."""
    return not is_points(reward)
