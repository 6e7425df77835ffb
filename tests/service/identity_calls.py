"""An operator's calls about who is who, as tests make them."""

from __future__ import annotations

from typing import Any

from checkout.v1 import operator_service_pb2 as op
from tests.service.ids import fresh


class IdentityCalls:
    """Calls of OperatorService; request ids are fresh unless given."""

    async def call(self, method: str, request: Any, timeout_s: float = 10) -> Any:
        """Any call by its name."""
        raise NotImplementedError

    async def merge(
        self, absorbed_id: str, survivor_id: str, request_id: str = ""
    ) -> op.MergeMembersResponse:
        request = op.MergeMembersRequest(
            request_id=request_id or fresh("merge"),
            absorbed_member_id=absorbed_id,
            surviving_member_id=survivor_id,
            reason="one person with two cards",
        )
        answer: op.MergeMembersResponse = await self.call("MergeMembers", request)
        return answer

    async def unmerge(self, merge_id: str, request_id: str = "") -> op.UnmergeMembersResponse:
        request = op.UnmergeMembersRequest(
            request_id=request_id or fresh("unmerge"), merge_id=merge_id, reason="they are two"
        )
        answer: op.UnmergeMembersResponse = await self.call("UnmergeMembers", request)
        return answer

    async def link(
        self, member_id: str, person_id: str = "", request_id: str = ""
    ) -> op.LinkPersonResponse:
        request = op.LinkPersonRequest(
            request_id=request_id or fresh("link"),
            member_id=member_id,
            person_id=person_id,
            reason="they said so",
        )
        answer: op.LinkPersonResponse = await self.call("LinkPerson", request)
        return answer

    async def unlink(self, member_id: str, request_id: str = "") -> op.UnlinkPersonResponse:
        request = op.UnlinkPersonRequest(
            request_id=request_id or fresh("unlink"), member_id=member_id, reason="it was a mistake"
        )
        answer: op.UnlinkPersonResponse = await self.call("UnlinkPerson", request)
        return answer

    async def erase(
        self, member_id: str, request_id: str = "", *, write_off: bool = False
    ) -> op.EraseMemberResponse:
        request = op.EraseMemberRequest(
            request_id=request_id or fresh("erase"),
            member_id=member_id,
            reason="asked for it",
            write_off=write_off,
        )
        answer: op.EraseMemberResponse = await self.call("EraseMember", request)
        return answer

    async def links(self, member_id: str) -> op.GetMemberLinksResponse:
        request = op.GetMemberLinksRequest(member_id=member_id)
        answer: op.GetMemberLinksResponse = await self.call("GetMemberLinks", request)
        return answer
