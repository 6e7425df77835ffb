"""Rows about what members bought: receipts as they count, windows over them, changes of tiers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from checkout.primitives import bucket_of_uuid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from checkout.ledger.book import Book


@dataclass(slots=True)
class Visit:
    """What a receipt counts for its member: of all goods, or (then it is named) of a category.

    Less what came back: of a receipt that came back whole nothing is left.
    """

    bucket: int
    member_id: UUID
    receipt_id: UUID
    category_code: str
    program_code: str
    day: dt.date
    spend_minor: int
    visits: int
    points_minor: int


@dataclass(slots=True)
class VisitPending:
    """A receipt that is to be counted, or counted anew; where it lies."""

    bucket: int
    member_id: UUID
    receipt_id: UUID
    receipt_bucket: int
    month: dt.date


@dataclass(slots=True)
class MemberWindows:
    """Windows of what a member bought, as of a count: by program, measure and key.

    Under an empty program those of all programs together. `checkout.engine.windows.Steps` say how
    each goes on; from `recount_on` on some do not.
    """

    bucket: int
    member_id: UUID
    version: int
    counted_at: dt.datetime
    recount_on: dt.date | None
    windows: dict[str, dict[str, dict[str, list[Sequence[str | int]]]]] = field(
        default_factory=dict
    )


@dataclass(slots=True)
class TierChange:
    """A judgement of a member's tier, or what an operator set; it is never changed itself."""

    bucket: int
    member_id: UUID
    program_code: str
    seq: int
    change_id: UUID
    partner_id: UUID
    from_tier: str
    to_tier: str
    cause: str
    valid_from: dt.date
    valid_until: dt.date | None
    #: What was counted and needed: `checkout.engine.tiers.Figures` as JSON; empty if nothing was.
    figures: dict[str, Any]
    snapshot_id: str
    at: dt.datetime
    author: str
    reason: str


@dataclass(slots=True)
class Uncounted:
    """A receipt that is to be counted, as it is now."""

    receipt_id: UUID
    program_code: str
    day: dt.date
    answer: bytes
    #: Of the credit that made it the member's.
    credit_answer: bytes | None
    content: bytes
    #: What came back, by position: thousandths, and the money that was given back for them.
    returned: dict[int, tuple[int, int]]


@dataclass(slots=True)
class VisitBook:
    """What counts of a member's receipts, by receipt and category, and what is to be counted."""

    visits: dict[tuple[UUID, str], Visit] = field(default_factory=dict)
    uncounted: list[Uncounted] = field(default_factory=list)


def visits_to_count(book: Book) -> list[VisitPending]:
    """The receipts of members that a batch makes, credits, or takes back a part of.

    Made of what it writes, in one place: so no operation can forget its own.
    """
    writes = book.writes
    found = [
        VisitPending(
            bucket_of_uuid(row.member_id), row.member_id, row.receipt_id, row.bucket, row.month
        )
        for row in writes.receipts
        if row.member_id is not None
    ]
    changed = [(r.partner_id, r.purchase_id, r.member_id) for r in writes.returns]
    changed += [(c.partner_id, c.purchase_id, c.member_id) for c in writes.credits]
    for partner_id, purchase_id, member_id in changed:
        purchase = book.purchases[partner_id, purchase_id]
        if member_id is not None:
            assert purchase.receipt_id is not None, "what comes back was sold"
            assert purchase.month is not None, "a receipt lies in a month"
            home, month = purchase.home_bucket, purchase.month
            bucket = bucket_of_uuid(member_id)
            found.append(VisitPending(bucket, member_id, purchase.receipt_id, home, month))
    return found
