"""Gifts in the ledger: held, given and taken back under the lock of the stock's one exact row.

The engine decides which gifts a sale gives; what was not locked is not written. Each movement is a
row of history beside the stock, so that the stock is at all times what was put in, less what was
given, and what was taken back.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from checkout.ledger.changes import note_change
from checkout.ledger.gift_rows import GiftEntry, GiftStock
from checkout.ledger.postings import Movement, post_gift, post_gift_back
from checkout.primitives import bucket_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.gift_rows import GiftGiven, GiftRef
    from checkout.ledger.interventions import Cause
    from checkout.ledger.postings import ReturnedPoints
    from checkout.ledger.rows import Hold


@dataclass(frozen=True, slots=True)
class GiftClaim:
    """So many of a gift for one receipt, by a campaign; `is_counted` ones leave the stock."""

    campaign: str
    gift: str
    count: int
    is_counted: bool = True


@dataclass(slots=True)
class GivenBook:
    """A gift that an operator gave, with what its posting moved of which lot."""

    row: GiftGiven
    movements: dict[UUID, int] = field(default_factory=dict)


def gift_bucket(ref: GiftRef) -> int:
    """The bucket of a gift's stock and history: crc32 of partner and code."""
    partner_id, gift = ref
    return bucket_of(partner_id.bytes + gift.encode())


def gift_claims_of(hold: Hold) -> tuple[GiftClaim, ...]:
    """The gifts that a hold keeps."""
    return tuple(
        GiftClaim(str(c["campaign"]), str(c["gift"]), int(c["count"]), bool(c["is_counted"]))
        for c in hold.claims["gifts"]
    )


def dump_gift_claims(claims: Iterable[GiftClaim]) -> list[dict[str, int | str]]:
    """The same as stored JSON."""
    return [dataclasses.asdict(claim) for claim in claims]


def gifts_of(hold: Hold) -> set[GiftRef]:
    """What has to be locked before the hold may end."""
    return {(hold.partner_id, each.gift) for each in gift_claims_of(hold) if each.is_counted}


def move_held_gifts(book: Book, partner_id: UUID, claims: Iterable[GiftClaim], sign: int) -> None:
    """Set gifts aside (1), or give set-aside ones back (-1)."""
    for claim in claims:
        if claim.is_counted:
            stock = book.gift_stock((partner_id, claim.gift))
            stock.held += sign * claim.count
            assert stock.held >= 0, "no more gifts are given back than were set aside"
            assert stock.left >= 0, "no more gifts are set aside than there are"
            save_stock(book, stock)


def use_gifts(
    book: Book,
    partner_id: UUID,
    member: MemberBook | None,
    receipt_id: UUID,
    claims: Iterable[GiftClaim],
) -> None:
    """A receipt gives gifts: out of the stock, and into history."""
    member_id = member.member.member_id if member is not None else None
    for claim in claims:
        ref = (partner_id, claim.gift)
        _move(
            book,
            GiftEntry(
                gift_bucket(ref),
                book.month,
                receipt_id,
                *ref,
                claim.campaign,
                "given",
                -claim.count,
                claim.is_counted,
                member_id,
                book.now,
            ),
        )


def give_back_gift(book: Book, entry: GiftEntry, count: int, by: UUID) -> None:
    """So many of a gift that a receipt gave come back; `by` is the return."""
    _move(
        book,
        dataclasses.replace(
            entry,
            month=book.month,
            moved_by=by,
            kind="taken_back",
            count=count,
            at=book.now,
        ),
    )


def set_stock(book: Book, ref: GiftRef, difference: int, cause: Cause) -> GiftStock:
    """Put gifts into the stock, or take them out; 0 where it was counted and found right."""
    if ref not in book.gift_stocks:
        book.gift_stocks[ref] = GiftStock(gift_bucket(ref), *ref, 0, 0, book.now)
    _move(
        book,
        GiftEntry(
            gift_bucket(ref),
            book.month,
            cause.intervention_id,
            *ref,
            "",
            "stocked",
            difference,
            is_counted=True,
            member_id=None,
            at=book.now,
            author=cause.author,
            reason=cause.reason,
        ),
    )
    now = book.gift_stocks[ref].stock
    note_change(
        book,
        ref[0],
        ("gift", ref[1]),
        cause.author,
        cause.reason,
        before={"stock": now - difference},
        after={"stock": now},
    )
    return book.gift_stocks[ref]


def give_gift(book: Book, member: MemberBook, given: GiftGiven, taken: dict[UUID, int]) -> None:
    """An operator gives a gift: points go out of these lots, the gift out of its stock."""
    given_id = given.gift_given_id
    given.household_id = member.purse.member.member_id if member.household is not None else None
    if taken:
        post_gift(book, member.purse, _movement(given, given_id, "gift"), taken)
    _move(book, _entry(book, given, given_id, "given", -given.count))
    moved = {lot_id: -amount for lot_id, amount in taken.items()}
    book.gifts_given[given_id] = GivenBook(given, moved)
    book.writes.gifts.new_given[given_id] = given
    _note(book, given, given.author, given.reason, is_new=True)


def take_gift_back(
    book: Book, purse: MemberBook, given: GiftGiven, points: ReturnedPoints, cause: Cause
) -> None:
    """What an operator gave comes back: points to their lots, the gift into its stock."""
    assert given.taken_back_at is None, "a gift is taken back once"
    back_id = back_id_of(given.gift_given_id)
    given.taken_back_at = book.now
    given.taken_back_by, given.taken_back_reason = cause.author, cause.reason
    if not points.is_empty:
        movement = dataclasses.replace(
            _movement(given, back_id, "gift_back"), author=cause.author, reason=cause.reason
        )
        post_gift_back(book, purse, movement, points)
    entry = _entry(book, given, back_id, "taken_back", given.count)
    entry.author, entry.reason = cause.author, cause.reason
    _move(book, entry)
    _note(book, given, cause.author, cause.reason, is_new=False)
    if given.gift_given_id not in book.writes.gifts.new_given:
        book.writes.gifts.taken_back[given.gift_given_id] = given


def back_id_of(gift_given_id: UUID) -> UUID:
    """The posting, and the movement, that take a gift back."""
    return uuid5(gift_given_id, "back")


def save_stock(book: Book, stock: GiftStock) -> None:
    """Write a stock."""
    stock.changed_at = book.now
    book.writes.gifts.stocks[stock.ref] = stock


def _note(book: Book, given: GiftGiven, author: str, reason: str, *, is_new: bool) -> None:
    """Tell the history what an operator gave, or took back."""
    note_change(
        book,
        given.partner_id,
        ("gift_given", given.gift_given_id),
        author,
        reason,
        before=None if is_new else {"is_taken_back": False},
        after={"is_taken_back": not is_new},
        beside={
            "member_id": str(given.member_id),
            "gift_code": given.gift_code,
            "count": given.count,
            "currency": given.currency or None,
            "points_minor": given.points_minor or None,
        },
    )


def _movement(given: GiftGiven, posting_id: UUID, kind: str) -> Movement:
    return Movement(
        posting_id,
        given.partner_id,
        given.program_code,
        kind,
        reason=given.reason,
        author=given.author,
    )


def _entry(book: Book, given: GiftGiven, moved_by: UUID, kind: str, count: int) -> GiftEntry:
    ref = (given.partner_id, given.gift_code)
    return GiftEntry(
        gift_bucket(ref),
        book.month,
        moved_by,
        *ref,
        "",
        kind,
        count,
        given.is_counted,
        given.member_id,
        book.now,
        given.author,
        given.reason,
    )


def _move(book: Book, entry: GiftEntry) -> None:
    """One movement: the stock, if it is counted, and its row of history."""
    if entry.is_counted:
        stock = book.gift_stock(entry.ref)
        stock.stock += entry.count
        assert stock.left >= 0, "no more gifts are given than there are"
        save_stock(book, stock)
    book.writes.gifts.entries.append(entry)
