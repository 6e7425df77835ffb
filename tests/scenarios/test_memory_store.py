"""Books over plain dicts: what a batch that fails leaves behind."""

from __future__ import annotations

import copy
import datetime as dt
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from checkout.flows.adjust import AdjustOperation
from checkout.flows.batch import run_batch
from checkout.stories.memory import MemoryBookStore
from checkout.stories.memory_shop import MemoryShop
from checkout.stories.rules import StoryRules, snapshot_document
from checkout.stories.shop import Arrival, Shown

if TYPE_CHECKING:
    from checkout.flows.operation import Decision
    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book


class FallingOperation(AdjustOperation):
    """Changes the book and then falls over."""

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        super().decide(book, snapshots)
        raise RuntimeError("fell over")


async def test_a_batch_that_falls_over_changes_nothing() -> None:
    """Operations work on copies: what one changed before it fell never reaches the store."""
    store = MemoryBookStore()
    shop = MemoryShop("shop", store)
    await shop.set_clock(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC))
    await shop.publish(snapshot_document(StoryRules(), "shop"))
    member_id = await shop.admit(
        Arrival(
            identifiers=[Shown("external_id", "anna")],
            program="club",
        )
    )
    await shop.adjust(member_id, "points", 500, "gift", "first")
    before = copy.deepcopy(vars(store))
    falling = FallingOperation(
        shop._partner_id,
        request_id="second",
        member_id=UUID(member_id),
        currency="points",
        amount_minor=-100,
        reason="taken",
        author="story",
        correction_id=UUID(int=1_000),
    )
    with pytest.raises(RuntimeError, match="fell over"):
        await run_batch(store, shop._snapshots, [falling])
    assert vars(store) == before
