"""OperatorService: cards are issued, replaced and blocked; decode → flow → encode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from uuid_utils.compat import uuid7

from checkout.api.decode import decode_id
from checkout.api.gate import OPERATOR
from checkout.api.operator_care import (
    OperatorCare,
    decode_card_id,
    decode_cause,
    decode_code,
    decode_reason,
)
from checkout.api.violations import RefusedCall, Violations, present
from checkout.flows.card_answers import IssueCardsAnswer, ReplaceCardAnswer
from checkout.flows.issue_cards import IssueCardsOperation
from checkout.flows.replace_card import ReplaceCardOperation, Successor
from checkout.ledger.interventions import Cause
from checkout.refusals import Reason, Refusal
from checkout.v1 import card_pb2 as pb

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.flows.card_numbers import CardNumbers
    from checkout.flows.card_types import CardType
    from checkout.flows.directory import PartnerEntry
    from checkout.flows.sale import PresentedIdentifier

    Context = ServicerContext[Any, Any]

ISSUED_MAX: Final = 1_000
_REPLACEMENTS: Final = {
    pb.CARD_REPLACEMENT_LOST: "lost",
    pb.CARD_REPLACEMENT_DAMAGED: "damaged",
    pb.CARD_REPLACEMENT_STOLEN: "stolen",
}


class OperatorCards(OperatorCare):
    """Calls about cards; a base of the servicer."""

    _card_numbers: CardNumbers

    async def IssueCards(  # noqa: N802 - named by the contract
        self, request: pb.IssueCardsRequest, context: Context
    ) -> pb.IssueCardsResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        decode_code("type", request.type, found)
        found.between("count", request.count, 1, ISSUED_MAX)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = IssueCardsOperation(
            partner.partner_id,
            request_id=request.request_id,
            draw=self._card_numbers.draw(
                partner.partner_id,
                _card_type(partner, "type", request.type),
                cause.intervention_id,
                request.count,
            ),
            count=request.count,
            cause=cause,
        )
        answer = await self._run(operation, IssueCardsAnswer)
        return pb.IssueCardsResponse(
            issue_id=str(answer.issue_id),
            cards=[
                pb.IssuedCard(number=self._card_numbers.told(drawn)) for drawn in answer.numbers()
            ],
        )

    async def ReplaceCard(  # noqa: N802
        self, request: pb.ReplaceCardRequest, context: Context
    ) -> pb.ReplaceCardResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        old = self._old(request, partner, found)
        card = self._new_card(request, partner, found)
        if old is not None and card is not None and card.digest == old.digest:
            found.add(Reason.FIELD_INVALID, "new_card", "a card is replaced by another one")
        replaced_for = _REPLACEMENTS.get(request.replacement, "")
        if not replaced_for:
            found.add(
                Reason.FIELD_INVALID, "replacement", "a card was lost, damaged or stolen: say which"
            )
        reason = decode_reason(request.reason, found)
        found.raise_if_any()
        draw = None
        if card is None:
            card_type = _card_type(partner, "new_type", request.new_type)
            draw = self._card_numbers.draw(partner.partner_id, card_type, uuid7(), 1)
        operation = ReplaceCardOperation(
            partner.partner_id,
            request_id=request.request_id,
            old=present(old),
            successor=Successor(card, draw),
            replaced_for=replaced_for,
            binding=Cause(uuid7(), author, reason),
            replacing=Cause(uuid7(), author, reason),
        )
        answer = await self._run(operation, ReplaceCardAnswer)
        return pb.ReplaceCardResponse(
            member_id=str(answer.member_id),
            card_id=str(answer.card_id),
            masked=answer.masked,
            number=self._card_numbers.told(answer.drawn) if answer.drawn is not None else "",
        )

    def _old(
        self, request: pb.ReplaceCardRequest, partner: PartnerEntry, found: Violations
    ) -> PresentedIdentifier | None:
        match cast("str | None", request.WhichOneof("old")):
            case "card":
                return self._decoder.identifier_of("card", request.card, partner, found, "card")
            case "card_id":
                return decode_card_id(request.card_id, found)
            case _:
                found.add(Reason.FIELD_REQUIRED, "card", "name the card by its number or its id")
                return None

    def _new_card(
        self, request: pb.ReplaceCardRequest, partner: PartnerEntry, found: Violations
    ) -> PresentedIdentifier | None:
        """The card that is named; None if it is a type."""
        match cast("str | None", request.WhichOneof("successor")):
            case "new_card":
                return self._decoder.identifier_of(
                    "card", request.new_card, partner, found, "new_card"
                )
            case "new_type":
                decode_code("new_type", request.new_type, found)
            case _:
                found.add(
                    Reason.FIELD_REQUIRED,
                    "new_card",
                    "name the new card, or a type whose number is to be made",
                )
        return None


def _card_type(partner: PartnerEntry, field: str, code: str) -> CardType:
    """The type that is named.

    Raises:
        RefusedCall: the partner has none of this code.
    """
    for card_type in partner.identifiers.card_types:
        if card_type.code == code:
            return card_type
    raise RefusedCall(
        Refusal(Reason.CARD_TYPE_UNKNOWN, "the partner has no such type of cards", field)
    )
