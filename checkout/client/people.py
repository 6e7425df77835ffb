"""The operator's calls that add members, tag them, set their attributes and consents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.client.channel import READ_TIMEOUT_S, WRITE_TIMEOUT_S, Client
from checkout.v1 import member_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.v1 import receipt_pb2
    from checkout.v1.operator_service_pb2_grpc import OperatorServiceStub


class PeopleCalls(Client):
    """Calls of OperatorService; they raise `CallRefusedError`."""

    _stub: OperatorServiceStub

    async def add_member(self, request: pb.AddMemberRequest) -> pb.AddMemberResponse:
        """Make a member by hand."""
        response: pb.AddMemberResponse = await self._call(
            self._stub.AddMember, request, WRITE_TIMEOUT_S
        )
        return response

    async def change_contact(
        self,
        request_id: str,
        member_id: str,
        kind: str,
        contact: str,
        reason: str,
        *,
        instead_of: str = "",
    ) -> pb.ChangeContactResponse:
        """Give a member another phone or external id (the kind)."""
        request = pb.ChangeContactRequest(
            request_id=request_id, member_id=member_id, instead_of=instead_of, reason=reason
        )
        setattr(request, kind, contact)
        response: pb.ChangeContactResponse = await self._call(
            self._stub.ChangeContact, request, WRITE_TIMEOUT_S
        )
        return response

    async def find_members(
        self, identifiers: Sequence[receipt_pb2.Identifier]
    ) -> pb.FindMembersResponse:
        """Whose they are, in their order."""
        request = pb.FindMembersRequest(identifiers=identifiers)
        response: pb.FindMembersResponse = await self._call(
            self._stub.FindMembers, request, READ_TIMEOUT_S
        )
        return response

    async def tag_member(
        self, request_id: str, member_id: str, tag: str, reason: str, *, take: bool = False
    ) -> pb.TagMemberResponse:
        """Give a member a tag, or take it."""
        request = pb.TagMemberRequest(
            request_id=request_id, member_id=member_id, tag=tag, reason=reason, take=take
        )
        response: pb.TagMemberResponse = await self._call(
            self._stub.TagMember, request, WRITE_TIMEOUT_S
        )
        return response

    async def set_member_attribute(
        self,
        request_id: str,
        member_id: str,
        attribute: str,
        value: bool | int | str | None,  # noqa: FBT001 - yes and no are values like others
        reason: str,
    ) -> pb.SetMemberAttributeResponse:
        """Say what an attribute is; None: it is not known any more."""
        request = pb.SetMemberAttributeRequest(
            request_id=request_id, member_id=member_id, attribute=attribute, reason=reason
        )
        match value:
            case bool():
                request.yes_no = value
            case int():
                request.number = value
            case str():
                request.text = value
            case None:
                pass
        response: pb.SetMemberAttributeResponse = await self._call(
            self._stub.SetMemberAttribute, request, WRITE_TIMEOUT_S
        )
        return response

    async def set_member_consent(
        self, request_id: str, member_id: str, channel: str, reason: str, *, consents: bool
    ) -> pb.SetMemberConsentResponse:
        """Say whether a member consents to be reached through a channel."""
        request = pb.SetMemberConsentRequest(
            request_id=request_id,
            member_id=member_id,
            channel=channel,
            consents=consents,
            reason=reason,
        )
        response: pb.SetMemberConsentResponse = await self._call(
            self._stub.SetMemberConsent, request, WRITE_TIMEOUT_S
        )
        return response
