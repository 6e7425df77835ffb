"""A new member, of a till's call and of an operator's: identifiers, profile and card, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from uuid_utils.compat import uuid7

from checkout.api.decode import decode_date
from checkout.ledger.rows import Profile
from checkout.primitives import bucket_of_uuid
from checkout.refusals import Reason

if TYPE_CHECKING:
    from checkout.api.decode import Decoder
    from checkout.api.violations import Violations
    from checkout.flows.card_numbers import CardDraw, CardNumbers
    from checkout.flows.directory import PartnerEntry
    from checkout.flows.sale import PresentedIdentifier
    from checkout.v1 import checkout_service_pb2, member_pb2

NAME_CHARACTERS_MAX: Final = 100
EMAIL_CHARACTERS_MAX: Final = 254


def decode_newcomer(
    decoder: Decoder,
    numbers: CardNumbers,
    request: checkout_service_pb2.EnrolMemberRequest | member_pb2.AddMemberRequest,
    partner: PartnerEntry,
    found: Violations,
) -> tuple[list[PresentedIdentifier], Profile, CardDraw | None]:
    """By what they are known, who they are, under an id of their own, and a card if they need one.

    Violations are added to `found`, which the caller raises.
    """
    identifiers: list[PresentedIdentifier] = []
    for kind in ("card", "phone", "external_id"):
        value = getattr(request, kind)
        if value:
            presented = decoder.identifier_of(kind, value, partner, found, kind)
            if presented is not None:
                identifiers.append(presented)
    if not (request.card or request.phone or request.external_id):
        found.add(Reason.FIELD_REQUIRED, "card", "a member needs a card, a phone or an external id")
    for name in ("first_name", "last_name", "patronymic"):
        found.text(name, getattr(request, name), NAME_CHARACTERS_MAX)
    found.text("email", request.email, EMAIL_CHARACTERS_MAX)
    if request.email and "@" not in request.email[1:-1]:
        found.add(Reason.FIELD_INVALID, "email", "this is not an e-mail address")
    if request.gender not in {"", "female", "male"}:
        found.add(Reason.FIELD_INVALID, "gender", "gender is female, male or empty")
    birth_date = decode_date("birth_date", request.birth_date, found)
    member_id = uuid7()
    profile = Profile(
        bucket=bucket_of_uuid(member_id),
        member_id=member_id,
        first_name=request.first_name.strip(),
        last_name=request.last_name.strip(),
        patronymic=request.patronymic.strip(),
        email=request.email.strip(),
        phone=request.phone.strip(),
        gender=request.gender,
        birth_date=birth_date,
        external_id=request.external_id.strip(),
    )
    draw = numbers.draw_for_new_member(
        partner.partner_id,
        partner.identifiers.card_types,
        member_id,
        has_card=bool(request.card),
    )
    return identifiers, profile, draw
