"""Members, lots and holds for tests of the pure ledger."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from checkout.ledger.book import Book, MemberBook
from checkout.ledger.postings import Movement
from checkout.ledger.rows import Account, Hold, Lot, Member

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
MEMBER = UUID(int=1)
PARTNER = UUID(int=2)


def lot(
    number: int,
    remaining: int,
    *,
    held: int = 0,
    issued: int | None = None,
    active_from: dt.datetime = NOW - DAY,
    expires_at: dt.datetime | None = None,
    currency: str = "pts",
    is_pending: bool = False,
    expired: int = 0,
) -> Lot:
    return Lot(
        0,
        MEMBER,
        currency,
        UUID(int=number),
        "earned",
        UUID(int=100 + number),
        max(remaining + expired, 1) if issued is None else issued,
        remaining,
        held,
        active_from,
        expires_at,
        is_pending=is_pending,
        expired=expired,
    )


def member_with(*lots: Lot) -> MemberBook:
    """A member whose account agrees with the lots."""
    balance = sum(x.remaining for x in lots if not x.is_pending)
    pending, held = sum(x.remaining for x in lots) - balance, sum(x.held for x in lots)
    return MemberBook(
        Member(0, MEMBER, PARTNER, 1, None),
        accounts={"pts": Account(0, MEMBER, "pts", balance, held, 5, pending=pending)},
        lots={x.lot_id: x for x in lots},
    )


def book_with(member: MemberBook) -> Book:
    book = Book(NOW)
    book.members[MEMBER] = member
    return book


def movement(kind: str = "sale") -> Movement:
    return Movement(UUID(int=50), PARTNER, "main", kind)


def hold_of(lots: dict[UUID, int], **claims: list[dict[str, int | str]]) -> Hold:
    return Hold(
        bucket=0,
        hold_id=UUID(int=60),
        partner_id=PARTNER,
        purchase_id="p",
        member_id=MEMBER,
        state="pending",
        currency="pts",
        points_minor=sum(lots.values()),
        lots={str(lot_id): amount for lot_id, amount in lots.items()},
        claims={"limits": [], "budgets": [], "certificates": [], "coupons": [], "gifts": []}
        | claims,
        priced_hash=b"",
        snapshot_id="",
        evaluated_at=NOW,
        facts=b"",
        outcome=b"",
        created_at=NOW,
        expires_at=NOW + DAY,
        extensible_to=NOW + DAY,
        ended_at=None,
    )
