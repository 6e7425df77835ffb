"""What a return is answered: what it gives back, position by position, and by which policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.answers import FlooredStep, PointsTaken, ReturnAnswer, ReturnedPosition
from checkout.flows.returned_certificates import backs
from checkout.flows.returned_shares import ReturnedLine
from checkout.flows.views import Status

if TYPE_CHECKING:
    from checkout.flows.answers import ConfirmAnswer
    from checkout.flows.returned_shares import Returned, SoldReceipt
    from checkout.ledger.postings import ReturnedPoints


def answer_of_return(
    return_id: str,
    confirmed: ConfirmAnswer,
    sold: SoldReceipt,
    had: Returned,
    has: Returned,
    points: ReturnedPoints,
) -> ReturnAnswer:
    """All that a return moves: what has come back after it, less what had before."""
    assert confirmed.outcome is not None, "a confirmed sale has an outcome"
    return ReturnAnswer(
        status=Status.OK,
        return_id=return_id,
        purchase_id=confirmed.purchase_id,
        policy=sold.policy,
        unevaluated=sold.unevaluated,
        lines=[
            _position(sold, position, had.lines.get(position, ReturnedLine()), line)
            for position, line in sorted(has.lines.items())
            if line != had.lines.get(position, ReturnedLine())
        ],
        money_minor=has.money_minor - had.money_minor,
        points_value_minor=has.points_value_minor - had.points_value_minor,
        points_currency=confirmed.outcome.redemption.currency,
        points_back_minor=has.points_spent - had.points_spent,
        points_taken=[
            PointsTaken(
                currency=currency,
                points_minor=total - had.points_earned.get(currency, 0),
                owed_minor=points.owed.get(currency, 0),
                written_off_minor=points.written_off.get(currency, 0),
            )
            for currency, total in sorted(has.points_earned.items())
            if total > had.points_earned.get(currency, 0)
        ],
        is_all=has.is_all,
        certificates_minor=has.certificates_minor - had.certificates_minor,
        certificates_back=backs(confirmed, had, has),
        is_floored=has.is_floored,
        floored=FlooredStep(
            money_minor=has.floored.money_minor - had.floored.money_minor,
            points_value_minor=has.floored.points_value_minor - had.floored.points_value_minor,
            certificates_minor=has.floored.certificates_minor - had.floored.certificates_minor,
        ),
    )


def _position(
    sold: SoldReceipt, position: int, then: ReturnedLine, now: ReturnedLine
) -> ReturnedPosition:
    discounts = {
        campaign: now.discounts.get(campaign, 0) - then.discounts.get(campaign, 0)
        for campaign in sorted(now.discounts | then.discounts)
    }
    return ReturnedPosition(
        position=position,
        quantity_milli=now.quantity_milli - then.quantity_milli,
        money_minor=now.money_minor - then.money_minor,
        points_value_minor=now.points_value_minor - then.points_value_minor,
        left_milli=sold.sold[position] - now.quantity_milli,
        certificates_minor=now.certificates_minor - then.certificates_minor,
        amount_minor=now.amount_minor - then.amount_minor,
        discounts={campaign: minor for campaign, minor in discounts.items() if minor},
        points_earned_minor=now.points_earned_minor - then.points_earned_minor,
    )
