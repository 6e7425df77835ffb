"""GetMemberLinks and FindMembers: who a member is, and whose cards, phones and ids are whose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from checkout.flows.sale import PresentedIdentifier
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

    async def with_identifiers(
        self, partner_id: UUID, presented: Sequence[PresentedIdentifier]
    ) -> list[UUID | None]:
        """Whose they are, in their order; None: nobody has it. One statement.

        Raises:
            StoreError: the database cannot be asked.
        """
        refs = [(each.kind, each.digest) for each in presented]
        found = await self._identities.find_members(partner_id, refs) if refs else {}
        return [found.get(ref) for ref in refs]
