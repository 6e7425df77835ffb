"""ListTierChanges: how a member came by a tier, newest first; nothing is written.

One statement a page, beside the read that finds the member where no cache has it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from checkout.ledger.merged_view import ids_of
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.flows.members import MemberSource
    from checkout.ledger.visit_rows import TierChange
    from checkout.store.tier_history import Place, TierHistory

_SEQ_MAX: Final = 2**31 - 1
#: Behind everything that ever happens.
_END: Final = (dt.datetime(9999, 1, 1, tzinfo=dt.UTC), _SEQ_MAX, UUID(int=0))


@dataclass(frozen=True, slots=True)
class TierChangePage:
    """Some changes; the token of the next page, or nothing."""

    changes: Sequence[TierChange]
    next_token: str


class TierChangeList:
    """Answers what became of a member's tiers."""

    def __init__(self, members: MemberSource, history: TierHistory) -> None:
        self._members = members
        self._history = history

    async def page(
        self, partner_id: UUID, member_id: UUID, program: str, limit: int, token: str
    ) -> TierChangePage | Refusal:
        """One page of a member of the partner; of one program, or (without a code) of all.

        Raises:
            StoreError: the database cannot be asked.
        """
        before = _place_of(token) if token else _END
        if before is None:
            return Refusal(
                Reason.FIELD_INVALID, "page_token is the one of the page before", "page_token"
            )
        member = await self._members.get(partner_id, member_id)
        if member is None:
            return Refusal(Reason.MEMBER_UNKNOWN, "there is no such member", "member_id")
        found = await self._history.before(ids_of(member), program, before, limit + 1)
        shown = found[:limit]
        is_last = len(found) == len(shown)
        return TierChangePage(shown, "" if is_last else _token(shown[-1]))


def _token(change: TierChange) -> str:
    return f"{change.at.isoformat()}/{change.seq}/{change.change_id}"


def _place_of(token: str) -> Place | None:
    """What a token says; none if it is no token."""
    moment, _, rest = token.partition("/")
    number, _, change_id = rest.partition("/")
    try:
        at = dt.datetime.fromisoformat(moment)
        seq = int(number)
        if at.tzinfo is None or not 0 < seq <= _SEQ_MAX:
            return None
        return at.astimezone(dt.UTC), seq, UUID(change_id)
    except (ValueError, OverflowError):
        return None
