"""Certificates of a return: those that had paid get back, those that the sale activated are undone.

The rules are in ``docs/rules.md`` §9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.answers import CertificateBack
from checkout.flows.returned_shares import BackToCertificate, gift_of
from checkout.flows.shown_certificates import digest_of, masked_of
from checkout.flows.views import FlagKind
from checkout.ledger.certificates import UNITS, MovedBy, deactivate, is_untouched, refund
from checkout.ledger.point_dates import DateRule, lot_dates
from checkout.primitives import UNIT_MILLI
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from checkout.engine.schema.program import Program
    from checkout.flows.answers import CertificateGiven, ConfirmAnswer
    from checkout.flows.returned_shares import Returned
    from checkout.ledger.book import Book
    from checkout.ledger.certificate_rows import Certificate
    from checkout.ledger.certificates import CertificateRef


def certificate_refs_of(partner_id: UUID, answer: ConfirmAnswer) -> set[CertificateRef]:
    """All certificates that a sale moved."""
    assert answer.outcome is not None, "a confirmed sale has an outcome"
    paid = {digest_of(paid.code) for paid in answer.outcome.certificates if paid.parts}
    given = {bytes.fromhex(given.digest) for given in answer.certificates}
    return {(partner_id, digest) for digest in paid | given}


def backs(answer: ConfirmAnswer, had: Returned, has: Returned) -> list[CertificateBack]:
    """What goes back to each certificate by this return."""
    assert answer.outcome is not None, "a confirmed sale has an outcome"
    found = []
    for paid in answer.outcome.certificates:
        before = had.certificates.get(paid.code, BackToCertificate())
        after = has.certificates.get(paid.code, before)
        back = CertificateBack(
            masked=masked_of(paid.code),
            series=paid.series,
            paid_minor=after.paid_minor - before.paid_minor,
            units=after.units - before.units,
        )
        if back.paid_minor or back.units:
            found.append(back)
    return found


def pay_back(
    book: Book,
    partner_id: UUID,
    program: Program,
    answer: ConfirmAnswer,
    had: Returned,
    has: Returned,
    by: UUID,
) -> None:
    """Give each certificate what was paid with it; `by` is the return.

    What was not on it when it paid, and was written off, goes first.
    """
    written_off = {
        flag.code: flag.amount
        for flag in answer.flags
        if flag.kind is FlagKind.CERTIFICATE_WRITTEN_OFF
    }
    days = program.returns.expired_certificates_days
    until = lot_dates(DateRule(days=days), program.time_zone, book.now)[1] if days else None
    for name, after in has.certificates.items():
        certificate = book.certificate((partner_id, digest_of(name)))
        before = had.certificates.get(name, BackToCertificate())
        is_pass = certificate.unit == UNITS
        had_back = before.units if is_pass else before.paid_minor
        has_back = after.units if is_pass else after.paid_minor
        borne = written_off.get(name, 0)
        if has_back > had_back:
            undone = min(has_back, borne) - min(had_back, borne)
            refund(book, certificate, has_back - had_back, by, until, undone)


def undone(
    book: Book,
    partner_id: UUID,
    answer: ConfirmAnswer,
    receipt_id: UUID,
    sold: dict[int, int],
    has: Returned,
) -> list[Certificate] | Refusal:
    """Sold certificates that the goods come back with; a refusal if one has been spent already.

    A line keeps no more active certificates than whole units of it stay with the customer.
    """
    found: list[Certificate] = []
    for position, line in has.lines.items():
        if not line.quantity_milli:
            continue
        given = [
            book.certificate((partner_id, bytes.fromhex(each.digest)))
            for each in answer.certificates
            if each.position == position
        ]
        active = [each for each in given if each.sold_by == receipt_id]
        stay = (sold[position] - line.quantity_milli) // UNIT_MILLI
        untouched = [each for each in active if is_untouched(book, each)]
        wanted = max(len(active) - stay, 0)
        if wanted > len(untouched):
            return Refusal(
                Reason.CERTIFICATE_ALREADY_SPENT,
                "the certificate that this line sold has ended, or been spent at least in part",
                "lines",
                {"position": position, "untouched": len(untouched)},
            )
        found += untouched[:wanted]
    return found


def undo(
    book: Book,
    partner_id: UUID,
    answer: ConfirmAnswer,
    sold: Iterable[Certificate],
    had: Returned,
    has: Returned,
    by: UUID,
) -> list[str]:
    """Deactivate them, and what campaigns issued as far as that comes back, too; masked."""
    masked = []
    for certificate in sold:
        deactivate(book, certificate, "sold", MovedBy(by))
        masked.append(certificate.masked)
    issued: dict[str, list[CertificateGiven]] = {}
    for given in answer.certificates:
        if given.campaign:
            gift = gift_of("issue_certificate", given.campaign, given.series)
            issued.setdefault(gift, []).append(given)
    for gift, certificates in issued.items():
        count = len(certificates)
        for given in certificates[had.taken_back(gift, count) : has.taken_back(gift, count)]:
            certificate = book.certificate((partner_id, bytes.fromhex(given.digest)))
            deactivate(book, certificate, "granted", MovedBy(by))
            masked.append(certificate.masked)
    return masked
