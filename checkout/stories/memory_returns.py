"""Calls of the service in memory about goods that come back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from checkout.flows.return_without_receipt import (
    ReturnedGoods,
    WithoutReceiptCall,
    WithoutReceiptOperation,
)
from checkout.flows.returning import ReturnCall, ReturnIds, ReturnOperation
from checkout.primitives import UNIT_MILLI
from checkout.stories.receipts import RETURNS_WITHOUT_RECEIPT_MINOR

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from checkout.flows.operation import Operation
    from checkout.flows.sale import Caller, PresentedIdentifier
    from checkout.stories.shop import Shown

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

    async def return_without_receipt(
        self,
        store: str,
        return_id: str,
        goods: Mapping[str, int],
        identifier: Shown | None,
        request_id: str,
    ) -> Told:
        """Take back goods of an unknown purchase."""
        call = WithoutReceiptCall(
            caller=self._caller(store),
            return_id=return_id,
            goods=tuple(
                ReturnedGoods(position, sku, UNIT_MILLI, amount, amount)
                for position, (sku, amount) in enumerate(goods.items(), start=1)
            ),
            identifier=self._present(identifier) if identifier is not None else None,
        )
        operation = WithoutReceiptOperation(
            call,
            request_id,
            return_receipt_id=self._new_id(),
            allowance_minor=RETURNS_WITHOUT_RECEIPT_MINOR,
        )
        return await self._run(operation)

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
    def _present(self, shown: Shown) -> PresentedIdentifier:
        """An identifier as the edge hands it on."""

    @abstractmethod
    def _new_id(self) -> UUID:
        """Another id."""
