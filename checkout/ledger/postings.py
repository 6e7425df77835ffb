"""Posting templates: the only way points move. Each sums to zero, which is asserted and tested.

A member's legs carry a sequence and a running balance; the program's legs are contra accounts whose
balance is a sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checkout.ledger.rows import Entry, Lot, LotMovement, Posting

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID

    from checkout.ledger.book import Book, MemberBook


@dataclass(frozen=True, slots=True)
class Movement:
    """Who moved what, and why: what all legs of a posting share."""

    posting_id: UUID
    partner_id: UUID
    program_code: str
    kind: str
    currency: str
    receipt_id: UUID | None = None
    reason: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class NewLot:
    """Points that come in: how many, from when, until when."""

    lot_id: UUID
    amount: int
    active_from: dt.datetime
    expires_at: dt.datetime | None


def post_sale(
    book: Book,
    member: MemberBook,
    movement: Movement,
    spent: dict[UUID, int],
    earned: NewLot | None,
) -> None:
    """Points spent go from the member to `redeemed`, points earned come from `issued`."""
    legs: list[tuple[str, int]] = []
    total = sum(spent.values())
    if total:
        legs += [("member", -total), ("redeemed", total)]
    if earned is not None:
        legs += [("issued", -earned.amount), ("member", earned.amount)]
    if legs:
        _post(book, member, movement, legs, spent, earned, "earned")


def post_adjustment(
    book: Book, member: MemberBook, movement: Movement, taken: dict[UUID, int], given: NewLot | None
) -> None:
    """A correction: points given come from `adjusted`, points taken go there."""
    legs: list[tuple[str, int]] = []
    total = sum(taken.values())
    if total:
        legs += [("member", -total), ("adjusted", total)]
    if given is not None:
        legs += [("adjusted", -given.amount), ("member", given.amount)]
    _post(book, member, movement, legs, taken, given, "adjusted")


def post_opening(book: Book, member: MemberBook, movement: Movement, given: NewLot) -> None:
    """A balance brought over from another system comes from `opening`."""
    legs = [("opening", -given.amount), ("member", given.amount)]
    _post(book, member, movement, legs, {}, given, "opening")


def _post(
    book: Book,
    member: MemberBook,
    movement: Movement,
    legs: list[tuple[str, int]],
    taken: dict[UUID, int],
    given: NewLot | None,
    origin: str,
) -> None:
    """Write the legs, move the lots, and assert on both sides that nothing came from nowhere."""
    assert sum(amount for _, amount in legs) == 0, "a posting sums to zero"
    account = member.account(movement.currency)
    row = member.member
    before = account.balance
    for number, (role, amount) in enumerate(legs):
        seq = balance = None
        if role == "member":
            account.seq += 1
            account.balance += amount
            seq, balance = account.seq, account.balance
        book.writes.entries.append(
            Entry(
                row.bucket,
                book.month,
                movement.posting_id,
                number,
                role,
                row.member_id,
                movement.currency,
                amount,
                seq,
                balance,
            )
        )
    book.writes.postings.append(
        Posting(
            row.bucket,
            book.month,
            movement.posting_id,
            movement.partner_id,
            movement.program_code,
            movement.kind,
            row.member_id,
            movement.receipt_id,
            book.now,
            movement.reason,
            movement.author,
        )
    )
    for lot_id, amount in taken.items():
        lot = member.lots[lot_id]
        lot.remaining -= amount
        assert lot.held <= lot.remaining, "held points are not taken by others"
        book.save_lot(lot)
        _move(book, member, movement, lot_id, -amount)
    if given is not None:
        lot = Lot(
            row.bucket,
            row.member_id,
            movement.currency,
            given.lot_id,
            origin,
            movement.posting_id,
            given.amount,
            given.amount,
            0,
            given.active_from,
            given.expires_at,
        )
        member.lots[given.lot_id] = lot
        book.writes.new_lots[given.lot_id] = lot
        _move(book, member, movement, given.lot_id, given.amount)
    moved = (given.amount if given is not None else 0) - sum(taken.values())
    assert account.balance == before + moved, "the balance moves with the lots"
    book.save_account(account)
    book.touch(row)


def _move(book: Book, member: MemberBook, movement: Movement, lot_id: UUID, amount: int) -> None:
    book.writes.lot_movements.append(
        LotMovement(
            member.member.bucket,
            book.month,
            movement.posting_id,
            lot_id,
            member.member.member_id,
            amount,
        )
    )
