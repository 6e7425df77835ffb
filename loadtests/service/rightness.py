"""Whether an answer is what was asked for: a quick one that is not would flatter the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.client import messages
from loadtests.service import world

if TYPE_CHECKING:
    from collections.abc import Collection


class WrongAnswerError(RuntimeError):
    """A call was answered, but not with what was asked for: what was measured is void."""

    def __init__(self, purchase_id: str, fault: str) -> None:
        super().__init__(f"void: {purchase_id}: {fault}")
        #: How the answer differs, the same text for all that differ alike.
        self.fault = fault


def require_right(
    answer: messages.QuoteResponse | messages.ConfirmResponse, purchase_id: str
) -> None:
    """The answer to the bench's receipt: all lines are priced, and every campaign has applied.

    Raises:
        WrongAnswerError: it is another one, a price that changed or a refusal for instance.
    """
    expected = world.expected_campaigns()
    if fault := fault_of(answer, purchase_id, world.LINES, expected):
        raise WrongAnswerError(purchase_id, fault)


def fault_of(
    answer: messages.QuoteResponse | messages.ConfirmResponse,
    purchase_id: str,
    lines: int,
    campaigns: Collection[str],
) -> str:
    """What is wrong with an answer; empty if nothing is."""
    if answer.status != messages.STATUS_OK:
        return f"status {answer.status}"
    if answer.purchase_id != purchase_id:
        return "of another purchase"
    if len(answer.outcome.lines) != lines:
        return f"{len(answer.outcome.lines)} lines of {lines}"
    applied = {each.code for each in answer.outcome.applied}
    if lacking := sorted({*campaigns} - applied):
        return f"without {', '.join(lacking)}"
    if more := sorted(applied - {*campaigns}):
        return f"with {', '.join(more)}"
    return ""
