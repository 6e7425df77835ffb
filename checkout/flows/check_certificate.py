"""CheckCertificate: what a certificate or pass holds, and whether it can be spent at a store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checkout.engine.outcome import CertificateStatus
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.shown_certificates import certificate_problem
from checkout.ledger.certificates import is_over, left_of
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from checkout.engine.compiled import CompiledProgram
    from checkout.flows.ports import Certificates, Snapshots
    from checkout.flows.sale import Caller
    from checkout.ledger.certificate_rows import Certificate


@dataclass(frozen=True, slots=True)
class CheckedCertificate:
    """A certificate as it is now, and the first reason against it at the store."""

    certificate: Certificate
    name: str
    left: int
    status: CertificateStatus


class CheckCertificateFlow:
    """Looks at one certificate; one read of PostgreSQL."""

    def __init__(
        self, snapshots: Snapshots, certificates: Certificates, clock: Callable[[], dt.datetime]
    ) -> None:
        self._snapshots = snapshots
        self._certificates = certificates
        self._clock = clock

    async def check(self, caller: Caller, digest: bytes) -> CheckedCertificate | Refusal:
        """What is known of it.

        Raises:
            StoreError: the database cannot be asked.
        """
        snapshot = self._snapshots.current(caller.partner_id)
        if snapshot is None or caller.store_code not in snapshot.stores:
            return missing_snapshot()
        ref = (caller.partner_id, digest)
        certificate = (await self._certificates.read_certificates({ref})).get(ref)
        if certificate is None:
            return Refusal(Reason.CERTIFICATE_UNKNOWN, "there is no such certificate", "code")
        program = snapshot.programs[snapshot.stores[caller.store_code].program]
        accepted = program.certificates.get(certificate.series_code)
        return CheckedCertificate(
            certificate,
            accepted[0].name if accepted is not None else "",
            0 if is_over(certificate, self._clock()) else left_of(certificate),
            self._status(certificate, program, caller.store_code),
        )

    def _status(
        self, certificate: Certificate, program: CompiledProgram, store: str
    ) -> CertificateStatus:
        now, left = self._clock(), left_of(certificate)
        problem = certificate_problem(certificate, left, program, now=now, valid_at=now)
        if problem is not None:
            return CertificateStatus(problem.value)
        accepted = program.certificates.get(certificate.series_code)
        if accepted is None:
            return CertificateStatus.NOT_ACCEPTED
        stores = accepted[0].stores
        if stores and store not in stores:
            return CertificateStatus.WRONG_STORE
        return CertificateStatus.APPLIED
