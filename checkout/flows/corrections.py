"""What single and bulk corrections share: judging one, booking or proposing it, taking it back.

Four eyes: above an amount that a partner sets, counted over an author's day, a correction is only
proposed until another author approves it, and another author than the first takes it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checkout.engine.schema.returns import DebtPolicy
from checkout.flows.answers import CorrectionResult
from checkout.flows.author_allowance import count_correction
from checkout.flows.currencies import find_currency
from checkout.flows.debts import pay_debts
from checkout.flows.earning import given_lot
from checkout.flows.operation import erased, member_of_partner
from checkout.flows.pricing import balance_of
from checkout.flows.returned_points import debt_of, net_after, out_of_lot, renewed
from checkout.flows.settling import judged_by, settle
from checkout.ledger.correction_rows import Correction
from checkout.ledger.corrections import (
    book_correction,
    propose,
    undo,
    undo_id_of,
)
from checkout.ledger.lots import pick_lots
from checkout.ledger.postings import Movement, ReturnedPoints
from checkout.primitives import bucket_of_uuid, key_number
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.engine.schema.program import PointCurrency, Program
    from checkout.flows.author_allowance import AuthorAllowance
    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.corrections import CorrectionBook
    from checkout.ledger.postings import NewLot


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One correction as it is asked for; `days` is 0 for the program's own dates."""

    partner_id: UUID
    correction_id: UUID
    member_id: UUID
    currency: str
    amount_minor: int
    days: int
    reason: str
    author: str
    bulk_id: UUID | None = None
    line: int = 0


def correction_key_number(correction_id: UUID) -> int:
    """The lock of a correction: who makes, decides or undoes it holds it."""
    return key_number(b"correction", correction_id.bytes)


def is_for_four_eyes(amount_minor: int, above_minor: int | None) -> bool:
    """Whether a correction is above what one author may give or take alone."""
    return above_minor is not None and abs(amount_minor) > above_minor


def make_correction(
    book: Book, snapshots: Snapshots, wanted: Wanted, allowance: AuthorAllowance
) -> CorrectionResult | Refusal:
    """Book one correction, or propose it where four eyes have to see it."""
    found = find_currency(snapshots, wanted.partner_id, wanted.currency)
    if isinstance(found, Refusal):
        return found
    program, currency = found
    member = member_of_partner(book, wanted.partner_id, wanted.member_id)
    if isinstance(member, Refusal):
        return member
    correction = _row(book, wanted, member)
    moves = _moves(book, member.purse, program, correction)
    if isinstance(moves, Refusal):
        return moves
    claims = allowance.claim(book, program, correction)
    # After this point the correction must succeed.
    if claims is None:
        propose(book, correction)
    else:
        _book(book, member.purse, program, correction, moves)
        count_correction(book, correction, claims)
    return told(book, correction, member, currency, changed=True)


def approve(book: Book, snapshots: Snapshots, correction: Correction) -> Refusal | None:
    """Book what was proposed, if it can be done now."""
    found = find_currency(snapshots, correction.partner_id, correction.currency)
    if isinstance(found, Refusal):
        return found
    program, _ = found
    owner = book.members[correction.member_id]
    gone = erased(owner, "correction_ids")
    if gone is not None:
        return gone
    if owner.into is not None:
        return Refusal(
            Reason.MEMBER_MERGED,
            "the member was merged into another one: reject this, and propose it for that one",
            "correction_ids",
            {"surviving_member_id": str(owner.into.member.member_id)},
        )
    purse = owner.purse
    moves = _moves(book, purse, program, correction)
    if isinstance(moves, Refusal):
        return moves
    # After this point the correction must succeed.
    _book(book, purse, program, correction, moves)
    return None


def take_back(
    book: Book, snapshots: Snapshots, known: CorrectionBook, author: str, reason: str
) -> ReturnedPoints | Refusal:
    """Undo what was booked, as far as it is there; the rest as the program's debt policy says."""
    correction = known.row
    found = find_currency(snapshots, correction.partner_id, correction.currency)
    if isinstance(found, Refusal):
        return found
    gone = erased(book.members[correction.purse_id], "correction_ids")
    if gone is not None:
        return gone
    program, _ = found
    purse = book.members[correction.purse_id]
    seen, payer = judged_by(book, purse)
    if correction.amount_minor > 0:
        points = _given_back(book, seen, payer, program, known)
    else:
        back = {lot_id: -moved for lot_id, moved in known.movements.items()}
        assert sum(back.values()) == -correction.amount_minor, "what comes back is what was taken"
        undo_id = undo_id_of(correction.correction_id)
        back, given = renewed(book, seen, program, back, undo_id)
        points = ReturnedPoints(back, given, {}, {}, {})
    if isinstance(points, Refusal):
        return points
    # After this point the correction is undone.
    after = undo_id_of(correction.correction_id)
    movement = Movement(after, correction.partner_id, program.code, "undo")
    holder = settle(
        *(book, purse, movement, points),
        lambda: undo(book, purse, program.code, correction, points, author, reason),
    )
    if correction.amount_minor < 0:
        pay_debts(book, holder, correction.partner_id, program.code, after)
    return points


def told(
    book: Book,
    correction: Correction,
    member: MemberBook | None,
    currency: PointCurrency | None,
    *,
    changed: bool,
) -> CorrectionResult:
    """What became of a correction."""
    balance = None
    if member is not None and currency is not None:
        balance = balance_of(member.survivor.purse, currency, book.now)
    return CorrectionResult(
        line=correction.line,
        correction_id=correction.correction_id,
        state=correction.state,
        changed=changed,
        member_id=correction.member_id,
        balance=balance,
    )


def _row(book: Book, wanted: Wanted, member: MemberBook) -> Correction:
    return Correction(
        bucket=bucket_of_uuid(wanted.correction_id),
        correction_id=wanted.correction_id,
        partner_id=wanted.partner_id,
        member_id=member.member.member_id,
        currency=wanted.currency,
        amount_minor=wanted.amount_minor,
        days=wanted.days,
        reason=wanted.reason,
        author=wanted.author,
        made_at=book.now,
        bulk_id=wanted.bulk_id,
        line=wanted.line,
        state="proposed",
        decided_at=None,
        decided_by="",
        decision_reason="",
        month=None,
        undo_id=None,
    )


def _moves(
    book: Book, member: MemberBook, program: Program, correction: Correction
) -> tuple[dict[UUID, int], list[NewLot]] | Refusal:
    """The lots that a correction takes from, or the one that it makes."""
    currency, amount_minor = correction.currency, correction.amount_minor
    if amount_minor > 0:
        lot_id = correction.correction_id
        lot = given_lot(program, currency, amount_minor, lot_id, book.now, correction.days)
        return {}, [lot]
    available = max(member.net_minor(currency, book.now, book.now), 0)
    if -amount_minor > available:
        return Refusal(
            Reason.INSUFFICIENT_POINTS,
            "more is to be taken than the member can spend",
            "amount_minor",
            {"wanted_minor": -amount_minor, "available_minor": available},
        )
    lots = member.lots.values()
    return pick_lots(lots, currency, -amount_minor, book.now, book.now), []


def _book(
    book: Book,
    member: MemberBook,
    program: Program,
    correction: Correction,
    moves: tuple[dict[UUID, int], list[NewLot]],
) -> None:
    book_correction(book, member, program.code, correction, *moves)
    partner_id = correction.partner_id
    pay_debts(book, member, partner_id, program.code, correction.correction_id)


def _given_back(
    book: Book, member: MemberBook, payer: MemberBook, program: Program, known: CorrectionBook
) -> ReturnedPoints | Refusal:
    """What was given is taken from the lot that it made; what is spent is a debt."""
    correction = known.row
    currency = correction.currency
    (lot_id,) = known.movements
    there, lapsed = out_of_lot(member.lots[lot_id], correction.amount_minor)
    out = {lot_id: there} if there else {}
    short = correction.amount_minor - there - lapsed
    owed: dict[str, int] = {}
    written_off: dict[str, int] = {}
    if short:
        policy: DebtPolicy = program.returns.debt
        net = net_after(book, payer, member.lots, currency, policy, {}, [], out)
        owes = debt_of(short, net, currency, policy)
        if isinstance(owes, Refusal):
            return owes
        if owes:
            owed[currency] = owes
        if short > owes:
            written_off[currency] = short - owes
    ended = {lot_id: lapsed} if lapsed else {}
    return ReturnedPoints({}, (), out, owed, written_off, lapsed=ended)
