"""Rows of certificates, as values. A test holds fields and columns equal, in name and order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(slots=True)
class Certificate:
    """A certificate or pass: prepaid money in minor units, or prepaid units.

    It is issued without anything on it, activated with `face`, and spent down to 0. `remaining`
    includes what is held. Who has the code has the money: only its digest is kept.
    """

    bucket: int
    certificate_id: UUID
    partner_id: UUID
    series_code: str
    digest: bytes
    masked: str
    #: The partner's money, or `UNITS`.
    unit: str
    #: What activation put on it, and what came later of codes before it.
    face: int
    remaining: int
    held: int
    seq: int
    issued_at: dt.datetime
    activated_at: dt.datetime | None
    active_from: dt.datetime | None
    expires_at: dt.datetime | None
    blocked_at: dt.datetime | None
    #: The sale that activated it.
    sold_by: UUID | None = None
    #: What it was issued with; none of one that a campaign issued, or that took over from another.
    batch_id: UUID | None = None
    #: What sales took that was not there, and that goes off what comes back to it.
    owed: int = 0
    #: The newest of the codes, by its digest, that something on it was moved to.
    moved_to: bytes | None = None
    #: The code, by its digest, that something was moved to before from where this one got it.
    moved_before: bytes | None = None


@dataclass(slots=True)
class CertificateBatch:
    """Certificates that an operator issued together."""

    bucket: int
    batch_id: UUID
    partner_id: UUID
    series_code: str
    unit: str
    face: int
    count: int
    issued_at: dt.datetime
    author: str
    reason: str


@dataclass(slots=True)
class CertificateEntry:
    """One movement between a certificate and the account `against` which it is booked.

    Both legs in one row: what the certificate gets the other account gives. `seq` and
    `balance_after` chain those of one certificate.
    """

    bucket: int
    month: dt.date
    certificate_id: UUID
    seq: int
    partner_id: UUID
    against: str
    unit: str
    amount: int
    balance_after: int
    receipt_id: UUID | None
    at: dt.datetime
    reason: str
    author: str
