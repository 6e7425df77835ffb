"""Clients that keep a journal: what each call of theirs must have done to members and purchases.

The model is small on purpose: of a member, the points that can be spent; of a purchase, what was
sold, paid and brought back. A call that is answered moves it as the answer says, one that is
refused moves nothing, one that is repeated is answered as before and moves nothing.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import grpc

from checkout.v1 import checkout_service_pb2 as pb
from tests.service.till import fresh, line, receipt, said_by

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from checkout.v1.receipt_pb2 import Receipt
    from tests.service.till import Operator, Till

START_MINOR: Final = 100_00
PRICES: Final = {"towel": 20_00, "apple": 100_00, "soap": 30_00, "bread": 40_00}
#: Nothing was written: the call is sent again as it was. On a busy machine locks may be busy, too.
_AGAIN: Final = "STORAGE_UNAVAILABLE"
ATTEMPTS_MAX: Final = 5
#: What may be said to calls that are right in themselves but come at the wrong time.
REFUSALS: Final = {
    *("INSUFFICIENT_POINTS", "POINTS_ABOVE_MAXIMUM", "PURCHASE_CONFIRMED", "PURCHASE_CANCELLED"),
    *("PURCHASE_UNKNOWN", "PURCHASE_NOT_CONFIRMED", "HOLD_UNKNOWN", "RETURN_ABOVE_SOLD"),
    *("POINTS_ALREADY_SPENT", "RECEIPT_DIFFERS", "FREEZE_UNKNOWN"),
}


@dataclass
class Purchase:
    """What a journal knows about one of its purchases."""

    purchase_id: str
    card: str
    sale: Receipt
    held: int = 0
    state: str = "open"
    payable: int = 0
    points: int = 0
    paid_out: int = 0
    points_back: int = 0
    returned: Counter[int] = field(default_factory=Counter)

    @property
    def sold(self) -> dict[int, int]:
        """Thousandths by position."""
        return {each.position: each.quantity_milli for each in self.sale.lines}


class Actor:
    """One client: draws calls, makes them, and books what they did."""

    def __init__(self, seed: str, till: Till, operator: Operator, members: dict[str, str]) -> None:
        """`members` are ids by card."""
        self.chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
        self.till = till
        self.operator = operator
        self.members = members
        #: By how much this client has moved what each member can spend.
        self.moved: Counter[str] = Counter()
        self.purchases: list[Purchase] = []
        self.frozen: list[tuple[str, str, int]] = []
        self.said: Counter[str] = Counter()
        #: Calls to be repeated, with their first answers.
        self.answered: list[tuple[Callable[[], Awaitable[Any]], Any]] = []

    async def act(self) -> None:
        """One call of some kind."""
        actions = [self.buy, self.hold, self.confirm_held, self.cancel, self.take_back]
        actions += [self.adjust, self.freeze, self.restore, self.repeat, self.buy, self.take_back]
        await self.chance.choice(actions)()

    def let_holds_lapse(self) -> None:
        """So much time has passed that no hold lives."""
        for purchase in self.purchases:
            if purchase.state == "held":
                purchase.held, purchase.state = 0, "lapsed"

    async def call(self, make: Callable[[], Awaitable[Any]]) -> Any:
        """The answer, kept for repetition; none if the call was refused."""
        try:
            answer = await insist(make)
        except grpc.aio.AioRpcError as error:
            reason = said_by(error).reason
            if reason not in REFUSALS:
                raise
            self.said[reason] += 1
            return None
        if getattr(answer, "status", pb.STATUS_OK) == pb.STATUS_OK:
            self.answered.append((make, answer))
        return answer

    def some_card(self) -> str:
        return self.chance.choice([*self.members])

    def some_purchase(self, state: str) -> Purchase | None:
        found = [each for each in self.purchases if each.state == state]
        return self.chance.choice(found) if found else None

    def new_purchase(self) -> Purchase:
        card = self.some_card()
        lines = [
            line(sku, PRICES[sku], position, quantity_milli=1_000 * self.chance.randrange(1, 4))
            for position, sku in enumerate(
                self.chance.sample([*PRICES], self.chance.randrange(1, 4)), start=1
            )
        ]
        points = self.chance.choice([0, 0, 1, 1_00, 5_00, 77_77])
        found = Purchase(fresh("journal"), card, receipt(*lines, card=card, points_minor=points))
        self.purchases.append(found)
        return found

    # ---- sales

    async def buy(self) -> None:
        """A sale without a hold."""
        await self._confirm(self.new_purchase())

    async def hold(self) -> None:
        """A new hold, or one that replaces the purchase's own."""
        purchase = self.some_purchase("held") or self.new_purchase()
        request_id = fresh("journal-hold")
        answer = await self.call(
            lambda: self.till.quote(
                purchase.purchase_id, purchase.sale, hold=True, request_id=request_id
            )
        )
        if answer is None or answer.status != pb.STATUS_OK:
            self.said[f"hold {answer.status if answer is not None else 'refused'}"] += 1
            if purchase.state == "open":
                purchase.state = "refused"
            return
        self.moved[purchase.card] += purchase.held - answer.hold.points_minor
        purchase.held, purchase.state = answer.hold.points_minor, "held"

    async def confirm_held(self) -> None:
        """The sale of what is held."""
        purchase = self.some_purchase("held")
        if purchase is not None:
            await self._confirm(purchase)

    async def _confirm(self, purchase: Purchase) -> None:
        request_id = fresh("journal-confirm")
        answer = await self.call(
            lambda: self.till.confirm(purchase.purchase_id, purchase.sale, request_id=request_id)
        )
        if answer is None or answer.status != pb.STATUS_OK:
            assert not purchase.held, "a live hold is a promise"
            self.said[f"confirm {answer.status if answer is not None else 'refused'}"] += 1
            purchase.state = "refused"
            return
        outcome = answer.outcome
        spent = outcome.redemption.points_minor
        self.moved[purchase.card] += purchase.held - spent + outcome.points_earned_minor
        purchase.payable, purchase.points = outcome.payable_minor, spent
        purchase.held, purchase.state = 0, "confirmed"
        self.said["sold"] += 1

    async def cancel(self) -> None:
        """A held purchase is dropped, or one that was confirmed is not."""
        purchase = self.some_purchase(self.chance.choice(["held", "held", "confirmed"]))
        if purchase is None:
            return
        request_id = fresh("journal-cancel")
        answer = await self.call(lambda: self.till.cancel(purchase.purchase_id, request_id))
        assert (answer is None) == (purchase.state == "confirmed")
        if answer is not None:
            assert answer.released_points_minor == purchase.held
            self.moved[purchase.card] += purchase.held
            purchase.held, purchase.state = 0, "cancelled"
            self.said["cancelled"] += 1

    # ---- returns

    async def take_back(self) -> None:
        """Some units of some positions come back, at times more than there are."""
        purchase = self.some_purchase("confirmed")
        if purchase is None:
            return
        lines = {
            position: 1_000 * self.chance.randrange(1, quantity // 1_000 + 1)
            for position, quantity in purchase.sold.items()
            if self.chance.random() < 0.6
        }
        request_id, return_id = fresh("journal-return"), fresh("journal-back")
        answer = await self.call(
            lambda: self.till.take_back(
                purchase.purchase_id, lines, return_id=return_id, request_id=request_id
            )
        )
        left = {p: sold - purchase.returned[p] for p, sold in purchase.sold.items()}
        fits = any(left.values()) and all(left[p] >= quantity for p, quantity in lines.items())
        assert (answer is not None) == fits, (lines, left, answer)
        if answer is None:
            return
        back = answer.returned
        purchase.returned.update({each.position: each.quantity_milli for each in back.lines})
        purchase.paid_out += back.money_minor
        purchase.points_back += back.points_back_minor
        taken = sum(each.points_minor - each.written_off_minor for each in back.points_taken)
        self.moved[purchase.card] += back.points_back_minor - taken
        is_all = all(purchase.returned[p] == sold for p, sold in purchase.sold.items())
        assert back.is_all == is_all
        assert purchase.paid_out <= purchase.payable
        if is_all:
            assert purchase.paid_out == purchase.payable
            assert purchase.points_back == purchase.points
        self.said["returned"] += 1

    # ---- operators

    async def adjust(self) -> None:
        """Points are given or taken."""
        card = self.some_card()
        amount = self.chance.choice([-50_00, -1_00, -1, 1, 3_00, 40_00])
        request_id = fresh("journal-adjust")
        answer = await self.call(
            lambda: self.operator.adjust(self.members[card], amount, request_id=request_id)
        )
        if answer is not None:
            self.moved[card] += amount
            self.said["adjusted"] += 1

    async def freeze(self) -> None:
        """Points are taken out of reach."""
        card = self.some_card()
        amount = self.chance.choice([1, 2_00, 30_00])
        request_id = fresh("journal-freeze")
        answer = await self.call(
            lambda: self.operator.freeze(self.members[card], amount, request_id=request_id)
        )
        if answer is not None:
            assert answer.frozen_minor == amount
            self.moved[card] -= amount
            self.frozen.append((card, answer.freeze_id, amount))
            self.said["frozen"] += 1

    async def restore(self) -> None:
        """A freeze ends; one that has ended restores nothing."""
        if not self.frozen:
            return
        card, freeze_id, amount = self.frozen.pop(self.chance.randrange(len(self.frozen)))
        request_id = fresh("journal-restore")
        answer = await self.call(lambda: self.operator.restore(freeze_id, request_id))
        assert answer.restored_minor == amount
        self.moved[card] += amount
        self.said["restored"] += 1

    # ---- repetition

    async def repeat(self) -> None:
        """A call that was answered is answered as before."""
        if self.answered:
            make, first = self.chance.choice(self.answered)
            assert await insist(make) == first
            self.said["repeated"] += 1


async def insist(make: Callable[[], Awaitable[Any]]) -> Any:
    """The answer of a call, sent again with its own request id as long as nothing was written."""
    for _ in range(ATTEMPTS_MAX - 1):
        try:
            return await make()
        except grpc.aio.AioRpcError as error:
            if said_by(error).reason != _AGAIN:
                raise
    return await make()
