"""Households of a story behind real gRPC."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from tests.scenarios.grpc_certificates import REASON, told_or_refused

if TYPE_CHECKING:
    from checkout.client import OperatorClient
    from tests.scenarios.stage import Stage

    Told = dict[str, Any]


class GrpcHouseholds(ABC):
    """What `GrpcShop` does with households."""

    _stage: Stage

    @abstractmethod
    async def _operators(self) -> OperatorClient:
        """The operators' client of the story's partner."""

    async def create_household(self, request_id: str) -> Told:
        operator = await self._operators()
        return await told_or_refused(
            operator.create_household(request_id, REASON),
            lambda done: {"status": "ok", "household_id": done.household_id},
        )

    async def join_household(self, household_id: str, member_id: str, request_id: str) -> Told:
        operator = await self._operators()
        told = await told_or_refused(
            operator.add_to_household(request_id, household_id, member_id, REASON),
            lambda done: {
                "status": "ok",
                "household_id": household_id,
                "members": done.members,
                "changed": done.changed,
            },
        )
        await self._stage.worker.invalidator.step()
        return told

    async def leave_household(self, member_id: str, request_id: str) -> Told:
        operator = await self._operators()
        told = await told_or_refused(
            operator.remove_from_household(request_id, member_id, REASON),
            lambda done: {
                "status": "ok",
                "household_id": done.household_id,
                "members": done.members,
                "changed": done.changed,
            },
        )
        await self._stage.worker.invalidator.step()
        return told
