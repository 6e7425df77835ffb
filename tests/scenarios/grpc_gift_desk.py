"""Gifts of a shop behind gRPC: read from the wire, apart from what memory tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkout.client import CheckoutClient, OperatorClient, identifier_message
from tests.scenarios.grpc_certificates import REASON, told_or_refused
from tests.scenarios.told_messages import told_balances

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from checkout.stories.gift_steps import GiveGiftStep, SetGiftStockStep
    from checkout.stories.shop import Shown
    from checkout.v1 import gift_pb2 as pb
    from checkout.v1 import outcome_pb2

    Told = dict[str, Any]


class GrpcGiftDesk:
    """Calls about gifts, with the shop's tills and operator."""

    def __init__(
        self,
        tills: dict[str, CheckoutClient],
        operators: Callable[[], Awaitable[OperatorClient]],
        follow: Callable[[], Awaitable[None]],
    ) -> None:
        self._tills = tills
        self._operators = operators
        #: Lists see stocks as of the worker's last look.
        self._follow = follow

    async def set_stock(self, asked: SetGiftStockStep, request_id: str) -> Told:
        operator = await self._operators()
        return await told_or_refused(
            operator.set_gift_stock(
                request_id,
                asked.gift,
                REASON,
                counted=asked.counted,
                difference=asked.difference,
            ),
            lambda done: {
                "status": "ok",
                "stock": done.stock,
                "held": done.held,
                "difference": done.difference,
            },
        )

    async def give(self, asked: GiveGiftStep, member_id: str, request_id: str) -> Told:
        operator = await self._operators()
        return await told_or_refused(
            operator.give_gift(
                request_id,
                member_id,
                asked.gift,
                REASON,
                count=asked.count,
                store=asked.store,
            ),
            lambda done: {
                "status": "ok",
                "gift_given_id": done.gift_given_id,
                "points_minor": done.points_minor,
                "left": _left(done),
                "balances": _balance(done),
            },
        )

    async def take_back(self, gift_given_id: str, request_id: str) -> Told:
        operator = await self._operators()
        return await told_or_refused(
            operator.take_gift_back(request_id, gift_given_id, REASON),
            lambda done: {
                "status": "ok",
                "changed": done.changed,
                "points_minor": done.points_minor,
                "balances": _balance(done),
            },
        )

    async def list_for(self, store: str, shown: Shown | None) -> Told:
        await self._follow()
        identifier = identifier_message(shown.kind, shown.value) if shown is not None else None
        return await told_or_refused(
            self._tills[store].list_gifts(identifier),
            lambda listed: {
                "status": "ok",
                "gifts": {
                    view.gift: {
                        "name": view.name,
                        "description": view.description,
                        "sku": view.sku,
                        "points_minor": view.points_minor,
                        "currency": view.currency,
                        "left": _left(view),
                        "has_points": view.has_points,
                    }
                    for view in listed.gifts
                },
            },
        )


def _left(message: pb.GiftView | pb.GiveGiftResponse) -> int | str:
    return message.left if message.HasField("left") else "uncounted"


def _balance(message: pb.GiveGiftResponse | pb.TakeGiftBackResponse) -> Told:
    balances: list[outcome_pb2.Balance] = []
    if message.HasField("balance"):
        balances.append(message.balance)
    return told_balances(balances)
