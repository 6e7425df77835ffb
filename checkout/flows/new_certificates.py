"""Certificates that a sale brings: those that its lines sell, and those that campaigns issue."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from uuid import uuid5

from checkout.flows.answers import CertificateGiven
from checkout.flows.earning import date_rule
from checkout.flows.shown_certificates import unit_of
from checkout.ledger.certificate_rows import Certificate
from checkout.ledger.certificates import MovedBy, activate, add_new
from checkout.ledger.point_dates import lot_dates
from checkout.primitives import UNIT_MILLI, bucket_of
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID

    from checkout.engine.compiled import CompiledProgram
    from checkout.engine.outcome import Outcome
    from checkout.engine.receipt import Receipt
    from checkout.engine.schema.certificates import CertificateSeries
    from checkout.flows.certificate_codes import CertificateCodes
    from checkout.flows.sale import SoldCertificate
    from checkout.ledger.book import Book

_KIND = "issue_certificate"


def refusal_of_sold(
    book: Book,
    partner_id: UUID,
    program: CompiledProgram,
    receipt: Receipt,
    sold: tuple[SoldCertificate, ...],
) -> Refusal | None:
    """Why a certificate cannot be sold with its line; None if all can."""
    lines = {line.position: line for line in receipt.lines}
    counts = Counter(each.position for each in sold)
    for number, each in enumerate(sold):
        field = f"settlement.certificates_sold[{number}]"
        line = lines.get(each.position)
        if line is None or counts[each.position] > line.quantity_milli // UNIT_MILLI:
            return Refusal(
                Reason.CERTIFICATE_NOT_FOR_SALE,
                "the receipt has no such line, or more certificates than units of it",
                field,
                {"position": each.position},
            )
        certificate = book.certificates.get((partner_id, each.digest))
        if certificate is None:
            return Refusal(Reason.CERTIFICATE_UNKNOWN, "there is no such certificate", field)
        accepted = program.certificates.get(certificate.series_code)
        sells = accepted is not None and line.sku in accepted[0].sold_as
        if certificate.activated_at is not None or certificate.blocked_at is not None or not sells:
            return Refusal(
                Reason.CERTIFICATE_NOT_FOR_SALE,
                "it has been sold already, is blocked, or is not what the line sells",
                field,
                {"position": each.position, "series": certificate.series_code},
            )
    return None


def activate_sold(
    book: Book,
    partner_id: UUID,
    program: CompiledProgram,
    receipt_id: UUID,
    sold: tuple[SoldCertificate, ...],
) -> list[CertificateGiven]:
    """Activate what the lines sell."""
    given = []
    for each in sorted(sold, key=lambda each: (each.position, each.digest)):
        certificate = book.certificate((partner_id, each.digest))
        series, _ = program.certificates[certificate.series_code]
        dates = series_dates(series, program, book.now)
        activate(book, certificate, against="sold", dates=dates, cause=MovedBy(receipt_id))
        given.append(_given(certificate, position=each.position))
    return given


def issue_granted(
    book: Book,
    partner_id: UUID,
    program: CompiledProgram,
    currency: str,
    receipt_id: UUID,
    outcome: Outcome,
    codes: CertificateCodes,
) -> list[CertificateGiven]:
    """Make the certificates that applied campaigns issue: active, with a code of their own."""
    given = []
    for number, issued in enumerate(outcome.issued):
        accepted = program.certificates.get(issued.code)
        if issued.kind != _KIND or accepted is None:
            continue
        series, _ = accepted
        certificate = new_certificate(
            codes,
            certificate_id=uuid5(receipt_id, f"certificate {number}"),
            partner_id=partner_id,
            series=series,
            unit=unit_of(series.kind, currency),
            face=issued.amount_minor,
            now=book.now,
        )
        add_new(book, certificate)
        dates = series_dates(series, program, book.now)
        activate(book, certificate, against="granted", dates=dates, cause=MovedBy(receipt_id))
        given.append(_given(certificate, campaign=issued.campaign))
    return given


def new_certificate(
    codes: CertificateCodes,
    *,
    certificate_id: UUID,
    partner_id: UUID,
    series: CertificateSeries,
    unit: str,
    face: int,
    now: dt.datetime,
    batch_id: UUID | None = None,
) -> Certificate:
    """One that is issued now, with a code of ours, and has nothing on it yet."""
    made = codes.made(partner_id, certificate_id)
    return Certificate(
        bucket=bucket_of(made.digest),
        certificate_id=certificate_id,
        partner_id=partner_id,
        series_code=series.code,
        digest=made.digest,
        masked=made.masked,
        unit=unit,
        face=face,
        remaining=0,
        held=0,
        seq=0,
        issued_at=now,
        activated_at=None,
        active_from=None,
        expires_at=None,
        blocked_at=None,
        batch_id=batch_id,
    )


def series_dates(
    series: CertificateSeries, program: CompiledProgram, now: dt.datetime
) -> tuple[dt.datetime, dt.datetime | None]:
    """From when and until when one that is activated now can be spent."""
    return lot_dates(date_rule(series.dates), program.document.time_zone, now)


def _given(certificate: Certificate, *, position: int = 0, campaign: str = "") -> CertificateGiven:
    return CertificateGiven(
        certificate_id=certificate.certificate_id,
        digest=certificate.digest.hex(),
        masked=certificate.masked,
        series=certificate.series_code,
        unit=certificate.unit,
        face=certificate.face,
        active_from=certificate.active_from or certificate.issued_at,
        expires_at=certificate.expires_at,
        position=position,
        campaign=campaign,
    )
