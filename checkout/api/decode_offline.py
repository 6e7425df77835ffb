"""From receipts that were sold without the service to what the flow takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.api.decode import ID_CHARACTERS_MAX
from checkout.flows.sale import AlreadyPaid, GivenDiscount
from checkout.primitives import AMOUNT_MAX_MINOR, UNIT_MILLI, composed
from checkout.refusals import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.api.violations import Violations
    from checkout.engine.taken_certificate import TakenCertificate
    from checkout.flows.sale import Sale
    from checkout.v1 import receipt_pb2

RECEIPTS_MAX: Final = 50
GIVEN_MAX: Final = 2_000


def decode_already_paid(
    message: receipt_pb2.AlreadyPaid,
    sale: Sale | None,
    certificates: Sequence[TakenCertificate | None],
    found: Violations,
) -> AlreadyPaid:
    """What the till gave and took: within what the lines have left to give.

    `certificates` are those of the message, with digests for codes.
    """
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
                Reason.FIELD_INVALID,
                "receipt.certificates",
                "nothing can be asked for any more: already_paid says what was paid with them",
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
    if sale is not None:
        _check_taken(certificates, sale, left, found)
    return AlreadyPaid(
        discounts=tuple(
            GivenDiscount(given.position, composed(given.campaign), given.amount_minor)
            for given in message.discounts
        ),
        points_minor=message.points_minor,
        certificates=tuple(taken for taken in certificates if taken is not None),
    )


def _check_taken(
    certificates: Sequence[TakenCertificate | None],
    sale: Sale,
    left: dict[int, int],
    found: Violations,
) -> None:
    """Whether there was so much to pay: of positions first, then of the whole receipt."""
    units = {
        line.position: 1 if line.weighed else line.quantity_milli // UNIT_MILLI
        for line in sale.receipt.lines
    }
    numbered = [(i, taken) for i, taken in enumerate(certificates) if taken is not None]
    for i, taken in sorted(numbered, key=lambda each: not each[1].position):
        path = f"already_paid.certificates[{i}]"
        if taken.position and taken.position not in left:
            found.add(
                Reason.FIELD_INVALID,
                f"{path}.position",
                "the receipt has no such position",
                {"position": taken.position},
            )
            continue
        if taken.units and not taken.position:
            found.add(Reason.FIELD_REQUIRED, f"{path}.position", "units are those of a position")
            continue
        if taken.position:
            found.between(f"{path}.amount_minor", taken.amount_minor, 1, left[taken.position])
            left[taken.position] -= max(taken.amount_minor, 0)
            found.between(f"{path}.units", taken.units, 0, units[taken.position])
            units[taken.position] -= max(taken.units, 0)
            continue
        most = sum(left.values()) - sum(
            each.amount_minor for j, each in numbered if j < i and not each.position
        )
        found.between(f"{path}.amount_minor", taken.amount_minor, 1, most)
