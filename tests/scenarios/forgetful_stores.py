"""Planted bugs: stores that forget to write one of the tables that a batch changes."""

from __future__ import annotations

import copy
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from checkout.stories.memory import MemoryBookStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from checkout.ledger.book import Book
    from checkout.ledger.writes import Writes
    from checkout.store.book_store import PostgresBookStore, PostgresBookTransaction

Rows = TypeVar("Rows")


class ForgetfulMemoryStore(MemoryBookStore):
    """Books in memory; one table is never written."""

    def __init__(self, table: str) -> None:
        super().__init__()
        self._table = table

    def apply(self, writes: Writes) -> None:
        super().apply(without(writes, self._table))


class ForgetfulPostgresStore:
    """Books on PostgreSQL; one table is never written."""

    def __init__(self, inner: PostgresBookStore, table: str) -> None:
        self._inner = inner
        self._table = table
        self._pool = inner._pool

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PostgresBookTransaction]:
        async with self._inner.transaction() as transaction:
            write = transaction.write

            async def forgetful_write(book: Book) -> None:
                told = copy.copy(book)
                told.writes = without(book.writes, self._table)
                await write(told)

            transaction.write = forgetful_write  # type: ignore[method-assign]
            yield transaction


def without(writes: Writes, table: str) -> Writes:
    """The writes, less those of one table."""
    group, _, inner = table.partition(".")
    less = copy.copy(writes)
    if inner:
        setattr(less, group, _lacking(getattr(writes, group), inner))
        return less
    return _lacking(less, table)


def _lacking(rows: Rows, table: str) -> Rows:
    less = copy.copy(rows)
    setattr(less, table, type(getattr(rows, table))())
    return less
