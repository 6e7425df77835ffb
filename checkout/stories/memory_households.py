"""Households of a shop in memory: the operations of the flows."""

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
        operation = CreateHouseholdOperation(
            self._partner_id,
            request_id=request_id,
            new_household_id=self._new_id(),
            cause=self._cause(),
        )
        return await self._run(operation)

    async def join_household(self, household_id: str, member_id: str, request_id: str) -> Told:
        """Let a member pool points."""
        operation = JoinHouseholdOperation(
            self._partner_id,
            request_id=request_id,
            household_id=UUID(household_id),
            member_id=UUID(member_id),
            cause=self._cause(),
        )
        return await self._run(operation)

    async def leave_household(self, member_id: str, request_id: str) -> Told:
        """Take a member out of the household."""
        operation = LeaveHouseholdOperation(
            self._partner_id,
            request_id=request_id,
            household_id=None,
            member_id=UUID(member_id),
            cause=self._cause(),
        )
        return await self._run(operation)
