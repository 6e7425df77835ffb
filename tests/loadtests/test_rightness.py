"""Answers that are not what was asked for do not pass for quick ones."""

from __future__ import annotations

import pytest

from checkout.client import messages
from loadtests.service import world
from loadtests.service.rightness import WrongAnswerError, require_right


def answer(
    status: messages.Status = messages.STATUS_OK,
    purchase_id: str = "soak-1",
    lines: int = world.LINES,
    without: str = "",
    more: str = "",
) -> messages.ConfirmResponse:
    """What a confirm of the bench's receipt gives, or something else."""
    given = messages.ConfirmResponse(status=status, purchase_id=purchase_id)
    for position in range(1, lines + 1):
        given.outcome.lines.add(position=position)
    for code in sorted({*world.expected_campaigns(), more} - {without, ""}):
        given.outcome.applied.add(code=code)
    return given


def test_a_whole_answer_is_right() -> None:
    """It has the lines, and all campaigns but the one that another keeps away."""
    require_right(answer(), "soak-1")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (answer(messages.STATUS_PRICE_CHANGED), "status"),
        (answer(messages.STATUS_REJECTED), "status"),
        (answer(purchase_id="soak-2"), "of another purchase"),
        (answer(lines=9), "9 lines of 10"),
        (answer(without="match-coupon"), "without match-coupon"),
        (answer(more="other-00001"), "with other-00001"),
    ],
)
def test_each_way_to_be_wrong_is_told(wrong: messages.ConfirmResponse, told: str) -> None:
    """A changed price and a refusal are normal answers, and quick ones."""
    with pytest.raises(WrongAnswerError, match=told):
        require_right(wrong, "soak-1")
