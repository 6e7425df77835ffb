"""Runs operations as one transaction: lock → read → fold → write.

Budget: begin, lock keys, read keys, lock members, read members, lock budgets (only when a campaign
with a budget is reached), write, commit - whatever the number of operations. Two more lock and read
limits that many members share, when one is reached; two more read the sales of returns, one what
was in force when receipts from off line were made, one who has the numbers of purchases that are
added by hand, one what was sold to whom points are credited later. One more writes new members or
identifiers, one cards that are issued, one what people changed beside the ledger, one returns
without a receipt, two more make the rows of budgets, or of shared limits, that were never used.
What operators changed goes into the history of records by one more, the last: sales never do. Which
campaigns are stopped is read with the keys. Certificates are locked when some are shown or held,
and written when they change: one each; one more locks, for returns alone, codes that something on
them was moved to, however often that was. So are codes that may be unique coupons, and what is used
or issued of coupons and tags; and stocks of gifts that may be given. Those who were merged into a
member are looked for in one more, and how they were in another when a call is about what they
bought or were given before; what is written of merges and persons is one more. One reads what
members bought, when it is counted or they are merged, and one writes what follows, or what tier an
operator set. A batch gives each operation what it would get if they ran one after the other in the
same order.

No snapshot is loaded in a batch. Once the keys have been read it is known which are needed; if one
is not in memory the transaction ends there, three statements or a few more in vain, and whoever
runs batches has it loaded before the operation is tried again.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn

from checkout.flows.operation import fold
from checkout.flows.pinned_snapshots import PinnedSnapshots
from checkout.flows.snapshot_loads import NotInMemoryError
from checkout.ledger.book import ContestedRefs, KeyRefs
from checkout.ledger.events import events_of
from checkout.ledger.visit_rows import visits_to_count

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.flows.answers import Answer
    from checkout.flows.operation import Operation
    from checkout.flows.ports import BookStore, BookTransaction, Snapshots
    from checkout.ledger.book import Book
    from checkout.ledger.certificates import CertificateRef
    from checkout.refusals import Refusal


#: Operations of which it is found in one turn of the event loop what they may draw on: half an
#: evaluation each. Members are locked meanwhile, and under a flood a turn is long, so not fewer.
LOOKED_AT_ONCE: Final = 16
#: Turns of the event loop in which others did nothing, until the batch goes on.
IDLE_TURNS: Final = 3
#: A turn that took less was idle.
IDLE_TURN_S: Final = 0.000_1


@dataclass(frozen=True, slots=True)
class BatchResult:
    """Answers in the order of the operations, and the book whose changes have been committed."""

    answers: list[Answer | Refusal]
    book: Book


async def run_batch(
    store: BookStore,
    snapshots: Snapshots,
    operations: Sequence[Operation],
    folded: Callable[[], None] = lambda: None,
    loaded: Mapping[str, CompiledSnapshot | None] | None = None,
) -> BatchResult:
    """One transaction for all operations.

    `folded` is called when all is decided: what is left is PostgreSQL's to do. `loaded` are
    snapshots that were not in memory when it was tried before; None for one that does not exist.

    Raises:
        StoreError: nothing of it happened, or (`Failure.UNKNOWN`) nobody knows.
        NotInMemoryError: nothing of it happened; operations lack snapshots.
    """
    pinned = PinnedSnapshots(snapshots, loaded)
    async with store.transaction() as transaction:
        book = await _load_book(transaction, pinned, operations)
        # ---- fold: each operation sees what the earlier ones changed
        answers: list[Answer | Refusal] = []
        took_s = 0.0
        for operation in operations:
            if answers:
                await _let_others(took_s)
            began_s = time.perf_counter()
            answers.append(fold(operation, book, pinned))
            took_s = time.perf_counter() - began_s
        book.writes.visits_pending = visits_to_count(book)
        book.writes.events = events_of(book)
        folded()
        # ---- write
        await transaction.write(book)
    return BatchResult(answers, book)


async def try_out(
    store: BookStore,
    snapshots: Snapshots,
    operation: Operation,
    loaded: Mapping[str, CompiledSnapshot | None] | None = None,
) -> Answer | Refusal:
    """What an operation would answer now: decided under the same locks, and rolled back whole.

    Nothing is left of it, not even its request id. It raises what a batch raises.
    """
    pinned = PinnedSnapshots(snapshots, loaded)
    decided: list[Answer | Refusal] = []
    try:
        async with store.transaction() as transaction:
            book = await _load_book(transaction, pinned, [operation])
            decided.append(operation.decide(book, pinned).answer)
            _roll_back()
    except _TriedOutError:
        return decided[0]


def _roll_back() -> NoReturn:
    raise _TriedOutError


class _TriedOutError(Exception):
    """Ends a transaction of which nothing is to be kept."""


async def _load_book(
    transaction: BookTransaction, snapshots: PinnedSnapshots, operations: Sequence[Operation]
) -> Book:
    """Lock and read all that the operations need, in the lock order."""
    refs = KeyRefs()
    keys: set[int] = set()
    for operation in operations:
        keys |= operation.key_numbers()
        operation.add_refs(refs)
    # ---- lock and read keys
    book = await transaction.lock_keys(keys)
    await transaction.read_keys(book, refs)
    # ---- loading snapshots takes time: nobody waits for it under locks
    missing: dict[int, frozenset[str]] = {}
    for place, operation in enumerate(operations):
        if ids := frozenset(filter(snapshots.is_missing, operation.snapshot_ids(book))):
            missing[place] = ids
    if missing:
        raise NotInMemoryError(missing)
    # ---- lock and read members
    members = {m for operation in operations for m in operation.member_ids(book)}
    await transaction.load_members(book, members)
    settled = {m for operation in operations for m in operation.settled_ids(book)}
    await transaction.load_merged(book, settled)
    counted: dict[UUID, dt.date] = {}
    for operation in operations:
        counted |= operation.visits_since(book, snapshots)
    await transaction.load_visits(book, counted)
    certificates: set[CertificateRef] = set()
    followed: set[CertificateRef] = set()
    for operation in operations:
        shown = operation.certificate_refs(book)
        certificates |= shown
        if operation.follows_certificates:
            followed |= shown
    await transaction.load_certificates(book, certificates, followed)
    # ---- what many draw on: last in the lock order
    coupons = {c for operation in operations for c in operation.coupon_refs(book, snapshots)}
    await transaction.load_coupons(book, coupons)
    contested = ContestedRefs()
    for place, operation in enumerate(operations, 1):
        contested.add(operation.contested_refs(book, snapshots))
        if place % LOOKED_AT_ONCE == 0:
            await asyncio.sleep(0)
    await transaction.load_limits(book, contested.limits)
    await transaction.load_sale_state(book)
    await transaction.lock_budgets(book, contested.budgets)
    await transaction.lock_gifts(book, contested.gifts)
    await transaction.read_gifts_had(book, contested.gifts_had)
    return book


async def _let_others(at_most_s: float) -> None:
    """Give way between two operations: to quotes, and to calls that arrive and are turned away.

    As long as they have work, but no longer than the operation before took: so a batch takes at
    most half of a busy worker. After the last one the writing gives way, and locks end the sooner.
    """
    began_s = turn_s = time.perf_counter()
    idle = 0
    while idle < IDLE_TURNS and turn_s - began_s < at_most_s:
        await asyncio.sleep(0)
        now_s = time.perf_counter()
        idle = idle + 1 if now_s - turn_s < IDLE_TURN_S else 0
        turn_s = now_s
