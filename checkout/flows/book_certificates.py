"""BookCertificates: what is left on certificates that have ended is booked as expired (G2, G3).

No earlier than any quote that was made before the end can spend it. What a hold keeps stays until
it is given back. Each is looked at again under its lock: so it may be run twice, and by two at
once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.background_answers import BookedAnswer
from checkout.flows.operation import Decision, Operation
from checkout.flows.pricing import QUOTE_VALIDITY
from checkout.ledger.certificates import free_of, is_over, lapse

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book
    from checkout.ledger.certificates import CertificateRef


class BookCertificatesOperation(Operation):
    """Book what has ended of some certificates of a partner."""

    method = "BookCertificates"

    def __init__(self, partner_id: UUID, digests: Collection[bytes]) -> None:
        super().__init__(partner_id, "", b"")
        self.digests = digests

    def certificate_refs(self, book: Book) -> set[CertificateRef]:
        del book
        return {(self.partner_id, digest) for digest in self.digests}

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        del snapshots
        booked = 0
        for ref in sorted(self.certificate_refs(book)):
            certificate = book.certificate(ref)
            if is_over(certificate, book.now - QUOTE_VALIDITY) and free_of(certificate):
                lapse(book, certificate)
                booked += 1
        return Decision(BookedAnswer(postings=booked), is_final=False)
