"""What earns points, and of what they are a part, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.schema.program import AccrualBase, PointsLevel, PointsRounding
from checkout.wording.phrases import phrases

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
        ("points", accrual.exclude_paid_with_points),
        ("certificates and passes", accrual.exclude_paid_with_certificates),
    )
    told = [
        f"the part paid with {what} {'earns nothing' if excluded else 'earns, too'}"
        for what, excluded in parts
    ]
    return f"Value is the price {_BASES[accrual.base]}; {'; '.join(told)}."


def rounding_text(names: Names, currency: str) -> str:
    """How points of a currency are rounded."""
    accrual = names.program.accrual
    rounded = f"Rounded {_ROUNDINGS[accrual.rounding]} to {names.points(1, currency)}"
    return f"{rounded}, {_LEVELS[accrual.level]}."
