"""Points of returns: back to the lots they were spent from, and out of the lots they had filled.

Both depend on nothing but how many points have moved in all, so that any order and any division of
the same returns ends in the same state. Points that were spent go back to the lots last consumed
first. Points that were earned are taken from the lots of the sale, in their order, as far as they
are still there; the rest is owed (`Account.debt`), or written off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.ledger.lots import has_ended

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from uuid import UUID

    from checkout.ledger.book import MemberBook
    from checkout.ledger.lots import LotOrder
    from checkout.ledger.rows import Lot


def back_to_lots(
    consumed: Iterable[tuple[Lot, int]], points: int, order: LotOrder
) -> dict[UUID, int]:
    """How many of the points that lots gave go back to each, when so many go back in all.

    `order` is that in which they were spent.
    """
    back: dict[UUID, int] = {}
    left = points
    for lot, amount in sorted(consumed, key=lambda each: order(each[0]), reverse=True):
        part = min(left, amount)
        if part:
            back[lot.lot_id] = part
        left -= part
    assert left == 0, "no more points go back than were spent"
    return back


def out_of_lots(earned: Iterable[Lot], points: int) -> dict[UUID, int]:
    """How many of the points that a sale earned each of its lots loses, when so many go in all."""
    out: dict[UUID, int] = {}
    left = points
    for lot in sorted(earned, key=lambda each: each.lot_id.bytes):
        part = min(left, lot.issued)
        if part:
            out[lot.lot_id] = part
        left -= part
    assert left == 0, "no more points are taken back than were earned"
    return out


def less(after: dict[UUID, int], before: dict[UUID, int]) -> dict[UUID, int]:
    """What is new of it."""
    new = {lot_id: amount - before.get(lot_id, 0) for lot_id, amount in after.items()}
    assert all(amount >= 0 for amount in new.values()), "what has moved stays moved"
    return {lot_id: amount for lot_id, amount in new.items() if amount}


def net_of_all_minor(
    member: MemberBook, currency: str, now: dt.datetime, *, with_held: bool = True
) -> int:
    """Points that have not ended, also frozen or not yet active, less what is owed.

    Held ones, which another receipt may still spend, only `with_held`.
    """
    account = member.accounts.get(currency)
    there = sum(
        lot.remaining - (0 if with_held else lot.held)
        for lot in member.lots.values()
        if lot.currency == currency and not has_ended(lot, now)
    )
    return there - (account.debt if account is not None else 0)
