"""An operation: one mutating call, as group commit sees it.

It names its keys, says which members and budgets it needs once the keys have been read, and decides
on the locked book. `fold` puts the ladder in front of every decision that is the same for all: a
request id that was seen answers first, before anything is judged.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checkout.flows.answers import dump_answer, load_answer
from checkout.ledger.book import ContestedRefs, key_bucket
from checkout.ledger.rows import RequestKey
from checkout.primitives import bucket_of_uuid, key_number
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from uuid import UUID

    from checkout.flows.answers import Answer
    from checkout.flows.ports import Snapshots
    from checkout.flows.sale import PresentedIdentifier
    from checkout.ledger.book import Book, KeyRefs, MemberBook
    from checkout.ledger.certificates import CertificateRef
    from checkout.ledger.coupon_rows import CouponRef
    from checkout.ledger.rows import Identifier


@dataclass(frozen=True, slots=True)
class Decision:
    """An operation's answer; a final one is stored under the request id.

    By itself or with the receipt it made.
    """

    answer: Answer | Refusal
    is_final: bool
    receipt_id: UUID | None = None
    home_bucket: int | None = None
    month: dt.date | None = None


class Operation(ABC):
    """One mutating call."""

    #: The RPC, which is the scope of its request ids.
    method: str
    #: Those that have the same are decided in their order, whoever of them must wait; with batches
    #: of one bucket each, those of the same bucket.
    line: object = None
    #: Whether it may give something back to its certificates, or undo them: it goes where they were
    #: moved to.
    follows_certificates: bool = False

    def __init__(self, partner_id: UUID, request_id: str, content_hash: bytes) -> None:
        self.partner_id = partner_id
        self.request_id = request_id
        self.content_hash = content_hash
        self.purchase_id = ""

    def key_numbers(self) -> set[int]:
        """What must be locked before anything is read: the request id and the purchase id."""
        keys = set()
        if self.request_id:
            keys.add(request_key_number(self.partner_id, self.method, self.request_id))
        if self.purchase_id:
            keys.add(purchase_key_number(self.partner_id, self.purchase_id))
        return keys

    def add_refs(self, refs: KeyRefs) -> None:
        """What is read under the keys."""
        if self.request_id:
            refs.requests.add((self.partner_id, self.method, self.request_id))
        if self.purchase_id:
            refs.purchases.add((self.partner_id, self.purchase_id))

    def member_ids(self, book: Book) -> set[UUID]:
        """Members to lock, now that the keys have been read."""
        del book
        return set()

    def bucket(self, book: Book) -> int:
        """Where its rows lie, as far as its keys say: with its member, else beside its key.

        A household's or survivor's row, whom the member's names, may lie elsewhere.
        """
        members = self.member_ids(book)
        if members:
            return bucket_of_uuid(min(members))
        return key_bucket(self.partner_id, self.purchase_id or self.request_id)

    def visits_since(self, book: Book, snapshots: Snapshots) -> dict[UUID, dt.date]:
        """Members whose receipts it counts, and the first day that matters."""
        del book, snapshots
        return {}

    def settled_ids(self, book: Book) -> set[UUID]:
        """Members who were merged, or are to be, and whose own books are written all the same."""
        del book
        return set()

    def certificate_refs(self, book: Book) -> set[CertificateRef]:
        """Certificates to lock, now that the keys have been read."""
        del book
        return set()

    def snapshot_ids(self, book: Book) -> set[str]:
        """Snapshots that the decision needs besides the one in force, by what keys say alone."""
        del book
        return set()

    def coupon_refs(self, book: Book, snapshots: Snapshots) -> set[CouponRef]:
        """Unique coupons to lock, after the members and before what many draw on."""
        del book, snapshots
        return set()

    def contested_refs(self, book: Book, snapshots: Snapshots) -> ContestedRefs:
        """Shared limits and budgets to lock, now that members have been read."""
        del book, snapshots
        return ContestedRefs()

    @abstractmethod
    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        """Refuse, or change the book and answer."""


def request_key_number(partner_id: UUID, method: str, request_id: str) -> int:
    """The lock of a request id."""
    return key_number(b"request", partner_id.bytes, method.encode(), request_id.encode())


def purchase_key_number(partner_id: UUID, purchase_id: str) -> int:
    """The lock of a purchase id."""
    return key_number(b"purchase", partner_id.bytes, purchase_id.encode())


def identifier_key_number(partner_id: UUID, identifier: PresentedIdentifier) -> int:
    """The lock of a card, phone or external id, for whoever gives it away or blocks it."""
    return key_number(b"identifier", partner_id.bytes, identifier.kind.encode(), identifier.digest)


def member_of_identifier(
    book: Book, partner_id: UUID, shown: PresentedIdentifier | None
) -> tuple[MemberBook | None, Reason | None]:
    """Whose identifier it is, exactly as of the lock; or why the sale goes on without a member."""
    if shown is None:
        return None, None
    identifier = book.identifiers.get(shown.ref(partner_id))
    if identifier is None:
        return None, shown.reason_if_unknown
    member = book.members[identifier.member_id].survivor
    if member.member.blocked_at is not None:
        return None, Reason.MEMBER_BLOCKED
    if identifier.blocked_at is not None:
        return None, why_out_of_use(identifier)
    return member, None


def why_out_of_use(identifier: Identifier) -> Reason:
    """What a till is told of an identifier that is blocked: another one may have its place."""
    return Reason.CARD_REPLACED if identifier.replaced_by is not None else Reason.CARD_BLOCKED


def who_takes_part(
    member: MemberBook | None, reason: Reason | None, program: str
) -> tuple[MemberBook | None, Reason | None]:
    """The member of a sale under a program; none who has left it."""
    if member is not None and member.has_left(program):
        return None, Reason.PROGRAM_LEFT
    return member, reason


def merged_among(book: Book, member_ids: Iterable[UUID]) -> set[UUID]:
    """Those of locked members who were merged into others."""
    found = ((member_id, book.members.get(member_id)) for member_id in member_ids)
    return {member_id for member_id, m in found if m is not None and m.into is not None}


def member_of_partner(book: Book, partner_id: UUID, member_id: UUID) -> MemberBook | Refusal:
    """The member whom an operator names, and for whom something can be done.

    Whoever was merged into another member is only another name of it.
    """
    member = member_by_id(book, partner_id, member_id)
    if isinstance(member, Refusal):
        return member
    return erased(member, "member_id") or member


def member_by_id(
    book: Book, partner_id: UUID, member_id: UUID, field: str = "member_id"
) -> MemberBook | Refusal:
    """The same, also of a person who was erased; members of other partners do not exist."""
    member = book.members.get(member_id)
    if member is None or member.member.partner_id != partner_id or member.is_household:
        return Refusal(Reason.MEMBER_UNKNOWN, "there is no such member", field)
    return member.survivor


def erased(member: MemberBook, field: str) -> Refusal | None:
    """Nothing is done for a member who stands for nobody any more, under whatever name."""
    if member.survivor.member.erased_at is None:
        return None
    return Refusal(Reason.MEMBER_ERASED, "the person was erased: there is nobody any more", field)


def fold(operation: Operation, book: Book, snapshots: Snapshots) -> Answer | Refusal:
    """Answer one operation on the book: idempotency first, then its own ladder."""
    if not operation.request_id:
        return operation.decide(book, snapshots).answer
    ref = (operation.partner_id, operation.method, operation.request_id)
    known = book.requests.get(ref)
    if known is not None:
        if known.content_hash != operation.content_hash:
            return Refusal(
                Reason.REQUEST_ID_REUSED,
                "this request id was used for other content; a new call needs a new id",
                "request_id",
            )
        stored = known.answer
        if stored is None and known.receipt_id is not None:
            stored = book.answers[known.receipt_id]
        assert stored is not None, "a stored request has an answer"
        return load_answer(stored)
    decision = operation.decide(book, snapshots)
    if decision.is_final:
        of_receipt = decision.receipt_id is not None
        request = RequestKey(
            key_bucket(operation.partner_id, operation.request_id),
            operation.partner_id,
            operation.method,
            operation.request_id,
            operation.content_hash,
            operation.purchase_id,
            decision.home_bucket,
            decision.month,
            decision.receipt_id,
            None if of_receipt else dump_answer(decision.answer),
            book.now,
        )
        book.requests[ref] = request
        book.writes.requests[ref] = request
    return decision.answer
