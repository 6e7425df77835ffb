"""Mixed load, open loop: calls begin when the seed says, whatever became of those before.

Of a hundred 52 are confirms, 20 quotes, 10 returns, 5 holds; the rest is what happens beside: holds
that are cancelled, purchases credited later, sales without the service, corrections, freezes.
A third of the confirms is quoted first and confirmed with its token, some end a hold; one call in
twenty-five is sent twice at once, as a till does whose first packet seemed lost.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import time
import uuid
from typing import TYPE_CHECKING, Any, Final

from checkout.client import messages
from tests.faults.codes import Codes
from tests.faults.desk import Desk
from tests.faults.journal import Call, Purchase, Shown, did_something
from tests.faults.tills import refused_in_band

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from checkout.client import CheckoutClient
    from tests.faults.journal import Journal
    from tests.faults.tills import Make, Operators, Tills

#: Shares of a hundred.
MIX: Final = {
    "confirm": 52,
    "quote": 20,
    "return": 10,
    "hold": 5,
    "cancel": 2,
    "credit": 2,
    "offline": 3,
    "correct": 2,
    "gift": 2,
    "freeze": 2,
}
#: Without what happens beside, and without codes: for a cell that measures how soon sales are done
#: while PostgreSQL is far, where each kind of thing costs a batch round trips of its own.
PLAIN: Final = {"confirm": 60, "quote": 25, "return": 10, "hold": 5}
PRICES: Final = {"towel": 20_00, "apple": 100_00, "soap": 30_00, "bread": 40_00}
LINES_MAX: Final = 4
GUEST_SHARE: Final = 0.15
QUOTED_SHARE: Final = 0.33
HELD_SHARE: Final = 0.1
TWICE_SHARE: Final = 0.04
POINTS: Final = (0, 0, 1, 1_00, 5_00, 77_77)
#: Who pays as much as allowed with points: members run out of them, as in life.
ALL_POINTS_SHARE: Final = 0.15
#: What a till without the service lets people pay with points: less than any basket costs.
OFFLINE_POINTS_MAX: Final = 5_00
#: How often is looked whether somebody was answered.
SETTLED_POLL_S: Final = 1.0
#: Long enough that no hold of a cell ends by itself, unless the clock jumps.
HOLD_TTL_S: Final = 600


class Load:
    """One seeded stream of calls."""

    def __init__(
        self,
        tills: Tills,
        journal: Journal,
        cards: list[str],
        seed: int,
        mix: dict[str, int] = MIX,
        codes: Codes | None = None,
    ) -> None:
        self.tills = tills
        self.journal = journal
        self.cards = cards
        self.codes = codes or Codes()
        self.chance = random.Random(f"load/{seed}")  # noqa: S311 - reproducible, not secret
        self.mix = mix
        self._ids = f"{seed}-{uuid.uuid4().hex[:8]}"
        self._number = 0
        self._tasks: set[asyncio.Task[None]] = set()
        #: Tills' clocks beside ours.
        self.clock_offset = dt.timedelta()
        #: Lines beside those that the seed draws: what makes a receipt heavy.
        self.extra_lines = 0
        #: Until when (monotonic) calls go on asking; far away until the cell says otherwise.
        self.patience_until = float("inf")
        #: Until when (monotonic) calls begin.
        self.ends_at = float("inf")
        self.begun = 0
        self._makes: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "confirm": self.confirm,
            "quote": self.quote,
            "return": self.take_back,
            "hold": self.hold,
            "cancel": self.cancel,
            "credit": self.credit,
            "offline": self.submit,
        }

    def add_kind(self, kind: str, begin: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Let one more kind of the mix be what a cell does."""
        self._makes[kind] = begin

    def add_operators(self, operators: Operators, members: dict[str, str]) -> None:
        """Who does the rest of the mix, to members by card."""
        desk = Desk(operators, members, self.chance, self.fresh, self.until)
        self._makes |= {"correct": desk.correct, "gift": desk.give, "freeze": desk.freeze}

    async def run(self, rate_per_s: float) -> None:
        """Begin calls until `ends_at`."""
        due = time.monotonic()
        kinds = self._kinds()
        while due < self.ends_at:
            due += self.chance.expovariate(rate_per_s)
            if (left_s := due - time.monotonic()) > 0:
                await asyncio.sleep(left_s)
            self.begun += 1
            self.start(next(kinds))

    def _kinds(self) -> Iterator[str]:
        """In a drawn order; in each round exactly its share, so that a short cell lacks none."""
        while True:
            a_round = [kind for kind, share in self.mix.items() for _ in range(share)]
            self.chance.shuffle(a_round)
            yield from a_round

    def start(self, kind: str) -> None:
        """Begin one call of a kind."""
        task = asyncio.create_task(self._makes[kind]())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(_raise_at_once)

    async def settle(self, patience_s: float) -> float:
        """Wait until every call has its fate; how many seconds that took.

        All go on asking while some are answered, however many there are: only when nobody was for
        so long, they give up.
        """
        began = answered = time.monotonic()
        left = len(self._tasks)
        while self._tasks:
            await asyncio.wait(set(self._tasks), timeout=SETTLED_POLL_S)
            if len(self._tasks) < left:
                left, answered = len(self._tasks), time.monotonic()
            elif time.monotonic() - answered > patience_s:
                self.patience_until = time.monotonic()
        return time.monotonic() - began

    def until(self) -> float:
        return self.patience_until

    def fresh(self, noun: str) -> str:
        self._number += 1
        return f"{noun}-{self._ids}-{self._number}"

    # ---- what is sold

    def new_purchase(self, *, is_guest: bool = False, has_codes: bool = True) -> Purchase:
        is_guest = is_guest or self.chance.random() < GUEST_SHARE
        card = "" if is_guest else self.chance.choice(self.cards)
        skus = self.chance.sample([*PRICES], self.chance.randrange(1, LINES_MAX + 1))
        lines = []
        for position, sku in enumerate(skus, start=1):
            units = self.chance.randrange(1, 4)
            lines.append(
                messages.Line(
                    position=position,
                    sku=sku,
                    quantity_milli=units * 1_000,
                    price_minor=PRICES[sku],
                    amount_minor=units * PRICES[sku],
                )
            )
        for position in range(len(lines) + 1, len(lines) + 1 + self.extra_lines):
            price = 1_00 + position
            lines.append(
                messages.Line(
                    position=position,
                    sku=f"other-{position}",
                    quantity_milli=1_000,
                    price_minor=price,
                    amount_minor=price,
                )
            )
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None) + self.clock_offset
        sale = messages.Receipt(
            local_time=now.isoformat(timespec="seconds"),
            lines=lines,
            identifier=messages.Identifier(card=card) if card else None,
        )
        if card and self.chance.random() < ALL_POINTS_SHARE:
            sale.points_max = True
        elif card:
            sale.points_minor = self.chance.choice(POINTS)
        left = {each.position: each.quantity_milli for each in lines}
        purchase = Purchase(self.fresh("p"), card, sale, left=left)
        if has_codes:
            self.codes.put_into(purchase, self.chance)
        return purchase

    # ---- calls

    async def quote(self) -> None:
        purchase = self.new_purchase()
        await self.tills.quote(purchase.purchase_id, purchase.sale)

    async def confirm(self) -> None:
        held = self.journal.held
        if held and self.chance.random() < HELD_SHARE:
            await self._confirm(held.pop(self.chance.randrange(len(held))), None)
            return
        purchase, shown = self.new_purchase(), None
        if self.chance.random() < QUOTED_SHARE:
            quoted = await self.tills.quote(purchase.purchase_id, purchase.sale)
            if quoted is not None and quoted.status == messages.STATUS_OK:
                purchase.quote_token = quoted.quote_token
                shown = Shown.of(quoted)
        await self._confirm(purchase, shown)

    async def _confirm(self, purchase: Purchase, shown: Shown | None) -> bool:
        """Whether it was sold, so far as is known."""
        call = Call("confirm", "Confirm", self.fresh("c"), purchase.purchase_id, card=purchase.card)
        call.shown = shown

        async def make(client: CheckoutClient) -> messages.ConfirmResponse:
            return await client.confirm(
                call.request_id,
                purchase.purchase_id,
                purchase.sale,
                quote_token=purchase.quote_token,
                settlement=purchase.settlement,
            )

        await self._carry_out(call, make)
        if not did_something(call):
            return False
        self.journal.confirmed.append(purchase)
        if purchase.sold:
            self.codes.spendable.append(purchase.sold)
        return True

    async def hold(self) -> None:
        if (purchase := await self._hold()) is not None:
            self.journal.held.append(purchase)

    async def _hold(self) -> Purchase | None:
        """What is set aside for somebody who pays later, or does not."""
        purchase = self.new_purchase()
        call = Call("hold", "Quote", self.fresh("h"), purchase.purchase_id, card=purchase.card)

        async def make(client: CheckoutClient) -> messages.QuoteResponse:
            return await client.quote_and_hold(
                call.request_id, purchase.purchase_id, purchase.sale, ttl_s=HOLD_TTL_S
            )

        await self._carry_out(call, make)
        if not did_something(call):
            return None
        purchase.quote_token = call.answer.quote_token
        return purchase

    async def cancel(self) -> None:
        """Somebody had something set aside, and does not buy it."""
        if (purchase := await self._hold()) is None:
            return
        call = Call("cancel", "Cancel", self.fresh("x"), purchase.purchase_id, card=purchase.card)

        async def make(client: CheckoutClient) -> messages.CancelResponse:
            return await client.cancel(call.request_id, purchase.purchase_id)

        await self._carry_out(call, make)

    async def credit(self) -> None:
        """Somebody forgot the card, and shows it afterwards; only then the goods may come back."""
        purchase = self.new_purchase(is_guest=True)
        if not await self._confirm(purchase, None):
            return
        self.journal.confirmed.remove(purchase)
        card = self.chance.choice(self.cards)
        call = Call("credit", "CreditLater", self.fresh("l"), purchase.purchase_id, card=card)

        async def make(client: CheckoutClient) -> messages.CreditLaterResponse:
            return await client.credit_later(
                call.request_id, purchase.purchase_id, messages.Identifier(card=card)
            )

        await self._carry_out(call, make)
        if did_something(call):
            purchase.card = card
            self.journal.confirmed.append(purchase)

    async def submit(self) -> None:
        """A sale that the till made by itself, some of them partly paid with points."""
        purchase = self.new_purchase(has_codes=False)
        purchase.sale.ClearField("points_to_spend")
        points = self.chance.choice(POINTS) if purchase.card else 0
        receipt = messages.OfflineReceipt(
            purchase_id=purchase.purchase_id,
            receipt=purchase.sale,
            already_paid=messages.AlreadyPaid(points_minor=min(points, OFFLINE_POINTS_MAX)),
        )
        call = Call(
            *("confirm", "SubmitOffline", self.fresh("o"), purchase.purchase_id), card=purchase.card
        )

        async def make(client: CheckoutClient) -> messages.ConfirmResponse:
            (result,) = await client.submit_offline([receipt])
            if result.HasField("refused"):
                raise refused_in_band(result.refused.reason, result.refused.message)
            return result.confirmed

        await self._carry_out(call, make)

    async def take_back(self) -> None:
        """Some of a confirmed purchase comes back; with none to choose from, something is sold."""
        found = [each for each in self.journal.confirmed if any(each.left.values())]
        if not found:
            await self.confirm()
            return
        purchase = self.chance.choice(found)
        positions = [position for position, left in purchase.left.items() if left]
        lines = []
        for position in self.chance.sample(positions, self.chance.randrange(1, len(positions) + 1)):
            quantity = 1_000 * self.chance.randrange(1, purchase.left[position] // 1_000 + 1)
            # Taken off at once: what this call does becomes known later, others go on meanwhile.
            purchase.left[position] -= quantity
            lines.append(messages.ReturnLine(position=position, quantity_milli=quantity))
        call = Call(
            *("return", "ConfirmReturn", self.fresh("r"), purchase.purchase_id),
            return_id=self.fresh("back"),
            card=purchase.card,
        )

        async def make(client: CheckoutClient) -> messages.ConfirmReturnResponse:
            return await client.confirm_return(
                messages.ConfirmReturnRequest(
                    request_id=call.request_id,
                    return_id=call.return_id,
                    purchase_id=purchase.purchase_id,
                    lines=lines,
                )
            )

        await self._carry_out(call, make)

    async def _carry_out(self, call: Call, make: Make) -> None:
        is_twice = self.chance.random() < TWICE_SHARE
        await self.tills.carry_out(call, make, self.until, is_twice=is_twice)


def _raise_at_once(task: asyncio.Task[None]) -> None:
    """A bug of the load itself must not pass for a fault that was survived."""
    if not task.cancelled() and (error := task.exception()) is not None:
        task.get_loop().call_exception_handler({"message": "the load failed", "exception": error})
