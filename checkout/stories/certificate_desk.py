"""What a service in memory does with codes of certificates: as the gRPC edge does."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any
from uuid import UUID

from checkout.flows.answers import IssueAnswer, MoveAnswer
from checkout.flows.certificates import (
    BlockCertificateOperation,
    IssueCertificatesOperation,
    MoveCertificateOperation,
)
from checkout.flows.check_certificate import CheckedCertificate
from checkout.ledger.certificates import MovedBy
from checkout.refusals import Refusal
from checkout.stories.document import InvalidStoryError
from checkout.stories.telling import tell, tell_moment

if TYPE_CHECKING:
    from checkout.engine.receipt import Receipt
    from checkout.flows.certificate_codes import CertificateCodes, PresentedCode

    Told = dict[str, Any]

_CAUSE = MovedBy(reason="as the story tells", author="story")


class CertificateDesk:
    """One partner's certificates."""

    def __init__(self, partner_id: UUID, codes: CertificateCodes) -> None:
        self.codes = codes
        self._partner_id = partner_id

    def present(self, code: str) -> PresentedCode:
        """A code as a digest."""
        presented = self.codes.present(self._partner_id, code)
        if isinstance(presented, Refusal):
            raise InvalidStoryError(f"certificate {code!r}: {presented.message}")
        return presented

    def without_codes(self, receipt: Receipt) -> Receipt:
        """A receipt as it goes on from the edge."""
        if not receipt.certificates:
            return receipt
        shown = tuple(
            dataclasses.replace(each, code=self.present(each.code).name)
            for each in receipt.certificates
        )
        return dataclasses.replace(receipt, certificates=shown)

    def issue(
        self, series: str, face: int, request_id: str, *, batch_id: UUID, activates: bool
    ) -> IssueCertificatesOperation:
        """Make one certificate."""
        return IssueCertificatesOperation(
            self._partner_id,
            request_id=request_id,
            series=series,
            count=1,
            face=face or None,
            activates=activates,
            batch_id=batch_id,
            codes=self.codes,
            cause=_CAUSE,
        )

    def block(self, code: str, request_id: str, *, lift: bool) -> BlockCertificateOperation:
        """Block one."""
        return BlockCertificateOperation(
            self._partner_id,
            request_id=request_id,
            digest=self.present(code).digest,
            lift=lift,
            cause=_CAUSE,
        )

    def move(self, code: str, request_id: str, *, successor_id: UUID) -> MoveCertificateOperation:
        """Move what is left of one."""
        return MoveCertificateOperation(
            self._partner_id,
            request_id=request_id,
            digest=self.present(code).digest,
            successor_id=successor_id,
            codes=self.codes,
            cause=_CAUSE,
        )

    def tell(self, answer: object) -> Told:
        """What is answered, with codes where the edge gives them."""
        match answer:
            case IssueAnswer():
                return {
                    "status": "ok",
                    "code": self._code(answer.certificate_ids[0]),
                    "unit": answer.unit,
                    "face": answer.face,
                    "expires_at": tell_moment(answer.expires_at),
                }
            case MoveAnswer():
                return {
                    "status": "ok",
                    "code": self._code(answer.certificate_id),
                    "unit": answer.unit,
                    "moved": answer.moved,
                }
            case CheckedCertificate(certificate=certificate):
                return {
                    "status": "ok",
                    "certificate": certificate.masked,
                    "series": certificate.series_code,
                    "name": answer.name,
                    "unit": certificate.unit,
                    "face": certificate.face,
                    "left": answer.left,
                    "held": certificate.held,
                    "state": answer.status.value,
                    "active_from": tell_moment(certificate.active_from),
                    "expires_at": tell_moment(certificate.expires_at),
                }
            case _:
                return tell(answer)

    def with_codes(self, told: Told) -> Told:
        """A confirmed sale with the codes of certificates that campaigns issued."""
        for brought in told.get("brought", ()):
            certificate_id = brought.pop("certificate_id")
            brought["code"] = self._code(UUID(certificate_id)) if brought["campaign"] else ""
        return told

    def _code(self, certificate_id: UUID) -> str:
        return self.codes.code_of(self._partner_id, certificate_id)
