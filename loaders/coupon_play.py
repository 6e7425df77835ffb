"""What tills and an operator do with unique coupons in the demo: each step once, what was odd."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.client import identifier_message, messages
from loaders.completejourney.offers import NEXT_TIME_CODE, WELCOME_BACK
from loaders.completejourney.source import TIME_ZONE
from loaders.demo_clients import new_run, operator_of, shop_time, till_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.client import CheckoutClient
    from loaders.environment import Environment

_REASON: Final = "demo: coupons of a series"
#: Fluid milk, as in the README's first call.
_SKU: Final = "862349"


async def play_coupons(environment: Environment, store: str, card: str) -> list[str]:
    """Issue, use, use again, hold, give back, block, and get some from a campaign."""
    run = new_run()
    async with (
        till_of(environment, store) as till,
        operator_of(environment, timeout_factor=10) as operator,
    ):
        issued = await operator.issue_coupons(
            messages.IssueCouponsRequest(
                request_id=f"{run}-issue",
                series=WELCOME_BACK,
                count=4,
                valid_days=30,
                reason=_REASON,
            )
        )
        used, back, held, blocked = [coupon.code for coupon in issued.coupons]
        odd = await _use(till, run, used, back, held)
        if not await operator.block_coupon(f"{run}-block", blocked, _REASON):
            odd.append("a coupon was blocked before anybody had blocked it")
        if (await till.check_coupon(blocked)).state != messages.COUPON_STATE_BLOCKED:
            odd.append("a blocked coupon does not say so")
        return odd + await _be_given(till, run, card)


async def _use(till: CheckoutClient, run: str, used: str, back: str, held: str) -> list[str]:
    """One coupon is used twice, one comes back with its goods, one is held."""
    odd = []
    first = await till.confirm(f"{run}-1", f"{run}-1", _milk([used]))
    second = await till.confirm(f"{run}-2", f"{run}-2", _milk([used]))
    if not first.outcome.discount_minor > second.outcome.discount_minor:
        odd.append("a coupon did not work once and only once")
    await till.confirm(f"{run}-3", f"{run}-3", _milk([back]))
    await _return(till, f"{run}-3")
    if (await till.check_coupon(back)).state != messages.COUPON_STATE_VALID:
        odd.append("a coupon whose goods came back cannot be used again")
    await till.quote_and_hold(f"{run}-4", f"{run}-4", _milk([held]))
    if (await till.check_coupon(held)).state != messages.COUPON_STATE_ALREADY_USED:
        odd.append("a held coupon can be used by others")
    return odd


async def _be_given(till: CheckoutClient, run: str, card: str) -> list[str]:
    """Twice a coupon and a tag; the second purchase comes back, and they with it."""
    odd = []
    member = identifier_message("card", card)
    for purchase in (f"{run}-5", f"{run}-6"):
        sold = await till.confirm(purchase, purchase, _milk([NEXT_TIME_CODE], card))
        if len(sold.coupons_issued) != 1:
            odd.append(f"{purchase}: {len(sold.coupons_issued)} coupons issued")
    before = await till.list_coupons(member)
    await _return(till, f"{run}-6")
    after = await till.list_coupons(member)
    if len(after.coupons) != len(before.coupons) - 1:
        odd.append("a coupon did not come back with the purchase that had brought it")
    return odd


async def _return(till: CheckoutClient, purchase: str) -> None:
    """All goods of the purchase come back."""
    await till.confirm_return(
        messages.ConfirmReturnRequest(
            request_id=f"{purchase}-b", return_id=f"{purchase}-b", purchase_id=purchase
        )
    )


def _milk(coupons: Sequence[str], card: str = "") -> messages.Receipt:
    """Two of it, bought now with these coupons."""
    now = shop_time(TIME_ZONE)
    receipt = messages.Receipt(
        local_time=now.text,
        utc_offset_minutes=now.offset_minutes,
        lines=[
            messages.Line(
                position=1, sku=_SKU, quantity_milli=2_000, price_minor=500, amount_minor=1_000
            )
        ],
        coupons=coupons,
    )
    if card:
        receipt.identifier.CopyFrom(identifier_message("card", card))
    return receipt
