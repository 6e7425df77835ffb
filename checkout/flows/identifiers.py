"""Identifiers: normalised, checked, and turned into keyed digests.

The value itself goes no further.

A payment card's number is refused: one of a payment range that passes Luhn, unless the partner's
own cards claim its prefix (one in ten loyalty numbers passes Luhn by chance). So do types of cards
that the partner has: of these it is also told whether a number can be one at all.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from checkout.flows.card_types import CardType, fits, type_of
from checkout.flows.check_digits import has_check_digit
from checkout.flows.sale import PresentedIdentifier
from checkout.primitives import composed
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

CARD_CHARACTERS_MIN: Final = 4
CARD_CHARACTERS_MAX: Final = 32
EXTERNAL_ID_CHARACTERS_MAX: Final = 64
#: As it is typed, which is how a profile keeps it.
PHONE_CHARACTERS_MAX: Final = 64
#: Last characters that people are shown of an identifier.
MASK_SHOWN: Final = 4
_CARD: Final = re.compile(r"[0-9A-Z]+")
_PHONE: Final = re.compile(r"\+?[0-9]{7,15}")
_NATIONAL_DIGITS: Final = 10
_PAYMENT_DIGITS: Final = range(13, 20)
#: First digits of the payment systems' ranges (ISO/IEC 7812 issuer ranges, as of 2026).
_PAYMENT_RANGES: Final = (
    ("4", "4"),
    ("51", "55"),
    ("2200", "2204"),
    ("2221", "2720"),
    ("34", "34"),
    ("37", "37"),
    ("3528", "3589"),
    ("36", "36"),
    ("38", "39"),
    ("50", "50"),
    ("56", "58"),
    ("60", "69"),
    ("81", "82"),
    ("9792", "9792"),
)


@dataclass(frozen=True, slots=True)
class IdentifierRules:
    """What a partner's cards and phones look like."""

    card_prefixes: tuple[str, ...] = ()
    phone_country: str = ""
    card_types: tuple[CardType, ...] = ()


class IdentifierHasher:
    """Presents identifiers as digests."""

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper

    def present(
        self, partner_id: UUID, kind: str, value: str, rules: IdentifierRules
    ) -> PresentedIdentifier | Refusal:
        """The identifier as the service knows it, or what is wrong with the value."""
        match kind:
            case "card":
                normal = normal_card(value, rules)
            case "phone":
                normal = normal_phone(value, rules)
            case _:
                normal = normal_external_id(value)
        if isinstance(normal, Refusal):
            return normal
        digest, masked = self.digest(partner_id, kind, normal), mask(normal)
        card_type = type_of(normal, rules.card_types) if kind == "card" else None
        if card_type is None:
            return PresentedIdentifier(kind, digest, masked)
        return PresentedIdentifier(
            kind,
            digest,
            masked,
            card_type=card_type.code,
            is_misread=not fits(normal, card_type),
        )

    def digest(self, partner_id: UUID, kind: str, normal: str) -> bytes:
        """The digest of a normalised identifier: 16 bytes of an HMAC."""
        message = b"|".join((partner_id.bytes, kind.encode(), normal.encode()))
        return hmac.digest(self._pepper, message, hashlib.sha256)[:16]


def mask(normal: str) -> str:
    """The last digits, for people."""
    return f"…{normal[-MASK_SHOWN:]}" if len(normal) > 2 * MASK_SHOWN else "…"


def normal_card(value: str, rules: IdentifierRules) -> str | Refusal:
    """A card number without spaces and dashes, in capitals."""
    card = re.sub(r"[\s-]", "", value).upper()
    if not CARD_CHARACTERS_MIN <= len(card) <= CARD_CHARACTERS_MAX or not _CARD.fullmatch(card):
        return Refusal(
            Reason.FIELD_INVALID,
            f"a card number has {CARD_CHARACTERS_MIN} to {CARD_CHARACTERS_MAX} digits or letters",
            "card",
        )
    card_type = type_of(card, rules.card_types)
    is_own = card.startswith(rules.card_prefixes or ("\0",)) or (
        card_type is not None and fits(card, card_type)
    )
    if not is_own and is_payment_card(card):
        return Refusal(
            Reason.PAYMENT_CARD_NUMBER,
            "this is the number of a payment card; it was not stored",
            "card",
        )
    return card


def normal_phone(value: str, rules: IdentifierRules) -> str | Refusal:
    """A phone number as E.164, with the partner's country where it is left out."""
    phone = re.sub(r"[\s().\u2010-\u2015-]", "", value)
    if phone.startswith("00"):
        phone = "+" + phone[2:]
    if len(value) > PHONE_CHARACTERS_MAX or not _PHONE.fullmatch(phone):
        return Refusal(
            Reason.FIELD_INVALID,
            "a phone number has 7 to 15 digits, with + before the country's, and is typed with at"
            f" most {PHONE_CHARACTERS_MAX} characters",
            "phone",
        )
    if phone.startswith("+"):
        return phone
    country = rules.phone_country
    if len(phone) == _NATIONAL_DIGITS and country:
        return f"+{country}{phone}"
    if country == "7" and len(phone) == _NATIONAL_DIGITS + 1 and phone[0] == "8":
        return f"+7{phone[1:]}"
    return f"+{phone}"


def normal_external_id(value: str) -> str | Refusal:
    """The partner's own id, without surrounding blanks, in one form."""
    external_id = composed(value.strip())
    if not external_id or len(external_id) > EXTERNAL_ID_CHARACTERS_MAX:
        return Refusal(
            Reason.FIELD_INVALID,
            f"an external id has 1 to {EXTERNAL_ID_CHARACTERS_MAX} characters",
            "external_id",
        )
    return external_id


def is_payment_card(number: str) -> bool:
    """Digits of a payment system's range that pass Luhn."""
    if not number.isdigit() or len(number) not in _PAYMENT_DIGITS:
        return False
    if not any(low <= number[: len(low)] <= high for low, high in _PAYMENT_RANGES):
        return False
    return has_check_digit(number)
