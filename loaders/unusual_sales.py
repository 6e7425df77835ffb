"""Sales that a till makes beside the usual ones: without the service, and what comes of them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from checkout.client import identifier_message, messages
from loaders.completejourney.source import TIME_ZONE
from loaders.demo_clients import new_run, shop_time, till_of

if TYPE_CHECKING:
    from checkout.client import CheckoutClient
    from loaders.environment import Environment

_PRICE_MINOR: Final = 10_00
#: Owed after a sale that was made off line: so many points were paid with twice.
_SHORT_POINTS: Final = 100


async def sell_unusually(environment: Environment, store: str, card: str) -> list[str]:
    """Sell off line with points and a certificate that are not there; what was odd."""
    run = new_run()
    async with till_of(environment, store) as till:
        return [
            *await _sell_off_line(till, run, card),
            *await _take_an_unknown_certificate(till, run, card),
            *await _credit_later(till, run, card),
        ]


async def _sell_off_line(till: CheckoutClient, run: str, card: str) -> list[str]:
    """A sale that is told twice owes points once, and its return gives back what there was."""
    odd = []
    identifier = identifier_message("card", card)
    (before, *_) = (await till.get_balances(identifier)).balances
    points = before.active_minor + _SHORT_POINTS
    # Dear enough that all of it can have been paid with points.
    amount_minor = _PRICE_MINOR * (points // 100 + 2)
    sold = messages.OfflineReceipt(
        purchase_id=f"{run}-off-line",
        receipt=_receipt(amount_minor, identifier, dt.timedelta(hours=1)),
        already_paid=messages.AlreadyPaid(points_minor=points),
    )
    for _ in range(2):
        (result,) = await till.submit_offline([sold])
        owed = [flag.amount for flag in result.confirmed.flags]
        if owed != [_SHORT_POINTS]:
            odd.append(f"{sold.purchase_id}: {_SHORT_POINTS} points are owed, it says {result}")
            return odd
    back = messages.ConfirmReturnRequest(
        request_id=f"{run}-back", return_id=f"{run}-back", purchase_id=sold.purchase_id
    )
    await till.confirm_return(back)
    (after, *_) = (await till.get_balances(identifier)).balances
    if after.active_minor != before.active_minor:
        odd.append(f"{after.active_minor} points are left of {before.active_minor}")
    return odd


async def _take_an_unknown_certificate(till: CheckoutClient, run: str, card: str) -> list[str]:
    """Off line a till takes a code that is nobody's: the sale stands, and is flagged."""
    sold = messages.OfflineReceipt(
        purchase_id=f"{run}-unknown-certificate",
        receipt=_receipt(_PRICE_MINOR, identifier_message("card", card), dt.timedelta(hours=1)),
        already_paid=messages.AlreadyPaid(
            certificates=[messages.TakenCertificate(code=f"{run}X", amount_minor=_SHORT_POINTS)]
        ),
    )
    (result,) = await till.submit_offline([sold])
    if [flag.amount for flag in result.confirmed.flags] != [_SHORT_POINTS]:
        return [f"{sold.purchase_id}: a certificate is charged to nobody, it says {result}"]
    return []


async def _credit_later(till: CheckoutClient, run: str, card: str) -> list[str]:
    """A guest's sale in a shift of its own: the shift agrees, and the sale earns for the member."""
    shift, day = "forgotten", f"{dt.datetime.now(dt.UTC):%Y-%m-%d}"
    purchase = f"{run}-forgotten"
    sold = await till.confirm(
        f"{run}-confirm",
        purchase,
        _receipt(_PRICE_MINOR, None, dt.timedelta()),
        settlement=messages.Settlement(shift=shift, business_day=day),
    )
    credited = await till.credit_later(f"{run}-credit", purchase, identifier_message("card", card))
    totals = messages.ShiftTotals(sales=1, sales_minor=sold.outcome.payable_minor)
    compared = await till.reconcile_shift(
        messages.ReconcileShiftRequest(
            shift=shift, business_day=day, till=totals, purchase_ids=[purchase]
        )
    )
    odd = []
    if not compared.agrees:
        odd.append(f"the shift {shift} does not agree: {compared}")
    if credited.outcome.payable_minor != sold.outcome.payable_minor:
        odd.append(f"{purchase} costs something else since it was credited")
    return odd


def _receipt(
    amount_minor: int, identifier: messages.Identifier | None, earlier: dt.timedelta
) -> messages.Receipt:
    """One line of this amount, so much earlier than now."""
    when = shop_time(TIME_ZONE, earlier)
    return messages.Receipt(
        local_time=when.text,
        utc_offset_minutes=when.offset_minutes,
        identifier=identifier,
        lines=[
            messages.Line(
                position=1,
                sku="by-hand",
                quantity_milli=1_000,
                price_minor=amount_minor,
                amount_minor=amount_minor,
            )
        ],
    )
