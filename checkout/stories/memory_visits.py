"""What members of a story bought: the tables that `checkout.store.visit_store` reads and writes."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from checkout.ledger.visit_rows import (
    MemberWindows,
    TierChange,
    Uncounted,
    Visit,
    VisitBook,
    VisitPending,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Mapping
    from uuid import UUID

    from checkout.ledger.book import Book
    from checkout.ledger.rows import Participation
    from checkout.ledger.writes import Writes
    from checkout.stories.memory import MemoryBookStore


@dataclass
class MemoryVisits:
    """The tables as dicts; those that are to be counted in the order in which they came."""

    visits: dict[tuple[UUID, UUID, str], Visit] = field(default_factory=dict)
    pending: dict[tuple[UUID, UUID], VisitPending] = field(default_factory=dict)
    windows: dict[UUID, MemberWindows] = field(default_factory=dict)
    tier_changes: list[TierChange] = field(default_factory=list)
    #: What the rules asked when receipts were last counted for it.
    asked: set[str] = field(default_factory=set)

    def load(self, store: MemoryBookStore, book: Book, since: Mapping[UUID, dt.date]) -> None:
        """Read what counts of members from a day on, and what is to be counted."""
        for member_id, first in since.items():
            read = book.visits[member_id] = VisitBook()
            for (owner, receipt_id), row in self.pending.items():
                if owner == member_id:
                    read.uncounted.append(_uncounted(store, receipt_id, row))
            due = {each.receipt_id for each in read.uncounted}
            for (owner, receipt_id, category), visit in self.visits.items():
                if owner == member_id and (visit.day >= first or receipt_id in due):
                    read.visits[receipt_id, category] = copy.copy(visit)

    def due(
        self,
        participations: Iterable[Participation],
        todays: Mapping[str, dt.date],
        today: dt.date,
    ) -> list[UUID]:
        """Members of whom something is due; days of tiers are those of their programs."""
        found = {member_id for member_id, _ in self.pending}
        found |= {
            member_id
            for member_id, row in self.windows.items()
            if row.recount_on is not None and row.recount_on <= today
        }
        found |= {
            row.member_id
            for row in participations
            if row.tier_until is not None
            and row.left_at is None
            and row.program_code in todays
            and row.tier_until < todays[row.program_code]
        }
        return sorted(found)

    def count_again(
        self, store: MemoryBookStore, asked: Mapping[str, int], member_ids: Collection[UUID]
    ) -> None:
        """Queue all receipts of members if rules ask for what they did not ask before."""
        if asked.keys() - self.asked:
            of_member = {
                receipt_id: row.member_id
                for receipt_id, row in store.receipts.items()
                if row.member_id in member_ids
            }
            of_member |= {c.receipt_id: c.member_id for c in store.credits.values()}
            for receipt_id, member_id in of_member.items():
                row = store.receipts[receipt_id]
                assert member_id is not None, "it is a member's"
                self.pending[member_id, receipt_id] = VisitPending(
                    row.bucket, member_id, receipt_id, row.bucket, row.month
                )
        self.asked = set(asked)

    def apply(self, writes: Writes) -> None:
        """Write everything that a batch changed."""
        self.visits |= copy.deepcopy(writes.visits)
        for ref in writes.visits_counted:
            self.pending.pop(ref, None)
        self.windows |= copy.deepcopy(writes.windows)
        self.tier_changes += copy.deepcopy(writes.tier_changes)
        for row in writes.visits_pending:
            self.pending.setdefault((row.member_id, row.receipt_id), row)


def _uncounted(store: MemoryBookStore, receipt_id: UUID, row: VisitPending) -> Uncounted:
    receipt = store.receipts[receipt_id]
    returned: dict[int, tuple[int, int]] = {}
    for line in store.return_lines:
        if line.receipt_id == receipt_id:
            quantity, money = returned.get(line.position, (0, 0))
            returned[line.position] = (quantity + line.quantity_milli, money + line.money_minor)
    answers = (c.answer for c in store.credits.values() if c.receipt_id == receipt_id)
    return Uncounted(
        receipt_id,
        receipt.program_code,
        receipt.business_day,
        receipt.answer,
        next(answers, None) if row.member_id != receipt.member_id else None,
        receipt.content,
        returned,
    )
