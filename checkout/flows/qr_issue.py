"""IssueQrToken: a QR code for a member who wants to show one; nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uuid_utils.compat import uuid7

from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from uuid import UUID

    from checkout.flows.members import MemberSource
    from checkout.flows.qr_codes import QrCode, QrSigner


class QrIssue:
    """Issues codes."""

    def __init__(
        self, members: MemberSource, signer: QrSigner, clock: Callable[[], dt.datetime]
    ) -> None:
        self._members = members
        self._signer = signer
        self._clock = clock

    async def issue(self, partner_id: UUID, member_id: UUID, *, spends: bool) -> QrCode | Refusal:
        """A code that brings a member of the partner, from now on.

        Raises:
            StoreError: the member is in no cache and the database cannot be asked.
        """
        member = await self._members.get(partner_id, member_id)
        if member is None:
            return Refusal(Reason.MEMBER_UNKNOWN, "there is no such member", "member_id")
        if member.member.blocked_at is not None:
            return Refusal(Reason.MEMBER_BLOCKED, "the member is blocked", "member_id")
        return self._signer.issue(partner_id, member_id, uuid7(), self._clock(), spends=spends)
