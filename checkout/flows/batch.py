"""Runs operations as one transaction: lock → read → fold → write.

Budget: begin, lock keys, read keys, lock members, read members, lock budgets (only when a campaign
with a budget is reached), write, commit - whatever the number of operations. Two more lock and read
limits that many members share, when one is reached; two more read the sales of returns. One more
writes new members or identifiers, one what people changed beside the ledger, two more make the rows
of budgets, or of shared limits, that were never used. Certificates are locked when some are shown
or held, and written when they change: one each. So are codes that may be unique coupons, and what
is used or issued of coupons and tags. Which campaigns are stopped is read with the keys. A batch
gives each operation what it would get if they ran one after the other in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checkout.flows.operation import fold
from checkout.flows.pinned_snapshots import PinnedSnapshots
from checkout.ledger.book import ContestedRefs, KeyRefs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.flows.answers import Answer
    from checkout.flows.operation import Operation
    from checkout.flows.ports import BookStore, Snapshots
    from checkout.ledger.book import Book
    from checkout.refusals import Refusal


@dataclass(frozen=True, slots=True)
class BatchResult:
    """Answers in the order of the operations, and the book whose changes have been committed."""

    answers: list[Answer | Refusal]
    book: Book


async def run_batch(
    store: BookStore, snapshots: Snapshots, operations: Sequence[Operation]
) -> BatchResult:
    """One transaction for all operations; nothing of it happened if this raises `StoreError`."""
    snapshots = PinnedSnapshots(snapshots)
    refs = KeyRefs()
    keys: set[int] = set()
    for operation in operations:
        keys |= operation.key_numbers()
        operation.add_refs(refs)
    async with store.transaction() as transaction:
        # ---- lock and read keys
        book = await transaction.lock_keys(keys)
        await transaction.read_keys(book, refs)
        # ---- lock and read members
        members = {m for operation in operations for m in operation.member_ids(book)}
        await transaction.load_members(book, members)
        certificates = {c for operation in operations for c in operation.certificate_refs(book)}
        await transaction.load_certificates(book, certificates)
        # ---- snapshots that are not in memory, then what many draw on: last in the lock order
        for snapshot_id in {s for operation in operations for s in operation.snapshot_ids(book)}:
            if snapshots.resident(snapshot_id) is None:
                await snapshots.load(snapshot_id)
        coupons = {c for operation in operations for c in operation.coupon_refs(book, snapshots)}
        await transaction.load_coupons(book, coupons)
        contested = ContestedRefs()
        for operation in operations:
            contested.add(operation.contested_refs(book, snapshots))
        await transaction.load_limits(book, contested.limits)
        await transaction.load_sale_state(book)
        await transaction.lock_budgets(book, contested.budgets)
        # ---- fold: each operation sees what the earlier ones changed
        answers = [fold(operation, book, snapshots) for operation in operations]
        # ---- write
        await transaction.write(book)
    return BatchResult(answers, book)
