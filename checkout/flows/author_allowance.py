"""What one author corrects in a day without another one's agreement.

Four eyes see an amount; many small ones add up to it. So what is booked at once is counted per
author, currency and day (of the program's clock) in a shared limit, under its lock: whatever goes
beyond the partner's amount in all is proposed. What another author approved is not counted, and
taking a correction back frees nothing. Without an amount in the partner's settings nothing is.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from checkout.flows.authors import known_as
from checkout.ledger.book import ContestedRefs
from checkout.ledger.claims import Claims, SlotClaim, use_claims

if TYPE_CHECKING:
    from checkout.engine.schema.program import Program
    from checkout.ledger.book import Book
    from checkout.ledger.correction_rows import Correction

#: Code of the allowance's slots: no limit of the rules can have one with a colon.
CORRECTION_ALLOWANCE: Final = "allowance:corrections"


@dataclass(frozen=True, slots=True)
class AuthorAllowance:
    """How much an author may correct in a day; None: as much as they like."""

    partner_id: UUID
    author: str
    above_minor: int | None

    @property
    def author_id(self) -> UUID:
        """The owner of the limit."""
        return uuid5(self.partner_id, known_as(self.author))

    def refs(self) -> ContestedRefs:
        """What is locked before it is counted."""
        if self.above_minor is None:
            return ContestedRefs()
        return ContestedRefs(limits={(self.author_id, "", CORRECTION_ALLOWANCE)})

    def claim(self, book: Book, program: Program, correction: Correction) -> Claims | None:
        """What a correction takes of it, if it is left; None: another one has to agree."""
        if self.above_minor is None:
            return Claims()
        today = book.now.astimezone(zoneinfo.ZoneInfo(program.time_zone)).date()
        claim = SlotClaim(
            self.author_id,
            self.author_id,
            shared=True,
            campaign="",
            limit=CORRECTION_ALLOWANCE,
            sku=correction.currency,
            slot_start=dt.datetime.combine(today, dt.time()),
            uses=abs(correction.amount_minor),
            bound=self.above_minor,
        )
        slot = book.limit(claim.limit_ref).slots.get(claim.slot_ref)
        used = slot.used if slot is not None else 0
        return Claims(slots=(claim,)) if used + claim.uses <= claim.bound else None


def count_correction(book: Book, correction: Correction, claims: Claims) -> None:
    """Count what was booked at once."""
    use_claims(book, correction.partner_id, None, correction.correction_id, claims)
