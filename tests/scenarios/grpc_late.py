"""What a till of a story gave and took by itself, as it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.client import messages

if TYPE_CHECKING:
    from checkout.flows.sale import AlreadyPaid


def sent_paid(paid: AlreadyPaid) -> messages.AlreadyPaid:
    """The message; certificates by the codes that the story knows."""
    return messages.AlreadyPaid(
        discounts=[
            messages.GivenDiscount(
                position=given.position,
                campaign=given.campaign,
                amount_minor=given.amount_minor,
            )
            for given in paid.discounts
        ],
        points_minor=paid.points_minor,
        certificates=[
            messages.TakenCertificate(
                code=taken.code,
                amount_minor=taken.amount_minor,
                position=taken.position,
                units=taken.units,
            )
            for taken in paid.certificates
        ],
    )
