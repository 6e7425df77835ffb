"""What is due in a story's shop: the background's operations, found as workers find them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.book_certificates import BookCertificatesOperation
from checkout.flows.book_lots import BookLotsOperation
from checkout.flows.count_visits import CountVisitsOperation, history_needed
from checkout.flows.expire_hold import ExpireHoldOperation
from checkout.flows.pricing import QUOTE_VALIDITY
from checkout.flows.tier_changes import today_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.flows.operation import Operation
    from checkout.stories.memory import MemoryBookStore


def due_bookings(store: MemoryBookStore, new_id: Callable[[], UUID]) -> Iterator[Operation]:
    """Overdue holds to end; lots and certificates that began or ended to book."""
    for partner_id, purchase_id in store.due_holds():
        yield ExpireHoldOperation(partner_id, purchase_id)
    ended_by = store.now - QUOTE_VALIDITY
    for partner_id, member_id in store.due_lots(ended_by):
        yield BookLotsOperation(partner_id, [member_id], new_id())
    for partner_id, digest in store.due_certificates(ended_by):
        yield BookCertificatesOperation(partner_id, [digest])


def due_counts(
    store: MemoryBookStore, partner_id: UUID, snapshot: CompiledSnapshot
) -> Iterator[Operation]:
    """Members whose purchases are to be counted, or whose tier is to be judged."""
    store.visits.count_again(store, history_needed(snapshot), store.members.keys())
    todays = {code: today_in(p.document, store.now) for code, p in snapshot.programs.items()}
    for member_id in store.visits.due(store.participations.values(), todays, store.now.date()):
        yield CountVisitsOperation(partner_id, member_id)
