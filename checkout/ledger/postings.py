"""Posting templates: the only way points move. Each sums to zero, which is asserted and tested.

A posting may move several currencies, each for itself. A member's legs carry a sequence and a
running balance; the program's legs are contra accounts whose balance is a sum.

Points that are not active yet lie in the member's `pending` account. Before anything else moves a
member's points, what has become active by its dates is booked as such; what has expired by its
dates is booked by the workers alone, when no quote or hold can spend it any more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from checkout.ledger.lots import free_minor, is_to_begin
from checkout.ledger.rows import Entry, Lot, LotMovement, Posting
from checkout.ledger.totals import check_total

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from checkout.ledger.book import Book, MemberBook

#: Role, currency, amount.
Leg = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Movement:
    """Who moved what, and why: what all legs of a posting share."""

    posting_id: UUID
    partner_id: UUID
    program_code: str
    kind: str
    receipt_id: UUID | None = None
    reason: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class NewLot:
    """Points that come in: how many of which currency, from when, until when."""

    lot_id: UUID
    currency: str
    amount: int
    active_from: dt.datetime
    expires_at: dt.datetime | None
    #: Of points that were moved here from another member: their lot there, whose origin they keep.
    moved_from: Lot | None = None


def post_sale(
    book: Book,
    member: MemberBook,
    movement: Movement,
    spent: dict[UUID, int],
    earned: Sequence[NewLot],
    *,
    owed: dict[str, int] | None = None,
    written_off: dict[str, int] | None = None,
) -> None:
    """Points spent go from the member to `redeemed`, points earned come from `issued`.

    What was spent without being there - the sale had been made already - is owed or written off.
    """
    post_activation(book, member, movement)
    legs = _legs_out(member, spent, "redeemed") + _legs_in(book, earned, "issued")
    for role, amounts in (("debt", owed), ("written_off", written_off)):
        for currency, amount in (amounts or {}).items():
            legs += [(role, currency, -amount), ("redeemed", currency, amount)]
    if legs:
        _post(book, member, movement, legs, spent, earned, "earned")


def post_adjustment(
    book: Book,
    member: MemberBook,
    movement: Movement,
    taken: dict[UUID, int],
    given: Sequence[NewLot],
) -> None:
    """A correction: points given come from `adjusted`, points taken go there."""
    post_activation(book, member, movement)
    legs = _legs_out(member, taken, "adjusted") + _legs_in(book, given, "adjusted")
    _post(book, member, movement, legs, taken, given, "adjusted")


def post_opening(book: Book, member: MemberBook, movement: Movement, given: NewLot) -> None:
    """A balance brought over from another system comes from `opening`."""
    _post(book, member, movement, _legs_in(book, [given], "opening"), {}, [given], "opening")


@dataclass(frozen=True, slots=True)
class ReturnedPoints:
    """What a return moves: all by lot, or by currency where there is no lot to take from."""

    #: Back to the lots that they were spent from, or, where those ran out, as new ones.
    back: dict[UUID, int]
    given: Sequence[NewLot]
    #: Taken back from the lots that the sale had filled.
    out: dict[UUID, int]
    owed: dict[str, int]
    written_off: dict[str, int]
    #: Spent without being there: of it, what is owed no more, and what was written off.
    forgiven: dict[str, int] = field(default_factory=dict)
    unwritten: dict[str, int] = field(default_factory=dict)
    #: Taken back out of what has expired of those lots.
    lapsed: dict[UUID, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether no points move."""
        moved = (self.back, self.given, self.out, self.lapsed, self.owed, self.written_off)
        return not (any(moved) or self.forgiven or self.unwritten)


def post_return(book: Book, member: MemberBook, movement: Movement, points: ReturnedPoints) -> None:
    """Points that were spent come from `redeemed`, points that were earned go to `issued`.

    Those that have expired come from `expired`. What cannot be taken back any more is owed by the
    member, or written off.
    """
    _post_back(book, member, movement, points, ("redeemed", "issued"), "returned")


def post_gift(book: Book, member: MemberBook, movement: Movement, taken: dict[UUID, int]) -> None:
    """Points that a gift costs go from the member to `redeemed`."""
    post_activation(book, member, movement)
    _post(book, member, movement, _legs_out(member, taken, "redeemed"), taken, [], "")


def post_gift_back(
    book: Book, member: MemberBook, movement: Movement, points: ReturnedPoints
) -> None:
    """A gift comes back, and with it the points that it cost."""
    _post_back(book, member, movement, points, ("redeemed", "redeemed"), "returned")


def post_undo(book: Book, member: MemberBook, movement: Movement, points: ReturnedPoints) -> None:
    """A correction is taken back: what it gave and what it took go to and come from `adjusted`."""
    _post_back(book, member, movement, points, ("adjusted", "adjusted"), "adjusted")


def _post_back(
    book: Book,
    member: MemberBook,
    movement: Movement,
    points: ReturnedPoints,
    roles: tuple[str, str],
    origin: str,
) -> None:
    """The reverse of an earlier posting; `roles` are where points come from, and where they go."""
    source, target = roles
    post_activation(book, member, movement)
    legs: list[Leg] = []
    for currency, amount in _totals(member, points.back).items():
        legs += [(source, currency, -amount), ("member", currency, amount)]
    legs += _legs_in(book, points.given, source) + _legs_out(member, points.out, target)
    for currency, amount in _totals(member, points.lapsed).items():
        legs += [("expired", currency, -amount), (target, currency, amount)]
    for role, amounts in (("debt", points.owed), ("written_off", points.written_off)):
        for currency, amount in amounts.items():
            legs += [(role, currency, -amount), (target, currency, amount)]
    for role, amounts in (("debt", points.forgiven), ("written_off", points.unwritten)):
        for currency, amount in amounts.items():
            legs += [(source, currency, -amount), (role, currency, amount)]
    moves = points.out | {lot_id: -amount for lot_id, amount in points.back.items()}
    expired = {lot_id: -amount for lot_id, amount in points.lapsed.items()}
    _post(book, member, movement, legs, moves, points.given, origin, expired)


def post_leaving(
    book: Book,
    member: MemberBook,
    movement: Movement,
    ended: dict[UUID, int],
    paid: dict[UUID, int] | None = None,
    forgiven: dict[str, int] | None = None,
) -> None:
    """Points of a member who leaves a program that does not keep them end; some pay what is owed.

    What else is owed, by currency, may be `forgiven`: nobody is left who could pay it.

    They go where other points go that end, so that a return knows them again: what goods had earned
    is not owed when it has been taken away already.
    """
    post_activation(book, member, movement)
    paid = paid or {}
    legs = _legs_out(member, paid, "debt") + _legs_out(member, ended, "expired")
    for currency, amount in (forgiven or {}).items():
        legs += [("debt", currency, amount), ("written_off", currency, -amount)]
    taken = {i: paid.get(i, 0) + ended.get(i, 0) for i in {**paid, **ended}}
    _post(book, member, movement, legs, taken, [], "", ended)


@dataclass(frozen=True, slots=True)
class Transfer:
    """One side of a transfer: lots that go or come, and debts that go or (below 0) come.

    What is `taken` of a lot is negative where it comes back to it. So is, by lot, what goes of the
    points that have `expired` there.
    """

    taken: dict[UUID, int]
    given: Sequence[NewLot]
    debts: dict[str, int]
    expired: dict[UUID, int] = field(default_factory=dict)


def post_transfer(book: Book, member: MemberBook, movement: Movement, transfer: Transfer) -> None:
    """Points and debts that go to another account, or come from one, by way of `transferred`."""
    post_activation(book, member, movement)
    legs = _legs_out(member, transfer.taken, "transferred")
    legs += _legs_in(book, transfer.given, "transferred")
    for currency, amount in transfer.debts.items():
        legs += [("debt", currency, amount), ("transferred", currency, -amount)]
    for currency, amount in _totals(member, transfer.expired).items():
        legs += [("expired", currency, amount), ("transferred", currency, -amount)]
    _post(
        book,
        member,
        movement,
        legs,
        transfer.taken,
        transfer.given,
        "transferred",
        transfer.expired,
    )


def post_debt_paid(
    book: Book, member: MemberBook, movement: Movement, taken: dict[UUID, int]
) -> None:
    """What is owed is paid from lots."""
    post_activation(book, member, movement)
    _post(book, member, movement, _legs_out(member, taken, "debt"), taken, [], "returned")


def post_activation(book: Book, member: MemberBook, before: Movement) -> None:
    """Points that are active by their dates go from `pending` to the member.

    `before` is what moves the points next, or a movement of its own.
    """
    begun = [lot for lot in member.lots.values() if is_to_begin(lot, book.now)]
    if not begun:
        return
    activated = {lot.lot_id: lot.remaining for lot in begun}
    legs: list[Leg] = []
    for currency, amount in _totals(member, activated).items():
        legs += [("pending", currency, -amount), ("member", currency, amount)]
    for lot in begun:
        lot.is_pending = False
    movement = Movement(
        uuid5(before.posting_id, "activation"), before.partner_id, before.program_code, "activation"
    )
    _post(book, member, movement, legs, {}, [], "", activated=activated)


def post_expiry(book: Book, member: MemberBook, movement: Movement, lots: Sequence[Lot]) -> None:
    """What is free in lots that have ended goes from the member to `expired`."""
    taken = {lot.lot_id: free_minor(lot) for lot in lots}
    legs = _legs_out(member, taken, "expired")
    _post(book, member, movement, legs, taken, [], "", taken)


def _totals(member: MemberBook, amounts: Mapping[UUID, int]) -> dict[str, int]:
    """Amounts of the member's lots, by currency."""
    totals: dict[str, int] = {}
    for lot_id, amount in amounts.items():
        currency = member.lots[lot_id].currency
        totals[currency] = totals.get(currency, 0) + amount
    return totals


def _legs_out(member: MemberBook, taken: dict[UUID, int], role: str) -> list[Leg]:
    """What is taken from the member's lots goes to a contra account, by currency."""
    totals: dict[tuple[str, str], int] = {}
    for lot_id, amount in taken.items():
        lot = member.lots[lot_id]
        account = ("pending" if lot.is_pending else "member", lot.currency)
        totals[account] = totals.get(account, 0) + amount
    legs = []
    for (owner, currency), total in totals.items():
        if total:
            legs += [(owner, currency, -total), (role, currency, total)]
    return legs


def _legs_in(book: Book, given: Sequence[NewLot], role: str) -> list[Leg]:
    """What new lots hold comes from a contra account, by currency."""
    totals: dict[tuple[str, str], int] = {}
    for lot in given:
        account = ("pending" if lot.active_from > book.now else "member", lot.currency)
        totals[account] = totals.get(account, 0) + lot.amount
    legs = []
    for (owner, currency), total in totals.items():
        legs += [(role, currency, -total), (owner, currency, total)]
    return legs


def _post(
    book: Book,
    member: MemberBook,
    movement: Movement,
    legs: list[Leg],
    taken: dict[UUID, int],
    given: Sequence[NewLot],
    origin: str,
    expired: Mapping[UUID, int] | None = None,
    *,
    activated: Mapping[UUID, int] | None = None,
) -> None:
    """Write the legs, move the lots, and assert on both sides that nothing came from nowhere.

    What is `taken` of a lot is negative where it is given back, and so is what has `expired` in it.
    """
    row = member.member
    expired, activated = expired or {}, activated or {}
    moved = _write_legs(book, member, movement, legs)
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
    for lot_id in {**taken, **expired, **activated}:
        lot = member.lots[lot_id]
        amount, lapsed = taken.get(lot_id, 0), expired.get(lot_id, 0)
        lot.remaining -= amount
        lot.expired += lapsed
        assert lot.expired >= 0, "no more comes back out of what has expired than did"
        assert lot.remaining + lot.expired <= lot.issued, "no more goes back to a lot than came in"
        assert lot.held + lot.frozen <= lot.remaining, "what is held or frozen is not taken"
        book.save_lot(lot)
        _move(book, member, movement, lot_id, -amount, activated.get(lot_id, 0), lapsed)
        moved[lot.currency] = moved.get(lot.currency, 0) + amount
    for new in given:
        lot = Lot(
            row.bucket,
            row.member_id,
            new.currency,
            new.lot_id,
            new.moved_from.origin if new.moved_from is not None else origin,
            movement.posting_id,
            new.amount,
            new.amount,
            0,
            new.active_from,
            new.expires_at,
            is_pending=new.active_from > book.now,
            moved_from=new.moved_from.lot_id if new.moved_from is not None else None,
        )
        member.lots[new.lot_id] = lot
        book.writes.new_lots[new.lot_id] = lot
        _move(book, member, movement, new.lot_id, new.amount)
        moved[new.currency] -= new.amount
    assert not any(moved.values()), "the balances move with the lots"
    book.touch(row)


def _write_legs(
    book: Book, member: MemberBook, movement: Movement, legs: list[Leg]
) -> dict[str, int]:
    """Entries and accounts of the legs; by currency, how far what the member has moved."""
    row = member.member
    sums: dict[str, int] = {}
    moved: dict[str, int] = {}
    for number, (role, currency, amount) in enumerate(legs):
        check_total(abs(amount), "what is moved at once")
        sums[currency] = sums.get(currency, 0) + amount
        seq = balance = None
        if role == "member":
            account = member.account(currency)
            account.seq += 1
            account.balance += amount
            seq, balance = account.seq, account.balance
            moved[currency] = moved.get(currency, 0) + amount
            book.save_account(account)
        elif role == "pending":
            account = member.account(currency)
            account.pending += amount
            assert account.pending >= 0, "no more becomes active than is pending"
            moved[currency] = moved.get(currency, 0) + amount
            book.save_account(account)
        elif role == "debt":
            account = member.account(currency)
            account.debt -= amount
            assert account.debt >= 0, "no more is paid than is owed"
            book.save_account(account)
        book.writes.entries.append(
            Entry(
                row.bucket,
                book.month,
                movement.posting_id,
                number,
                role,
                row.member_id,
                currency,
                amount,
                seq,
                balance,
            )
        )
    assert not any(sums.values()), "a posting sums to zero in each currency"
    for currency in sums:
        of_member = member.accounts.get(currency)
        if of_member is not None:
            check_total(of_member.balance + of_member.pending, "the member's points")
            check_total(of_member.debt, "what the member owes")
    return moved


def _move(
    book: Book,
    member: MemberBook,
    movement: Movement,
    lot_id: UUID,
    amount: int,
    activated: int = 0,
    expired: int = 0,
) -> None:
    book.writes.lot_movements.append(
        LotMovement(
            member.member.bucket,
            book.month,
            movement.posting_id,
            lot_id,
            member.member.member_id,
            amount,
            activated,
            expired,
        )
    )
