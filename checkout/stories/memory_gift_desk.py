"""Gifts of a shop in memory: the operations and the look-up of the flows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from checkout.flows.gift_answers import GiftStockAnswer, GiveGiftAnswer, TakeGiftBackAnswer
from checkout.flows.give_gift import GiveCall, GiveGiftOperation, TakeGiftBackOperation
from checkout.flows.set_gift_stock import SetGiftStockOperation
from checkout.refusals import Refusal
from checkout.stories.telling import tell, tell_balances

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from checkout.flows.gift_lookup import GiftLookup
    from checkout.flows.operation import Operation
    from checkout.flows.sale import Caller, PresentedIdentifier
    from checkout.flows.views import Balance
    from checkout.ledger.interventions import Cause
    from checkout.stories.gift_steps import GiveGiftStep, SetGiftStockStep
    from checkout.stories.shop import Shown

    Told = dict[str, Any]


class MemoryGiftDesk:
    """Calls about gifts, on what the shop lends."""

    def __init__(
        self,
        partner_id: UUID,
        lookup: GiftLookup,
        *,
        commit: Callable[[Operation], Awaitable[object]],
        caller: Callable[[str], Caller],
        present: Callable[[Shown], PresentedIdentifier],
        cause: Callable[[], Cause],
        new_id: Callable[[], UUID],
    ) -> None:
        self._partner_id = partner_id
        self._lookup = lookup
        self._commit = commit
        self._caller = caller
        self._present = present
        self._cause = cause
        self._new_id = new_id

    async def set_stock(self, asked: SetGiftStockStep, request_id: str) -> Told:
        """Say how many there are."""
        is_difference = asked.difference is not None
        number = asked.difference if asked.difference is not None else asked.counted
        operation = SetGiftStockOperation(
            self._partner_id,
            request_id=request_id,
            gift=asked.gift,
            number=number or 0,
            is_difference=is_difference,
            cause=self._cause(),
        )
        answer = await self._commit(operation)
        if not isinstance(answer, GiftStockAnswer):
            return tell(answer)
        return {
            "status": "ok",
            "stock": answer.stock,
            "held": answer.held,
            "difference": answer.difference,
        }

    async def give(self, asked: GiveGiftStep, member_id: str, request_id: str) -> Told:
        """Give a member a gift."""
        operation = GiveGiftOperation(
            self._partner_id,
            request_id=request_id,
            call=GiveCall(
                member_id=UUID(member_id), gift=asked.gift, count=asked.count, store=asked.store
            ),
            gift_given_id=self._new_id(),
            cause=self._cause(),
        )
        answer = await self._commit(operation)
        if not isinstance(answer, GiveGiftAnswer):
            return tell(answer)
        return {
            "status": "ok",
            "gift_given_id": str(answer.gift_given_id),
            "points_minor": answer.points_minor,
            "left": answer.left if answer.left is not None else "uncounted",
            "balances": _balance(answer.balance),
        }

    async def take_back(self, gift_given_id: str, request_id: str) -> Told:
        """Take it back."""
        operation = TakeGiftBackOperation(
            self._partner_id,
            request_id=request_id,
            gift_given_id=UUID(gift_given_id),
            cause=self._cause(),
        )
        answer = await self._commit(operation)
        if isinstance(answer, Refusal):
            return tell(answer)
        assert isinstance(answer, TakeGiftBackAnswer), "taking back has its answer"
        return {
            "status": "ok",
            "changed": answer.changed,
            "points_minor": answer.points_minor,
            "balances": _balance(answer.balance),
        }

    async def list_for(self, store: str, shown: Shown | None) -> Told:
        """What can be given."""
        identifier = self._present(shown) if shown is not None else None
        views = await self._lookup.gifts(self._caller(store), identifier)
        if isinstance(views, Refusal):
            return tell(views)
        return {
            "status": "ok",
            "gifts": {
                view.gift.code: {
                    "name": view.gift.name,
                    "description": view.gift.description,
                    "sku": view.gift.sku,
                    "points_minor": view.gift.points_minor,
                    "currency": view.currency if view.gift.points_minor else "",
                    "left": view.left if view.left is not None else "uncounted",
                    "has_points": view.has_points,
                }
                for view in views
            },
        }


def _balance(balance: Balance | None) -> Told:
    return tell_balances([balance] if balance is not None else [])
