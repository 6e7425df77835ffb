"""What an outcome says of certificates and passes."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class CertificateStatus(enum.StrEnum):
    """What became of a certificate or pass: it paid, or why not (the first that holds)."""

    APPLIED = "applied"
    UNKNOWN = "unknown"
    NOT_ACTIVE = "not_active"
    BLOCKED = "blocked"
    EXPIRED = "expired"
    USED_UP = "used_up"
    #: The program does not take its series.
    NOT_ACCEPTED = "not_accepted"
    WRONG_STORE = "wrong_store"
    WRONG_GOODS = "wrong_goods"
    #: Nothing was left to pay with it.
    NOT_NEEDED = "not_needed"


@dataclass(slots=True)
class CertificatePart:
    """What a certificate paid of one till line: money, and of a pass its units."""

    position: int
    paid_minor: int
    units: int


@dataclass(slots=True)
class CertificateResult:
    """One certificate or pass of the receipt; `left` after this sale, in what it holds."""

    code: str
    series: str
    status: CertificateStatus
    paid_minor: int
    units: int
    left: int
    parts: list[CertificatePart]
