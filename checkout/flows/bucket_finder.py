"""In which bucket an operation's rows lie: asked before it stands in line for a batch of that one.

Only where batches are made of one bucket each (`CHECKOUT_ONE_BUCKET_BATCHES`). Operations that are
asked about together are read together: two statements, whatever their number. It is read without
locks, and may have changed when the batch begins: that is decided by what is locked, as always.
"""

from __future__ import annotations

import asyncio
from contextvars import Context
from typing import TYPE_CHECKING, Final

from checkout.ledger.book import KeyRefs

if TYPE_CHECKING:
    from checkout.flows.operation import Operation
    from checkout.flows.ports import BookStore

#: Operations that are read together.
TOGETHER_MAX: Final = 64


class BucketFinder:
    """Finds buckets; one read is under way at a time, and what comes meanwhile shares the next."""

    def __init__(self, store: BookStore) -> None:
        self._store = store
        self._asked: list[tuple[Operation, asyncio.Future[int]]] = []
        self._reading: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._asked)

    async def find(self, operation: Operation) -> int:
        """The bucket by which the operation is put into a batch.

        Raises:
            StoreError: the database cannot be asked.
        """
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._asked.append((operation, future))
        if self._reading is None:
            # In a context of its own: the deadline of one call is not that of the others.
            self._reading = asyncio.create_task(self._read_asked(), context=Context())
        return await future

    async def _read_asked(self) -> None:
        try:
            while self._asked:
                some, self._asked = self._asked[:TOGETHER_MAX], self._asked[TOGETHER_MAX:]
                try:
                    buckets = await self._read([operation for operation, _ in some])
                except Exception as error:  # noqa: BLE001 - whoever asked gets it
                    for _, future in some:
                        if not future.done():
                            future.set_exception(error)
                    continue
                for (_, future), bucket in zip(some, buckets, strict=True):
                    if not future.done():
                        future.set_result(bucket)
        finally:
            self._reading = None

    async def _read(self, operations: list[Operation]) -> list[int]:
        refs = KeyRefs()
        for operation in operations:
            operation.add_refs(refs)
        async with self._store.transaction() as transaction:
            book = await transaction.lock_keys(())
            await transaction.read_keys(book, refs)
        return [operation.bucket(book) for operation in operations]
