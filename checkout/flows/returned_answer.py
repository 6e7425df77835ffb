"""What a return is answered: what goes back for each position, in all, and which points go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.answers import PointsTaken, ReturnAnswer, ReturnedPosition
from checkout.flows.returned_certificates import backs
from checkout.flows.views import Status

if TYPE_CHECKING:
    from checkout.flows.answers import ConfirmAnswer
    from checkout.flows.returned_shares import Returned, SoldReceipt
    from checkout.ledger.postings import ReturnedPoints


def answer_of_return(
    return_id: str,
    answer: ConfirmAnswer,
    sold: SoldReceipt,
    had: Returned,
    has: Returned,
    asked: dict[int, int],
    points: ReturnedPoints,
) -> ReturnAnswer:
    """The difference between what had come back before and what has now."""
    assert answer.outcome is not None, "a confirmed sale has an outcome"
    lines = []
    for position in sorted(asked):
        now, then = has.lines[position], had.lines.get(position)
        lines.append(
            ReturnedPosition(
                position=position,
                quantity_milli=asked[position],
                money_minor=now.money_minor - (then.money_minor if then else 0),
                points_value_minor=now.points_value_minor
                - (then.points_value_minor if then else 0),
                left_milli=sold.sold[position] - now.quantity_milli,
                certificates_minor=now.certificates_minor
                - (then.certificates_minor if then else 0),
            )
        )
    taken = [
        PointsTaken(
            currency=currency,
            points_minor=total - had.points_earned.get(currency, 0),
            owed_minor=points.owed.get(currency, 0),
            written_off_minor=points.written_off.get(currency, 0),
        )
        for currency, total in sorted(has.points_earned.items())
        if total > had.points_earned.get(currency, 0)
    ]
    return ReturnAnswer(
        status=Status.OK,
        return_id=return_id,
        purchase_id=answer.purchase_id,
        lines=lines,
        money_minor=has.money_minor - had.money_minor,
        points_value_minor=has.points_value_minor - had.points_value_minor,
        points_currency=answer.outcome.redemption.currency,
        points_back_minor=has.points_spent - had.points_spent,
        points_taken=taken,
        is_all=has.is_all,
        certificates_minor=has.certificates_minor - had.certificates_minor,
        certificates_back=backs(answer, had, has),
    )
