"""Dry runs: operations that are decided under the same locks, and leave nothing."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterable
    from uuid import UUID

    from checkout.flows.ports import BookStore, BookTransaction
    from checkout.ledger.book import Book, BudgetRef, KeyRefs, LimitRef
    from checkout.ledger.certificates import CertificateRef
    from checkout.ledger.coupon_rows import CouponRef


class DryStore:
    """A store whose transactions read and never write."""

    def __init__(self, store: BookStore) -> None:
        self._store = store

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[BookTransaction]:
        """One transaction of the store, with every step but the last."""
        async with self._store.transaction() as transaction:
            yield _DryTransaction(transaction)


class _DryTransaction:
    def __init__(self, inner: BookTransaction) -> None:
        self._inner = inner

    async def lock_keys(self, keys: Collection[int]) -> Book:
        return await self._inner.lock_keys(keys)

    async def read_keys(self, book: Book, refs: KeyRefs) -> None:
        await self._inner.read_keys(book, refs)

    async def load_members(self, book: Book, member_ids: Iterable[UUID]) -> None:
        await self._inner.load_members(book, member_ids)

    async def load_certificates(self, book: Book, refs: Iterable[CertificateRef]) -> None:
        await self._inner.load_certificates(book, refs)

    async def load_coupons(self, book: Book, refs: Iterable[CouponRef]) -> None:
        await self._inner.load_coupons(book, refs)

    async def load_limits(self, book: Book, refs: Iterable[LimitRef]) -> None:
        await self._inner.load_limits(book, refs)

    async def load_sale_state(self, book: Book) -> None:
        await self._inner.load_sale_state(book)

    async def lock_budgets(self, book: Book, refs: Iterable[BudgetRef]) -> None:
        await self._inner.lock_budgets(book, refs)

    async def write(self, book: Book) -> None:
        """Nothing."""


async def leave_nothing(book: Book) -> None:
    """What follows a commit, where there is none."""
    del book
