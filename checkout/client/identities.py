"""The operator's calls about who is who: merges, persons, and who is erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.client.channel import WRITE_TIMEOUT_S, Client
from checkout.v1 import operator_service_pb2 as pb

if TYPE_CHECKING:
    from checkout.v1.operator_service_pb2_grpc import OperatorServiceStub


class IdentityCalls(Client):
    """Calls of OperatorService; they raise `CallRefusedError`."""

    _stub: OperatorServiceStub

    async def merge_members(
        self, request_id: str, absorbed_member_id: str, surviving_member_id: str, reason: str
    ) -> pb.MergeMembersResponse:
        request = pb.MergeMembersRequest(
            request_id=request_id,
            absorbed_member_id=absorbed_member_id,
            surviving_member_id=surviving_member_id,
            reason=reason,
        )
        response: pb.MergeMembersResponse = await self._call(
            self._stub.MergeMembers, request, WRITE_TIMEOUT_S
        )
        return response

    async def unmerge_members(
        self, request_id: str, merge_id: str, reason: str
    ) -> pb.UnmergeMembersResponse:
        request = pb.UnmergeMembersRequest(request_id=request_id, merge_id=merge_id, reason=reason)
        response: pb.UnmergeMembersResponse = await self._call(
            self._stub.UnmergeMembers, request, WRITE_TIMEOUT_S
        )
        return response

    async def link_person(
        self, request_id: str, member_id: str, reason: str, *, person_id: str = ""
    ) -> pb.LinkPersonResponse:
        """The member is a new person, or one whose id is known."""
        request = pb.LinkPersonRequest(
            request_id=request_id, member_id=member_id, person_id=person_id, reason=reason
        )
        response: pb.LinkPersonResponse = await self._call(
            self._stub.LinkPerson, request, WRITE_TIMEOUT_S
        )
        return response

    async def unlink_person(
        self, request_id: str, member_id: str, reason: str
    ) -> pb.UnlinkPersonResponse:
        request = pb.UnlinkPersonRequest(request_id=request_id, member_id=member_id, reason=reason)
        response: pb.UnlinkPersonResponse = await self._call(
            self._stub.UnlinkPerson, request, WRITE_TIMEOUT_S
        )
        return response

    async def erase_member(
        self, request_id: str, member_id: str, reason: str, *, write_off: bool = False
    ) -> pb.EraseMemberResponse:
        """Forget a person; with `write_off` whatever points there are."""
        request = pb.EraseMemberRequest(
            request_id=request_id, member_id=member_id, reason=reason, write_off=write_off
        )
        response: pb.EraseMemberResponse = await self._call(
            self._stub.EraseMember, request, WRITE_TIMEOUT_S
        )
        return response

    async def get_member_links(self, member_id: str) -> pb.GetMemberLinksResponse:
        request = pb.GetMemberLinksRequest(member_id=member_id)
        response: pb.GetMemberLinksResponse = await self._call(
            self._stub.GetMemberLinks, request, WRITE_TIMEOUT_S
        )
        return response
