"""Steps of a story that let members pool their points, or no longer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from checkout.stories.certificate_steps import present

if TYPE_CHECKING:
    from checkout.stories.shop import Shop
    from checkout.stories.steps import Step

    Told = dict[str, Any]


class HouseholdSteps(ABC):
    """What a teller does with households; it keeps their ids by the names of the story."""

    _shop: Shop
    _request: str
    _names: dict[str, str]
    _household_ids: dict[str, str]

    @abstractmethod
    def _member_id(self, name: str) -> str:
        """The id of the member whom the story calls so."""

    async def join_household(self, step: Step) -> Told:
        """Let a member join; the household is made when it is named first."""
        asked = present(step.join_household)
        request = asked.request or self._request
        if asked.household not in self._household_ids:
            made = await self._shop.create_household(f"{request}-household")
            self._household_ids[asked.household] = made["household_id"]
            self._names[made["household_id"]] = asked.household
        household_id = self._household_ids[asked.household]
        return await self._shop.join_household(household_id, self._member_id(asked.member), request)

    async def leave_household(self, step: Step) -> Told:
        """Take a member out."""
        asked = present(step.leave_household)
        request = asked.request or self._request
        return await self._shop.leave_household(self._member_id(asked.member), request)
