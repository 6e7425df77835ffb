"""What members bought, as the tables have it: read under their locks, written with what follows.

Two statements of a batch that counts, one of a batch in which an operator moves a tier; others have
none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from checkout.ledger.visit_rows import Uncounted, Visit, VisitBook
from checkout.primitives import bucket_of_uuid
from checkout.store.queries import QUERIES, columns_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from uuid import UUID

    from asyncpg import Connection

    from checkout.ledger.book import Book
    from checkout.ledger.writes import Writes

#: Receipts of one member that are counted at once: reading an answer takes about a millisecond, and
#: the member is locked meanwhile. The rest is due as before.
RECEIPTS_MAX: Final = 32


@dataclass(slots=True)
class _Counted:
    """A receipt that has been counted."""

    bucket: int
    member_id: UUID
    receipt_id: UUID


async def read_visits(
    connection: Connection[Any], book: Book, since: Mapping[UUID, dt.date]
) -> None:
    """Fill in what counts of members from a day on, and what is to be counted."""
    wanted = sorted((bucket_of_uuid(member_id), member_id) for member_id in since)
    if not wanted:
        return
    record = await connection.fetchrow(
        QUERIES["read_visits"],
        [bucket for bucket, _ in wanted],
        [member_id for _, member_id in wanted],
        [since[member_id] for _, member_id in wanted],
        RECEIPTS_MAX,
    )
    for member_id in since:
        book.visits[member_id] = VisitBook()
    for row in record["visits"] or ():
        visit = Visit(*row)
        book.visits[visit.member_id].visits[visit.receipt_id, visit.category_code] = visit
    returned: dict[UUID, dict[int, tuple[int, int]]] = {}
    for _, receipt_id, position, quantity_milli, money_minor in record["returned"] or ():
        returned.setdefault(receipt_id, {})[position] = (quantity_milli, money_minor)
    for member_id, receipt_id, program, day, answer, credit, content in record["receipts"] or ():
        back = returned.get(receipt_id, {})
        receipt = Uncounted(receipt_id, program, day, answer, credit, content, back)
        book.visits[member_id].uncounted.append(receipt)


async def write_visits(connection: Connection[Any], writes: Writes) -> None:
    """Write what was counted, windows and tiers; nothing if nothing of it changed."""
    if not (writes.visits or writes.visits_counted or writes.windows or writes.tier_changes):
        return
    rows = {
        "visit": writes.visits.values(),
        "visit_counted": [
            _Counted(bucket_of_uuid(member_id), member_id, receipt_id)
            for member_id, receipt_id in writes.visits_counted
        ],
        "member_window": writes.windows.values(),
        "standing": writes.standings.values(),
        "tier_change": writes.tier_changes,
    }
    await connection.execute(QUERIES["write_visits"], *columns_of("write_visits", rows))
