"""Calls of the service in memory about goods that come back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from checkout.flows.returning import ReturnCall, ReturnIds, ReturnOperation

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.operation import Operation
    from checkout.flows.sale import Caller

    Told = dict[str, Any]


class MemoryReturns(ABC):
    """What `MemoryShop` does beside its usual calls."""

    _time_zones: dict[str, str]

    async def quote_return(self, purchase_id: str, quantities: dict[int, int]) -> Told:
        """Say what a return would give back."""
        call = self._return(purchase_id, "", quantities, None)
        ids = ReturnIds(self._new_id(), self._new_id())
        return await self._run(ReturnOperation(call, "", ids, changes=False))

    async def confirm_return(
        self,
        purchase_id: str,
        return_id: str,
        quantities: dict[int, int],
        shown_money_minor: int | None,
        request_id: str,
    ) -> Told:
        """Take goods back."""
        call = self._return(purchase_id, return_id, quantities, shown_money_minor)
        ids = ReturnIds(self._new_id(), self._new_id())
        return await self._run(ReturnOperation(call, request_id, ids, changes=True))

    def _return(
        self, purchase_id: str, return_id: str, quantities: dict[int, int], shown: int | None
    ) -> ReturnCall:
        return ReturnCall(
            caller=self._caller(next(iter(self._time_zones), "")),
            purchase_id=purchase_id,
            return_id=return_id,
            quantities=quantities,
            shown_money_minor=shown,
        )

    @abstractmethod
    async def _run(self, operation: Operation) -> Told:
        """Run an operation, and tell its answer."""

    @abstractmethod
    def _caller(self, store: str) -> Caller:
        """The till of a store."""

    @abstractmethod
    def _new_id(self) -> UUID:
        """Another id."""
