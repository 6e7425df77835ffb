"""What was sold, priced once more by somebody who has no cache at all.

Rules are read from PostgreSQL, and evaluated with the receipt and with the facts that were stored
with it. A worker that took something else for the rules has stored the true facts and the true
snapshot's name, and another price.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from checkout.cache.connection import Cache
from checkout.cache.snapshots import SnapshotLibrary
from checkout.engine.evaluate import Explain
from checkout.flows.explain import Explained, ExplainFlow
from checkout.refusals import Refusal
from checkout.store.pool import open_pool
from checkout.store.reference import ReferenceStore
from tests.faults.journal import did_something
from tests.service.world import NORTH

if TYPE_CHECKING:
    from tests.faults.journal import Call, Journal

#: Nobody listens there.
_NO_CACHE: Final = "redis://127.0.0.1:1"


@dataclass(slots=True)
class PricedAgain:
    """What was found; `wrong` should be empty."""

    sales: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, call: Call, again: Explained | Refusal, in_force: str) -> None:
        """A sale as its till was told, and as it is priced again."""
        self.sales += 1
        told = _amounts(call.answer.outcome)
        if isinstance(again, Refusal):
            self.wrong.append(f"{call.purchase_id}: cannot be priced again: {again.message}")
        elif again.snapshot_id != in_force:
            self.wrong.append(f"{call.purchase_id}: by {again.snapshot_id[:8]}, never in force")
        elif told != _amounts(again.outcome):
            self.wrong.append(
                f"{call.purchase_id}: told {told}, priced again {_amounts(again.outcome)}"
            )
        elif not again.is_exact:
            self.wrong.append(f"{call.purchase_id}: priced again something else differs")


async def price_again(journal: Journal, dsn: str) -> PricedAgain:
    """All that was sold while the same rules were in force, which nobody replaced meanwhile."""
    found = PricedAgain()
    cache = Cache(_NO_CACHE)
    async with await open_pool(dsn, connections_max=1, application="faults") as pool:
        reference = ReferenceStore(pool)
        flow = ExplainFlow(SnapshotLibrary(reference, cache), reference)
        publications = {p.partner_id: p.snapshot_id for p in await reference.read_publications()}
        for call in journal.calls:
            if call.kind == "confirm" and did_something(call):
                again = await flow.explain(NORTH, call.purchase_id, Explain.APPLIED, "")
                found.add(call, again, publications[NORTH])
    await cache.close()
    return found


def _amounts(outcome: Any) -> dict[str, int]:
    """What was paid and earned; of an answer and of the engine's own outcome."""
    return {
        "payable": outcome.payable_minor,
        "discount": outcome.discount_minor,
        "points": outcome.redemption.points_minor,
        "earned": outcome.points_earned_minor,
    }
