"""What earns points, and of what they are a part, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.schema.program import AccrualBase, PointsLevel, PointsRounding
from checkout.wording.phrases import phrases
from checkout.wording.speech import say

if TYPE_CHECKING:
    from checkout.engine.schema.program import Accrual
    from checkout.wording.names import Names

_BASES: Final = phrases(
    AccrualBase,
    {
        AccrualBase.AFTER_DISCOUNTS: "after all discounts",
        AccrualBase.BEFORE_DISCOUNTS: "before the discounts of campaigns",
        AccrualBase.WITHOUT_RECEIPT_DISCOUNTS: (
            "after discounts, but for those that are spread over several lines"
        ),
    },
)
_ROUNDINGS: Final = phrases(
    PointsRounding,
    {
        PointsRounding.DOWN: "down",
        PointsRounding.NEAREST: "to the nearest, half up,",
        PointsRounding.UP: "up",
    },
)
_LEVELS: Final = phrases(
    PointsLevel,
    {
        PointsLevel.RECEIPT: "once a receipt, for all rewards together",
        PointsLevel.REWARD: "once for each reward",
        PointsLevel.LINE: "for each reward on each line",
    },
)


def base_text(accrual: Accrual) -> str:
    """Of which price points are earned."""
    parts = (
        (say("points"), accrual.exclude_paid_with_points),
        (say("certificates and passes"), accrual.exclude_paid_with_certificates),
    )
    told = [
        say(
            "the part paid with {what} {earns}",
            what=what,
            earns=say("earns nothing") if excluded else say("earns, too"),
        )
        for what, excluded in parts
    ]
    return say(
        "Value is the price {base}; {told}.", base=_BASES[accrual.base], told="; ".join(told)
    )


def rounding_text(names: Names, currency: str) -> str:
    """How points of a currency are rounded."""
    accrual = names.program.accrual
    rounded = say(
        "Rounded {roundings} to {points}",
        roundings=_ROUNDINGS[accrual.rounding],
        points=names.points(1, currency),
    )
    return f"{rounded}, {_LEVELS[accrual.level]}."
