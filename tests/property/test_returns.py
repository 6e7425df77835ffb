"""Laws of returns: order and division do not matter, a full return leaves nothing, nothing twice.

In their range: at one instant, with the debt policy `negative`, and no other movement in between.
Sales with spread discounts, offers that count units, points paid and earned in two currencies,
limits in every measure, and a budget; sold and returned in memory, on the service's own decisions.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from checkout.stories.document import Story
from tests.property.return_cases import LINES, divided, run, state_of

Doc = dict[str, Any]

_LIMIT = {"period": "month", "bound": 10**9}
RULES: Doc = {
    "products": [{"sku": "tea"}, {"sku": "jam"}, {"sku": "plum"}],
    "programs": [
        {
            "currencies": [
                {"code": "points", "name": "Points", "exponent": 2},
                {"code": "stars", "name": "Stars"},
            ],
            "cash_rounding": {"to_minor": 100},
            "redemption": {"rate_bp": 7_000},
            "limits": [
                {"code": "spent", "name": "Spent", "measure": "points_spent", **_LIMIT},
                {"code": "all", "name": "All", "measure": "discount", **_LIMIT},
            ],
        }
    ],
    "campaigns": [
        {
            "code": "voucher",
            "rewards": [{"kind": "amount", "per": "receipt", "lane": "off", "amount_minor": 777}],
            "limits": [
                {"code": "count", "name": "Count", **_LIMIT},
                {"code": "money", "name": "Money", "measure": "discount", **_LIMIT},
            ],
            "budget": {"discount_minor": 10**9, "uses": 9},
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
            "limits": [
                {"code": "pieces", "name": "Pieces", "measure": "units", **_LIMIT},
                {
                    "code": "each",
                    "name": "Each",
                    "measure": "amount",
                    "each_sku": True,
                    "subject": "store",
                    **_LIMIT,
                },
            ],
        },
        {
            "code": "earn",
            "rewards": [
                {"kind": "points_percent", "lane": "earn", "rate_bp": 333},
                {"kind": "points_amount", "lane": "earn", "points_minor": 3, "currency": "stars"},
            ],
            "limits": [{"code": "points", "name": "Points", "measure": "points", **_LIMIT}],
        },
    ],
}


def story_of(
    lines: list[tuple[str, int, int]], points: int, returns: list[dict[int, str]]
) -> Story:
    """A sale to a member with two lots, and returns of it."""
    sold = [f"{sku} {units} x {price / 100:.2f}" for sku, units, price in lines]
    lots = [
        {"amount_minor": 1_234, "expires_at": "2026-12-01T00:00:00"},
        {"amount_minor": 50_000},
    ]
    return Story.model_validate(
        {
            "title": "Goods come back",
            "why": "A law",
            "snapshot": RULES,
            "members": {"anna": {"points": lots}},
            "steps": [
                {
                    "confirm": {
                        "member": "anna",
                        "lines": sold,
                        "points": "max" if points > 50_000 else 0,
                        "tenders": [{"kind": "cash"}],
                    }
                },
                *({"return": {"lines": each}} for each in returns),
            ],
        }
    )


@settings(max_examples=60, deadline=None)
@given(LINES, st.integers(0, 100_000), st.data())
def test_order_and_division_of_returns_do_not_matter(
    lines: list[tuple[str, int, int]], points: int, data: st.DataObject
) -> None:
    """Two ways to bring the same pieces back end in the same books, with the same sums paid out."""
    counts = [data.draw(st.integers(0, units)) for _, units, _ in lines]
    pieces = [p for p, count in enumerate(counts, start=1) for _ in range(count)]
    chance = random.Random(data.draw(st.integers(0, 2**32)))  # noqa: S311 - a test's chance
    found = []
    for _ in range(2):
        returns = divided(pieces, chance)
        store, answers = run(story_of(lines, points, returns))
        sums: Counter[str] = Counter()
        for answer in answers[1:]:
            assert answer["status"] == "ok"
            for name in ("money_minor", "points_value_minor", "points_back_minor"):
                sums[name] += answer[name]
                assert answer[name] >= 0
        found.append((state_of(store), sums))
    assert found[0] == found[1]


@settings(max_examples=60, deadline=None)
@given(LINES, st.integers(0, 100_000), st.integers(0, 2**32))
def test_a_full_return_leaves_nothing(
    lines: list[tuple[str, int, int]], points: int, seed: int
) -> None:
    """However it is divided: all that was paid comes back, and the books are as before the sale."""
    pieces = [p for p, (_, units, _) in enumerate(lines, start=1) for _ in range(units)]
    returns = divided(pieces, random.Random(seed))  # noqa: S311 - a test's chance
    store, answers = run(story_of(lines, points, returns))
    sale = answers[0]
    assert sum(a["money_minor"] for a in answers[1:]) == sale["payable_minor"]
    assert sum(a["points_value_minor"] for a in answers[1:]) == sale["points_value_minor"]
    assert answers[-1]["is_all"]
    state = state_of(store)
    assert state["accounts"]["points"] == (51_234, 0, 0)
    assert state["accounts"].get("stars", (0, 0, 0)) == (0, 0, 0)
    assert sorted(left for left, _ in state["lots"].values() if left) == [1_234, 50_000]
    assert set(state["slots"].values()) <= {(0, 0)}
    assert set(state["budgets"].values()) <= {(0, 0)}
    assert state["purchases"] == [0]
    moved: Counter[tuple[str, str]] = Counter()
    for entry in store.entries:
        moved[entry.currency, entry.role] += entry.amount
    assert not any(amount for (_, role), amount in moved.items() if role == "issued")
