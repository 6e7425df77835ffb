"""Cards of a shop behind gRPC: read from the wire, apart from what memory tells."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Final

from checkout.client import CheckoutClient, OperatorClient, identifier_message, messages
from tests.scenarios.grpc_certificates import told_or_refused
from tests.scenarios.told_messages import told_member

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from checkout.stories.card_steps import ReplaceCardStep, StoryCardType
    from checkout.stories.shop import Shown
    from tests.scenarios.stage import Stage

    Told = dict[str, Any]

_REASON: Final = "as the story tells"
_REPLACEMENTS: Final = {
    "lost": messages.CARD_REPLACEMENT_LOST,
    "damaged": messages.CARD_REPLACEMENT_DAMAGED,
    "stolen": messages.CARD_REPLACEMENT_STOLEN,
}


class GrpcCards(ABC):
    """Calls about cards, with the shop's tills and operator."""

    _stage: Stage
    _partner_id: UUID
    _tills: dict[str, CheckoutClient]

    @abstractmethod
    async def _operators(self) -> OperatorClient:
        """The operator of the story's partner."""

    async def set_card_types(self, types: Sequence[StoryCardType]) -> None:
        if not types:
            return
        await self._stage.database.executemany(
            "insert into card_type (partner_id, code, name, prefix, digits, issued_at_enrolment)"
            " values ($1, $2, $2, $3, $4, $5)",
            [(self._partner_id, t.code, t.prefix, t.digits, t.issued_at_enrolment) for t in types],
        )
        await self._stage.worker.follower.step()

    async def enrol(self, store: str, identifiers: Sequence[Shown], request_id: str) -> Told:
        request = messages.EnrolMemberRequest(request_id=request_id)
        for shown in identifiers:
            setattr(request, shown.kind, shown.value)
        told = await told_or_refused(
            self._tills[store].enrol_member(request),
            lambda done: {
                "status": "ok",
                "numbers": [done.card] if done.card else [],
                "was_member": done.was_member,
                **told_member(done.member),
            },
        )
        return {"numbers": [], **told}

    async def bind_card(
        self, store: str, shown: Shown, card: str, request_id: str, *, replace: bool
    ) -> Told:
        asked = self._tills[store].bind_card(
            request_id, identifier_message(shown.kind, shown.value), card, replace=replace
        )
        told = await told_or_refused(
            asked,
            lambda done: {"status": "ok", "replaced": done.replaced, **told_member(done.member)},
        )
        await self._stage.worker.invalidator.step()
        return told

    async def issue_cards(self, card_type: str, count: int, request_id: str) -> Told:
        operator = await self._operators()
        return await told_or_refused(
            operator.issue_cards(request_id, card_type, count, _REASON),
            lambda done: {"status": "ok", "numbers": [card.number for card in done.cards]},
        )

    async def replace_card(
        self, asked: ReplaceCardStep, card: str, new_card: str, request_id: str
    ) -> Told:
        request = messages.ReplaceCardRequest(
            request_id=request_id,
            card=card,
            replacement=_REPLACEMENTS[asked.replacement],
            reason=_REASON,
        )
        if new_card:
            request.new_card = new_card
        else:
            request.new_type = asked.new_type
        operator = await self._operators()
        told = await told_or_refused(
            operator.replace_card(request),
            lambda done: {
                "status": "ok",
                "member_id": done.member_id,
                "numbers": [done.number] if done.number else [],
            },
        )
        await self._stage.worker.invalidator.step()
        return told
