"""What tills and an operator do with gifts in the demo, and with goods that nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.client import CallRefusedError, identifier_message, messages
from loaders.completejourney.offers import NEXT_TIME_CODE
from loaders.completejourney.program import MUG, MUG_POINTS
from loaders.completejourney.source import TIME_ZONE
from loaders.demo_clients import new_run, operator_of, shop_time, till_of

if TYPE_CHECKING:
    from checkout.client import CheckoutClient, OperatorClient
    from loaders.environment import Environment

_REASON: Final = "demo: gifts of the program"
#: More than the plays of a day hand out.
_STOCK: Final = 20
_PAID_OUT_MINOR: Final = 5_00
#: Until the purse is found.
_LONGER_S: Final = 900


async def play_gifts(environment: Environment, store: str, card: str) -> list[str]:
    """Count, give beside a receipt, take back with it, give for points, take back; what was odd."""
    run = new_run()
    async with (
        till_of(environment, store) as till,
        # Runs of one day are each within what one author gives alone.
        operator_of(environment, author=f"loaders-{run}", timeout_factor=10) as operator,
    ):
        await operator.set_gift_stock(f"{run}-stock", MUG, _REASON, counted=_STOCK)
        odd = await _beside_receipts(till, run)
        odd += await _for_points(till, operator, run, card)
        counted = await operator.set_gift_stock(f"{run}-count", MUG, _REASON, difference=0)
        if (counted.stock, counted.held) != (_STOCK - 1, 0):
            odd.append(f"of {_STOCK} gifts one was given, and there are {counted}")
        return odd + await _without_receipt(till, run)


async def _beside_receipts(till: CheckoutClient, run: str) -> list[str]:
    """Two are given; one comes back with its goods, one is held, for longer, and let go."""
    odd = []
    for purchase in (f"{run}-1", f"{run}-2"):
        sold = await till.confirm(purchase, purchase, _sale())
        if MUG not in [issued.code for issued in sold.outcome.issued]:
            odd.append(f"{purchase}: no gift beside the receipt: {sold.outcome.gifts_missed}")
    request = messages.ConfirmReturnRequest(
        request_id=f"{run}-b", return_id=f"{run}-b", purchase_id=f"{run}-2"
    )
    back = await till.confirm_return(request)
    if [gift.gift for gift in back.returned.gifts_back] != [MUG]:
        odd.append("the gift did not come back with the goods")
    held = await till.quote_and_hold(f"{run}-3", f"{run}-3", _sale())
    if MUG not in [issued.code for issued in held.outcome.issued]:
        odd.append("no gift is held")
    await till.extend_hold(f"{run}-e", f"{run}-3", ttl_s=_LONGER_S)
    await till.cancel(f"{run}-c", f"{run}-3")
    return odd


async def _for_points(
    till: CheckoutClient, operator: OperatorClient, run: str, card: str
) -> list[str]:
    """A member pays points for one, and gets them back with it."""
    identifier = identifier_message("card", card)
    before = await till.get_balances(identifier)
    (balance, *_) = before.balances
    await operator.adjust_balance(
        f"{run}-give", before.member_id, balance.currency, MUG_POINTS, _REASON
    )
    given = await operator.give_gift(f"{run}-gift", before.member_id, MUG, _REASON)
    back = await operator.take_gift_back(f"{run}-back", given.gift_given_id, _REASON)
    if not given.points_minor == back.points_minor == MUG_POINTS:
        return [f"a gift cost {given.points_minor} points, and {back.points_minor} came back"]
    return []


async def _without_receipt(till: CheckoutClient, run: str) -> list[str]:
    """Goods of an unknown purchase are paid out once, however often that is said."""
    request = messages.ReturnWithoutReceiptRequest(
        request_id=f"{run}-unknown",
        return_id=f"{run}-unknown",
        goods=[
            messages.ReturnedGoods(
                position=1,
                sku="by-hand",
                quantity_milli=1_000,
                price_minor=_PAID_OUT_MINOR,
                amount_minor=_PAID_OUT_MINOR,
            )
        ],
        reason=_REASON,
    )
    try:
        paid = await till.return_without_receipt(request)
        again = await till.return_without_receipt(request)
    except CallRefusedError as error:
        return [f"goods without a receipt: {error.reason}"]
    return [] if paid == again else ["the same goods were paid out twice"]


def _sale() -> messages.Receipt:
    """Something, bought now with the code that brings a gift."""
    now = shop_time(TIME_ZONE)
    return messages.Receipt(
        local_time=now.text,
        utc_offset_minutes=now.offset_minutes,
        lines=[
            messages.Line(
                position=1, sku="demo", quantity_milli=1_000, price_minor=500, amount_minor=500
            )
        ],
        coupons=[NEXT_TIME_CODE],
    )
