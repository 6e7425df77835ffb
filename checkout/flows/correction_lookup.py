"""GetBulk and ListCorrections: what has become of corrections, and what waits for a decision."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from checkout.flows.bulk_adjust import bulk_id_of
from checkout.flows.page_tokens import page_token, place_of
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from checkout.ledger.correction_rows import Bulk, Correction
    from checkout.store.corrections import BulkCount, CorrectionStore

#: Before everything that was ever proposed.
_BEGINNING: Final = (dt.datetime(1970, 1, 1, tzinfo=dt.UTC), UUID(int=0))


@dataclass(frozen=True, slots=True)
class CorrectionPage:
    """Some corrections with the codes of their bulks; the token of the next page, or nothing."""

    corrections: list[tuple[Correction, str]]
    next_token: str


class CorrectionLookup:
    """Answers questions about corrections."""

    def __init__(self, store: CorrectionStore) -> None:
        self._store = store

    async def bulk(self, partner_id: UUID, code: str) -> tuple[Bulk, list[BulkCount]] | Refusal:
        """A bulk and its counts.

        Raises:
            StoreError: the database cannot be asked.
        """
        found = await self._store.find_bulk(bulk_id_of(partner_id, code))
        if found is None:
            return Refusal(Reason.BULK_UNKNOWN, "there is no such bulk", "bulk")
        return found

    async def page(
        self, partner_id: UUID, bulk: str, state: str, limit: int, token: str
    ) -> CorrectionPage | Refusal:
        """A page of a bulk's corrections, or of the partner's that are proposed.

        Raises:
            StoreError: the database cannot be asked.
        """
        after = _after_line(token) if bulk else _after_moment(token)
        if after is None:
            return Refusal(
                Reason.FIELD_INVALID, "page_token is the one of the page before", "page_token"
            )
        if isinstance(after, int):
            of_bulk = await self._store.list_of_bulk(
                bulk_id_of(partner_id, bulk), state, after, limit
            )
            last = str(of_bulk[-1].line) if len(of_bulk) == limit else ""
            return CorrectionPage([(correction, bulk) for correction in of_bulk], last)
        proposed = await self._store.list_proposed(partner_id, after, limit)
        last = ""
        if len(proposed) == limit:
            (row, _) = proposed[-1]
            last = page_token(row.made_at, row.correction_id)
        return CorrectionPage(proposed, last)


def _after_line(token: str) -> int | None:
    if not token:
        return 0
    is_line = token.isascii() and token.isdigit() and len(token) <= len(str(10**9))
    return int(token) if is_line and int(token) < 2**31 else None


def _after_moment(token: str) -> tuple[dt.datetime, UUID] | None:
    return place_of(token) if token else _BEGINNING
