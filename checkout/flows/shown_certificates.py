"""Certificates that a receipt shows: what the engine is told of them, and what the sale claims.

The engine knows a certificate by a text that holds its masked code and the digest of the code: so
an outcome says which one it means, and nobody who reads it can spend it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.facts import CertificateProblem, CertificateState
from checkout.engine.outcome_certificates import CertificateStatus
from checkout.engine.schema.certificates import CertificateKind
from checkout.ledger.certificates import UNITS, CertificateClaim, is_over, left_of
from checkout.ledger.holds import claims_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from checkout.engine.compiled import CompiledProgram
    from checkout.engine.outcome import Outcome
    from checkout.engine.receipt import Receipt
    from checkout.ledger.certificate_rows import Certificate
    from checkout.ledger.certificates import CertificateRef
    from checkout.ledger.rows import Hold

_BETWEEN: Final = "~"
_PASS: Final = CertificateKind.PASS


def name_of(masked: str, digest: bytes) -> str:
    """What stands for a certificate in receipts, facts and outcomes."""
    return f"{masked}{_BETWEEN}{digest.hex()}"


def masked_of(name: str) -> str:
    """The part of it that people may read."""
    return name.rpartition(_BETWEEN)[0]


def digest_of(name: str) -> bytes:
    """The part of it that finds the certificate."""
    return bytes.fromhex(name.rpartition(_BETWEEN)[2])


def refs_of(partner_id: UUID, names: Iterable[str]) -> set[CertificateRef]:
    """The keys under which certificates are found."""
    return {(partner_id, digest_of(name)) for name in names}


def shown_refs(partner_id: UUID, receipt: Receipt) -> set[CertificateRef]:
    """The certificates of a receipt."""
    return refs_of(partner_id, (shown.code for shown in receipt.certificates))


def certificate_states(
    found: Mapping[CertificateRef, Certificate],
    partner_id: UUID,
    receipt: Receipt,
    program: CompiledProgram,
    *,
    now: dt.datetime,
    valid_at: dt.datetime,
    freed: Hold | None = None,
) -> dict[str, CertificateState]:
    """What the engine is told; what `freed` sets aside counts as there.

    One that had not expired at `valid_at`, when the price was shown, can still be spent.
    """
    kept = {} if freed is None else {c.digest: c.amount for c in claims_of(freed).certificates}
    states = {}
    for shown in receipt.certificates:
        digest = digest_of(shown.code)
        certificate = found.get((partner_id, digest))
        if certificate is not None:
            left = left_of(certificate, kept.get(digest, 0))
            ends = certificate.expires_at
            accepted = program.certificates.get(certificate.series_code)
            is_pass = certificate.unit == UNITS
            is_other = accepted is not None and is_pass is not (accepted[0].kind is _PASS)
            states[shown.code] = CertificateState(
                # Of a series that was published anew as another kind: money is no units.
                series="" if is_other else certificate.series_code,
                left=left,
                ends=f"{ends:%Y-%m-%dT%H:%M:%SZ}" if ends is not None else "",
                problem=certificate_problem(certificate, left, program, now=now, valid_at=valid_at),
            )
    return states


def certificate_problem(
    certificate: Certificate,
    left: int,
    program: CompiledProgram,
    *,
    now: dt.datetime,
    valid_at: dt.datetime,
) -> CertificateProblem | None:
    """Why it cannot be spent, whatever the receipt; `left` is what nobody else holds of it."""
    if certificate.active_from is None or certificate.active_from > now:
        return CertificateProblem.NOT_ACTIVE
    if certificate.blocked_at is not None:
        return CertificateProblem.BLOCKED
    if is_over(certificate, valid_at):
        return CertificateProblem.EXPIRED
    accepted = program.certificates.get(certificate.series_code)
    once = accepted is not None and accepted[0].once
    if not left or (once and left < certificate.face):
        return CertificateProblem.USED_UP
    return None


def certificate_claims(outcome: Outcome) -> tuple[CertificateClaim, ...]:
    """What a sale takes of certificates: money, or units of passes."""
    return tuple(
        CertificateClaim(digest_of(paid.code), paid.units or paid.paid_minor)
        for paid in outcome.certificates
        if paid.status is CertificateStatus.APPLIED
    )


def unit_of(kind: CertificateKind, currency: str) -> str:
    """What a certificate of a series counts."""
    return UNITS if kind is CertificateKind.PASS else currency
