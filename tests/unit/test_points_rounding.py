"""Points: where they are rounded, which way, and what a cut leaves."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from pydantic import TypeAdapter

from checkout.engine.compiler import compile_snapshot
from checkout.engine.evaluate import evaluate
from checkout.engine.facts import Facts
from checkout.engine.receipt import Receipt
from checkout.engine.schema.snapshot import Snapshot

Doc = dict[str, Any]

#: 0.99, 1.99 and 2.99: at 50 % exactly 0.495, 0.995 and 1.495 points, 2.985 together.
LINES = [
    {"position": i, "sku": sku, "quantity_milli": 1000, "price_minor": price, "amount_minor": price}
    for i, (sku, price) in enumerate((("a", 99), ("b", 199), ("c", 299)), 1)
]


def half(**more: object) -> Doc:
    """Half a point for each whole unit of money."""
    return {"kind": "points_percent", "lane": "earn", "rate_bp": 5000, **more}


def ask(*rewards: Doc, member: Doc | None = None, **accrual: object) -> Doc:
    """The outcome of a member's receipt, each reward being of a campaign c1, c2 … of its own."""
    snapshot = {
        "partner": {"code": "p", "name": "P", "currency": {"code": "EUR"}},
        "programs": [
            {
                "code": "club",
                "name": "Club",
                "tiers": [{"code": "gold", "name": "Gold", "points_multiplier_bp": 15000}],
                "currencies": [
                    {"code": "pt", "name": "Points"},
                    {"code": "star", "name": "Stars", "exponent": 3},
                ],
                "lanes": [
                    {"code": "earn", "phase": "accrual"},
                    {"code": "more", "phase": "accrual"},
                ],
                "accrual": accrual,
            }
        ],
        "chains": [{"code": "c", "name": "C"}],
        "stores": [{"code": "s", "chain": "c", "program": "club", "name": "S"}],
        "campaigns": [
            {"code": f"c{i}", "program": "club", "name": "C", "rewards": [reward]}
            for i, reward in enumerate(rewards, 1)
        ],
    }
    facts = {"member": {"member_id": "m", **(member or {})}}
    receipt = {"store": "s", "local_time": "2026-11-22T18:30:00", "lines": LINES}
    outcome = evaluate(
        compile_snapshot(Snapshot.model_validate(snapshot)),
        TypeAdapter(Facts).validate_python(facts),
        TypeAdapter(Receipt).validate_python(receipt),
    )
    answer: Doc = orjson.loads(orjson.dumps(outcome))
    return answer


def by_line(outcome: Doc) -> list[int]:
    """Points of the first currency on each line."""
    return [line["points_earned_minor"] for line in outcome["lines"]]


@pytest.mark.parametrize(
    ("level", "rounding", "expected"),
    [
        ("line", "down", [0, 0, 1]),
        ("line", "nearest", [0, 1, 1]),
        ("line", "up", [1, 1, 2]),
        # 2.985 as 2, 3 and 3: by 99, 199 and 299 of 597.
        ("reward", "down", [0, 1, 1]),
        ("reward", "nearest", [0, 1, 2]),
        ("reward", "up", [0, 1, 2]),
        ("receipt", "down", [0, 1, 1]),
        ("receipt", "nearest", [0, 1, 2]),
        ("receipt", "up", [0, 1, 2]),
    ],
)
def test_points_are_rounded_where_the_level_says(
    level: str, rounding: str, expected: list[int]
) -> None:
    """Each line, or the reward's sum, which is then spread by exact wishes."""
    outcome = ask(half(), level=level, rounding=rounding)
    assert by_line(outcome) == expected
    assert outcome["points_earned_minor"] == sum(expected)


@pytest.mark.parametrize(
    ("level", "rounding", "expected"),
    [
        # 2.985 and 2.985: 5.97 together.
        ("reward", "down", [2, 2]),
        ("receipt", "down", [2, 3]),
        ("reward", "up", [3, 3]),
        ("receipt", "up", [3, 3]),
        ("receipt", "nearest", [3, 3]),
    ],
)
def test_a_receipts_rewards_are_rounded_together(
    level: str, rounding: str, expected: list[int]
) -> None:
    """The exact sum so far, rounded, less what earlier rewards wished."""
    outcome = ask(half(), half(), level=level, rounding=rounding)
    assert [each["points_minor"] for each in outcome["applied"]] == expected


def test_currencies_are_rounded_apart() -> None:
    """What one leaves over is not another's; a currency with three decimals loses nothing here."""
    outcome = ask(half(), half(currency="star"))
    assert [(e["currency"], e["points_minor"]) for e in outcome["earned"]] == [
        ("pt", 2),
        ("star", 2985),
    ]
    assert outcome["points_earned_minor"] == 2


def test_the_tier_multiplies_before_rounding() -> None:
    """2.985 × 1.5 is 4.4775; a reward may leave the tier out."""
    gold = {"tier": "gold"}
    assert ask(half(), member=gold)["points_earned_minor"] == 4
    assert ask(half(tier_multiplied=False), member=gold)["points_earned_minor"] == 2
    assert ask(half(), member={"tier": "lost"})["points_earned_minor"] == 2


def test_a_multiplier_takes_what_earlier_lanes_gave() -> None:
    """Of 1 and 1 point on two lines, half as many again: 1.0, rounded with the 2.985 before it."""
    outcome = ask(half(), {"kind": "points_multiplier", "lane": "more", "factor_bp": 15000})
    assert [each["points_minor"] for each in outcome["applied"]] == [2, 1]


def test_a_cut_spreads_the_rest_by_what_was_wished() -> None:
    """A maximum of 2 of the 3 that were wished on `b` and twice on `c`."""
    outcome = ask(half(maximum_minor=2), level="reward", rounding="up")
    assert by_line(outcome) == [0, 1, 1]
    assert outcome["cuts"] == [
        {
            "campaign": "c1",
            "lane": "earn",
            "by": "maximum",
            "limit": "",
            "wanted_minor": 3,
            "granted_minor": 2,
        }
    ]


def test_a_maximum_may_leave_nothing() -> None:
    """With `above: nothing` a reward that wishes more gives nothing, and is shown as cut."""
    outcome = ask(half(maximum_minor=1, above="nothing"))
    assert outcome["points_earned_minor"] == 0
    assert [(cut["wanted_minor"], cut["granted_minor"]) for cut in outcome["cuts"]] == [(2, 0)]
    assert outcome["applied"] == []


def test_points_that_would_be_gone_at_once_are_not_given() -> None:
    """`on` must lie after the day on which they become active."""
    today = {"on": "2026-11-22"}
    assert ask(half(dates=today))["earned"] == []
    assert ask(half(dates={"on": "2026-11-23"}))["points_earned_minor"] == 2
    assert ask(half(dates={"on": "2026-11-23", "delay_days": 1}))["earned"] == []
    assert ask(half(), dates=today)["cuts"] == []


def test_earned_points_stand_by_currency_and_dates() -> None:
    """The same dates of two rewards are one entry; the program's are the default."""
    outcome = ask(
        half(dates={"months": 12, "end_of": "year"}),
        half(),
        half(dates={"days": 30}),
        half(currency="star", dates={"on": "2027-01-01"}),
        dates={"days": 30},
        level="reward",
    )
    assert [
        (e["currency"], e["points_minor"], e["days"], e["months"], e["end_of"], e["on"])
        for e in outcome["earned"]
    ] == [
        ("pt", 2, None, 12, "year", ""),
        ("pt", 4, 30, None, "", ""),
        ("star", 2985, None, None, "", "2027-01-01"),
    ]
