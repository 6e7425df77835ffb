"""What flows need of the store and the cache.

As far as it differs between a service and a story in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Mapping
    from contextlib import AbstractAsyncContextManager
    from uuid import UUID

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.flows.sale import Caller, PresentedIdentifier
    from checkout.ledger.book import Book, BudgetRef, KeyRefs, LimitRef, MemberBook
    from checkout.ledger.certificate_rows import Certificate
    from checkout.ledger.certificates import CertificateRef
    from checkout.ledger.coupon_rows import Coupon, CouponRef
    from checkout.ledger.gift_rows import GiftRef, GiftsHadRef
    from checkout.refusals import Reason


class BookTransaction(Protocol):
    """The steps of one batch, in the only order that is right."""

    async def lock_keys(self, keys: Collection[int]) -> Book:
        """Lock keys, sorted, and begin the book at the transaction's time."""

    async def read_keys(self, book: Book, refs: KeyRefs) -> None:
        """Fill in what earlier calls left under the keys."""

    async def load_members(self, book: Book, member_ids: Iterable[UUID]) -> None:
        """Lock members, sorted, with whom they were merged into; then read them."""

    async def load_merged(self, book: Book, member_ids: Collection[UUID]) -> None:
        """Read how members were merged, once they are locked, and who of them has a hold."""

    async def load_visits(self, book: Book, since: Mapping[UUID, dt.date]) -> None:
        """Read what counts of locked members' receipts from a day on, and what is uncounted."""

    async def load_coupons(self, book: Book, refs: Iterable[CouponRef]) -> None:
        """Lock unique coupons, sorted: those that exist."""

    async def load_certificates(
        self, book: Book, refs: Iterable[CertificateRef], followed: Collection[CertificateRef]
    ) -> None:
        """Lock certificates, sorted, and read them.

        Of those that are `followed`, which are among them, also the codes that something on them
        was moved to, and whatever these were moved to.
        """

    async def load_limits(self, book: Book, refs: Iterable[LimitRef]) -> None:
        """Lock limits that many members share, sorted, then read their slots."""

    async def load_sale_state(self, book: Book) -> None:
        """Read the lots and slots that sales moved, once what guards them is locked."""

    async def lock_budgets(self, book: Book, refs: Iterable[BudgetRef]) -> None:
        """Lock budget rows, sorted."""

    async def lock_gifts(self, book: Book, refs: Iterable[GiftRef]) -> None:
        """Lock stocks of gifts, last and sorted: those that there are."""

    async def read_gifts_had(self, book: Book, refs: Collection[GiftsHadRef]) -> None:
        """Read what operators gave members since some moments."""

    async def write(self, book: Book) -> None:
        """Write everything that the batch changed."""


class BookStore(Protocol):
    """Where books come from."""

    def transaction(self) -> AbstractAsyncContextManager[BookTransaction]:
        """One transaction, committed when the block ends well."""


class Snapshots(Protocol):
    """Compiled snapshots of all partners, as far as they are in memory."""

    def current(self, partner_id: UUID) -> CompiledSnapshot | None:
        """The snapshot in force, or None before the first publication."""

    def resident(self, snapshot_id: str) -> CompiledSnapshot | None:
        """A snapshot in memory, or None."""


class AnySnapshots(Snapshots, Protocol):
    """All that were ever published: for whoever holds no locks."""

    async def load(self, snapshot_id: str) -> CompiledSnapshot | None:
        """Any snapshot ever published; None: there never was one. It may take seconds."""


class Certificates(Protocol):
    """Where quotes find certificates."""

    async def read_certificates(
        self, refs: Collection[CertificateRef]
    ) -> dict[CertificateRef, Certificate]:
        """Certificates as of now; those that are unknown are left out."""


class Members(Protocol):
    """Where quotes find members."""

    async def find(
        self, caller: Caller, identifier: PresentedIdentifier | None
    ) -> tuple[MemberBook | None, Reason | None]:
        """The member whose identifier a terminal shows, or why there is none."""


class Coupons(Protocol):
    """Where quotes find unique coupons, as they are now."""

    async def find(self, refs: Iterable[CouponRef]) -> list[Coupon]:
        """Those that there are."""

    async def of_member(
        self,
        partner_id: UUID,
        member_ids: Collection[UUID],
        after: UUID | None,
        now: dt.datetime,
        limit: int,
    ) -> list[Coupon]:
        """A member's coupons that can be used now or later, by id, those after one.

        The member may be known under several ids.
        """
