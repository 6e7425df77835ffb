"""Rows of coupons and tags, as values. A test holds fields and columns equal.

What sales and operators give beside points: its tables, its book of changes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

#: Partner and digest of the code.
CouponRef = tuple["UUID", bytes]


@dataclass(slots=True)
class Coupon:
    """A unique coupon by the digest of its code: what is left of its uses, whose and until when.

    `held` are uses that holds set aside. Without member whoever shows the code uses it. Without
    `valid_until` it is valid for ever. `issued_by` is the `CouponIssue`, or (then there is a
    campaign) the receipt that issued it.
    """

    bucket: int
    partner_id: UUID
    digest: bytes
    coupon_id: UUID
    series_code: str
    masked: str
    member_id: UUID | None
    uses_max: int
    used: int
    held: int
    valid_from: dt.datetime
    valid_until: dt.datetime | None
    issued_at: dt.datetime
    issued_by: UUID
    campaign_code: str = ""
    blocked_at: dt.datetime | None = None
    #: With the sale that issued it; it is never valid again.
    taken_back_at: dt.datetime | None = None

    @property
    def ref(self) -> CouponRef:
        """Under which key it stands."""
        return (self.partner_id, self.digest)


@dataclass(slots=True)
class CouponUse:
    """A use of a coupon by a receipt, or (negative) one that a return gave back."""

    bucket: int
    month: dt.date
    receipt_id: UUID
    partner_id: UUID
    digest: bytes
    coupon_id: UUID
    uses: int
    #: What of the uses the coupon did not have; only of what has been sold already.
    overrun: int = 0


@dataclass(slots=True)
class CouponIssue:
    """Coupons that an operator issued together, by a call or (`file`) in bulk."""

    bucket: int
    issue_id: UUID
    partner_id: UUID
    source: str
    series_code: str
    coupons: int
    at: dt.datetime
    author: str
    reason: str
    file_hash: bytes | None = None


@dataclass(slots=True)
class MemberTag:
    """A tag that sales gave a member, and how many of them still stand."""

    bucket: int
    member_id: UUID
    tag: str
    given: int


@dataclass(slots=True)
class TagGiven:
    """A tag that a receipt gave (1), or that a return took back (-1)."""

    bucket: int
    month: dt.date
    receipt_id: UUID
    member_id: UUID
    tag: str
    given: int


@dataclass(slots=True)
class CouponWrites:
    """What a batch changes of coupons and tags, table by table."""

    new_coupons: dict[CouponRef, Coupon] = field(default_factory=dict)
    coupons: dict[CouponRef, Coupon] = field(default_factory=dict)
    uses: list[CouponUse] = field(default_factory=list)
    issues: list[CouponIssue] = field(default_factory=list)
    tags: dict[tuple[UUID, str], MemberTag] = field(default_factory=dict)
    tags_given: list[TagGiven] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.new_coupons or self.coupons or self.issues or self.tags)
