"""From certificates to their messages: masked, but for codes of ours that are to be printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.api.moments import encode_moment
from checkout.engine.outcome_certificates import CertificateStatus
from checkout.flows.shown_certificates import masked_of
from checkout.v1 import certificate_pb2 as pb

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.engine.outcome_certificates import CertificateResult
    from checkout.flows.answers import CertificateBack, CertificateGiven
    from checkout.flows.certificate_codes import CertificateCodes
    from checkout.flows.check_certificate import CheckedCertificate

_STATUS: Final = {
    CertificateStatus.APPLIED: pb.CERTIFICATE_STATUS_APPLIED,
    CertificateStatus.UNKNOWN: pb.CERTIFICATE_STATUS_UNKNOWN,
    CertificateStatus.NOT_ACTIVE: pb.CERTIFICATE_STATUS_NOT_ACTIVE,
    CertificateStatus.BLOCKED: pb.CERTIFICATE_STATUS_BLOCKED,
    CertificateStatus.EXPIRED: pb.CERTIFICATE_STATUS_EXPIRED,
    CertificateStatus.USED_UP: pb.CERTIFICATE_STATUS_USED_UP,
    CertificateStatus.NOT_ACCEPTED: pb.CERTIFICATE_STATUS_NOT_ACCEPTED,
    CertificateStatus.WRONG_STORE: pb.CERTIFICATE_STATUS_WRONG_STORE,
    CertificateStatus.WRONG_GOODS: pb.CERTIFICATE_STATUS_WRONG_GOODS,
    CertificateStatus.NOT_NEEDED: pb.CERTIFICATE_STATUS_NOT_NEEDED,
}


def encode_certificate_result(result: CertificateResult) -> pb.CertificateResult:
    """What became of a certificate of the receipt."""
    return pb.CertificateResult(
        masked=masked_of(result.code),
        series=result.series,
        status=_STATUS[result.status],
        paid_minor=result.paid_minor,
        units=result.units,
        left=result.left,
        parts=[
            pb.CertificatePart(position=part.position, paid_minor=part.paid_minor, units=part.units)
            for part in result.parts
        ],
    )


def encode_given(
    given: CertificateGiven, partner_id: UUID, codes: CertificateCodes
) -> pb.CertificateGiven:
    """A certificate that a sale brought."""
    code = codes.code_of(partner_id, given.certificate_id) if given.campaign else ""
    return pb.CertificateGiven(
        certificate_id=str(given.certificate_id),
        masked=given.masked,
        series=given.series,
        unit=given.unit,
        face=given.face,
        active_from=encode_moment(given.active_from),
        expires_at=encode_moment(given.expires_at),
        position=given.position,
        campaign=given.campaign,
        code=code,
    )


def encode_back(back: CertificateBack) -> pb.CertificateBack:
    """What goes back to a certificate."""
    return pb.CertificateBack(
        masked=back.masked, series=back.series, paid_minor=back.paid_minor, units=back.units
    )


def encode_checked(checked: CheckedCertificate) -> pb.CertificateView:
    """A certificate as it is now."""
    certificate = checked.certificate
    return pb.CertificateView(
        certificate_id=str(certificate.certificate_id),
        masked=certificate.masked,
        series=certificate.series_code,
        name=checked.name,
        unit=certificate.unit,
        face=certificate.face,
        left=checked.left,
        held=certificate.held,
        status=_STATUS[checked.status],
        active_from=encode_moment(certificate.active_from),
        expires_at=encode_moment(certificate.expires_at),
    )
