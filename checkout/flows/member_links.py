"""GetMemberLinks: under which names a member is known, and which persons it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.store.identity_store import IdentityReader, MemberLinks


class MemberLinksFlow:
    """Answers who a member of a partner is; of other partners' members only that there are some."""

    def __init__(self, identities: IdentityReader) -> None:
        self._identities = identities

    async def of_member(self, partner_id: UUID, member_id: UUID) -> MemberLinks | Refusal:
        """Of a member, or (it is the same) of whom it was merged into.

        Raises:
            StoreError: the database cannot be asked.
        """
        links = await self._identities.find_links(partner_id, member_id)
        if links is None:
            return Refusal(Reason.MEMBER_UNKNOWN, "there is no such member", "member_id")
        return links
