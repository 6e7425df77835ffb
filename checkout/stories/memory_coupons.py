"""Coupons and tags of a story: the tables that `checkout.store.coupon_store` reads and writes."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable
    from uuid import UUID

    from checkout.ledger.book import Book
    from checkout.ledger.coupon_rows import (
        Coupon,
        CouponIssue,
        CouponRef,
        CouponUse,
        CouponWrites,
        MemberTag,
        TagGiven,
    )
    from checkout.ledger.sale_book import SaleBook


@dataclass
class MemoryCoupons:
    """The tables as dicts and lists; also what quotes and look-ups read without a lock."""

    coupons: dict[CouponRef, Coupon] = field(default_factory=dict)
    uses: list[CouponUse] = field(default_factory=list)
    issues: list[CouponIssue] = field(default_factory=list)
    tags: dict[tuple[UUID, str], MemberTag] = field(default_factory=dict)
    tags_given: list[TagGiven] = field(default_factory=list)

    def load(self, book: Book, refs: Iterable[CouponRef]) -> None:
        """Read the coupons that there are of these."""
        for ref in set(refs) & self.coupons.keys():
            book.coupons[ref] = copy.copy(self.coupons[ref])

    def tags_of(self, member_id: UUID) -> dict[str, MemberTag]:
        """A member's tags."""
        return {
            tag: copy.copy(row) for (owner, tag), row in self.tags.items() if owner == member_id
        }

    def fill_sale(self, sale: SaleBook) -> None:
        """What a sale used, issued and gave."""
        by = sale.receipt_id
        sale.coupon_uses = [use for use in self.uses if use.receipt_id == by]
        sale.coupons_issued = {
            ref for ref, c in self.coupons.items() if c.issued_by == by and c.campaign_code
        }
        sale.tags_given = {given.tag for given in self.tags_given if given.receipt_id == by}

    def apply(self, writes: CouponWrites) -> None:
        """Write everything that a batch changed."""
        for ref, coupon in writes.new_coupons.items():
            assert ref not in self.coupons, "a new coupon has the code of an old one"
            self.coupons[ref] = copy.copy(coupon)
        for ref, coupon in writes.coupons.items():
            known = self.coupons[ref]
            known.used, known.held = coupon.used, coupon.held
            known.blocked_at, known.taken_back_at = coupon.blocked_at, coupon.taken_back_at
        self.uses += copy.deepcopy(writes.uses)
        self.issues += copy.deepcopy(writes.issues)
        self.tags |= copy.deepcopy(writes.tags)
        self.tags_given += copy.deepcopy(writes.tags_given)

    async def find(self, refs: Iterable[CouponRef]) -> list[Coupon]:
        """The coupons that there are of these."""
        return [copy.copy(self.coupons[ref]) for ref in set(refs) & self.coupons.keys()]

    async def of_member(
        self,
        partner_id: UUID,
        member_ids: Collection[UUID],
        after: UUID | None,
        now: dt.datetime,
        limit: int,
    ) -> list[Coupon]:
        """A member's coupons that can be used now or later, by id, those after one."""
        found = [
            copy.copy(coupon)
            for coupon in self.coupons.values()
            if coupon.partner_id == partner_id
            and coupon.member_id in member_ids
            and (after is None or coupon.coupon_id > after)
            and coupon.used + coupon.held < coupon.uses_max
            and coupon.blocked_at is None
            and coupon.taken_back_at is None
            and (coupon.valid_until is None or coupon.valid_until > now)
        ]
        found.sort(key=lambda coupon: coupon.coupon_id)
        return found[:limit]
