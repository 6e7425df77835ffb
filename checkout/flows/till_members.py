"""Members as tills find them: who shows too many cards that nobody has is told of none for a while.

So a terminal's token, once it is in the wrong hands, does not find out which numbers are cards. A
terminal may show so many different unknown ones in a minute; then everything that it shows brings
nobody, with a reason of its own, until the minute of the first is over. A card that was unknown
stays what it was, however often a till asks. A sale goes on without a member.

Holds and confirms count as well. A confirm is answered whatever was shown, with the member whom it
finds under its locks: it is the sale, which nothing of this stops. A hold is none yet, nor is an
exercise: beyond the bound they bring nobody, as a quote does.

Each worker counts for itself, and what is under way at once is not counted yet.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from checkout.refusals import Reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from checkout.flows.members import MemberSource
    from checkout.flows.sale import Caller, PresentedIdentifier
    from checkout.ledger.book import MemberBook

WINDOW_S: Final = 60.0


class Guesses:
    """What terminals showed that nobody has, within the last minute."""

    def __init__(self, per_minute: int, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        """Without a bound if `per_minute` is 0."""
        self._per_minute = per_minute
        self._monotonic_s = monotonic_s
        #: Digests by terminal, each with the moment at which it was shown first.
        self._shown: dict[UUID, dict[bytes, float]] = {}

    def are_too_many(self, terminal_id: UUID, digest: bytes) -> bool:
        """Whether nothing but what was unknown before is told to a terminal."""
        shown = self._last_minute(terminal_id)
        return shown is not None and len(shown) >= self._per_minute and digest not in shown

    def add(self, terminal_id: UUID, digest: bytes) -> None:
        """Note what nobody has; beyond the bound no more, so that memory has one, too."""
        if not self._per_minute:
            return
        self._last_minute(terminal_id)
        shown = self._shown.setdefault(terminal_id, {})
        if len(shown) < self._per_minute:
            shown.setdefault(digest, self._monotonic_s())

    def _last_minute(self, terminal_id: UUID) -> dict[bytes, float] | None:
        """What a terminal showed in it; of one that showed nothing no memory is kept."""
        shown = self._shown.get(terminal_id)
        if shown is None:
            return None
        begun = self._monotonic_s() - WINDOW_S
        for each in [each for each, first_at in shown.items() if first_at <= begun]:
            del shown[each]
        if not shown:
            del self._shown[terminal_id]
            return None
        return shown


class TillMembers:
    """Where calls of tills find members."""

    def __init__(self, members: MemberSource, guesses: Guesses) -> None:
        self._members = members
        self._guesses = guesses

    async def find(
        self, caller: Caller, identifier: PresentedIdentifier | None
    ) -> tuple[MemberBook | None, Reason | None]:
        """The member whose identifier a terminal shows, or why there is none.

        Raises:
            StoreError: neither cache nor database can tell.
        """
        if identifier is None:
            return None, None
        if self.is_untold(caller, identifier):
            return None, Reason.TOO_MANY_UNKNOWN
        member, reason = await self._members.find(caller.partner_id, identifier)
        self.note(caller, identifier, reason)
        return member, reason

    def is_untold(self, caller: Caller, identifier: PresentedIdentifier | None) -> bool:
        """Whether a terminal is told of nobody, whoever has what it shows."""
        return identifier is not None and self._guesses.are_too_many(
            caller.terminal_id, identifier.digest
        )

    def note(
        self, caller: Caller, identifier: PresentedIdentifier | None, reason: Reason | None
    ) -> None:
        """Count what a terminal was told that nobody has."""
        if identifier is not None and reason is Reason.MEMBER_UNKNOWN:
            self._guesses.add(caller.terminal_id, identifier.digest)
