"""Cards of a shop in memory: what tills and operators do with them, on the flows' operations."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from checkout.flows.bind_card import BindCardOperation
from checkout.flows.card_answers import IssueCardsAnswer, ReplaceCardAnswer
from checkout.flows.card_types import CardType
from checkout.flows.enrol import EnrolOperation
from checkout.flows.identifiers import IdentifierRules
from checkout.flows.issue_cards import IssueCardsOperation
from checkout.flows.replace_card import ReplaceCardOperation, Successor
from checkout.ledger.rows import Profile
from checkout.primitives import bucket_of_uuid
from checkout.refusals import Reason, Refusal
from checkout.stories.shop import Shown
from checkout.stories.telling import tell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from checkout.flows.card_numbers import CardNumbers
    from checkout.flows.operation import Operation
    from checkout.flows.sale import Caller, PresentedIdentifier
    from checkout.ledger.interventions import Cause
    from checkout.stories.card_steps import ReplaceCardStep, StoryCardType

    Told = dict[str, Any]


class MemoryCards(ABC):
    """Calls about cards, on what the shop lends."""

    _partner_id: UUID
    _card_numbers: CardNumbers
    _identifier_rules: IdentifierRules

    @abstractmethod
    async def _commit(self, operation: Operation) -> object:
        """Run one operation by itself."""

    @abstractmethod
    def _caller(self, store: str) -> Caller:
        """The till of a store."""

    @abstractmethod
    def _present(self, shown: Shown) -> PresentedIdentifier:
        """An identifier as the edge hands it on."""

    @abstractmethod
    def _cause(self) -> Cause:
        """Who intervenes."""

    @abstractmethod
    def _new_id(self) -> UUID:
        """An id that nobody has."""

    async def set_card_types(self, types: Sequence[StoryCardType]) -> None:
        """These are the partner's types of cards."""
        self._identifier_rules = IdentifierRules(
            card_types=tuple(CardType(**each.model_dump()) for each in types)
        )

    async def enrol(self, store: str, identifiers: Sequence[Shown], request_id: str) -> Told:
        """A new member joins."""
        member_id = self._new_id()
        operation = EnrolOperation(
            self._caller(store),
            request_id=request_id,
            profile=Profile(bucket_of_uuid(member_id), member_id),
            identifiers=[self._present(shown) for shown in identifiers],
            cause=self._cause(),
            draw=self._card_numbers.draw_for_new_member(
                self._partner_id,
                self._identifier_rules.card_types,
                member_id,
                has_card=any(shown.kind == "card" for shown in identifiers),
            ),
        )
        answer: Any = await self._commit(operation)
        made = [] if isinstance(answer, Refusal) or answer.card is None else [answer.card]
        return {**tell(answer), "numbers": [self._card_numbers.told(drawn) for drawn in made]}

    async def bind_card(
        self, store: str, shown: Shown, card: str, request_id: str, *, replace: bool
    ) -> Told:
        """Give a member another card."""
        operation = BindCardOperation(
            self._caller(store),
            request_id=request_id,
            shown=self._present(shown),
            card=self._present(Shown("card", card)),
            replace=replace,
            binding=self._cause(),
            replacing=self._cause(),
        )
        return tell(await self._commit(operation))

    async def issue_cards(self, card_type: str, count: int, request_id: str) -> Told:
        """Issue cards for nobody yet."""
        found = self._card_type(card_type)
        if found is None:
            return tell(Refusal(Reason.CARD_TYPE_UNKNOWN, ""))
        cause = self._cause()
        answer = await self._commit(
            IssueCardsOperation(
                self._partner_id,
                request_id=request_id,
                draw=self._card_numbers.draw(self._partner_id, found, cause.intervention_id, count),
                count=count,
                cause=cause,
            )
        )
        if not isinstance(answer, IssueCardsAnswer):
            return tell(answer)
        numbers = [self._card_numbers.told(drawn) for drawn in answer.numbers()]
        return {"status": "ok", "numbers": numbers}

    async def replace_card(
        self, asked: ReplaceCardStep, card: str, new_card: str, request_id: str
    ) -> Told:
        """Put another card in the place of one."""
        draw = None
        if not new_card:
            found = self._card_type(asked.new_type)
            if found is None:
                return tell(Refusal(Reason.CARD_TYPE_UNKNOWN, ""))
            draw = self._card_numbers.draw(self._partner_id, found, self._new_id(), 1)
        successor = Successor(self._present(Shown("card", new_card)) if new_card else None, draw)
        answer = await self._commit(
            ReplaceCardOperation(
                self._partner_id,
                request_id=request_id,
                old=self._present(Shown("card", card)),
                successor=successor,
                replaced_for=asked.replacement,
                binding=self._cause(),
                replacing=self._cause(),
            )
        )
        if not isinstance(answer, ReplaceCardAnswer):
            return tell(answer)
        made = [] if answer.drawn is None else [answer.drawn]
        return {
            "status": "ok",
            "member_id": str(answer.member_id),
            "numbers": [self._card_numbers.told(drawn) for drawn in made],
        }

    def _card_type(self, code: str) -> CardType | None:
        return next((t for t in self._identifier_rules.card_types if t.code == code), None)
