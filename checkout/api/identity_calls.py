"""OperatorService: merges, persons, and who is erased; decode → flow → encode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uuid_utils.compat import uuid7

from checkout.api.decode import decode_id
from checkout.api.gate import OPERATOR
from checkout.api.moments import encode_moment
from checkout.api.operator_care import OperatorCare, decode_cause, decode_uuid
from checkout.api.violations import Violations, unless_refused
from checkout.flows.erase import EraseMemberOperation
from checkout.flows.identity_answers import EraseAnswer, MergeAnswer, PersonAnswer, UnmergeAnswer
from checkout.flows.merging import MergeOperation, UnmergeOperation
from checkout.flows.persons import LinkPersonOperation, UnlinkPersonOperation
from checkout.refusals import Reason
from checkout.v1 import operator_service_pb2 as pb

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.flows.member_links import MemberLinksFlow

    Context = ServicerContext[Any, Any]


class IdentityCalls(OperatorCare):
    """Calls that say who is who."""

    _links: MemberLinksFlow

    async def MergeMembers(  # noqa: N802 - named by the contract
        self, request: pb.MergeMembersRequest, context: Context
    ) -> pb.MergeMembersResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        absorbed_id = decode_uuid("absorbed_member_id", request.absorbed_member_id, found)
        survivor_id = decode_uuid("surviving_member_id", request.surviving_member_id, found)
        if absorbed_id == survivor_id and absorbed_id.int:
            found.add(
                Reason.FIELD_INVALID,
                "surviving_member_id",
                "a member is merged into another one, not into itself",
            )
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = MergeOperation(
            partner.partner_id,
            request_id=request.request_id,
            absorbed_id=absorbed_id,
            survivor_id=survivor_id,
            merge_id=uuid7(),
            cause=cause,
        )
        answer = await self._run(operation, MergeAnswer)
        return pb.MergeMembersResponse(
            merge_id=str(answer.merge_id), changed=answer.changed, moved_minor=answer.moved
        )

    async def UnmergeMembers(  # noqa: N802
        self, request: pb.UnmergeMembersRequest, context: Context
    ) -> pb.UnmergeMembersResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        merge_id = decode_uuid("merge_id", request.merge_id, found)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = UnmergeOperation(
            partner.partner_id, request_id=request.request_id, merge_id=merge_id, cause=cause
        )
        answer = await self._run(operation, UnmergeAnswer)
        return pb.UnmergeMembersResponse(
            absorbed_member_id=str(answer.absorbed_id),
            surviving_member_id=str(answer.survivor_id),
            changed=answer.changed,
            moved_minor=answer.moved,
            debts_minor=answer.debts,
        )

    async def LinkPerson(  # noqa: N802
        self, request: pb.LinkPersonRequest, context: Context
    ) -> pb.LinkPersonResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        member_id = decode_uuid("member_id", request.member_id, found)
        person_id = None
        if request.person_id:
            person_id = decode_uuid("person_id", request.person_id, found)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = LinkPersonOperation(
            partner.partner_id,
            request_id=request.request_id,
            member_id=member_id,
            person_id=person_id,
            new_person_id=uuid7(),
            cause=cause,
        )
        answer = await self._run(operation, PersonAnswer)
        return pb.LinkPersonResponse(person_id=str(answer.person_id), changed=answer.changed)

    async def UnlinkPerson(  # noqa: N802
        self, request: pb.UnlinkPersonRequest, context: Context
    ) -> pb.UnlinkPersonResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        member_id = decode_uuid("member_id", request.member_id, found)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = UnlinkPersonOperation(
            partner.partner_id,
            request_id=request.request_id,
            member_id=member_id,
            person_id=None,
            cause=cause,
        )
        answer = await self._run(operation, PersonAnswer)
        person_id = str(answer.person_id) if answer.person_id is not None else ""
        return pb.UnlinkPersonResponse(person_id=person_id, changed=answer.changed)

    async def EraseMember(  # noqa: N802
        self, request: pb.EraseMemberRequest, context: Context
    ) -> pb.EraseMemberResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        member_id = decode_uuid("member_id", request.member_id, found)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = EraseMemberOperation(
            partner.partner_id,
            request_id=request.request_id,
            member_id=member_id,
            writes_off=request.write_off,
            posting_id=uuid7(),
            cause=cause,
        )
        answer = await self._run(operation, EraseAnswer)
        return pb.EraseMemberResponse(
            changed=answer.changed,
            written_off_minor=answer.written_off,
            debts_minor=answer.debts,
        )

    async def GetMemberLinks(  # noqa: N802
        self, request: pb.GetMemberLinksRequest, context: Context
    ) -> pb.GetMemberLinksResponse:
        del context
        partner, _ = OPERATOR.get()
        found = Violations()
        member_id = decode_uuid("member_id", request.member_id, found)
        found.raise_if_any()
        links = unless_refused(await self._links.of_member(partner.partner_id, member_id))
        return pb.GetMemberLinksResponse(
            member_id=str(links.member_id),
            other_names=[
                pb.MergedMember(
                    merge_id=str(each.merge_id),
                    member_id=str(each.member_id),
                    merged_at=encode_moment(each.merged_at),
                )
                for each in links.other_names
            ],
            persons=[
                pb.LinkedPerson(
                    person_id=str(each.person_id),
                    linked_at=encode_moment(each.linked_at),
                    members_elsewhere=each.members_elsewhere,
                )
                for each in links.persons
            ],
        )
