"""A worker that breaks one promise on purpose: what the comparison with the journal must find.

CHECKOUT_SABOTAGE=answer_before_commit   a sale is acknowledged, then written
CHECKOUT_SABOTAGE=skip_request_key       nobody looks whether a call was made before
CHECKOUT_SABOTAGE=keep_old_rules         what is published later is never learned (fails FC3)
CHECKOUT_SABOTAGE=honour_for_ever        a quote's price is taken though it has ended (fails FC3)
CHECKOUT_SABOTAGE=trust_cached_rules     parts of rules are taken as the cache has them (fails FC10)
CHECKOUT_SABOTAGE=forget_deadlines       frames of a stream may take a minute (fails FC7)
CHECKOUT_SABOTAGE=drain_silently         streams end without a drain frame      (fails FC2)
CHECKOUT_SABOTAGE=share_a_lock           sales wait for CHECKOUT_SHARED_MEMBER, too     (fails RC12)

Cells are played with one by `python -m tests.faults --quick --cells FC3 --sabotage keep_old_rules`.
"""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import os
import sys
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from checkout.api import session
from checkout.cache.keys import part_key
from checkout.cache.snapshots import PARTS_TIMEOUT_S, SnapshotLibrary
from checkout.flows import batch, group_commit, operation
from checkout.flows.operation import Operation
from checkout.flows.quote_token import QuoteTerms, TokenSigner
from checkout.flows.waiting import Waiting
from checkout.launch.worker import main
from checkout.ledger.book import Book
from checkout.primitives import bucket_of_uuid
from checkout.store.book_store import PostgresBookTransaction
from checkout.store.queries import QUERIES
from checkout.v1 import checkout_service_pb2 as pb
from checkout.workers.follower import Follower

if TYPE_CHECKING:
    from collections.abc import Callable

    from checkout.flows.answers import Answer
    from checkout.flows.ports import Snapshots
    from checkout.refusals import Refusal

#: Until an answer has left the process.
HEARD_S: Final = 0.05


def answer_before_commit() -> None:
    """Tell the callers as soon as it is clear what to write, and write when they have heard it."""
    waiting: dict[int, Callable[[Any], None]] = {}
    fold, write = operation.fold, PostgresBookTransaction.write

    class EagerWaiting(Waiting):
        """Is told by the fold."""

        def __init__(
            self,
            call: Operation,
            future: asyncio.Future[Answer | Refusal],
            deadline: float | None,
            bucket: int,
        ) -> None:
            super().__init__(call, future, deadline, bucket)
            waiting[id(call)] = self.answer

    def eager_fold(call: Operation, book: Book, snapshots: Snapshots) -> Answer | Refusal:
        answer = fold(call, book, snapshots)
        if (tell := waiting.pop(id(call), None)) is not None:
            tell(answer)
        return answer

    async def write_later(self: PostgresBookTransaction, book: Book) -> None:
        await asyncio.sleep(HEARD_S)
        await write(self, book)

    PostgresBookTransaction.write = write_later  # type: ignore[method-assign]
    vars(group_commit)["Waiting"] = EagerWaiting
    vars(batch)["fold"] = eager_fold


def skip_request_key() -> None:
    """Neither look for earlier calls nor leave a trace of this one."""
    write, add_refs = PostgresBookTransaction.write, Operation.add_refs

    async def write_without(self: PostgresBookTransaction, book: Book) -> None:
        book.writes.requests.clear()
        await write(self, book)

    def add_without(self: Operation, refs: Any) -> None:
        add_refs(self, refs)
        refs.requests.clear()

    PostgresBookTransaction.write = write_without  # type: ignore[method-assign]
    Operation.add_refs = add_without  # type: ignore[method-assign]


def keep_old_rules() -> None:
    """Whatever is in force when a worker starts stays so."""
    follow = Follower._follow_publications

    async def follow_once(self: Follower) -> None:
        if not self._library.in_force():
            await follow(self)

    Follower._follow_publications = follow_once  # type: ignore[method-assign]


def honour_for_ever() -> None:
    """Take the price of any quote, however long ago it ended."""
    read = TokenSigner.read

    def read_as_valid(self: TokenSigner, partner_id: UUID, token: str) -> QuoteTerms | None:
        terms = read(self, partner_id, token)
        if terms is None:
            return None
        return dataclasses.replace(terms, valid_until=terms.valid_until + dt.timedelta(days=1))

    TokenSigner.read = read_as_valid  # type: ignore[method-assign]


def trust_cached_rules() -> None:
    """Take from the cache what lies under a part's name, whatever its hash is."""
    read = SnapshotLibrary._read_parts

    async def read_trusting(self: SnapshotLibrary, hashes: list[str]) -> dict[str, bytes]:
        values = await self._cache.get_many([part_key(name) for name in hashes], PARTS_TIMEOUT_S)
        found = {name: body for name, body in zip(hashes, values, strict=True) if body is not None}
        return found | await read(self, [name for name in hashes if name not in found])

    SnapshotLibrary._read_parts = read_trusting  # type: ignore[method-assign]


def forget_deadlines() -> None:
    """Give every frame as long as the longest may have, however soon its till wants to know."""
    answer = session._Stream._answer

    async def answer_some_time(
        self: session._Stream, frame: pb.SessionRequest, field: str, arrived: float
    ) -> Any:
        frame.timeout_ms = session.TIMEOUT_MAX_MS
        return await answer(self, frame, field, arrived)

    session._Stream._answer = answer_some_time  # type: ignore[method-assign]


def drain_silently() -> None:
    """End without telling those who have streams."""

    def tell_nobody(self: session.Sessions) -> None:
        del self

    session.Sessions.drain = tell_nobody  # type: ignore[method-assign]


def share_a_lock() -> None:
    """Let all sales wait for one member, such as a company whose card is at every till."""
    wanted = "select * from unnest($1::smallint[], $2::uuid[]) as w (bucket, member_id)"
    member_id = UUID(os.environ["CHECKOUT_SHARED_MEMBER"])
    this_one = f"select {bucket_of_uuid(member_id)}::smallint, '{member_id}'::uuid"
    query = QUERIES["lock_members"]
    assert wanted in query
    QUERIES["lock_members"] = query.replace(wanted, f"{wanted} union {this_one}")


if __name__ == "__main__":
    globals()[os.environ["CHECKOUT_SABOTAGE"]]()
    sys.exit(main())
