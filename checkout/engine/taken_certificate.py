"""What a till took of a certificate by itself, as it says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TakenCertificate:
    """What the till took of a certificate: for a position, or (0) for the whole receipt.

    `amount_minor` is the money's worth; of a pass, `units` are those that were taken for it.
    """

    code: str
    amount_minor: int
    position: int = 0
    units: int = 0
