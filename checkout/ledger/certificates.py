"""Certificates and passes in the ledger: what becomes of one, and the only ways it moves.

``issued → active → used up | expired``, and blocked at any time. State follows from dates and from
what is left; workers only book what the dates say.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from checkout.ledger.certificate_rows import CertificateEntry
from checkout.ledger.changes import note_change

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID

    from checkout.ledger.book import Book
    from checkout.ledger.certificate_rows import Certificate
    from checkout.ledger.changes import Values

#: What a pass counts; no currency has such a code.
UNITS: Final = "units"

#: Partner and digest of the code.
CertificateRef = tuple["UUID", bytes]


@dataclass(frozen=True, slots=True)
class CertificateClaim:
    """What one sale spends of a certificate: minor units of money, or units."""

    digest: bytes
    amount: int
    #: What of it is not there, only of what has been sold already: the certificate owes it, or the
    #: program bears it.
    owed: int = 0
    written_off: int = 0


@dataclass(frozen=True, slots=True)
class MovedBy:
    """The sale or return that moves a certificate, or who does it and why."""

    receipt_id: UUID | None = None
    reason: str = ""
    author: str = ""


def free_of(certificate: Certificate) -> int:
    """What is on it, less what holds keep."""
    return certificate.remaining - certificate.held


def left_of(certificate: Certificate, kept: int = 0) -> int:
    """What can be set aside or spent: what is free, `kept` by an own hold, too, less what it owes.

    What it owes has been spent already: a hold that ends, or a block that is lifted, frees it for
    nobody.
    """
    return max(free_of(certificate) + kept - certificate.owed, 0)


def is_over(certificate: Certificate, at: dt.datetime) -> bool:
    """Whether it has expired by then."""
    return certificate.expires_at is not None and certificate.expires_at <= at


def activate(
    book: Book,
    certificate: Certificate,
    *,
    against: str,
    dates: tuple[dt.datetime, dt.datetime | None],
    cause: MovedBy,
) -> None:
    """Put its face on it: it was `sold` or `granted`."""
    assert certificate.activated_at is None, "a certificate is activated once"
    certificate.activated_at = book.now
    certificate.active_from, certificate.expires_at = dates
    certificate.sold_by = cause.receipt_id
    _move(book, certificate, certificate.face, against, cause)


def deactivate(book: Book, certificate: Certificate, against: str, cause: MovedBy) -> None:
    """Take off what is left, since what activated it was undone; sold ones can be sold again.

    What it has left may have been moved to other codes: there it is taken off, too, and they are
    blocked.
    """
    heirs = heirs_of(book, certificate)
    for each in (certificate, *heirs):
        if free_of(each):
            _move(book, each, -free_of(each), against, cause)
    for heir in heirs:
        heir.blocked_at = heir.blocked_at or book.now
        book.save_certificate(heir)
    if against == "sold":
        assert not certificate.remaining, "what is held or spent was not undone"
        certificate.activated_at = certificate.active_from = certificate.expires_at = None
        certificate.sold_by = certificate.moved_to = None
    else:
        certificate.blocked_at = certificate.blocked_at or book.now
    book.save_certificate(certificate)


def is_untouched(book: Book, certificate: Certificate) -> bool:
    """Whether all that was put on it is there, on whatever codes, and none is held or has ended."""
    codes = [certificate, *heirs_of(book, certificate)]
    return sum(each.remaining for each in codes) == certificate.face and not any(
        each.held or each.owed or (each.remaining and is_over(each, book.now)) for each in codes
    )


def spend_certificate(
    book: Book, partner_id: UUID, receipt_id: UUID, claim: CertificateClaim
) -> None:
    """A sale is paid with it."""
    certificate = book.certificate((partner_id, claim.digest))
    cause = MovedBy(receipt_id)
    if claim.owed:
        certificate.owed += claim.owed
        _move(book, certificate, claim.owed, "owed", cause)
    if claim.written_off:
        _move(book, certificate, claim.written_off, "written_off", cause)
    assert claim.amount <= free_of(certificate), "what is held is not spent"
    _move(book, certificate, -claim.amount, "spent", cause)


def refund(
    book: Book,
    certificate: Certificate,
    amount: int,
    by: UUID,
    until: dt.datetime | None,
    written_off: int = 0,
) -> None:
    """Goods that it paid for come back; an expired one gets them for use `until` then, if said.

    What the program bore goes back to the program, and what the certificate owes goes off the rest.
    That of a code which is blocked, because what it had was moved to others, goes on to the first
    of them that can be used.
    """
    if until is not None and is_over(certificate, book.now):
        # What it had left when it ended is gone: only what comes back now lives on.
        if free_of(certificate):
            lapse(book, certificate)
        certificate.expires_at = until
    _move(book, certificate, amount, "spent", MovedBy(by))
    if written_off:
        _move(book, certificate, -written_off, "written_off", MovedBy(by))
    paid = min(certificate.owed, amount - written_off)
    if paid:
        certificate.owed -= paid
        _move(book, certificate, -paid, "owed", MovedBy(by))
    assert certificate.remaining <= certificate.face, "no more comes back than was on it"
    _pass_on(book, certificate, amount - written_off - paid, MovedBy(by))


def heirs_of(book: Book, certificate: Certificate) -> list[Certificate]:
    """The codes that something on it was moved to: the newest first, each before its own."""
    found: list[Certificate] = []
    waiting = [certificate.moved_to]
    while waiting:
        digest = waiting.pop()
        if digest is not None:
            heir = book.certificate((certificate.partner_id, digest))
            found.append(heir)
            waiting += [heir.moved_before, heir.moved_to]
    return found


def _pass_on(book: Book, certificate: Certificate, amount: int, cause: MovedBy) -> None:
    """Let what came back to a code that was moved be on one that its holder has."""
    amount = min(amount, left_of(certificate))
    if certificate.blocked_at is None or is_over(certificate, book.now) or not amount:
        return
    for heir in heirs_of(book, certificate):
        if heir.blocked_at is None:
            break
    else:
        return
    if is_over(heir, book.now):
        # As the code that it came from, it lives on for what comes back now, and nothing else.
        if free_of(heir):
            lapse(book, heir)
        heir.expires_at = certificate.expires_at
    # As if it had been there from the first: whatever the new code pays comes back to it, too.
    heir.face += amount
    _move(book, certificate, -amount, "moved", cause)
    _move(book, heir, amount, "moved", cause)
    _pay_debt(book, heir, cause)


def lapse(book: Book, certificate: Certificate) -> None:
    """It has ended: what is left, and not held, is gone; what it owes of that was spent before."""
    _pay_debt(book, certificate, MovedBy())
    if free_of(certificate):
        _move(book, certificate, -free_of(certificate), "expired", MovedBy())


def _pay_debt(book: Book, certificate: Certificate, cause: MovedBy) -> None:
    """What it owes, as far as it is there."""
    paid = min(certificate.owed, free_of(certificate))
    if paid:
        certificate.owed -= paid
        _move(book, certificate, -paid, "owed", cause)


def hand_over(book: Book, certificate: Certificate, successor: Certificate, cause: MovedBy) -> None:
    """Move what is left to another code, with its dates; this one is blocked, and pays its debt."""
    amount = left_of(certificate)
    assert amount, "what owes all that it has is not moved"
    _pay_debt(book, certificate, cause)
    _move(book, certificate, -amount, "moved", cause)
    if certificate.blocked_at is None:
        block(book, certificate, cause, is_blocked=True)
    successor.face = amount
    successor.activated_at = certificate.activated_at
    successor.active_from, successor.expires_at = certificate.active_from, certificate.expires_at
    # Behind it stand those that something was moved to before, when a hold kept the rest: they are
    # no heirs of its own.
    successor.moved_before, certificate.moved_to = certificate.moved_to, successor.digest
    _move(book, successor, amount, "moved", cause)
    moved = {"moved_to": str(successor.certificate_id), "amount": amount, "unit": certificate.unit}
    _note(book, certificate, cause, dict.fromkeys(moved), moved)
    made = {"face": amount, "unit": successor.unit, "series_code": successor.series_code}
    _note(book, successor, cause, None, made)


def block(book: Book, certificate: Certificate, cause: MovedBy, *, is_blocked: bool) -> None:
    """Block it, or lift that; what is on it stays."""
    certificate.blocked_at = book.now if is_blocked else None
    _move(book, certificate, 0, "blocked" if is_blocked else "unblocked", cause)
    _note(book, certificate, cause, {"is_blocked": not is_blocked}, {"is_blocked": is_blocked})


def hold_certificate(book: Book, partner_id: UUID, claim: CertificateClaim, sign: int) -> None:
    """Set aside, or give back."""
    certificate = book.certificate((partner_id, claim.digest))
    certificate.held += sign * claim.amount
    assert 0 <= certificate.held <= certificate.remaining, "what is held is there"
    book.save_certificate(certificate)


def add_new(book: Book, certificate: Certificate) -> None:
    """A new one, which the batch writes."""
    book.certificates[certificate.partner_id, certificate.digest] = certificate
    book.writes.new_certificates[certificate.certificate_id] = certificate


def _note(
    book: Book,
    certificate: Certificate,
    cause: MovedBy,
    before: Values | None,
    after: Values,
) -> None:
    """What operators change of one certificate; sales have entries, and no author."""
    assert cause.author, "a change of a certificate beside sales has its author"
    note_change(
        book,
        certificate.partner_id,
        ("certificate", certificate.certificate_id),
        cause.author,
        cause.reason,
        before=before,
        after=after,
        beside={"masked": certificate.masked},
    )


def _move(book: Book, certificate: Certificate, amount: int, against: str, cause: MovedBy) -> None:
    certificate.seq += 1
    certificate.remaining += amount
    assert certificate.remaining >= certificate.held, "no more is spent than is there"
    entry = CertificateEntry(
        bucket=certificate.bucket,
        month=book.month,
        certificate_id=certificate.certificate_id,
        seq=certificate.seq,
        partner_id=certificate.partner_id,
        against=against,
        unit=certificate.unit,
        amount=amount,
        balance_after=certificate.remaining,
        at=book.now,
        **dataclasses.asdict(cause),
    )
    book.writes.certificate_entries.append(entry)
    book.save_certificate(certificate)
