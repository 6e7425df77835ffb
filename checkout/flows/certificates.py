"""What operators do with certificates: issue them, block one, move what is left to a new code."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from checkout.flows.answers import BlockAnswer, IssueAnswer, MoveAnswer
from checkout.flows.new_certificates import new_certificate, series_dates
from checkout.flows.operation import Decision, Operation
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.sameness import call_hash
from checkout.flows.shown_certificates import unit_of
from checkout.ledger.certificate_rows import CertificateBatch
from checkout.ledger.certificates import (
    MovedBy,
    activate,
    add_new,
    block,
    hand_over,
    is_over,
    left_of,
)
from checkout.ledger.changes import note_change
from checkout.primitives import bucket_of_uuid
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from checkout.engine.compiled import CompiledProgram, CompiledSnapshot
    from checkout.engine.schema.certificates import CertificateSeries
    from checkout.flows.certificate_codes import CertificateCodes
    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book
    from checkout.ledger.certificate_rows import Certificate
    from checkout.ledger.certificates import CertificateRef


def find_series(
    snapshot: CompiledSnapshot, code: str
) -> tuple[CompiledProgram, CertificateSeries] | Refusal:
    """A series of the rules in force, in the first program that takes it."""
    for name in sorted(snapshot.programs):
        program = snapshot.programs[name]
        if code in program.certificates:
            return program, program.certificates[code][0]
    return Refusal(
        Reason.CERTIFICATE_SERIES_UNKNOWN, "the rules have no such series of certificates", "series"
    )


class IssueCertificatesOperation(Operation):
    """Make so many certificates of a series; with `activates` what they are for is on them."""

    method = "IssueCertificates"

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        series: str,
        count: int,
        face: int | None,
        activates: bool,
        batch_id: UUID,
        codes: CertificateCodes,
        cause: MovedBy,
    ) -> None:
        content = call_hash(series, count, face, activates, cause.reason, cause.author)
        super().__init__(partner_id, request_id, content)
        self.series = series
        self.count = count
        self.face = face
        self.activates = activates
        self.batch_id = batch_id
        self.codes = codes
        self.cause = cause

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        snapshot = snapshots.current(self.partner_id)
        if snapshot is None:
            return Decision(missing_snapshot(), is_final=False)
        found = find_series(snapshot, self.series)
        if isinstance(found, Refusal):
            return Decision(found, is_final=False)
        program, series = found
        face = self.face or series.face
        if face is None:
            return Decision(
                Refusal(
                    Reason.FIELD_REQUIRED, "the series says no face value: say it here", "face"
                ),
                is_final=False,
            )
        # After this point the certificates exist.
        unit = unit_of(series.kind, snapshot.currency.code)
        book.writes.certificate_batches.append(
            CertificateBatch(
                bucket_of_uuid(self.batch_id),
                self.batch_id,
                self.partner_id,
                series.code,
                unit,
                face,
                self.count,
                book.now,
                self.cause.author,
                self.cause.reason,
            )
        )
        note_change(
            book,
            self.partner_id,
            ("certificate_batch", self.batch_id),
            self.cause.author,
            self.cause.reason,
            before=None,
            after={
                "series_code": series.code,
                "count": self.count,
                "face": face,
                "unit": unit,
                "is_activated": self.activates,
            },
        )
        dates = series_dates(series, program, book.now)
        ids = [uuid5(self.batch_id, str(number)) for number in range(self.count)]
        for certificate_id in ids:
            certificate = new_certificate(
                self.codes,
                certificate_id=certificate_id,
                partner_id=self.partner_id,
                series=series,
                unit=unit,
                face=face,
                now=book.now,
                batch_id=self.batch_id,
            )
            add_new(book, certificate)
            if self.activates:
                activate(book, certificate, against="sold", dates=dates, cause=self.cause)
        expires_at = dates[1] if self.activates else None
        answer = IssueAnswer(certificate_ids=ids, unit=unit, face=face, expires_at=expires_at)
        return Decision(answer, is_final=True)


class CertificateOperation(Operation):
    """A call that names one certificate."""

    def __init__(
        self, partner_id: UUID, *, request_id: str, content: bytes, digest: bytes, cause: MovedBy
    ) -> None:
        super().__init__(partner_id, request_id, content)
        self.ref: CertificateRef = (partner_id, digest)
        self.cause = cause

    def certificate_refs(self, book: Book) -> set[CertificateRef]:
        del book
        return {self.ref}

    def certificate(self, book: Book) -> Certificate | Refusal:
        """The certificate, locked."""
        found = book.certificates.get(self.ref)
        if found is None:
            return Refusal(Reason.CERTIFICATE_UNKNOWN, "there is no such certificate", "code")
        return found


class BlockCertificateOperation(CertificateOperation):
    """Block one, or lift it."""

    method = "BlockCertificate"

    def __init__(
        self, partner_id: UUID, *, request_id: str, digest: bytes, lift: bool, cause: MovedBy
    ) -> None:
        content = call_hash(digest.hex(), lift, cause.reason, cause.author)
        super().__init__(
            partner_id, request_id=request_id, content=content, digest=digest, cause=cause
        )
        self.lift = lift

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        del snapshots
        certificate = self.certificate(book)
        if isinstance(certificate, Refusal):
            return Decision(certificate, is_final=False)
        # After this point the certificate is blocked, or not.
        changes = (certificate.blocked_at is not None) == self.lift
        if changes:
            block(book, certificate, self.cause, is_blocked=not self.lift)
        return Decision(BlockAnswer(blocked=not self.lift, changed=changes), is_final=True)


class MoveCertificateOperation(CertificateOperation):
    """Move what is left of one to a new code; the old one is blocked."""

    method = "MoveCertificate"

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        digest: bytes,
        successor_id: UUID,
        codes: CertificateCodes,
        cause: MovedBy,
    ) -> None:
        content = call_hash(digest.hex(), cause.reason, cause.author)
        super().__init__(
            partner_id, request_id=request_id, content=content, digest=digest, cause=cause
        )
        self.successor_id = successor_id
        self.codes = codes

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        snapshot = snapshots.current(self.partner_id)
        if snapshot is None:
            return Decision(missing_snapshot(), is_final=False)
        certificate = self.certificate(book)
        if isinstance(certificate, Refusal):
            return Decision(certificate, is_final=False)
        found = find_series(snapshot, certificate.series_code)
        if isinstance(found, Refusal):
            return Decision(found, is_final=False)
        left = 0 if is_over(certificate, book.now) else left_of(certificate)
        if certificate.activated_at is None or not left:
            return Decision(
                Refusal(
                    Reason.CERTIFICATE_NOT_ACTIVE,
                    "there is nothing on this certificate that could be moved",
                    "code",
                    {"left": left},
                ),
                is_final=False,
            )
        # After this point what is left is moved.
        successor = new_certificate(
            self.codes,
            certificate_id=self.successor_id,
            partner_id=self.partner_id,
            series=found[1],
            unit=certificate.unit,
            face=left,
            now=book.now,
        )
        add_new(book, successor)
        hand_over(book, certificate, successor, self.cause)
        answer = MoveAnswer(
            certificate_id=successor.certificate_id, unit=certificate.unit, moved=left
        )
        return Decision(answer, is_final=True)
