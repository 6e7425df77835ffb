"""Steps of a story in which goods come back, with their receipt or without."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from checkout.stories.certificate_steps import present
from checkout.stories.shop import Shown

if TYPE_CHECKING:
    from checkout.stories.shop import Shop
    from checkout.stories.steps import Step

    Told = dict[str, Any]


class ReturnSteps(ABC):
    """What a teller does with goods that come back."""

    _shop: Shop
    _request: str

    @abstractmethod
    def _store(self, code: str) -> str:
        """The store of a step; the first of the story if it says none."""

    async def take_back(self, step: Step) -> Told:
        asked = present(step.take_back)
        quantities = asked.quantities_milli()
        if asked.quote:
            return await self._shop.quote_return(asked.purchase, quantities)
        return await self._shop.confirm_return(
            asked.purchase,
            asked.id or f"return-{self._request}",
            quantities,
            asked.shown_money_minor,
            asked.request or self._request,
        )

    async def return_without_receipt(self, step: Step) -> Told:
        asked = present(step.return_without_receipt)
        return await self._shop.return_without_receipt(
            self._store(asked.store),
            asked.id or f"return-{self._request}",
            asked.goods,
            Shown("card", asked.card) if asked.card else None,
            asked.request or self._request,
        )
