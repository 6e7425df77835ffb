"""Sells receipts as tills do: identify, quotes while lines are added, hold, confirm; a few cancels.

One after the other, so that the same data give the same figures; what differs between two runs is
the weekday and the hour, which some campaigns look at, and the speed.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from checkout.client import CallRefusedError, identifier_message, messages, receipt_message
from checkout.primitives import format_minor
from loaders.demo_clients import till_of
from loaders.quoted_lines import quoted_after

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from checkout.client import CheckoutClient
    from loaders.completejourney.receipts import DemoReceipt
    from loaders.environment import Environment

#: One receipt in so many is cancelled after its hold.
CANCEL_EVERY: Final = 25
#: Receipts of which everything is brought back, in two returns.
RETURN_EVERY: Final = 21
#: One customer in so many has left the card at home.
GUEST_EVERY: Final = 10
#: One member in so many pays with as many points as the rules allow.
SPEND_EVERY: Final = 4
#: A worker that has no rules after so long has a fault.
RULES_WAIT_S: Final = 10
_PURCHASES: Final = UUID("4a1c5f3e-6a1f-5d0c-8c7e-1d7f0d1f6f01")


@dataclass(slots=True)
class Play:
    """What came of it."""

    receipts: int = 0
    confirmed: int = 0
    cancelled: int = 0
    returned: int = 0
    returned_minor: int = 0
    guests: int = 0
    quotes: int = 0
    lines: int = 0
    discounted: int = 0
    amount_minor: int = 0
    discount_minor: int = 0
    payable_minor: int = 0
    points_spent: int = 0
    points_earned: int = 0
    coupons_applied: int = 0
    coupons_rejected: int = 0
    seconds: float = 0.0
    last_slip: list[str] = field(default_factory=list)
    last_store: str = ""
    last_card: str = ""
    #: Where a member with points bought something last, the card, and a campaign that applied.
    last_saver: tuple[str, str, str] | None = None
    faults: list[str] = field(default_factory=list)

    def table(self) -> str:
        """The summary."""
        share = f"{100 * self.discounted / self.confirmed:.1f} %" if self.confirmed else "-"
        rows = [
            ("receipts sold / cancelled", f"{self.confirmed} / {self.cancelled}"),
            ("of these without a card", str(self.guests)),
            ("brought back whole", f"{self.returned}, {format_minor(self.returned_minor, 2)} paid"),
            ("lines / quotes", f"{self.lines} / {self.quotes}"),
            ("amount", format_minor(self.amount_minor, 2)),
            ("discounts", format_minor(self.discount_minor, 2)),
            ("paid in money", format_minor(self.payable_minor, 2)),
            ("receipts with a discount", f"{share} (of our invented program)"),
            ("points earned / spent", f"{self.points_earned:,} / {self.points_spent:,}"),
            ("coupons applied / rejected", f"{self.coupons_applied} / {self.coupons_rejected}"),
            ("seconds, one till", f"{self.seconds:.2f}"),
            ("receipts per second", f"{self.receipts / self.seconds:.1f}"),
            ("faults", str(len(self.faults))),
        ]
        width = max(len(name) for name, _ in rows)
        return "\n".join(f"    {name:<{width}}  {value}" for name, value in rows)


async def play_receipts(
    environment: Environment, receipts: Sequence[DemoReceipt], say: Callable[[str], None]
) -> Play:
    """Sell the receipts now; what does not add up is a fault of the result."""
    play = Play()
    run = dt.datetime.now(dt.UTC)
    tills: dict[str, CheckoutClient] = {}
    async with AsyncExitStack() as stack:
        started = time.perf_counter()
        for number, receipt in enumerate(receipts):
            store = receipt.basket.store
            if store not in tills:
                tills[store] = await stack.enter_async_context(till_of(environment, store))
                await await_rules(tills[store])
            purchase = str(uuid5(_PURCHASES, f"{run.isoformat()}/{number}"))
            try:
                await _sell(tills[store], receipt, number, purchase, play)
            except CallRefusedError as error:
                play.faults.append(f"receipt {number + 1} in store {store}: {error}")
            if (number + 1) % 50 == 0:
                say(f"{number + 1} of {len(receipts)} receipts")
        play.seconds = time.perf_counter() - started
    return play


async def await_rules(till: CheckoutClient) -> None:
    """Workers follow a publication within two seconds; before the first one they have no rules."""
    ends = time.monotonic() + RULES_WAIT_S
    while True:
        try:
            await till.get_snapshot_info()
        except CallRefusedError as error:
            if error.reason != "SNAPSHOT_MISSING" or time.monotonic() > ends:
                raise
            await asyncio.sleep(0.1)
        else:
            return


async def _sell(
    till: CheckoutClient, receipt: DemoReceipt, number: int, purchase: str, play: Play
) -> None:
    card = identifier_message("card", receipt.member.card)
    spends = number % SPEND_EVERY == SPEND_EVERY - 1
    now = dt.datetime.now(dt.UTC)
    if number % GUEST_EVERY == GUEST_EVERY - 1:
        whole = receipt_message(receipt.at(now))
        play.guests += 1
    else:
        whole = receipt_message(receipt.at(now, "max" if spends else 0), card)
        view = await till.identify(card)
        if not view.member_id:
            play.faults.append(f"{purchase}: the card was not recognised")
    play.receipts += 1
    for count in quoted_after(len(whole.lines)):
        part = messages.Receipt()
        part.CopyFrom(whole)
        del part.lines[count:]
        await till.quote(purchase, part)
        play.quotes += 1
    held = await till.quote_and_hold(f"{purchase}-h", purchase, whole)
    if held.status != messages.STATUS_OK:
        play.faults.append(f"{purchase}: the hold answered {held.status}")
        return
    if number % CANCEL_EVERY == CANCEL_EVERY - 1:
        released = await till.cancel(f"{purchase}-x", purchase)
        if released.released_points_minor != held.hold.points_minor:
            play.faults.append(f"{purchase}: the cancel did not release what was held")
        play.cancelled += 1
        return
    settlement = messages.Settlement(
        tenders=[messages.Tender(kind="cash", amount_minor=held.outcome.payable_minor)],
        shift=f"{now:%Y%m%d}",
        receipt_number=purchase[:8],
        cashier="demo",
    )
    sold = await till.confirm(
        f"{purchase}-c",
        purchase,
        whole,
        quote_token=held.quote_token,
        settlement=settlement,
    )
    if sold.status != messages.STATUS_OK:
        play.faults.append(f"{purchase}: the confirm answered {sold.status}")
        return
    if sold.outcome != held.outcome:
        play.faults.append(f"{purchase}: charged otherwise than shown")
    _count(play, sold, receipt)
    if number % RETURN_EVERY == RETURN_EVERY - 1:
        await _take_back(till, purchase, sold, play)


async def _take_back(
    till: CheckoutClient, purchase: str, sold: messages.ConfirmResponse, play: Play
) -> None:
    """The first position comes back, and then the whole rest: as much as was paid in all."""
    first = [messages.ReturnLine(position=sold.outcome.lines[0].position, quantity_milli=1)]
    shown = await till.quote_return(purchase, first)
    back = 0
    for number, lines in enumerate((first, [])):
        request = messages.ConfirmReturnRequest(
            request_id=f"{purchase}-r{number}",
            return_id=f"{purchase}-{number}",
            purchase_id=purchase,
            lines=lines,
        )
        returned = (await till.confirm_return(request)).returned
        if lines and returned.lines != shown.lines:
            play.faults.append(f"{purchase}: something else was returned than shown")
        back += returned.money_minor
    if back != sold.outcome.payable_minor:
        play.faults.append(f"{purchase}: {back} came back of {sold.outcome.payable_minor}")
    play.returned += 1
    play.returned_minor += back


def _count(play: Play, sold: messages.ConfirmResponse, receipt: DemoReceipt) -> None:
    outcome = sold.outcome
    play.confirmed += 1
    play.lines += len(outcome.lines)
    play.discounted += outcome.discount_minor > 0
    play.amount_minor += outcome.amount_minor
    play.discount_minor += outcome.discount_minor
    play.payable_minor += outcome.payable_minor
    play.points_spent += outcome.redemption.points_minor
    play.points_earned += outcome.points_earned_minor
    applied = sum(1 for coupon in outcome.coupons if coupon.status == 1)
    play.coupons_applied += applied
    play.coupons_rejected += len(outcome.coupons) - applied
    play.last_slip = list(sold.slip)
    play.last_store = receipt.basket.store
    play.last_card = receipt.member.card
    if outcome.applied and any(each.active_minor for each in sold.member.balances):
        play.last_saver = (play.last_store, play.last_card, outcome.applied[0].code)
    lines_payable = sum(line.payable_minor for line in outcome.lines)
    if lines_payable != outcome.payable_minor + outcome.rounding_minor:
        play.faults.append(f"{sold.purchase_id}: lines do not add up to the receipt")
