"""Sales and returns of them in memory: what laws of returns are judged by."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from checkout.stories.memory import MemoryBookStore
from checkout.stories.runner import run_in_memory

if TYPE_CHECKING:
    import random

    from checkout.stories.document import Story

Doc = dict[str, Any]

LINES = st.lists(
    st.tuples(
        st.sampled_from(["tea", "jam", "plum"]),
        st.integers(1, 4),
        st.integers(1, 9_999),
    ),
    min_size=1,
    max_size=4,
)


def run(story: Story) -> tuple[MemoryBookStore, list[Doc]]:
    """The books after a story, and what each step answered."""
    store = MemoryBookStore()
    told = asyncio.run(run_in_memory(story, store))
    return store, [step.answer or {} for step in told[: len(story.steps)]]


def state_of(store: MemoryBookStore) -> Doc:
    """All that a return may move."""
    return {
        "accounts": {c: (a.balance, a.held, a.debt) for (_, c), a in store.accounts.items()},
        "lots": {str(i): (lot.remaining, lot.held) for i, lot in store.lots.items()},
        "slots": {str(key): (s.used, s.held) for key, s in store.slots.items()},
        "budgets": {c: (b.discount_used, b.uses_used) for (_, c), b in store.budgets.items()},
        "purchases": [member.purchases for member in store.members.values()],
        "returned": [purchase.returned for purchase in store.purchases.values()],
        "coupons": {
            c.coupon_id: (c.used, c.taken_back_at is None) for c in store.coupons.coupons.values()
        },
        "tags": {tag: row.given for (_, tag), row in store.coupons.tags.items()},
        "certificates": {c.masked: c.remaining for c in store.certificates.values()},
    }


def divided(pieces: list[int], chance: random.Random) -> list[dict[int, str]]:
    """The same pieces of positions, in any order and any division into returns."""
    pieces = pieces.copy()
    chance.shuffle(pieces)
    returns: list[dict[int, str]] = []
    while pieces:
        many = chance.randint(1, len(pieces))
        now, pieces = pieces[:many], pieces[many:]
        returns.append({position: str(count) for position, count in Counter(now).items()})
    return returns
