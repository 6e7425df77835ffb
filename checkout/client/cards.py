"""Calls about cards: a base of the operator's client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.client.channel import WRITE_TIMEOUT_S, Client
from checkout.client.coupons import ISSUE_TIMEOUT_S
from checkout.v1 import card_pb2 as pb
from checkout.v1 import operator_service_pb2 as op

if TYPE_CHECKING:
    from checkout.v1 import receipt_pb2
    from checkout.v1.operator_service_pb2_grpc import OperatorServiceStub


class OperatorCards(Client):
    """What operators do with cards."""

    _stub: OperatorServiceStub

    async def issue_cards(
        self, request_id: str, card_type: str, count: int, reason: str
    ) -> pb.IssueCardsResponse:
        """Issue up to a thousand cards for nobody yet, all or none."""
        request = pb.IssueCardsRequest(
            request_id=request_id, type=card_type, count=count, reason=reason
        )
        response: pb.IssueCardsResponse = await self._call(
            self._stub.IssueCards, request, ISSUE_TIMEOUT_S
        )
        return response

    async def replace_card(self, request: pb.ReplaceCardRequest) -> pb.ReplaceCardResponse:
        """Put a card in the place of another one of its member."""
        response: pb.ReplaceCardResponse = await self._call(
            self._stub.ReplaceCard, request, WRITE_TIMEOUT_S
        )
        return response

    async def block_card(
        self,
        request_id: str,
        identifier: receipt_pb2.Identifier,
        reason: str,
        *,
        lift: bool = False,
    ) -> op.BlockCardResponse:
        """Block a card, phone or external id, or lift that."""
        return await self._block(
            op.BlockCardRequest(
                request_id=request_id, identifier=identifier, reason=reason, lift=lift
            )
        )

    async def block_card_of_id(
        self, request_id: str, card_id: str, reason: str, *, lift: bool = False
    ) -> op.BlockCardResponse:
        """Block a card whose number is not at hand, or lift that."""
        return await self._block(
            op.BlockCardRequest(request_id=request_id, card_id=card_id, reason=reason, lift=lift)
        )

    async def _block(self, request: op.BlockCardRequest) -> op.BlockCardResponse:
        response: op.BlockCardResponse = await self._call(
            self._stub.BlockCard, request, WRITE_TIMEOUT_S
        )
        return response
