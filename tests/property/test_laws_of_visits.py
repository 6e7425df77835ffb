"""Laws of what counts: it follows from the receipt and what came back, however often it is counted.

Sales as in the laws of returns, with goals and conditions that ask for categories; counts fall
anywhere between the returns, or once at the end.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING, Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from checkout.engine.schema.tiers import TierMeasure
from checkout.engine.windows import DayTotal, DayTotals, Window, value_at
from checkout.stories.document import Story
from tests.property.return_cases import LINES, divided, run
from tests.property.test_returns import RULES

if TYPE_CHECKING:
    from checkout.stories.memory import MemoryBookStore

Doc = dict[str, Any]

FIRST = dt.date(2026, 1, 1)
DAY = dt.timedelta(days=1)

_GOAL = {"measure": "spend", "at_least": 5_000, "window_days": 30, "keep_days": 30}
_PROGRAM = {
    **RULES["programs"][0],
    "tiers": [
        {"code": "base", "name": "Base"},
        {"code": "silver", "name": "Silver", "goal": _GOAL},
        {"code": "gold", "name": "Gold", "goal": {**_GOAL, "at_least": 20_000, "category": "hot"}},
    ],
}
_OFTEN = {
    "code": "often",
    "when": {
        "kind": "visits_in_window",
        "window_days": 30,
        "category": "sweet",
        "compare": "at_least",
        "count": 99,
    },
    "rewards": [{"kind": "percent", "lane": "off", "rate_bp": 100}],
}
ASKING: Doc = {
    **RULES,
    "products": [
        {"sku": "tea", "category": "hot"},
        {"sku": "jam", "category": "sweet"},
        {"sku": "plum", "category": "sweet"},
    ],
    "categories": [
        {"code": "hot", "name": "Hot", "parent": "food"},
        {"code": "sweet", "name": "Sweet", "parent": "food"},
        {"code": "food", "name": "Food"},
    ],
    "programs": [_PROGRAM],
    "campaigns": [*RULES["campaigns"], _OFTEN],
}


def counted(
    lines: list[tuple[str, int, int]],
    returns: list[dict[int, str]],
    sweeps: set[int],
    policy: str = "stored_shares",
) -> MemoryBookStore:
    """The books after a sale and its returns, counted after some of these steps and at the end."""
    sold = [f"{sku} {units} x {price / 100:.2f}" for sku, units, price in lines]
    steps: list[Doc] = [{"confirm": {"member": "anna", "lines": sold, "points": "max"}}]
    steps += [{"return": {"lines": each}} for each in returns]
    with_sweeps = []
    for number, step in enumerate(steps):
        with_sweeps.append(step)
        if number in sweeps:
            with_sweeps.append({"sweep": {}})
    story = Story.model_validate(
        {
            "title": "What counts",
            "why": "A law",
            "snapshot": {
                **ASKING,
                "programs": [_PROGRAM | {"returns": {"policy": policy}}],
            },
            "members": {"anna": {"tier": "base", "points": [{"amount_minor": 1_234}]}},
            "steps": [*with_sweeps, {"sweep": {}}],
        }
    )
    store, _ = run(story)
    assert not store.visits.pending
    return store


def what_counts(store: MemoryBookStore) -> Doc:
    """By category; rows of which nothing is left are as good as none."""
    found = {
        category: (row.spend_minor, row.visits, row.points_minor)
        for (_, _, category), row in store.visits.visits.items()
    }
    return {category: left for category, left in found.items() if any(left)}


@settings(max_examples=60, deadline=None)
@given(LINES, st.data())
def test_it_does_not_matter_when_and_how_often_receipts_are_counted(
    lines: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    """Before, between and after any returns, or once at the end: the same counts, the same tier."""
    counts = [data.draw(st.integers(0, units)) for _, units, _ in lines]
    pieces = [p for p, count in enumerate(counts, start=1) for _ in range(count)]
    returns = divided(pieces, random.Random(data.draw(st.integers(0, 2**32))))  # noqa: S311
    sweeps = data.draw(st.sets(st.integers(0, len(returns))))
    often, once = (counted(lines, returns, each) for each in (sweeps, set()))
    assert what_counts(often) == what_counts(once)
    assert {p.tier_code for p in often.participations.values()} == {
        p.tier_code for p in once.participations.values()
    }
    total = what_counts(once).get("", (0, 0, 0))
    for category, left in what_counts(once).items():
        assert all(0 <= part <= whole for part, whole in zip(left, total, strict=True)), category


@settings(max_examples=40, deadline=None)
@given(LINES, st.integers(0, 2**32), st.sampled_from(["stored_shares", "recomputed"]))
def test_of_a_receipt_that_came_back_nothing_counts(
    lines: list[tuple[str, int, int]], seed: int, policy: str
) -> None:
    """However it came back, and by whatever policy: no progress is left, and no tier by it."""
    chance = random.Random(seed)  # noqa: S311 - a test's chance
    pieces = [p for p, (_, units, _) in enumerate(lines, start=1) for _ in range(units)]
    store = counted(lines, divided(pieces, chance), {0}, policy)
    assert what_counts(store) == {}
    assert {p.tier_code for p in store.participations.values()} == {"base"}
    (windows,) = [row.windows for row in store.visits.windows.values()] or [{}]
    assert windows == {}


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(-500, 500)), max_size=8))
def test_windows_read_from_json_say_the_same(bought: list[tuple[int, int]]) -> None:
    """Stored and cached ones are lists in lists; compiled or plain, they have the same values."""
    totals = DayTotals()
    for number, spend_minor in bought:
        totals.add("", FIRST + number * DAY, DayTotal(spend_minor=spend_minor))
    steps, _ = totals.steps(Window(TierMeasure.SPEND, 30, ""), FIRST, FIRST + 500 * DAY)
    read = orjson.loads(orjson.dumps(steps))
    for number in range(0, 440, 11):
        day = FIRST + number * DAY
        assert value_at(read, day) == value_at(steps, day)
