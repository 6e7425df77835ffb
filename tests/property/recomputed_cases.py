"""Sales whose discounts hang on thresholds, and returns of them by the policy `recomputed`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from checkout.stories.document import Story
from tests.oracle.generated_baskets import seeded
from tests.property.return_cases import divided, run

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from checkout.stories.memory import MemoryBookStore

Doc = dict[str, Any]

POINTS = 51_234
_SKUS = ("tea", "jam", "plum", "rug")
_LIMIT = {"period": "month", "bound": 10**9}
_RATES = {"permissions": [{"code": "senior", "rate_bp": 5_000}]}


def rules(chance: random.Random, total_minor: int) -> Doc:
    """Rules whose offers are reached by thresholds up to a total, and beat each other."""

    def at_least() -> Doc:
        amount = max(chance.randint(total_minor // 4, total_minor), 1)
        return {"kind": "receipt_amount", "compare": "at_least", "amount_minor": amount}

    lanes = [
        {"code": "large", "phase": "discount", "policy": chance.choice(("all", "best", "first"))},
        {"code": "off", "phase": "discount", "scope": "line"},
        {"code": "earn", "phase": "accrual"},
    ]
    campaigns: list[Doc] = [
        {
            "code": "large",
            "when": at_least(),
            "rewards": [{"kind": "percent", "lane": "large", "rate_bp": 3_000}],
            "limits": [{"code": "money", "name": "Money", "measure": "discount", **_LIMIT}],
            "budget": {"discount_minor": 10**9, "uses": 9},
        },
        {
            "code": "small",
            "rewards": [
                {"kind": "percent", "lane": "large", "rate_bp": 300, "goods": {"skus": ["tea"]}}
            ],
        },
        {
            "code": "voucher",
            "when": {
                "kind": "all",
                "of": [{"kind": "coupon_series", "series": "autumn"}, at_least()],
            },
            "rewards": [{"kind": "amount", "per": "receipt", "lane": "off", "amount_minor": 777}],
            "limits": [{"code": "count", "name": "Count", **_LIMIT}],
        },
        {
            "code": "second",
            "rewards": [
                {
                    "kind": "multibuy",
                    "lane": "off",
                    "buy_units": 1,
                    "effect": {"rate_bp": 3_333},
                    "goods": {"skus": ["tea", "jam"]},
                }
            ],
            "limits": [{"code": "pieces", "name": "Pieces", "measure": "units", **_LIMIT}],
        },
        {
            "code": "earn",
            "when": at_least(),
            "rewards": [
                {"kind": "points_percent", "lane": "earn", "rate_bp": 333},
                {"kind": "points_amount", "lane": "earn", "points_minor": 3, "currency": "stars"},
            ],
            "limits": [{"code": "points", "name": "Points", "measure": "points", **_LIMIT}],
        },
        {
            "code": "gives",
            "when": at_least(),
            "issues": [
                {"kind": "issue_coupon", "series": "next", "count": 2},
                {"kind": "give_tag", "tag": "buyer"},
            ],
        },
    ]
    return {
        "words": {"coupon_series": ["autumn", "next"], "tags": ["buyer"]},
        "products": [{"sku": sku} for sku in _SKUS],
        "programs": [
            {
                "currencies": [
                    {"code": "points", "name": "Points", "exponent": 2},
                    {"code": "stars", "name": "Stars"},
                ],
                "lanes": lanes,
                "returns": {"policy": "recomputed"},
                "cash_rounding": chance.choice((None, {"to_minor": 100})),
                "redemption": {
                    "rate_bp": chance.choice((3_000, 7_000)),
                    "goods_caps": [{"goods": {"skus": ["plum"]}, "rate_bp": 0}],
                    "step_points_minor": chance.choice((1, 100)),
                },
                "manual_discounts": _RATES,
                "certificates": [{"code": "gift", "name": "Gift", "face": 50_00}],
                "limits": [
                    {"code": "spent", "name": "Spent", "measure": "points_spent", **_LIMIT},
                    {"code": "all", "name": "All", "measure": "discount", **_LIMIT},
                ],
            }
        ],
        "campaigns": campaigns,
    }


@dataclass
class SoldCase:
    """A sale: rules, units and prices by position, and what it is paid with."""

    chance: random.Random
    rules: Doc
    #: Article, units, price and discount by hand of one unit.
    lines: list[tuple[str, int, int, int]]
    #: Points of the member; none: a guest.
    points: int | None
    pays_points: bool
    #: At most so much of a certificate; 0: none.
    certificate_minor: int
    has_coupon: bool = True
    returns: list[dict[int, str]] = field(default_factory=list)

    def sale(self, units: dict[int, int]) -> Doc:
        """The sale with so many units of each position; positions without any are left out."""
        lines = [
            {
                "line": f"{sku} {units[position]} x {price / 100:.2f}",
                "manual_discount_minor": by_hand * units[position],
            }
            for position, (sku, _, price, by_hand) in enumerate(self.lines, start=1)
            if units.get(position)
        ]
        sale: Doc = {
            "lines": lines,
            "tenders": [{"kind": "cash"}],
            "manual_permission": "senior",
            "points": "max" if self.pays_points else 0,
        }
        if self.points is not None:
            sale["member"] = "anna"
        if self.has_coupon:
            sale["coupons"] = ["ONCE"]
        if self.certificate_minor:
            sale["certificates"] = {"gift": self.certificate_minor}
        return sale

    @property
    def units(self) -> dict[int, int]:
        """What was sold."""
        return {position: line[1] for position, line in enumerate(self.lines, start=1)}

    def play(self, units: dict[int, int], returns: list[dict[int, str]]) -> Played:
        """Sell so much, and bring so much back."""
        lots = []
        if self.points:
            few = min(self.points, 1_234)
            lots.append({"amount_minor": few, "expires_at": "2026-12-01T00:00:00"})
            if self.points > few:
                lots.append({"amount_minor": self.points - few})
        steps: list[Doc] = [{"issue_coupons": {"series": "autumn", "codes": ["ONCE"]}}]
        if self.certificate_minor:
            gift = {"name": "gift", "series": "gift", "activate": True}
            steps.append({"issue_certificate": gift})
        steps.append({"confirm": self.sale(units)})
        before = len(steps)
        steps += [{"return": {"lines": lines}} for lines in returns]
        story = Story.model_validate(
            {
                "title": "Goods come back",
                "why": "A law",
                "snapshot": self.rules,
                "members": {"anna": {"points": lots}} if self.points is not None else {},
                "steps": steps,
            }
        )
        store, answers = run(story)
        played = Played(store, answers[before - 1], answers[before:])
        played.check()
        return played

    def pieces(self, units: dict[int, int]) -> list[int]:
        """A position for each unit."""
        return [position for position, count in units.items() for _ in range(count)]

    def some_units(self) -> dict[int, int]:
        """Some of what was sold: more than nothing, less than everything."""
        pieces = self.pieces(self.units)
        if len(pieces) < 2:
            return {}
        count = self.chance.randint(1, len(pieces) - 1)
        return dict(Counter(self.chance.sample(pieces, count)))

    def division(self, units: dict[int, int]) -> list[dict[int, str]]:
        """These units in any order and any division into returns."""
        return divided(self.pieces(units), self.chance)


@dataclass
class Played:
    """The books after a sale and returns, and what each was answered."""

    store: MemoryBookStore
    sold: Doc
    returns: list[Doc]

    @property
    def is_floored(self) -> bool:
        """Whether some step was."""
        return any(answer["is_floored"] for answer in self.returns)

    def sum_of(self, name: str) -> int:
        """What all returns gave back."""
        return sum(answer[name] for answer in self.returns)

    def check(self) -> None:
        """What holds of every answer: it is worth what its lines are, and they what they say."""
        assert self.sold["status"] == "ok"
        for answer in self.returns:
            assert answer["status"] == "ok"
            if answer["policy"] == "stored_shares":
                assert answer["unevaluated"] == ""
                continue
            in_lines: Counter[str] = Counter()
            for line in answer["lines"].values():
                worth = 0
                for tender in ("money_minor", "points_value_minor", "certificates_minor"):
                    in_lines[tender] += line[tender]
                    worth += line[tender]
                assert worth == line["amount_minor"] - sum(line["discounts"].values())
            rounded = 0
            for tender, total in in_lines.items():
                assert answer[tender] >= 0
                off = answer[tender] - total - answer[f"floored_{tender}"]
                if tender == "money_minor":
                    rounded = off
                else:
                    assert off == 0
            assert abs(rounded) < 100, "the rounding of cash"
        assert self.sum_of("money_minor") <= self.sold["payable_minor"]


def sold_cases(law: str, count: int, *, is_paid_in_money: bool = False) -> Iterator[SoldCase]:
    """Sales for one law, each with chance of its own."""
    for number in range(count):
        chance = seeded(f"recomputed/{law}/{number}")
        lines = []
        for _ in range(chance.randint(1, 4)):
            price = chance.randint(1, chance.choice((3_00, 99_99)))
            by_hand = chance.choice((0, 0, chance.randint(0, price)))
            lines.append((chance.choice(_SKUS), chance.randint(1, 4), price, by_hand))
        total_minor = sum(units * (price - by_hand) for _, units, price, by_hand in lines)
        is_member = chance.random() < 0.8
        yield SoldCase(
            chance,
            rules(chance, total_minor),
            lines,
            points=POINTS if is_member else None,
            pays_points=is_member and not is_paid_in_money and chance.random() < 0.7,
            certificate_minor=0 if is_paid_in_money else chance.choice((0, 0, 10_00, 50_00)),
        )
