"""What a till sends about one sale, decoded and checked: the input of quote, hold and confirm."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import orjson
from pydantic import TypeAdapter

from checkout.engine.receipt import PresentedCertificate, Receipt
from checkout.engine.taken_certificate import TakenCertificate
from checkout.refusals import Reason

if TYPE_CHECKING:
    from checkout.ledger.book import IdentifierRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The terminal that calls, from its token.

    Partner, store and zone come from here, never from the message.
    """

    partner_id: UUID
    partner_code: str
    store_code: str
    store_id: UUID
    terminal_code: str
    time_zone: str
    terminal_id: UUID
    #: What the terminal may do beyond usual sales: `already_paid`, `return_without_receipt`.
    permissions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class QrTerms:
    """What a QR code of ours says."""

    token_id: UUID
    member_id: UUID
    expires_at: dt.datetime
    spends: bool


@dataclass(frozen=True, slots=True)
class PresentedIdentifier:
    """A card, phone or external id as presented.

    Only its digest and a masked form go on from the edge.
    """

    kind: str
    digest: bytes
    masked: str
    #: Of a QR code; none if it is not one of ours.
    qr: QrTerms | None = None
    #: Of a card whose number begins as those of one of the partner's types do.
    card_type: str = ""
    #: No card of that type can have the number: its length or its check digit is wrong.
    is_misread: bool = False

    @property
    def type_shown(self) -> str:
        """Type of the card, as rules ask for it; empty of another kind, or a number of no type."""
        return "" if self.is_misread else self.card_type

    @property
    def reason_if_unknown(self) -> Reason:
        """What a till is told if nobody has it."""
        return Reason.CARD_NUMBER_INVALID if self.is_misread else Reason.MEMBER_UNKNOWN

    def card_id(self) -> UUID | None:
        """What stands for the card in limits; none for another kind."""
        return UUID(bytes=self.digest) if self.kind == "card" else None

    def ref(self, partner_id: UUID) -> IdentifierRef:
        """The key under which it is found."""
        return (partner_id, self.kind, self.digest)


@dataclass(frozen=True, slots=True)
class SoldCertificate:
    """A certificate that a line of the sale sells, and so activates."""

    position: int
    digest: bytes
    masked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """The priced content of a sale; store and terminal of the receipt are the caller's."""

    caller: Caller
    purchase_id: str
    receipt: Receipt
    identifier: PresentedIdentifier | None = None
    #: Nothing of it is kept.
    is_training: bool = False
    #: Digests of the receipt's coupon codes: under which unique coupons are found.
    coupons: dict[str, bytes] = field(default_factory=dict)

    @property
    def identified_by(self) -> str:
        """How the member is identified; empty for a guest."""
        return self.identifier.kind if self.identifier is not None else ""

    @property
    def card_type(self) -> str:
        """Type of the card that was shown, if it has one."""
        return self.identifier.type_shown if self.identifier is not None else ""


@dataclass(frozen=True, slots=True)
class Tender:
    """Money taken."""

    kind: str
    amount_minor: int
    bin: str = ""


@dataclass(frozen=True, slots=True)
class GivenDiscount:
    """What a till took off a position by itself, under a campaign that it knows."""

    position: int
    campaign: str
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadyPaid:
    """What a till gave and took by itself: discounts of campaigns, points and certificates."""

    discounts: tuple[GivenDiscount, ...] = ()
    points_minor: int = 0
    certificates: tuple[TakenCertificate, ...] = ()

    def __bool__(self) -> bool:
        """Whether it gave or took anything."""
        return bool(self.discounts or self.points_minor or self.certificates)

    @property
    def certificates_minor(self) -> int:
        """What was taken of all certificates together."""
        return sum(taken.amount_minor for taken in self.certificates)

    def presented(self) -> tuple[PresentedCertificate, ...]:
        """The certificates as a receipt shows them, each once."""
        codes = dict.fromkeys(taken.code for taken in self.certificates)
        return tuple(PresentedCertificate(code=code) for code in codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What is known when the sale is made final, and is not priced."""

    tenders: tuple[Tender, ...] = ()
    shift: str = ""
    receipt_number: str = ""
    cashier: str = ""
    business_day: dt.date | None = None
    fiscal: dict[str, str] = field(default_factory=dict)
    certificates_sold: tuple[SoldCertificate, ...] = ()


_RECEIPT: Final = TypeAdapter(Receipt)
_SETTLEMENT: Final = TypeAdapter(Settlement)
_PAID: Final = TypeAdapter(AlreadyPaid)


def stored_content(sale: Sale, settlement: Settlement, paid: AlreadyPaid | None = None) -> bytes:
    """What was sent, without what names a person."""
    identifier = sale.identifier
    content: dict[str, Any] = {
        "receipt": sale.receipt,
        "identifier": [identifier.kind, identifier.masked] if identifier else None,
        "settlement": settlement,
    }
    if paid is not None:
        content["already_paid"] = paid
    return orjson.dumps(content, default=bytes.hex)


def load_content(stored: bytes) -> tuple[Receipt, AlreadyPaid | None]:
    """The receipt in it, and what the till had given and taken by itself if it priced the sale.

    As they were sent: the contract's limits were checked then.
    """
    content: dict[str, Any] = orjson.loads(stored)
    paid = content.get("already_paid")
    return (
        _RECEIPT.validate_python(content["receipt"]),
        _PAID.validate_python(paid) if paid is not None else None,
    )


def load_settlement(stored: bytes) -> Settlement:
    """The settlement in it; of a sale in which no certificate was sold."""
    return _SETTLEMENT.validate_python(orjson.loads(stored)["settlement"])
