"""Certificates that a sale brings: those that its lines sell, and those that campaigns issue."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid5

from checkout.flows.answers import CertificateGiven
from checkout.flows.earning import date_rule
from checkout.flows.shown_certificates import name_of, unit_of
from checkout.flows.views import Flag, FlagKind
from checkout.ledger.certificate_rows import Certificate
from checkout.ledger.certificates import MovedBy, activate, add_new
from checkout.ledger.point_dates import lot_dates
from checkout.primitives import UNIT_MILLI, bucket_of
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from uuid import UUID

    from checkout.engine.compiled import CompiledProgram
    from checkout.engine.outcome import Outcome
    from checkout.engine.receipt import Receipt
    from checkout.engine.schema.certificates import CertificateSeries
    from checkout.flows.certificate_codes import CertificateCodes
    from checkout.flows.sale import SoldCertificate
    from checkout.ledger.book import Book

_KIND = "issue_certificate"


@dataclass(slots=True)
class ForSale:
    """Which of the certificates that lines sell can be activated, and why others cannot."""

    good: list[SoldCertificate] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    #: What is told of the same where the sale has been made all the same.
    flags: list[Flag] = field(default_factory=list)


def for_sale(
    book: Book,
    partner_id: UUID,
    program: CompiledProgram,
    receipt: Receipt,
    sold: tuple[SoldCertificate, ...],
) -> ForSale:
    """Judge each certificate that a line sells."""
    found = ForSale()
    if not sold:
        return found
    room = {line.position: line.quantity_milli // UNIT_MILLI for line in receipt.lines}
    skus = {line.position: line.sku for line in receipt.lines}
    for number, each in enumerate(sold):
        certificate = book.certificates.get((partner_id, each.digest))
        accepted = certificate and program.certificates.get(certificate.series_code)
        path = f"settlement.certificates_sold[{number}]"
        numbers: dict[str, int | str] = {"position": each.position}
        if room.get(each.position, 0) < 1:
            why = "the receipt has no such line, or more certificates than units of it"
            refusal = Refusal(Reason.CERTIFICATE_NOT_FOR_SALE, why, path, numbers)
        elif certificate is None:
            refusal = Refusal(Reason.CERTIFICATE_UNKNOWN, "there is no such certificate", path)
        elif (
            certificate.activated_at is not None
            or certificate.blocked_at is not None
            or not accepted
            or skus[each.position] not in accepted[0].sold_as
        ):
            why = "it has been sold already, is blocked, or is not what the line sells"
            numbers["series"] = certificate.series_code
            refusal = Refusal(Reason.CERTIFICATE_NOT_FOR_SALE, why, path, numbers)
        else:
            room[each.position] -= 1
            found.good.append(each)
            continue
        found.refusals.append(refusal)
        found.flags.append(
            Flag(
                kind=FlagKind.CERTIFICATE_NOT_ACTIVATED,
                currency=certificate.unit if certificate is not None else "",
                amount=certificate.face if certificate is not None else 0,
                code=name_of(each.masked, each.digest),
            )
        )
    return found


def activate_sold(
    book: Book,
    partner_id: UUID,
    program: CompiledProgram,
    receipt_id: UUID,
    sold: Iterable[SoldCertificate],
    at: dt.datetime,
) -> list[CertificateGiven]:
    """Activate what the lines sell; its dates are those of one that is sold `at` this moment."""
    given = []
    for each in sorted(sold, key=lambda each: (each.position, each.digest)):
        certificate = book.certificate((partner_id, each.digest))
        series, _ = program.certificates[certificate.series_code]
        dates = series_dates(series, program, at)
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
