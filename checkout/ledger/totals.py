"""Sums that only operations together can make too large: what accounts hold, what limits counted.

Each amount that is sent has a bound of its own; nothing bounds how often. A sum that would leave
what is counted is refused, before PostgreSQL is asked to write it: the batch is rolled back, and
run again without the one operation that did it.
"""

from __future__ import annotations

from checkout.primitives import TOTAL_MAX
from checkout.refusals import Reason, Refusal


class TotalTooLargeError(Exception):
    """A decision would have made a sum too large; nothing of it is kept."""

    def __init__(self, total: int, what: str) -> None:
        """`what` would be the `total`, in the words of an operator."""
        self.refusal = Refusal(
            Reason.TOTAL_TOO_LARGE,
            f"{what} would be more than can be counted; nothing was written",
            numbers={"total": total, "total_max": TOTAL_MAX},
        )
        super().__init__(self.refusal.message)


def check_total(total: int, what: str) -> None:
    """Let a sum pass that can be counted.

    Raises:
        TotalTooLargeError: it cannot.
    """
    if total > TOTAL_MAX:
        raise TotalTooLargeError(total, what)
