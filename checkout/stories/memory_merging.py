"""Calls of the service in memory that make one member of two, or two of one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING
from uuid import UUID

from checkout.flows.merging import MergeOperation, UnmergeOperation

if TYPE_CHECKING:
    from typing import Any

    from checkout.flows.operation import Operation
    from checkout.ledger.interventions import Cause

    Told = dict[str, Any]


class MemoryMerging(ABC):
    """What `MemoryShop` does beside its usual calls."""

    _partner_id: UUID

    async def merge_members(self, absorbed_id: str, survivor_id: str, request_id: str) -> Told:
        """Let one member be another name of a second one."""
        operation = MergeOperation(
            self._partner_id,
            request_id=request_id,
            absorbed_id=UUID(absorbed_id),
            survivor_id=UUID(survivor_id),
            merge_id=self._new_id(),
            cause=self._cause(),
        )
        return await self._run(operation)

    async def unmerge_members(self, merge_id: str, request_id: str) -> Told:
        """Take a merge back."""
        operation = UnmergeOperation(
            self._partner_id, request_id=request_id, merge_id=UUID(merge_id), cause=self._cause()
        )
        return await self._run(operation)

    @abstractmethod
    async def _run(self, operation: Operation) -> Told:
        """Run an operation, and tell its answer."""

    @abstractmethod
    def _cause(self) -> Cause:
        """Why an operator of the story does something."""

    @abstractmethod
    def _new_id(self) -> UUID:
        """Another id."""
