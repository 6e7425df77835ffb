"""From receipts that were sold without the service to what the flow takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.api.decode import ID_CHARACTERS_MAX
from checkout.flows.sale import AlreadyPaid, GivenDiscount
from checkout.primitives import AMOUNT_MAX_MINOR
from checkout.refusals import Reason

if TYPE_CHECKING:
    from checkout.api.violations import Violations
    from checkout.flows.sale import Sale
    from checkout.v1 import receipt_pb2

RECEIPTS_MAX: Final = 50
GIVEN_MAX: Final = 2_000


def decode_already_paid(
    message: receipt_pb2.AlreadyPaid, sale: Sale | None, found: Violations
) -> AlreadyPaid:
    """What the till gave and took: within what the lines have left to give."""
    found.between("already_paid.points_minor", message.points_minor, 0, AMOUNT_MAX_MINOR)
    found.between("already_paid.discounts", len(message.discounts), 0, GIVEN_MAX)
    left = {}
    if sale is not None:
        left = {
            line.position: line.amount_minor
            - line.external_discount_minor
            - line.manual_discount_minor
            for line in sale.receipt.lines
        }
        if sale.is_training:
            found.add(Reason.FIELD_INVALID, "receipt.mode", "of training nothing is submitted")
        if sale.receipt.certificates:
            found.add(
                Reason.FIELD_INVALID, "receipt.certificates", "certificates are spent on line only"
            )
        if sale.receipt.points_to_spend:
            found.add(
                Reason.FIELD_INVALID,
                "receipt.points_to_spend",
                "nothing can be asked for any more: already_paid says what was paid with points",
            )
    for i, given in enumerate(message.discounts[:GIVEN_MAX]):
        path = f"already_paid.discounts[{i}]"
        found.require(f"{path}.campaign", given.campaign)
        found.text(f"{path}.campaign", given.campaign, ID_CHARACTERS_MAX)
        if sale is None:
            continue
        if given.position not in left:
            found.add(
                Reason.FIELD_INVALID,
                f"{path}.position",
                "the receipt has no such position",
                {"position": given.position},
            )
            continue
        found.between(f"{path}.amount_minor", given.amount_minor, 1, left[given.position])
        left[given.position] -= max(given.amount_minor, 0)
    return AlreadyPaid(
        discounts=tuple(
            GivenDiscount(given.position, given.campaign, given.amount_minor)
            for given in message.discounts
        ),
        points_minor=message.points_minor,
    )
