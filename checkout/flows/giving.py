"""What applied campaigns issue, given in the confirming transaction; and taken back by a return."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid5

from checkout.flows.answers import CouponIssued
from checkout.flows.coupon_codes import masked_code
from checkout.flows.returned_shares import gift_of
from checkout.ledger.coupon_rows import Coupon
from checkout.ledger.coupons import (
    give_back_use,
    give_tag,
    issue_coupon,
    take_back_coupon,
    take_back_tag,
)
from checkout.ledger.point_dates import DateRule, lot_dates
from checkout.primitives import bucket_of

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID

    from checkout.engine.outcome import Issued
    from checkout.flows.coupon_codes import CouponCodes
    from checkout.flows.returned_shares import Returned
    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.coupon_rows import CouponUse
    from checkout.ledger.sale_book import SaleBook


def give_issued(
    book: Book,
    issued: list[Issued],
    partner_id: UUID,
    receipt_id: UUID,
    member: MemberBook | None,
    zone: str,
    codes: CouponCodes,
) -> list[CouponIssued]:
    """Coupons for the member, or for whoever has the slip; tags for the member, once a sale.

    Ids of coupons follow from the receipt's.
    """
    coupons: list[CouponIssued] = []
    tags = {each.code for each in issued if each.kind == "give_tag"}
    for each in issued:
        if each.kind == "issue_coupon":
            for _ in range(each.count):
                coupon = _new_coupon(
                    book,
                    each,
                    partner_id,
                    receipt_id,
                    uuid5(receipt_id, f"coupon {len(coupons)}"),
                    member,
                    zone,
                    codes,
                )
                issue_coupon(book, coupon)
                coupons.append(
                    CouponIssued(
                        coupon_id=coupon.coupon_id,
                        series=coupon.series_code,
                        campaign=coupon.campaign_code,
                        of_member=coupon.member_id is not None,
                        valid_from=coupon.valid_from,
                        valid_until=coupon.valid_until,
                    )
                )
    if member is not None:
        for tag in sorted(tags):
            give_tag(book, member, receipt_id, tag)
    return coupons


def take_back_given(
    book: Book,
    sale: SaleBook,
    member: MemberBook | None,
    had: Returned,
    has: Returned,
    by: UUID,
) -> None:
    """What has come back of a sale's uses of coupons, and of what it gave as far as it is unused.

    `had` and `has` say how much, before the return `by` and after it.
    """
    uses: dict[str, list[CouponUse]] = {}
    for use in sorted(sale.coupon_uses, key=lambda use: use.digest):
        series = book.coupon((use.partner_id, use.digest)).series_code
        uses.setdefault(gift_of("use", "", series), []).append(use)
    for gift, used in uses.items():
        for use in used[had.taken_back(gift, len(used)) : has.taken_back(gift, len(used))]:
            give_back_use(book, use, by)
    issued: dict[str, list[Coupon]] = {}
    for ref in sorted(sale.coupons_issued):
        coupon = book.coupon(ref)
        gift = gift_of("issue_coupon", coupon.campaign_code, coupon.series_code)
        issued.setdefault(gift, []).append(coupon)
    for gift, coupons in issued.items():
        left = has.taken_back(gift, len(coupons))
        left -= sum(coupon.taken_back_at is not None for coupon in coupons)
        for coupon in coupons:
            if left > 0 and take_back_coupon(book, coupon):
                left -= 1
    if member is not None:
        for tag in sorted(sale.tags_given):
            gift = gift_of("give_tag", "", tag)
            if has.taken_back(gift, 1) > had.taken_back(gift, 1):
                take_back_tag(book, member, by, tag)


def end_of_validity(begins: dt.datetime, days: int, zone: str) -> dt.datetime:
    """The midnight that ends the day so many days after that of a moment."""
    _, ends = lot_dates(DateRule(days=days + 1), zone, begins)
    assert ends is not None, "a number of days has an end"
    return ends


def _new_coupon(
    book: Book,
    issued: Issued,
    partner_id: UUID,
    receipt_id: UUID,
    coupon_id: UUID,
    member: MemberBook | None,
    zone: str,
    codes: CouponCodes,
) -> Coupon:
    code = codes.code_of(coupon_id)
    digest = codes.digest(partner_id, code)
    valid_until = None
    if issued.valid_days is not None:
        valid_until = end_of_validity(book.now, issued.valid_days, zone)
    return Coupon(
        bucket=bucket_of(digest),
        partner_id=partner_id,
        digest=digest,
        coupon_id=coupon_id,
        series_code=issued.code,
        masked=masked_code(code),
        member_id=member.member.member_id if member is not None else None,
        uses_max=1,
        used=0,
        held=0,
        valid_from=book.now,
        valid_until=valid_until,
        issued_at=book.now,
        issued_by=receipt_id,
        campaign_code=issued.campaign,
    )
