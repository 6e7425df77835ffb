"""Lots: which points can be spent, and in which order they go.

Spending takes the lot that expires first; lots that never expire go last; ties by the moment they
became active, then by id. A program may take the one that became active first instead. A lot's
state follows from its dates: it is spendable from `active_from` until `expires_at`. What has been
booked of that (`is_pending`, `expired`) decides nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable
    from typing import Any

    from checkout.ledger.rows import Lot

    #: By what lots are sorted to be spent.
    LotOrder = Callable[[Lot], tuple[Any, ...]]

#: Of a version 7 id: the millisecond, and the counter of those that a process made within it.
_BYTES_IN_ORDER: Final = 12


def expiring_first(lot: Lot) -> tuple[bool, dt.datetime, dt.datetime, bytes]:
    """The lot that expires first; those that never do last."""
    never = lot.expires_at is None
    return (never, lot.expires_at or lot.active_from, lot.active_from, lot.lot_id.bytes)


def earned_first(lot: Lot) -> tuple[dt.datetime, bytes]:
    """The lot that became active first."""
    return (lot.active_from, lot.lot_id.bytes)


def is_spendable(lot: Lot, now: dt.datetime, valid_at: dt.datetime) -> bool:
    """Active by now, and not expired at `valid_at` (the moment of the quote, or now)."""
    return lot.active_from <= now and (lot.expires_at is None or lot.expires_at > valid_at)


def has_ended(lot: Lot, now: dt.datetime) -> bool:
    """By its dates; a worker books it where it lies."""
    return lot.expires_at is not None and lot.expires_at <= now


def is_to_begin(lot: Lot, now: dt.datetime) -> bool:
    """Active by its dates, and still booked as pending."""
    return lot.is_pending and lot.remaining > 0 and lot.active_from <= now


def is_to_end(lot: Lot, ended_by: dt.datetime) -> bool:
    """Expired by its dates at a moment, with points that neither a hold nor an operator keeps."""
    return lot.expires_at is not None and lot.expires_at <= ended_by and free_minor(lot) > 0


def moved_lot_id(posting_id: UUID, lot_id: UUID) -> UUID:
    """The id of points of a lot that a posting moves to another account.

    It begins like the lot's own, so that of equal dates the older points go first there, too: the
    moment and the counter within it are twelve bytes of an id. Four are left to tell moves of the
    same lot to the same account apart.
    """
    kept = lot_id.bytes[:_BYTES_IN_ORDER]
    return UUID(bytes=kept + uuid5(posting_id, str(lot_id)).bytes[_BYTES_IN_ORDER:])


def free_minor(lot: Lot) -> int:
    """What of a lot is neither spent nor set aside by a hold or an operator."""
    return lot.remaining - lot.held - lot.frozen


def available_minor(
    lots: Iterable[Lot], currency: str, now: dt.datetime, valid_at: dt.datetime
) -> int:
    """Points of a currency that can be spent."""
    return sum(
        free_minor(lot)
        for lot in lots
        if lot.currency == currency and is_spendable(lot, now, valid_at)
    )


def pick_lots(
    lots: Iterable[Lot],
    currency: str,
    amount: int,
    now: dt.datetime,
    valid_at: dt.datetime,
    order: LotOrder = expiring_first,
) -> dict[UUID, int]:
    """How much to take from which lot; the caller has made sure that there is enough."""
    picked: dict[UUID, int] = {}
    spendable = [
        lot
        for lot in lots
        if lot.currency == currency and free_minor(lot) > 0 and is_spendable(lot, now, valid_at)
    ]
    spendable.sort(key=order)
    left = amount
    for lot in spendable:
        if not left:
            break
        part = min(left, free_minor(lot))
        picked[lot.lot_id] = part
        left -= part
    assert left == 0, "more points are taken than are available"
    return picked
