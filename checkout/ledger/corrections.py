"""Corrections: points that operators give or take, ``proposed → booked | rejected``, ``→ undone``.

A correction is booked by a posting under its own id, and undone by a reverse posting that moves
the same lots as far as they are there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid5

from checkout.ledger.changes import note_change
from checkout.ledger.postings import Movement, post_adjustment, post_undo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.correction_rows import Correction
    from checkout.ledger.postings import NewLot, ReturnedPoints


@dataclass(slots=True)
class CorrectionBook:
    """A correction with what its posting moved of which lot."""

    row: Correction
    movements: dict[UUID, int] = field(default_factory=dict)


def propose(book: Book, correction: Correction) -> None:
    """Keep a correction that another author has to decide on."""
    assert correction.state == "proposed", "what is proposed is not booked yet"
    _keep_new(book, correction, {})


def book_correction(
    book: Book,
    member: MemberBook,
    program_code: str,
    correction: Correction,
    taken: dict[UUID, int],
    given: Sequence[NewLot],
) -> None:
    """Post a correction that is new, or was proposed."""
    assert correction.month is None, "a correction is booked once"
    movement = Movement(
        correction.correction_id,
        correction.partner_id,
        program_code,
        "adjustment",
        reason=correction.reason,
        author=correction.author,
    )
    post_adjustment(book, member, movement, taken, given)
    correction.state = "booked"
    correction.month = book.month
    correction.household_id = member.member.member_id if member.is_household else None
    moved = {lot_id: -amount for lot_id, amount in taken.items()}
    moved |= {lot.lot_id: lot.amount for lot in given}
    known = book.corrections.get(correction.correction_id)
    if known is None:
        _keep_new(book, correction, moved)
    else:
        known.movements = moved
        _keep(book, correction)


def decide(book: Book, correction: Correction, author: str, reason: str) -> None:
    """Note who decided on what was proposed, now that it is booked or rejected."""
    assert correction.decided_at is None, "a correction is decided once"
    correction.decided_at = book.now
    correction.decided_by = author
    correction.decision_reason = reason
    _keep(book, correction)
    _note(book, correction, author, reason, was="proposed")


def reject(book: Book, correction: Correction) -> None:
    """End what was proposed; nothing was posted."""
    assert correction.state == "proposed", "what was booked is undone, not rejected"
    correction.state = "rejected"
    _keep(book, correction)


def undo(
    book: Book,
    member: MemberBook,
    program_code: str,
    correction: Correction,
    points: ReturnedPoints,
    author: str,
    reason: str,
) -> None:
    """Post the reverse of what was booked."""
    assert correction.state == "booked", "what is undone was booked"
    movement = Movement(
        undo_id_of(correction.correction_id),
        correction.partner_id,
        program_code,
        "undo",
        reason=reason,
        author=author,
    )
    post_undo(book, member, movement, points)
    correction.state = "undone"
    correction.undo_id = movement.posting_id
    _keep(book, correction)
    _note(book, correction, author, reason, was="booked")


def undo_id_of(correction_id: UUID) -> UUID:
    """The posting that takes a correction back."""
    return uuid5(correction_id, "undo")


def _keep_new(book: Book, correction: Correction, moved: dict[UUID, int]) -> None:
    correction_id = correction.correction_id
    book.corrections[correction_id] = CorrectionBook(correction, moved)
    book.writes.new_corrections[correction_id] = correction
    if correction.bulk_id is None:  # of a file there is one row, with its hash
        _note(book, correction, correction.author, correction.reason, was="")


def _note(book: Book, correction: Correction, author: str, reason: str, *, was: str) -> None:
    """Tell the history what state it is in now; `was` is empty for a new one."""
    note_change(
        book,
        correction.partner_id,
        ("correction", correction.correction_id),
        author,
        reason,
        before={"state": was} if was else None,
        after={"state": correction.state},
        beside={
            "member_id": str(correction.member_id),
            "currency": correction.currency,
            "amount_minor": correction.amount_minor,
        },
    )


def _keep(book: Book, correction: Correction) -> None:
    if correction.correction_id not in book.writes.new_corrections:
        book.writes.corrections[correction.correction_id] = correction
