"""What operators do meanwhile: points corrected, frozen, restored; gifts given and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from checkout.client import messages
from tests.faults.journal import Call, did_something
from tests.faults.tills import refused_in_band
from tests.service import world
from tests.service.gifts import MUG

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from checkout.client import OperatorClient
    from tests.faults.tills import Operators

#: What is given or taken by hand.
AMOUNTS_MINOR: Final = (-3_00, 5_00, 20_00)
FROZEN_MINOR: Final = 1_00
#: So many of these calls are followed by the one that undoes them.
UNDONE_SHARE: Final = 0.5
#: And so many are sent twice at once.
TWICE_SHARE: Final = 0.1
WHY: Final = "a fault cell"


class Desk:
    """One operator after the other."""

    def __init__(
        self,
        operators: Operators,
        members: dict[str, str],
        chance: random.Random,
        fresh: Callable[[str], str],
        until: Callable[[], float],
    ) -> None:
        """`members` are ids by card."""
        self._operators = operators
        self._members = members
        self._chance = chance
        self._fresh = fresh
        self._until = until

    async def correct(self) -> None:
        """Points are given or taken, and some of that is undone."""
        call, member_id = self._call("correct", "AdjustBalance")
        call.amount_minor = self._chance.choice(AMOUNTS_MINOR)

        async def make(client: OperatorClient) -> Any:
            return await client.adjust_balance(
                call.request_id, member_id, world.CURRENCY, call.amount_minor, WHY
            )

        if not await self._done(call, make) or self._chance.random() > UNDONE_SHARE:
            return
        undo, _ = self._call("undo", "UndoCorrections", call.card)
        undo.subject, undo.amount_minor = call.answer.correction_id, call.amount_minor

        async def make_undo(client: OperatorClient) -> Any:
            (result,) = await client.undo_corrections(undo.request_id, [undo.subject], WHY)
            if result.state != messages.CORRECTION_STATE_UNDONE:
                raise refused_in_band(result.reason, result.message)
            return result

        await self._done(undo, make_undo)

    async def give(self) -> None:
        """A member gets a gift for points, and some bring it back."""
        call, member_id = self._call("gift", "GiveGift")

        async def make(client: OperatorClient) -> Any:
            return await client.give_gift(call.request_id, member_id, MUG, WHY)

        if not await self._done(call, make) or self._chance.random() > UNDONE_SHARE:
            return
        back, _ = self._call("gift back", "TakeGiftBack", call.card)
        back.subject = call.answer.gift_given_id

        async def make_back(client: OperatorClient) -> Any:
            return await client.take_gift_back(back.request_id, back.subject, WHY)

        await self._done(back, make_back)

    async def freeze(self) -> None:
        """Points are out of reach for a moment, or for good."""
        call, member_id = self._call("freeze", "FreezePoints")

        async def make(client: OperatorClient) -> Any:
            return await client.freeze_points(
                call.request_id, member_id, world.CURRENCY, WHY, amount_minor=FROZEN_MINOR
            )

        if not await self._done(call, make) or self._chance.random() > UNDONE_SHARE:
            return
        restore, _ = self._call("restore", "RestorePoints", call.card)
        restore.subject = call.answer.freeze_id

        async def make_restore(client: OperatorClient) -> Any:
            return await client.restore_points(restore.request_id, restore.subject, WHY)

        await self._done(restore, make_restore)

    def _call(self, kind: str, method: str, card: str = "") -> tuple[Call, str]:
        """A call about the member of a card, or about somebody."""
        card = card or self._chance.choice([*self._members])
        return Call(kind, method, self._fresh("desk"), "", card=card), self._members[card]

    async def _done(self, call: Call, make: Any) -> bool:
        is_twice = self._chance.random() < TWICE_SHARE
        await self._operators.carry_out(call, make, self._until, is_twice=is_twice)
        return did_something(call)
