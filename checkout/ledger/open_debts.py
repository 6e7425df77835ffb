"""Where a debt came from: what is owed still, by what made it.

Payments pay the oldest debt first, so what is owed still is the latest that was owed. What the
return of a purchase forgives of the purchase's own debt counts for that one alone. Nothing else is
kept about it: the legs of the ledger say it all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class DebtOrigin:
    """What made a debt, or took from it."""

    at: dt.datetime
    kind: str
    posting_id: UUID
    #: Of a sale, a return or a credit.
    purchase_id: str
    receipt_id: UUID | None
    #: Of a correction that was taken back.
    correction_id: UUID | None


@dataclass(frozen=True, slots=True)
class DebtLeg:
    """One movement of a debt: above 0 so much more is owed, below 0 so much less."""

    origin: DebtOrigin
    owed_minor: int


@dataclass(frozen=True, slots=True)
class OpenDebt:
    """Of what something made owed, what is owed still."""

    origin: DebtOrigin
    owed_minor: int
    open_minor: int


def open_debts(legs: Iterable[DebtLeg]) -> list[OpenDebt]:
    """What is owed still, newest first; together it is the sum of the legs.

    The order of the legs does not matter.
    """
    legs = list(legs)
    made = [leg for leg in legs if leg.owed_minor > 0]
    gone = [leg for leg in legs if leg.owed_minor < 0]
    made.sort(key=lambda leg: (leg.origin.at, leg.origin.posting_id.bytes))
    left = [leg.owed_minor for leg in made]
    paid = 0
    for leg in gone:
        rest = -leg.owed_minor
        if leg.origin.kind == "return":
            for number, before in enumerate(made):
                if before.origin.purchase_id == leg.origin.purchase_id:
                    part = min(rest, left[number])
                    left[number] -= part
                    rest -= part
        paid += rest
    for number, amount in enumerate(left):
        part = min(paid, amount)
        left[number] -= part
        paid -= part
    assert paid == 0, "no more is paid than is owed"
    owed = zip(made, left, strict=True)
    found = [OpenDebt(leg.origin, leg.owed_minor, amount) for leg, amount in owed if amount]
    return found[::-1]
