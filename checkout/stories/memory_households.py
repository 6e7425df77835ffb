"""What an operator of a story asks about households, as operations."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING
from uuid import UUID

from checkout.flows.households import (
    CreateHouseholdOperation,
    JoinHouseholdOperation,
    LeaveHouseholdOperation,
)

if TYPE_CHECKING:
    from typing import Any

    from checkout.flows.operation import Operation
    from checkout.ledger.interventions import Cause

    Told = dict[str, Any]


def create_household(
    partner_id: UUID, request_id: str, new_id: UUID, cause: Cause
) -> CreateHouseholdOperation:
    """A household without members."""
    return CreateHouseholdOperation(
        partner_id, request_id=request_id, new_household_id=new_id, cause=cause
    )


def join_household(
    partner_id: UUID, request_id: str, household_id: str, member_id: str, cause: Cause
) -> JoinHouseholdOperation:
    """Let a member pool points."""
    return JoinHouseholdOperation(
        partner_id,
        request_id=request_id,
        household_id=UUID(household_id),
        member_id=UUID(member_id),
        cause=cause,
    )


def leave_household(
    partner_id: UUID, request_id: str, member_id: str, cause: Cause
) -> LeaveHouseholdOperation:
    """Take a member out."""
    return LeaveHouseholdOperation(
        partner_id,
        request_id=request_id,
        household_id=None,
        member_id=UUID(member_id),
        cause=cause,
    )


class MemoryHouseholds(ABC):
    """The part of a shop in memory that knows households."""

    _partner_id: UUID

    @abstractmethod
    async def _run(self, operation: Operation) -> Told:
        """Run one operation, and tell its answer."""

    @abstractmethod
    def _cause(self) -> Cause:
        """Why an operator of the story does something."""

    @abstractmethod
    def _new_id(self) -> UUID:
        """The next id."""

    async def create_household(self, request_id: str) -> Told:
        """A household without members."""
        return await self._run(
            create_household(self._partner_id, request_id, self._new_id(), self._cause())
        )

    async def join_household(self, household_id: str, member_id: str, request_id: str) -> Told:
        """Let a member pool points."""
        return await self._run(
            join_household(self._partner_id, request_id, household_id, member_id, self._cause())
        )

    async def leave_household(self, member_id: str, request_id: str) -> Told:
        """Take a member out of the household."""
        return await self._run(
            leave_household(self._partner_id, request_id, member_id, self._cause())
        )
