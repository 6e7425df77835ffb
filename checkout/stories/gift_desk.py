"""Gifts as a story sees them: the calls of a shop, and the actions of whoever tells the story."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Protocol

from checkout.stories.certificate_steps import present
from checkout.stories.document import of_story

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from checkout.stories.gift_steps import GiveGiftStep, SetGiftStockStep
    from checkout.stories.shop import Shop, Shown
    from checkout.stories.steps import Step

    Told = dict[str, Any]


class GiftDesk(Protocol):
    """Calls about gifts."""

    async def set_stock(self, asked: SetGiftStockStep, request_id: str) -> Told:
        """Say how many there are."""

    async def give(self, asked: GiveGiftStep, member_id: str, request_id: str) -> Told:
        """Give a member a gift; the answer has its id."""

    async def take_back(self, gift_given_id: str, request_id: str) -> Told:
        """Take it back."""

    async def list_for(self, store: str, shown: Shown | None) -> Told:
        """What can be given, by code."""


class GiftActions(ABC):
    """A teller's actions about gifts; what it remembers are the ids of those that were given."""

    _shop: Shop
    _shown: Mapping[str, Sequence[Shown]]
    _member_ids: Mapping[str, str]
    _names: dict[str, str]
    _request: str
    #: Ids of what was given by the names that the story gives them.
    _given_ids: dict[str, str]

    @abstractmethod
    def _store(self, code: str) -> str:
        """The store of a step; the first of the story if it says none."""

    async def set_gift_stock(self, step: Step) -> Told:
        asked = present(step.set_gift_stock)
        return await self._shop.gifts.set_stock(asked, asked.request or self._request)

    async def give_gift(self, step: Step) -> Told:
        asked = present(step.give_gift)
        member_id = of_story(self._member_ids, asked.member, "member")
        told = await self._shop.gifts.give(asked, member_id, asked.request or self._request)
        if told["status"] == "ok":
            self._given_ids[asked.name] = told["gift_given_id"]
            self._names[told["gift_given_id"]] = asked.name
        return told

    async def take_gift_back(self, step: Step) -> Told:
        asked = present(step.take_gift_back)
        given_id = of_story(self._given_ids, asked.given, "gift")
        return await self._shop.gifts.take_back(given_id, asked.request or self._request)

    async def list_gifts(self, step: Step) -> Told:
        asked = present(step.list_gifts)
        shown = of_story(self._shown, asked.member, "member")[0] if asked.member else None
        return await self._shop.gifts.list_for(self._store(asked.store), shown)
