"""OperatorService: members are added, found, tagged, described, consent; decode → flow → encode."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from uuid_utils.compat import uuid7

from checkout.api.decode import decode_id
from checkout.api.decode_newcomer import decode_newcomer
from checkout.api.encode import encode_enrol, encode_reason
from checkout.api.gate import OPERATOR
from checkout.api.operator_care import OperatorCare, decode_cause, decode_code, decode_uuid
from checkout.api.violations import Violations, present
from checkout.flows.answers import ContactAnswer, EnrolAnswer, TagAnswer, TraitAnswer
from checkout.flows.change_contact import ChangeContactOperation
from checkout.flows.enrol import AddMemberOperation
from checkout.flows.member_traits import (
    SetMemberAttributeOperation,
    SetMemberConsentOperation,
    TagMemberOperation,
)
from checkout.primitives import AMOUNT_MAX_MINOR
from checkout.refusals import Reason, Refusal
from checkout.v1 import member_pb2 as pb

if TYPE_CHECKING:
    from typing import Any
    from uuid import UUID

    from grpc.aio import ServicerContext

    from checkout.flows.card_numbers import CardNumbers
    from checkout.flows.directory import Directory, PartnerEntry
    from checkout.flows.member_links import MemberLinksFlow
    from checkout.flows.sale import PresentedIdentifier
    from checkout.v1 import receipt_pb2

    Context = ServicerContext[Any, Any]

#: Of an attribute that is a text.
TEXT_CHARACTERS_MAX: Final = 500
#: Identifiers of one call.
FOUND_MAX: Final = 1_000


class OperatorPeople(OperatorCare):
    """Calls that add members, tag them, set attributes, and note consents."""

    _card_numbers: CardNumbers
    _directory: Directory
    _links: MemberLinksFlow

    async def AddMember(  # noqa: N802 - named by the contract
        self, request: pb.AddMemberRequest, context: Context
    ) -> pb.AddMemberResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        decode_id("store", request.store, found)
        desk = self._directory.desk(partner.partner_id, request.store, "")
        if desk is None and request.store:
            found.add(Reason.FIELD_INVALID, "store", "the partner has no such store")
        identifiers, profile, draw = decode_newcomer(
            self._decoder, self._card_numbers, request, partner, found
        )
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = AddMemberOperation(
            present(desk),
            request_id=request.request_id,
            profile=profile,
            identifiers=identifiers,
            draw=draw,
            cause=cause,
        )
        told = encode_enrol(await self._run(operation, EnrolAnswer), self._card_numbers)
        return pb.AddMemberResponse(member=told.member, card=told.card)

    async def ChangeContact(  # noqa: N802
        self, request: pb.ChangeContactRequest, context: Context
    ) -> pb.ChangeContactResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        member_id = decode_uuid("member_id", request.member_id, found)
        kind = request.WhichOneof("contact") or "phone"
        shown: str = getattr(request, kind).strip()
        found.require(kind, shown)
        contact = before = None
        if shown:
            contact = self._decoder.identifier_of(kind, shown, partner, found, kind)
        if request.instead_of:
            before = self._decoder.identifier_of(
                kind, request.instead_of, partner, found, "instead_of"
            )
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = ChangeContactOperation(
            partner.partner_id,
            request_id=request.request_id,
            member_id=member_id,
            contact=present(contact),
            shown=shown,
            instead_of=before,
            binding=cause,
            replacing=replace(cause, intervention_id=uuid7()),
        )
        answer = await self._run(operation, ContactAnswer)
        return pb.ChangeContactResponse(changed=answer.changed, replaced=answer.replaced)

    async def FindMembers(  # noqa: N802
        self, request: pb.FindMembersRequest, context: Context
    ) -> pb.FindMembersResponse:
        del context
        partner, _ = OPERATOR.get()
        found = Violations()
        found.between("identifiers", len(request.identifiers), 1, FOUND_MAX)
        found.raise_if_any()
        shown = [self._shown(each, partner) for each in request.identifiers]
        presented = [each for each in shown if not isinstance(each, Refusal)]
        ids = iter(await self._links.with_identifiers(partner.partner_id, presented))
        return pb.FindMembersResponse(
            members=[
                _told(each.reason, each.message)
                if isinstance(each, Refusal)
                else _found(each, next(ids))
                for each in shown
            ]
        )

    def _shown(
        self, message: receipt_pb2.Identifier, partner: PartnerEntry
    ) -> PresentedIdentifier | Refusal:
        """One of many identifiers: what is wrong with it is its own."""
        found = Violations()
        presented = self._decoder.identifier(message, partner, found)
        return found.first() or present(presented)

    async def TagMember(  # noqa: N802
        self, request: pb.TagMemberRequest, context: Context
    ) -> pb.TagMemberResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        member_id = decode_uuid("member_id", request.member_id, found)
        _decode_trait("tag", request.tag, found)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = TagMemberOperation(
            partner.partner_id,
            request_id=request.request_id,
            member_id=member_id,
            tag=request.tag,
            takes=request.take,
            cause=cause,
        )
        answer = await self._run(operation, TagAnswer)
        return pb.TagMemberResponse(tagged=answer.tagged, changed=answer.changed)

    async def SetMemberAttribute(  # noqa: N802
        self, request: pb.SetMemberAttributeRequest, context: Context
    ) -> pb.SetMemberAttributeResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        member_id = decode_uuid("member_id", request.member_id, found)
        _decode_trait("attribute", request.attribute, found)
        value = _decode_value(request, found)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = SetMemberAttributeOperation(
            partner.partner_id,
            request_id=request.request_id,
            member_id=member_id,
            attribute=request.attribute,
            value=value,
            cause=cause,
        )
        answer = await self._run(operation, TraitAnswer)
        return pb.SetMemberAttributeResponse(changed=answer.changed)

    async def SetMemberConsent(  # noqa: N802
        self, request: pb.SetMemberConsentRequest, context: Context
    ) -> pb.SetMemberConsentResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        member_id = decode_uuid("member_id", request.member_id, found)
        _decode_trait("channel", request.channel, found)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = SetMemberConsentOperation(
            partner.partner_id,
            request_id=request.request_id,
            member_id=member_id,
            channel=request.channel,
            consents=request.consents,
            cause=cause,
        )
        answer = await self._run(operation, TraitAnswer)
        return pb.SetMemberConsentResponse(changed=answer.changed)


def _found(identifier: PresentedIdentifier, member_id: UUID | None) -> pb.FoundMember:
    if member_id is None:
        fault = "can have this number" if identifier.is_misread else f"has this {identifier.kind}"
        return _told(identifier.reason_if_unknown, f"nobody {fault}")
    return pb.FoundMember(member_id=str(member_id))


def _told(reason: Reason, message: str) -> pb.FoundMember:
    return pb.FoundMember(reason=encode_reason(reason), message=message)


def _decode_trait(field: str, code: str, found: Violations) -> None:
    """A code that rules can name: they have no blanks, / or | in theirs."""
    decode_code(field, code, found)
    if any(sign.isspace() or sign in "/|" for sign in code):
        found.add(Reason.FIELD_INVALID, field, "a code has no blanks, / or |")


def _decode_value(
    request: pb.SetMemberAttributeRequest, found: Violations
) -> bool | int | str | None:
    if request.HasField("yes_no"):
        return request.yes_no
    if request.HasField("number"):
        found.between("number", request.number, -AMOUNT_MAX_MINOR, AMOUNT_MAX_MINOR)
        return request.number
    if request.HasField("text"):
        found.require("text", request.text)
        found.text("text", request.text, TEXT_CHARACTERS_MAX)
        return request.text
    return None
