"""Generated snapshots: programs and campaigns of every kind, dense and small."""

from __future__ import annotations

from tests.oracle.generated_baskets import CATEGORIES, Doc
from tests.oracle.generated_certificates import Certificates
from tests.oracle.generated_conditions import Conditions
from tests.oracle.generated_gifts import GiftLists
from tests.oracle.generated_limits import is_discount
from tests.oracle.generated_programs import Programs
from tests.oracle.generated_words import (
    CERTIFICATES,
    GIFTS,
    LANGUAGES,
    SERIES,
    TAGS_OF_MEMBERS,
    WORDS,
)

#: Campaigns of a crowded world, where more than ten are nearly applied.
CROWD = 25
TEXTS = (
    "Thank you",
    "{campaign}: {discount} off",
    "{points} + {points} points",
    "{tier} at {store}",
)


class Rules(Conditions, Programs, Certificates, GiftLists):
    """A snapshot whose rules are about the world's own baskets."""

    def __init__(self, seed: int | str) -> None:
        super().__init__(seed)
        self.snapshot = self.make_snapshot()

    # --- The snapshot -------------------------------------------------------------------------

    def make_snapshot(self) -> Doc:
        """Everything but facts and receipts."""
        chance = self.chance
        codes = ["main", "other"] if self.often(20) else ["main"]
        self.programs = [self.program(code) for code in codes]
        self.stores = [
            {
                "code": f"store-{number}",
                "chain": chance.choice(["north", "south"]),
                "program": chance.choice([*codes, "main"]),
                "name": f"Store {number} of {{points}}",
                "format": chance.choice(["big", "small"]),
                "region": chance.choice(["east", "west"]),
            }
            for number in range(chance.randint(1, 3))
        ]
        for number, program in enumerate(self.programs):
            stores = [s["code"] for s in self.stores if s["program"] == program["code"]]
            program["gifts"] = self.gifts_of(number, stores) if stores else []
            program["certificates"] = self.series_of_certificates(stores) if stores else []
        categories = [{"code": code, "parent": parent} for code, parent in CATEGORIES.items()]
        chance.shuffle(categories)
        return {
            "partner": {
                "code": "shop",
                "name": "A shop",
                "currency": {"code": "EUR", "exponent": chance.choice([2, 2, 0, 1, 3, 4])},
            },
            "programs": self.programs,
            "chains": [{"code": code, "name": code.title()} for code in ("north", "south")],
            "stores": self.stores,
            "categories": categories,
            "products": self.catalogue,
            "words": WORDS,
            "campaigns": self.campaigns(),
        }

    def campaigns(self) -> list[Doc]:
        """Campaigns of the programs: few, or a crowd of plain ones."""
        chance = self.chance
        many = chance.choice([1, 2, 3, 4, 5, 6, 7, 8, 8])
        many = CROWD if self.often(4) else many
        pool = ["a", "B", "b", "Z", "10", "9", *(f"c{number:02}" for number in range(30))]
        campaigns = [
            self.beginning(code, chance.choice([*self.programs, self.programs[0]]), many == CROWD)
            for code in chance.sample(pool, many)
        ]
        if many == CROWD:
            return [self.plain_campaign(campaign) for campaign in campaigns]
        return [self.campaign(campaign, campaigns) for campaign in campaigns]

    # --- Campaigns ----------------------------------------------------------------------------

    def program_of(self, campaign: Doc) -> Doc:
        """The program of a campaign."""
        return next(each for each in self.programs if each["code"] == campaign["program"])

    def any_campaign(self, code: str) -> Doc:
        """One more campaign of some program."""
        beginning = self.beginning(code, self.chance.choice(self.programs), plain=False)
        return self.campaign(beginning, self.snapshot["campaigns"])

    def beginning(self, code: str, program: Doc, plain: bool) -> Doc:
        """A campaign with nothing but its rewards."""
        many = 0 if self.often(8) else self.chance.choice([1, 1, 1, 2, 3])
        rewards = [self.reward(program) for _ in range(many)]
        if plain:
            rewards = [next(r for _ in range(1000) if (r := self.reward(program)) if is_plain(r))]
            rewards[0].pop("goods", None)
        return {
            "code": code,
            "program": program["code"],
            "name": f"Campaign {code}",
            "rewards": rewards,
        }

    def campaign(self, beginning: Doc, others: list[Doc]) -> Doc:
        """A campaign with all that it may have, beside the beginnings of others."""
        chance = self.chance
        doc = dict(beginning)
        program, rewards = self.program_of(doc), doc["rewards"]
        beside = [
            each["code"]
            for each in others
            if each["program"] == doc["program"] and each["code"] != doc["code"]
        ]
        doc |= self.standing(beside)
        if self.often(70):
            doc["priority"] = chance.choice([-1, 0, 1, 1, 5])
        if self.often(30):
            doc["schedule"] = self.schedule()
        if self.often(50):
            doc["when"] = self.condition(program, self.earlier(doc, others))
        if self.often(35):
            doc["limits"] = [self.limit(n, program, rewards) for n in range(chance.choice([1, 2]))]
        if self.often(20):
            doc["budget"] = self.budget(rewards)
        if self.often(30):
            doc["messages"] = [self.message() for _ in range(chance.choice([1, 2]))]
        if self.often(15) or not rewards:
            doc["issues"] = [self.issue() for _ in range(chance.choice([1, 1, 2]))]
        return doc

    def earlier(self, campaign: Doc, others: list[Doc]) -> list[str]:
        """Codes of others that may have granted something before a lane of the campaign."""
        lanes = [lane["code"] for lane in self.lanes_in_order(self.program_of(campaign))]
        last = max((lanes.index(each["lane"]) for each in campaign["rewards"]), default=len(lanes))
        return [
            each["code"]
            for each in others
            if each["program"] == campaign["program"]
            and each["code"] != campaign["code"]
            and any(lanes.index(reward["lane"]) < last for reward in each["rewards"])
        ]

    @staticmethod
    def lanes_in_order(program: Doc) -> list[Doc]:
        """Lanes as they work: those of discounts before those of points."""
        return sorted(program["lanes"], key=lambda lane: str(lane["phase"]) == "accrual")

    def plain_campaign(self, beginning: Doc) -> Doc:
        """A campaign that every receipt reaches, often with one condition that fails."""
        if self.often(30):
            return beginning
        return {
            **beginning,
            "when": {"kind": "not", "of": self.leaf(self.program_of(beginning))},
        }

    def message(self) -> Doc:
        """A text, sometimes in other languages, too."""
        chance = self.chance
        doc: Doc = {
            "place": chance.choice(["slip", "cashier", "display"]),
            "text": chance.choice(TEXTS),
        }
        if self.often(40):
            doc["translations"] = {
                language: f"{language}: {chance.choice(TEXTS)}" for language in self.some(LANGUAGES)
            }
        return doc

    def issue(self) -> Doc:
        """Something to be issued."""
        chance = self.chance
        kinds: list[Doc] = [
            {"kind": "issue_coupon", "series": chance.choice(SERIES)},
            {"kind": "issue_certificate", "series": chance.choice(CERTIFICATES)},
            {"kind": "give_tag", "tag": chance.choice(TAGS_OF_MEMBERS)},
            {"kind": "give_gift", "gift": chance.choice(GIFTS)},
        ]
        doc = chance.choice(kinds)
        if doc["kind"] == "issue_certificate":
            doc["amount_minor"] = chance.choice([500, 1000])
        if doc["kind"] in {"issue_coupon", "give_gift"} and self.often(50):
            doc["count"] = chance.choice([1, 2])
        if doc["kind"] == "issue_coupon" and self.often(50):
            doc["valid_days"] = chance.choice([1, 30])
        return doc

    def budget(self, rewards: list[Doc]) -> Doc:
        """Money, receipts, or both."""
        doc: Doc = {}
        if self.often(70) and any(is_discount(reward) for reward in rewards):
            doc["discount_minor"] = self.positive(self.amounts() // self.chance.choice([2, 10]))
            if self.often(30):
                doc["above"] = "nothing"
        if self.often(40) or not doc:
            doc["uses"] = self.chance.choice([1, 3, 1000])
        return doc


def is_plain(reward: Doc) -> bool:
    """A percentage without anything that works on some lines only."""
    return reward["kind"] == "percent" and "rate_bp" in reward
