"""An operator's calls about households, as tests make them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from checkout.v1 import operator_service_pb2 as op
from tests.service.ids import fresh


class HouseholdCalls(ABC):
    """Calls of OperatorService; request ids are fresh unless given."""

    @abstractmethod
    async def call(self, method: str, request: Any, timeout_s: float = 10) -> Any:
        """Any call by its name."""

    async def household(self, *member_ids: str) -> str:
        """A new household with these members; its id."""
        made: op.CreateHouseholdResponse = await self.call(
            "CreateHousehold",
            op.CreateHouseholdRequest(request_id=fresh("household"), reason="a family"),
        )
        for member_id in member_ids:
            await self.join_household(made.household_id, member_id)
        return made.household_id

    async def join_household(
        self, household_id: str, member_id: str, request_id: str = ""
    ) -> op.AddToHouseholdResponse:
        request = op.AddToHouseholdRequest(
            request_id=request_id or fresh("join"),
            household_id=household_id,
            member_id=member_id,
            reason="they live together",
        )
        answer: op.AddToHouseholdResponse = await self.call("AddToHousehold", request)
        return answer

    async def leave_household(self, member_id: str) -> op.RemoveFromHouseholdResponse:
        request = op.RemoveFromHouseholdRequest(
            request_id=fresh("leave"), member_id=member_id, reason="they moved out"
        )
        answer: op.RemoveFromHouseholdResponse = await self.call("RemoveFromHousehold", request)
        return answer
