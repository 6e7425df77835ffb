"""ListOverruns: what tills gave away by themselves, and what did not fit; nothing is written.

One statement a page. Sums may move while somebody turns pages: whoever has given away more since
then stands further in front.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from checkout.store.overruns import OverrunReader, Overruns, OverrunsBy, Place

_BIGINT_MAX: Final = 2**63 - 1
#: In front of whoever gave away most.
_START: Final = (-_BIGINT_MAX, -_BIGINT_MAX, UUID(int=0))


@dataclass(frozen=True, slots=True)
class OverrunPage:
    """Some of those who gave something away; the token of the next page, or nothing."""

    overruns: Sequence[Overruns]
    next_token: str


class OverrunList:
    """Answers who drew on the offline spending allowance."""

    def __init__(self, reader: OverrunReader) -> None:
        self._reader = reader

    async def page(
        self,
        partner_id: UUID,
        days: tuple[dt.date, dt.date],
        by: OverrunsBy,
        limit: int,
        token: str,
    ) -> OverrunPage | Refusal:
        """One page of the partner, of receipts between two business days, both included.

        Raises:
            StoreError: the database cannot be asked.
        """
        place = _place_of(token) if token else _START
        if place is None:
            return Refusal(
                Reason.FIELD_INVALID, "page_token is the one of the page before", "page_token"
            )
        found = await self._reader.behind(partner_id, days, by, place, limit + 1)
        shown = found[:limit]
        is_last = len(found) == len(shown)
        return OverrunPage(shown, "" if is_last else _token(shown[-1]))


def _token(last: Overruns) -> str:
    return f"{last.given_away_minor}/{last.receipts}/{last.key}"


def _place_of(token: str) -> Place | None:
    """What a token says; none if it is no token."""
    given_away, _, rest = token.partition("/")
    receipts, _, key = rest.partition("/")
    try:
        sums = int(given_away), int(receipts)
        if not all(0 <= each <= _BIGINT_MAX for each in sums):
            return None
        return -sums[0], -sums[1], UUID(key)
    except ValueError:
        return None
