"""A worker that breaks one promise on purpose: what the comparison with the journal must find.

CHECKOUT_SABOTAGE=answer_before_commit   a sale is acknowledged, then written
CHECKOUT_SABOTAGE=skip_request_key       nobody looks whether a call was made before
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING, Any, Final

from checkout.flows import batch, group_commit, operation
from checkout.flows.operation import Operation
from checkout.flows.waiting import Waiting
from checkout.launch.worker import main
from checkout.ledger.book import Book
from checkout.store.book_store import PostgresBookTransaction

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


if __name__ == "__main__":
    globals()[os.environ["CHECKOUT_SABOTAGE"]]()
    sys.exit(main())
