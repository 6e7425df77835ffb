"""Holds: set aside once, end exactly once - ``pending → posted | voided | expired``.

A hold names the lots its points lie in, and the limit and budget room it keeps. While it lives the
price it was made at is guaranteed.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from uuid import UUID

from checkout.ledger.book import ContestedRefs
from checkout.ledger.certificates import CertificateClaim
from checkout.ledger.claims import (
    Claims,
    SlotClaim,
    SpendClaim,
    hold_claims,
    release_claims,
)
from checkout.ledger.coupons import coupon_claims_of, dump_coupon_claims
from checkout.ledger.gifts import dump_gift_claims, gift_claims_of, gifts_of

if TYPE_CHECKING:
    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.certificates import CertificateRef
    from checkout.ledger.lots import LotOrder
    from checkout.ledger.rows import Hold


def is_live(hold: Hold, now: dt.datetime) -> bool:
    """Pending, and its time is not over: workers only book what the dates already say."""
    return hold.state == "pending" and now < hold.expires_at


def claims_of(hold: Hold) -> Claims:
    """The room that a hold keeps."""
    return Claims(
        slots=tuple(
            SlotClaim(
                UUID(str(c["owner_id"])),
                UUID(str(c["subject_id"])),
                bool(c["shared"]),
                str(c["campaign"]),
                str(c["limit"]),
                str(c["sku"]),
                dt.datetime.fromisoformat(str(c["slot"])),
                int(c["uses"]),
                int(c["bound"]),
            )
            for c in hold.claims["limits"]
        ),
        budgets=tuple(
            SpendClaim(str(c["campaign"]), int(c["discount_minor"]), int(c["uses"]))
            for c in hold.claims["budgets"]
        ),
        coupons=coupon_claims_of(hold),
        gifts=gift_claims_of(hold),
        certificates=tuple(
            CertificateClaim(bytes.fromhex(str(c["digest"])), int(c["amount"]))
            for c in hold.claims["certificates"]
        ),
    )


def dump_claims(claims: Claims) -> dict[str, list[dict[str, int | str]]]:
    """The same as stored JSON."""
    return {
        "limits": [
            {
                "owner_id": str(c.owner_id),
                "subject_id": str(c.subject_id),
                "shared": c.shared,
                "campaign": c.campaign,
                "limit": c.limit,
                "sku": c.sku,
                "slot": c.slot_start.isoformat(),
                "uses": c.uses,
                "bound": c.bound,
            }
            for c in claims.slots
        ],
        "budgets": [
            {"campaign": c.campaign, "discount_minor": c.discount_minor, "uses": c.uses}
            for c in claims.budgets
        ],
        "coupons": dump_coupon_claims(claims.coupons),
        "gifts": dump_gift_claims(claims.gifts),
        "certificates": [
            {"digest": c.digest.hex(), "amount": c.amount} for c in claims.certificates
        ],
    }


def contested_by(hold: Hold) -> ContestedRefs:
    """What has to be locked before the hold may end."""
    claims = claims_of(hold)
    return ContestedRefs(
        {claim.limit_ref for claim in claims.slots if claim.shared},
        {(hold.partner_id, claim.campaign) for claim in claims.budgets},
        gifts_of(hold),
    )


def certificates_of(hold: Hold) -> set[CertificateRef]:
    """The certificates that it keeps."""
    return {(hold.partner_id, claim.digest) for claim in claims_of(hold).certificates}


def lots_of(hold: Hold) -> dict[UUID, int]:
    """The lots that a hold's points lie in."""
    return {UUID(lot_id): amount for lot_id, amount in hold.lots.items()}


def pick_held(purse: MemberBook, hold: Hold, points: int, order: LotOrder) -> dict[UUID, int]:
    """So many of the points that a hold keeps, in the order in which they are spent."""
    picked: dict[UUID, int] = {}
    left = points
    for lot_id, amount in sorted(lots_of(hold).items(), key=lambda lot: order(purse.lots[lot[0]])):
        part = min(left, amount)
        if part:
            picked[lot_id] = part
        left -= part
    assert left == 0, "no more is spent than was held"
    return picked


def purse_id_of(hold: Hold) -> UUID | None:
    """Whose lots the points of a hold lie in: the household's of then, or the member's."""
    return hold.household_id or hold.member_id


def owners_of(hold: Hold) -> set[UUID]:
    """Members and households to lock before the hold may end, or be made final."""
    owners = {claim.owner_id for claim in claims_of(hold).slots if not claim.shared}
    return owners | {i for i in (hold.member_id, hold.household_id) if i is not None}


def open_hold(book: Book, hold: Hold) -> None:
    """Set aside what a new hold names; the caller has decided that there is room."""
    if hold.points_minor:
        purse = book.purse(purse_id_of(hold))
        assert purse is not None, "points are set aside for a member"
        for lot_id, amount in lots_of(hold).items():
            lot = purse.lots[lot_id]
            lot.held += amount
            assert lot.held + lot.frozen <= lot.remaining, "a lot cannot hold more than it has"
            book.save_lot(lot)
        account = purse.account(hold.currency)
        account.held += hold.points_minor
        book.save_account(account)
        book.touch(purse.member)
    hold_claims(book, hold.partner_id, claims_of(hold))
    book.holds[hold.hold_id] = hold
    book.writes.new_holds[hold.hold_id] = hold


def end_hold(book: Book, hold: Hold, state: str) -> None:
    """End a pending hold and free what it kept; posting what it was for comes after."""
    assert hold.state == "pending", "a hold ends once"
    if hold.points_minor:
        purse = book.purse(purse_id_of(hold))
        assert purse is not None, "points were set aside for a member"
        for lot_id, amount in lots_of(hold).items():
            lot = purse.lots[lot_id]
            lot.held -= amount
            assert lot.held >= 0, "no more points are freed than were held"
            book.save_lot(lot)
        account = purse.account(hold.currency)
        account.held -= hold.points_minor
        assert account.held >= 0, "no more points are freed than were held"
        book.save_account(account)
        book.touch(purse.member)
    release_claims(book, hold.partner_id, claims_of(hold))
    hold.state = state
    hold.ended_at = book.now
    book.save_hold(hold)
