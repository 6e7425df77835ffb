"""What a till does with one customer: functions that Locust runs as tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.client import messages
from loaders.quoted_lines import quoted_after

if TYPE_CHECKING:
    from loadtests.locust_users.till import Till


def sell(till: Till) -> None:
    """A whole sale: identify, quotes while lines are added, hold, confirm."""
    purchase, receipt, held = _ring_up(till)
    settlement = messages.Settlement(
        tenders=[messages.Tender(kind="card", amount_minor=held.outcome.payable_minor)],
        shift=receipt.local_time[:10],
        receipt_number=purchase,
        cashier="load",
    )
    sold = till.ask(
        "Confirm",
        lambda: till.client.confirm(
            f"{purchase}-c", purchase, receipt, quote_token=held.quote_token, settlement=settlement
        ),
    )
    if sold.status != messages.STATUS_OK or sold.outcome != held.outcome:
        till.complain("Confirm", "charged otherwise than shown")
    till.sold.append(purchase)


def walk_away(till: Till) -> None:
    """A sale that is given up before it is paid."""
    purchase, _, held = _ring_up(till)
    released = till.ask("Cancel", lambda: till.client.cancel(f"{purchase}-x", purchase))
    if released.released_points_minor != held.hold.points_minor:
        till.complain("Cancel", "released otherwise than held")


def bring_back(till: Till) -> None:
    """The first position of an earlier sale comes back, then all the rest; without one, a sale."""
    if not till.sold:
        sell(till)
        return
    purchase = till.sold.popleft()
    bought = till.ask("GetPurchase", lambda: till.client.get_purchase(purchase)).confirmed
    first = [messages.ReturnLine(position=bought.outcome.lines[0].position, quantity_milli=1)]
    till.ask("QuoteReturn", lambda: till.client.quote_return(purchase, first))
    back_minor = 0
    for number, lines in enumerate((first, [])):
        request = messages.ConfirmReturnRequest(
            request_id=f"{purchase}-r{number}",
            return_id=f"{purchase}-{number}",
            purchase_id=purchase,
            lines=lines,
        )
        answer = till.ask("ConfirmReturn", lambda r=request: till.client.confirm_return(r))  # type: ignore[misc]
        back_minor += answer.returned.money_minor
    if back_minor != bought.outcome.payable_minor:
        till.complain("ConfirmReturn", "another amount came back than was paid")


def ask_balance(till: Till) -> None:
    """A customer asks what is on the card."""
    receipt = till.next_receipt()
    if receipt.HasField("identifier"):
        till.ask("GetBalances", lambda: till.client.get_balances(receipt.identifier))


def _ring_up(till: Till) -> tuple[str, messages.Receipt, messages.QuoteResponse]:
    """Until the hold: the purchase, its receipt and the answer with the hold."""
    receipt, purchase = till.next_receipt(), till.new_purchase()
    if receipt.HasField("identifier"):
        till.ask("Identify", lambda: till.client.identify(receipt.identifier))
    for count in quoted_after(len(receipt.lines)):
        part = messages.Receipt()
        part.CopyFrom(receipt)
        del part.lines[count:]
        till.ask("Quote", lambda p=part: till.client.quote(purchase, p))  # type: ignore[misc]
    held = till.ask(
        "Quote with hold",
        lambda: till.client.quote_and_hold(f"{purchase}-h", purchase, receipt),
    )
    if held.status != messages.STATUS_OK:
        till.complain("Quote with hold", f"status {held.status}")
    return purchase, receipt, held
