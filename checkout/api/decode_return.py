"""From the messages of returns to what the flow takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.api.decode import POSITION_MAX, SHORT_CHARACTERS_MAX, decode_date, decode_id
from checkout.engine.receipt import LINES_MAX
from checkout.flows.returning import ReturnCall
from checkout.primitives import AMOUNT_MAX_MINOR, QUANTITY_MAX_MILLI, composed
from checkout.refusals import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.api.violations import Violations
    from checkout.flows.sale import Caller
    from checkout.v1 import checkout_service_pb2 as pb

CASHIER_CHARACTERS_MAX = 64


def decode_quote_return(
    caller: Caller, request: pb.QuoteReturnRequest, found: Violations
) -> ReturnCall:
    """What is asked about; no good if there are violations."""
    decode_id("purchase_id", request.purchase_id, found)
    return ReturnCall(
        caller=caller,
        purchase_id=request.purchase_id,
        return_id="",
        quantities=_quantities(request.lines, found),
    )


def decode_confirm_return(
    caller: Caller, request: pb.ConfirmReturnRequest, found: Violations
) -> ReturnCall:
    """What is to be taken back; no good if there are violations."""
    decode_id("request_id", request.request_id, found)
    decode_id("return_id", request.return_id, found)
    decode_id("purchase_id", request.purchase_id, found)
    found.text("shift", request.shift, SHORT_CHARACTERS_MAX)
    found.text("receipt_number", request.receipt_number, SHORT_CHARACTERS_MAX)
    found.text("cashier", request.cashier, CASHIER_CHARACTERS_MAX)
    shown = None
    if request.HasField("shown_money_minor"):
        shown = request.shown_money_minor
        found.between("shown_money_minor", shown, 0, AMOUNT_MAX_MINOR)
    return ReturnCall(
        caller=caller,
        purchase_id=request.purchase_id,
        return_id=request.return_id,
        quantities=_quantities(request.lines, found),
        shift=composed(request.shift),
        receipt_number=composed(request.receipt_number),
        cashier=request.cashier,
        business_day=decode_date("business_day", request.business_day, found),
        shown_money_minor=shown,
    )


def _quantities(lines: Sequence[pb.ReturnLine], found: Violations) -> dict[int, int]:
    if len(lines) > LINES_MAX:
        found.add(
            Reason.LINE_COUNT_OUT_OF_RANGE,
            "lines",
            f"a return names at most {LINES_MAX} positions",
            {"lines": len(lines), "lines_max": LINES_MAX},
        )
    quantities: dict[int, int] = {}
    for number, line in enumerate(lines[:LINES_MAX]):
        path = f"lines[{number}]"
        found.between(f"{path}.position", line.position, 1, POSITION_MAX)
        found.between(f"{path}.quantity_milli", line.quantity_milli, 1, QUANTITY_MAX_MILLI)
        if line.position in quantities:
            found.add(
                Reason.LINE_POSITION_REPEATED,
                f"{path}.position",
                "a return names each position once",
                {"position": line.position},
            )
        quantities[line.position] = line.quantity_milli
    return quantities
