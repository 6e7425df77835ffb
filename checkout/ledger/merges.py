"""Merging: one member becomes another name of a second one, and its points lie with that one.

No row is rewritten. Points are moved by two postings that mirror each other, by way of the contra
account `transferred`. Each lot there says which lot it came from, keeps its dates and origin, and
so goes back to it when the two are taken apart, or when goods come back that the merged member had
bought: what is settled in its books is settled as if it had never been merged, and what is left
afterwards is moved again.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID, uuid5

from checkout.ledger.lots import free_minor, has_ended, moved_lot_id
from checkout.ledger.postings import Movement, NewLot, Transfer, post_transfer

if TYPE_CHECKING:
    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.identity_rows import Merge
    from checkout.ledger.rows import Lot

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to come back to the books of a merged member.

    Points by lot, points that have expired by lot, and what is owed by currency.
    """

    lots: dict[UUID, int] = field(default_factory=dict)
    expired: dict[UUID, int] = field(default_factory=dict)
    debts: dict[str, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing has to come back."""
        return not any((*self.lots.values(), *self.expired.values(), *self.debts.values()))


@dataclass(frozen=True, slots=True)
class Sides:
    """The two postings of one transfer."""

    out: Movement
    into: Movement

    @classmethod
    def of(
        cls, after: UUID, what: str, partner_id: UUID, program_code: str, author: str, reason: str
    ) -> Sides:
        """With ids that follow from what they come after, such as a posting, and what they are."""
        out, into = (
            Movement(
                uuid5(after, f"{what} {side}"),
                partner_id,
                program_code,
                "transfer",
                reason=reason,
                author=author,
            )
            for side in ("out", "in")
        )
        return cls(out, into)


def carry_over(
    book: Book, merge: Merge, absorbed: MemberBook, survivor: MemberBook, sides: Sides
) -> dict[str, int]:
    """Move every free lot that has not ended, and every debt, to the survivor.

    By currency, how many points moved.
    """
    taken = {
        lot.lot_id: free_minor(lot)
        for lot in absorbed.lots.values()
        if free_minor(lot) > 0 and not has_ended(lot, book.now)
    }
    given = [
        NewLot(
            moved_lot_id(sides.into.posting_id, lot_id),
            absorbed.lots[lot_id].currency,
            amount,
            absorbed.lots[lot_id].active_from,
            absorbed.lots[lot_id].expires_at,
            absorbed.lots[lot_id],
        )
        for lot_id, amount in taken.items()
    ]
    debts = {code: account.debt for code, account in absorbed.accounts.items() if account.debt}
    if taken or debts:
        post_transfer(book, absorbed, sides.out, Transfer(taken, (), debts))
        owed = {code: -amount for code, amount in debts.items()}
        post_transfer(book, survivor, sides.into, Transfer({}, given, owed))
        _count_debts(book, merge, debts, +1)
    moved: dict[str, int] = {}
    for lot in given:
        moved[lot.currency] = moved.get(lot.currency, 0) + lot.amount
    return moved


def bring_back(
    book: Book,
    merge: Merge,
    absorbed: MemberBook,
    survivor: MemberBook,
    wanted: Wanted,
    sides: Sides,
) -> None:
    """Move points back to the lots that they came from; the caller has seen that they are there."""
    if wanted.is_empty:
        return
    moved = moved_lots(absorbed, survivor)
    taken: dict[UUID, int] = {}
    expired: dict[UUID, int] = {}
    for lot_id, amount in wanted.lots.items():
        taken |= _parts([(lot.lot_id, free_minor(lot)) for lot in moved.get(lot_id, ())], amount)
    for lot_id, amount in wanted.expired.items():
        expired |= _parts([(lot.lot_id, lot.expired) for lot in moved.get(lot_id, ())], amount)
    post_transfer(
        book,
        survivor,
        sides.out,
        Transfer(taken, (), _some(wanted.debts), {i: -amount for i, amount in expired.items()}),
    )
    post_transfer(
        book,
        absorbed,
        sides.into,
        Transfer(
            {lot_id: -amount for lot_id, amount in _some(wanted.lots).items()},
            (),
            {code: -amount for code, amount in _some(wanted.debts).items()},
            _some(wanted.expired),
        ),
    )
    _count_debts(book, merge, wanted.debts, -1)


def all_that_goes_back(merge: Merge, absorbed: MemberBook, survivor: MemberBook) -> Wanted:
    """What is free, or has ended, of what was moved, and debts: what taking the two apart moves.

    What has ended goes back, booked or not, so that its goods come back later as they would have
    without the merge: nobody owes points that ended unspent.
    """
    moved = moved_lots(absorbed, survivor)
    free = {lot_id: sum(free_minor(lot) for lot in lots) for lot_id, lots in moved.items()}
    expired = {lot_id: sum(lot.expired for lot in lots) for lot_id, lots in moved.items()}
    return Wanted(_some(free), _some(expired), debts_there(merge, survivor))


def apart(merge: Merge, absorbed: MemberBook, survivor: MemberBook) -> MemberBook:
    """A merged member as if what is still there of its points had never been moved.

    To judge by; nothing of it is written.
    """
    moved = moved_lots(absorbed, survivor)
    lots = {
        lot_id: dataclasses.replace(
            lot,
            remaining=lot.remaining + sum(each.remaining for each in moved.get(lot_id, ())),
            held=lot.held + sum(each.held for each in moved.get(lot_id, ())),
            frozen=lot.frozen + sum(each.frozen for each in moved.get(lot_id, ())),
            expired=lot.expired + sum(each.expired for each in moved.get(lot_id, ())),
        )
        for lot_id, lot in absorbed.lots.items()
    }
    owed = debts_there(merge, survivor)
    accounts = {
        code: dataclasses.replace(account, debt=account.debt + owed.get(code, 0))
        for code, account in absorbed.accounts.items()
    }
    return dataclasses.replace(absorbed, lots=lots, accounts=accounts)


def moved_lots(absorbed: MemberBook, survivor: MemberBook) -> dict[UUID, list[Lot]]:
    """The survivor's lots by the lot of the merged member that they came from, in their order."""
    moved: dict[UUID, list[Lot]] = {}
    for lot in sorted(survivor.lots.values(), key=lambda lot: lot.lot_id.bytes):
        if lot.moved_from in absorbed.lots:
            assert lot.moved_from is not None, "it is the id of a lot"
            moved.setdefault(lot.moved_from, []).append(lot)
    return moved


def debts_there(merge: Merge, survivor: MemberBook) -> dict[str, int]:
    """What the survivor still owes of what it was given to owe."""
    owed = {
        code: min(amount, survivor.accounts[code].debt)
        for code, amount in merge.debts.items()
        if code in survivor.accounts
    }
    return _some(owed)


def _count_debts(book: Book, merge: Merge, debts: dict[str, int], sign: int) -> None:
    for code, amount in debts.items():
        merge.debts[code] = merge.debts.get(code, 0) + sign * amount
        assert merge.debts[code] >= 0, "no more debt comes back than was moved"
    book.writes.identities.merges[merge.merge_id] = merge


def _parts(there: list[tuple[UUID, int]], amount: int) -> dict[UUID, int]:
    """So much, from one after the other."""
    parts: dict[UUID, int] = {}
    for lot_id, most in there:
        part = min(most, amount)
        if part:
            parts[lot_id] = part
        amount -= part
    assert amount == 0, "no more comes back than is there"
    return parts


def _some(amounts: dict[Key, int]) -> dict[Key, int]:
    """Those that are not zero."""
    return {key: amount for key, amount in amounts.items() if amount}
