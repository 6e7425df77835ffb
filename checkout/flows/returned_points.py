"""The points of a return: which lots get back, which lose, what is owed and what is written off."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid5

from checkout.engine.schema.returns import DebtPolicy
from checkout.flows.earning import given_lot
from checkout.flows.holding import spending_order
from checkout.ledger.lots import free_minor, has_ended
from checkout.ledger.point_dates import DateRule, lot_dates
from checkout.ledger.postings import NewLot, ReturnedPoints
from checkout.ledger.returns import back_to_lots, less, net_of_all_minor, out_of_lots
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checkout.engine.schema.program import Program
    from checkout.flows.returned_shares import Returned
    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.rows import Lot
    from checkout.ledger.sale_book import SaleBook

_NOTHING = ReturnedPoints({}, (), {}, {}, {})


def points_of_return(
    book: Book,
    sale: SaleBook,
    member: MemberBook | None,
    program: Program,
    had: Returned,
    has: Returned,
    posting_id: UUID,
    payer: MemberBook | None = None,
) -> ReturnedPoints | Refusal:
    """What moves between what had come back before and what has now.

    `payer` is whose points count where some are missing, if that is somebody else.
    """
    if member is None:
        return _NOTHING
    lots = member.lots
    consumed = [(lots[lot_id], -moved) for lot_id, moved in sale.movements.items() if moved < 0]
    order = spending_order(program.redemption)
    spent, spent_before = (_spent_parts(sale, each.points_spent) for each in (has, had))
    back = less(
        back_to_lots(consumed, spent.from_lots, order),
        back_to_lots(consumed, spent_before.from_lots, order),
    )
    back, given = renewed(book, member, program, back, posting_id)
    forgiven: dict[str, int] = {}
    for currency in sale.owed:
        part = spent.owed - spent_before.owed
        account = member.accounts.get(currency)
        gone = min(part, account.debt if account is not None else 0)
        if gone:
            forgiven[currency] = gone
        if part > gone:
            # It has been paid meanwhile: that comes back as points.
            new_id = uuid5(posting_id, f"paid {currency}")
            given.append(given_lot(program, currency, part - gone, new_id, book.now))
    unwritten = {
        currency: spent.written_off - spent_before.written_off
        for currency in sale.written_off
        if spent.written_off > spent_before.written_off
    }
    out: dict[UUID, int] = {}
    lapsed: dict[UUID, int] = {}
    owed: dict[str, int] = {}
    written_off: dict[str, int] = {}
    for currency, total in has.points_earned.items():
        earned = [
            lots[lot_id]
            for lot_id, moved in sale.movements.items()
            if moved > 0 and lots[lot_id].currency == currency
        ]
        wanted = less(
            out_of_lots(earned, total),
            out_of_lots(earned, had.points_earned.get(currency, 0)),
        )
        short = 0
        there: dict[UUID, int] = {}
        for lot_id, amount in wanted.items():
            there[lot_id], ended = out_of_lot(lots[lot_id], amount)
            lapsed[lot_id] = ended
            short += amount - there[lot_id] - ended
        out |= {lot_id: amount for lot_id, amount in there.items() if amount}
        if short:
            policy = program.returns.debt
            net = net_after(book, payer or member, lots, currency, policy, back, given, there)
            net += forgiven.get(currency, 0)
            owes = debt_of(short, net, currency, policy)
            if isinstance(owes, Refusal):
                return owes
            if owes:
                owed[currency] = owes
            if short > owes:
                written_off[currency] = short - owes
    lapsed = {lot_id: amount for lot_id, amount in lapsed.items() if amount}
    return ReturnedPoints(back, given, out, owed, written_off, forgiven, unwritten, lapsed)


def out_of_lot(lot: Lot, amount: int) -> tuple[int, int]:
    """Of points that are taken back: how many the lot still has, and how many ended in it.

    Whether a worker has booked the end of a lot already makes no difference.
    """
    there = min(amount, free_minor(lot))
    return there, min(amount - there, lot.expired)


class _SpentParts(NamedTuple):
    """Of points that come back: what was written off, what was owed, and what lots had given."""

    written_off: int
    owed: int
    from_lots: int


def _spent_parts(sale: SaleBook, points: int) -> _SpentParts:
    """What was consumed last comes back first: lots gave what they had before anything was owed."""
    written_off = min(points, sum(sale.written_off.values()))
    owed = min(points - written_off, sum(sale.owed.values()))
    return _SpentParts(written_off, owed, points - written_off - owed)


def debt_of(short: int, net: int, currency: str, policy: DebtPolicy) -> int | Refusal:
    """Of points that are not there any more: how many are owed; the rest is written off."""
    if policy is DebtPolicy.REFUSE and short > net:
        return Refusal(
            Reason.POINTS_ALREADY_SPENT,
            "points that are taken back have been spent already",
            "purchase_id",
            {"currency": currency, "wanted_minor": short, "available_minor": max(net, 0)},
        )
    if policy is DebtPolicy.CLIP:
        return min(short, max(net, 0))
    return short


def renewed(
    book: Book, member: MemberBook, program: Program, back: dict[UUID, int], posting_id: UUID
) -> tuple[dict[UUID, int], list[NewLot]]:
    """Points whose lots ran out meanwhile: as new ones for some days, if the program says so."""
    days = program.returns.expired_points_days
    given = []
    kept = dict(back)
    for lot_id, amount in back.items() if days else ():
        lot = member.lots[lot_id]
        if lot.expires_at is None or lot.expires_at > book.now:
            continue
        del kept[lot_id]
        active_from, expires_at = lot_dates(DateRule(days=days), program.time_zone, book.now)
        new_id = uuid5(posting_id, str(lot_id))
        given.append(NewLot(new_id, lot.currency, amount, active_from, expires_at))
    return kept, given


def net_after(
    book: Book,
    member: MemberBook,
    lots: Mapping[UUID, Lot],
    currency: str,
    policy: DebtPolicy,
    back: dict[UUID, int],
    given: list[NewLot],
    taken: dict[UUID, int],
) -> int:
    """What a member has of a currency after this return, less what is owed.

    `lots` has those that the return moves.

    Points that cannot be spent now count, too, if they are frozen or not active yet: they are there
    to pay with, so nothing is written off or refused for want of them. Those that a hold keeps may
    yet be spent: they save nobody from a debt (`clip`), but where none may be owed beyond what is
    there they do not count (`refuse`). What the member has brought into a household counts: the
    household pays what is owed for goods bought before.
    """
    with_held = policy is DebtPolicy.CLIP
    net = sum(
        net_of_all_minor(each, currency, book.now, with_held=with_held)
        for each in filter(None, (member, member.household))
    )
    for moves, sign in ((back, 1), (taken, -1)):
        for lot_id, amount in moves.items():
            lot = lots[lot_id]
            if lot.currency == currency and not has_ended(lot, book.now):
                net += sign * amount
    return net + sum(lot.amount for lot in given if lot.currency == currency)
