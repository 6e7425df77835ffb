"""Goods that come back to a shop behind gRPC; a base of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from checkout.client import CheckoutClient, identifier_message, messages
from tests.scenarios.grpc_certificates import told_or_refused
from tests.scenarios.told_messages import told_return, told_returned, told_without_receipt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checkout.stories.shop import Shown

    Told = dict[str, Any]


class GrpcReturns(ABC):
    """Returns with a receipt and without."""

    _tills: dict[str, CheckoutClient]

    @abstractmethod
    def _any_till(self) -> CheckoutClient:
        """A till of the partner."""

    async def quote_return(self, purchase_id: str, quantities: dict[int, int]) -> Told:
        asked = self._any_till().quote_return(purchase_id, _return_lines(quantities))
        return await told_or_refused(asked, lambda got: {"status": "ok", **told_returned(got)})

    async def confirm_return(
        self,
        purchase_id: str,
        return_id: str,
        quantities: dict[int, int],
        shown_money_minor: int | None,
        request_id: str,
    ) -> Told:
        request = messages.ConfirmReturnRequest(
            request_id=request_id,
            return_id=return_id,
            purchase_id=purchase_id,
            lines=_return_lines(quantities),
            shown_money_minor=shown_money_minor,
        )
        return await told_or_refused(self._any_till().confirm_return(request), told_return)

    async def return_without_receipt(
        self,
        store: str,
        return_id: str,
        goods: Mapping[str, int],
        identifier: Shown | None,
        request_id: str,
    ) -> Told:
        request = messages.ReturnWithoutReceiptRequest(
            request_id=request_id, return_id=return_id, goods=_pieces(goods)
        )
        if identifier is not None:
            shown = identifier_message(identifier.kind, identifier.value)
            request.identifier.CopyFrom(shown)
        asked = self._tills[store].return_without_receipt(request)
        return await told_or_refused(asked, told_without_receipt)


def _return_lines(quantities: dict[int, int]) -> list[messages.ReturnLine]:
    return [
        messages.ReturnLine(position=position, quantity_milli=quantity)
        for position, quantity in quantities.items()
    ]


def _pieces(goods: Mapping[str, int]) -> list[messages.ReturnedGoods]:
    """One piece of each article, by what is paid out for it."""
    return [
        messages.ReturnedGoods(
            position=position,
            sku=sku,
            quantity_milli=1_000,
            price_minor=amount_minor,
            amount_minor=amount_minor,
        )
        for position, (sku, amount_minor) in enumerate(goods.items(), start=1)
    ]
