"""From certificates in messages to what flows take: codes become digests here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.receipt import CERTIFICATES_MAX, PresentedCertificate
from checkout.engine.taken_certificate import TakenCertificate
from checkout.flows.certificate_codes import PresentedCode
from checkout.flows.sale import SoldCertificate
from checkout.primitives import AMOUNT_MAX_MINOR
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from checkout.api.violations import Violations
    from checkout.flows.certificate_codes import CertificateCodes
    from checkout.v1 import receipt_pb2

#: Certificates that one sale may sell.
SOLD_MAX: Final = 100


class CertificateDecoder:
    """Decodes codes of certificates."""

    def __init__(self, codes: CertificateCodes) -> None:
        self._codes = codes

    def code(
        self, partner_id: UUID, value: str, path: str, found: Violations
    ) -> PresentedCode | None:
        """One code; None, with a violation, if it is not one."""
        found.require(path, value)
        if not value:
            return None
        presented = self._codes.present(partner_id, value)
        if isinstance(presented, Refusal):
            found.add_refusal(presented, path)
            return None
        return presented

    def shown(
        self,
        partner_id: UUID,
        messages: Sequence[receipt_pb2.PresentedCertificate],
        found: Violations,
    ) -> tuple[PresentedCertificate, ...]:
        """The certificates of a receipt, each once."""
        path = "receipt.certificates"
        found.between(path, len(messages), 0, CERTIFICATES_MAX)
        shown: dict[str, PresentedCertificate] = {}
        for number, message in enumerate(messages[:CERTIFICATES_MAX]):
            at_most = message.at_most
            found.between(f"{path}[{number}].at_most", at_most, 0, AMOUNT_MAX_MINOR)
            code = self.code(partner_id, message.code, f"{path}[{number}].code", found)
            if code is None:
                continue
            if code.name in shown:
                _repeated(f"{path}[{number}].code", found)
            shown[code.name] = PresentedCertificate(code=code.name, at_most=at_most)
        return tuple(shown.values())

    def taken(
        self,
        partner_id: UUID,
        messages: Sequence[receipt_pb2.TakenCertificate],
        found: Violations,
    ) -> list[TakenCertificate | None]:
        """Those that a till took by itself, each once for a position; None for what is no code."""
        path = "already_paid.certificates"
        found.between(path, len(messages), 0, CERTIFICATES_MAX)
        taken: list[TakenCertificate | None] = []
        places: set[tuple[str, int]] = set()
        counts: dict[str, bool] = {}
        for number, message in enumerate(messages[:CERTIFICATES_MAX]):
            at = f"{path}[{number}]"
            code = self.code(partner_id, message.code, f"{at}.code", found)
            if code is None:
                taken.append(None)
                continue
            if (code.name, message.position) in places:
                found.add(
                    Reason.FIELD_INVALID, f"{at}.code", "a certificate stands once for a position"
                )
            places.add((code.name, message.position))
            if counts.setdefault(code.name, bool(message.units)) is not bool(message.units):
                found.add(
                    Reason.FIELD_INVALID, f"{at}.units", "one code is a pass or a certificate"
                )
            taken.append(
                TakenCertificate(code.name, message.amount_minor, message.position, message.units)
            )
        return taken

    def sold(
        self, partner_id: UUID, messages: Sequence[receipt_pb2.SoldCertificate], found: Violations
    ) -> tuple[SoldCertificate, ...]:
        """The certificates that lines sell, each once."""
        path = "settlement.certificates_sold"
        found.between(path, len(messages), 0, SOLD_MAX)
        sold: dict[bytes, SoldCertificate] = {}
        for number, message in enumerate(messages[:SOLD_MAX]):
            code = self.code(partner_id, message.code, f"{path}[{number}].code", found)
            if code is None:
                continue
            if code.digest in sold:
                _repeated(f"{path}[{number}].code", found)
            sold[code.digest] = SoldCertificate(message.position, code.digest, code.masked)
        return tuple(sold.values())


def _repeated(path: str, found: Violations) -> None:
    found.add(Reason.FIELD_INVALID, path, "a certificate stands once")
