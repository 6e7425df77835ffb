"""Coupons in the ledger: uses are held, used and given back, under the lock of the coupon's row.

The engine decides which codes a sale uses up; what was not locked is not written. Tags that sales
give are counted, so that a return takes away only what its own sale gave.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from checkout.ledger.coupon_rows import CouponUse, MemberTag, TagGiven
from checkout.primitives import bucket_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.coupon_rows import Coupon, CouponRef
    from checkout.ledger.rows import Hold, Member


@dataclass(frozen=True, slots=True)
class CouponClaim:
    """Uses of one coupon."""

    digest: bytes
    uses: int = 1
    #: What of them the coupon does not have; only of what has been sold already.
    overrun: int = 0


def coupon_claims_of(hold: Hold) -> tuple[CouponClaim, ...]:
    """The uses that a hold keeps."""
    return tuple(
        CouponClaim(bytes.fromhex(str(c["digest"])), int(c["uses"])) for c in hold.claims["coupons"]
    )


def dump_coupon_claims(claims: Iterable[CouponClaim]) -> list[dict[str, int | str]]:
    """The same as stored JSON."""
    return [{"digest": claim.digest.hex(), "uses": claim.uses} for claim in claims]


def coupons_of(hold: Hold) -> set[CouponRef]:
    """What has to be locked before the hold may end."""
    return {(hold.partner_id, claim.digest) for claim in coupon_claims_of(hold)}


def move_held_uses(book: Book, partner_id: UUID, claims: Iterable[CouponClaim], sign: int) -> None:
    """Set uses aside (1), or give set-aside ones back (-1)."""
    for claim in claims:
        coupon = book.coupon((partner_id, claim.digest))
        coupon.held += sign * claim.uses
        assert coupon.held >= 0, "no more uses are given back than were set aside"
        book.save_coupon(coupon)


def use_coupons(
    book: Book, partner_id: UUID, receipt_id: UUID, claims: Iterable[CouponClaim]
) -> None:
    """Use coupons up for a receipt: the counter and its use row."""
    for claim in claims:
        coupon = book.coupon((partner_id, claim.digest))
        coupon.used += claim.uses
        book.save_coupon(coupon)
        book.writes.coupons.uses.append(
            CouponUse(
                coupon.bucket,
                book.month,
                receipt_id,
                partner_id,
                coupon.digest,
                coupon.coupon_id,
                claim.uses,
                claim.overrun,
            )
        )


def give_back_use(book: Book, use: CouponUse, by: UUID) -> None:
    """A coupon that a receipt used can be used again; `by` is the return."""
    coupon = book.coupon((use.partner_id, use.digest))
    coupon.used -= use.uses
    assert coupon.used >= 0, "no more uses are given back than were used"
    book.save_coupon(coupon)
    book.writes.coupons.uses.append(
        dataclasses.replace(
            use, month=book.month, receipt_id=by, uses=-use.uses, overrun=-use.overrun
        )
    )


def issue_coupon(book: Book, coupon: Coupon) -> None:
    """A coupon that nobody had; the caller has made sure that its code is free."""
    assert coupon.ref not in book.coupons, "a code is one coupon's"
    assert coupon.bucket == bucket_of(coupon.digest), "a coupon lies in the bucket of its code"
    book.coupons[coupon.ref] = book.writes.coupons.new_coupons[coupon.ref] = coupon


def take_back_coupon(book: Book, coupon: Coupon) -> bool:
    """A coupon comes back with the sale that issued it, if nobody used or holds it."""
    if coupon.used or coupon.held or coupon.taken_back_at is not None:
        return False
    coupon.taken_back_at = book.now
    book.save_coupon(coupon)
    return True


def give_tag(book: Book, member: MemberBook, receipt_id: UUID, tag: str) -> None:
    """A sale gives a member a tag, once more."""
    _count_tag(book, member, receipt_id, tag, +1)


def take_back_tag(book: Book, member: MemberBook, by: UUID, tag: str) -> None:
    """The sale that gave a tag has come back; `by` is the return. Other sales' gifts of it stay."""
    _count_tag(book, member, by, tag, -1)


def _count_tag(book: Book, member: MemberBook, by: UUID, tag: str, change: int) -> None:
    row: Member = member.member
    known = member.tags.get(tag)
    if known is None:
        known = member.tags[tag] = MemberTag(row.bucket, row.member_id, tag, 0)
    known.given += change
    assert known.given >= 0, "no more tags are taken back than were given"
    book.writes.coupons.tags[row.member_id, tag] = known
    book.writes.coupons.tags_given.append(
        TagGiven(row.bucket, book.month, by, row.member_id, tag, change)
    )
    book.touch(row)
