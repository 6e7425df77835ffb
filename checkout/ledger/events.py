"""Events: what a batch has done, as others are told of it; one row of the outbox per effect.

They are made of what the batch writes, in one place: so no operation can forget its own, and an
event is there exactly if its effect is. The id follows from the effect: whoever receives an event
twice knows it again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.ledger.book import Book
    from checkout.ledger.gift_rows import GiftGiven
    from checkout.ledger.return_rows import ReturnReceipt, ReturnWithoutReceipt
    from checkout.ledger.rows import Intervention, Posting, PurchaseKey, Receipt
    from checkout.ledger.visit_rows import TierChange
    from checkout.ledger.writes import Writes

#: Postings that are part of another effect, or of no one's doing: brought over, or a debt paid.
_SILENT_POSTINGS: Final = {"sale", "return", "debt", "opening", "gift", "gift_back"}
_OF_POSTINGS: Final = {
    "adjustment": "points_adjusted",
    "activation": "points_activated",
    "expiry": "points_expired",
}
#: Any other posting that somebody adds.
_MOVED: Final = "points_moved"

Body = dict[str, Any]


@dataclass(slots=True)
class Event:
    """One effect: a row of `outbox`. `subject_id` names the row that the effect left."""

    bucket: int
    month: dt.date
    event_id: UUID
    partner_id: UUID
    kind: str
    subject_id: UUID
    member_id: UUID | None
    at: dt.datetime
    body: Body


def events_of(book: Book) -> list[Event]:
    """The events of everything that the book writes."""
    return [
        Event(
            bucket, book.month, uuid5(subject, kind), partner, kind, subject, member, book.now, body
        )
        for bucket, partner, kind, subject, member, body in _effects(book.writes)
    ]


_Effect = tuple[int, UUID, str, UUID, UUID | None, Body]


def _effects(writes: Writes) -> Iterator[_Effect]:
    for receipt in writes.receipts:
        yield _of_sale(receipt)
    for returned in writes.returns:
        yield _of_return(returned)
    for taken in writes.without_receipt:
        yield _of_return_without_receipt(taken)
    for purchase in writes.purchases.values():
        if purchase.state == "cancelled":
            yield _of_cancel(purchase)
    moved = _moved_by_postings(writes)
    for posting in writes.postings:
        if posting.kind not in _SILENT_POSTINGS:
            yield _of_posting(posting, moved.get(posting.posting_id, {}))
    for member in writes.new_members:
        if member.household_size is not None:
            continue  # that is told as what an operator did
        owner, subject = member.partner_id, member.member_id
        yield member.bucket, owner, "member_enrolled", subject, subject, {}
    for intervention in writes.interventions:
        yield _of_intervention(intervention)
    yield from _of_gifts(writes)
    yield from _of_tiers(writes)


def _of_sale(row: Receipt) -> _Effect:
    body = {
        "purchase_id": row.purchase_id,
        "store": row.store_code,
        "terminal": row.terminal_code,
        "business_day": row.business_day.isoformat(),
        "amount_minor": row.amount_minor,
        "discount_minor": row.discount_minor,
        "points_value_minor": row.points_value_minor,
        "payable_minor": row.payable_minor,
        "points_earned_minor": row.points_earned_minor,
        "points_spent_minor": row.points_spent_minor,
        "mode": row.mode,
    }
    owner = row.selling_partner_id
    body |= _household(row.household_id)
    return row.bucket, owner, "sale_confirmed", row.receipt_id, row.member_id, body


def _of_return(row: ReturnReceipt) -> _Effect:
    body = {
        "return_id": row.return_id,
        "purchase_id": row.purchase_id,
        "receipt_id": str(row.receipt_id),
        "store": row.store_code,
        "money_minor": row.money_minor,
        "points_back_minor": row.points_back_minor,
    }
    subject = row.return_receipt_id
    body |= _household(row.household_id)
    return row.bucket, row.partner_id, "sale_returned", subject, row.member_id, body


def _of_return_without_receipt(row: ReturnWithoutReceipt) -> _Effect:
    body = {
        "return_id": row.return_id,
        "store": row.store_code,
        "terminal": row.terminal_code,
        "money_minor": row.money_minor,
        "reason": row.reason,
    }
    kind, subject = "returned_without_receipt", row.return_receipt_id
    return row.bucket, row.partner_id, kind, subject, row.member_id, body


def _of_cancel(row: PurchaseKey) -> _Effect:
    subject = uuid5(row.partner_id, row.purchase_id)
    body = {"purchase_id": row.purchase_id}
    return row.bucket, row.partner_id, "sale_cancelled", subject, None, body


def _moved_by_postings(writes: Writes) -> dict[UUID, dict[str, int]]:
    """By posting and currency, what the member has more, or less."""
    moved: dict[UUID, dict[str, int]] = {}
    for entry in writes.entries:
        if entry.role == "member":
            amounts = moved.setdefault(entry.posting_id, {})
            amounts[entry.currency] = amounts.get(entry.currency, 0) + entry.amount
    return moved


def _of_posting(row: Posting, amounts: dict[str, int]) -> _Effect:
    kind = _OF_POSTINGS.get(row.kind, _MOVED)
    body: Body = {"amounts_minor": amounts, "reason": row.reason}
    if kind == _MOVED:
        body["posting"] = row.kind
    return row.bucket, row.partner_id, kind, row.posting_id, row.member_id, body


def _of_intervention(row: Intervention) -> _Effect:
    body: Body = {"campaign": row.campaign_code} if row.campaign_code else {}
    if row.merge_id is not None:
        body["merge_id"] = str(row.merge_id)
    body |= _household(row.household_id)
    subject = row.intervention_id
    return row.bucket, row.partner_id, row.kind, subject, row.member_id, body


def _of_gifts(writes: Writes) -> Iterator[_Effect]:
    for given in writes.gifts.new_given.values():
        yield _of_gift("gift_given", given)
    for given in writes.gifts.taken_back.values():
        yield _of_gift("gift_taken_back", given)


def _of_gift(kind: str, row: GiftGiven) -> _Effect:
    body = {
        "gift": row.gift_code,
        "count": row.count,
        "currency": row.currency,
        "points_minor": row.points_minor,
        "store": row.store_code,
    }
    body |= _household(row.household_id)
    subject = row.gift_given_id
    return row.bucket, row.partner_id, kind, subject, row.member_id, body


def _of_tiers(writes: Writes) -> Iterator[_Effect]:
    for change in writes.tier_changes:
        if change.from_tier != change.to_tier:
            yield _of_tier(change)


def _of_tier(row: TierChange) -> _Effect:
    until = row.valid_until
    body = {
        "program": row.program_code,
        "from": row.from_tier,
        "to": row.to_tier,
        "cause": row.cause,
        "valid_from": row.valid_from.isoformat(),
        "valid_until": until.isoformat() if until is not None else None,
    }
    return row.bucket, row.partner_id, "tier_changed", row.change_id, row.member_id, body


def _household(household_id: UUID | None) -> Body:
    """Whose account it moved, or which household was joined or left."""
    return {"household_id": str(household_id)} if household_id is not None else {}
