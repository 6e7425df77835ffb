"""Settings that are not told, or not told apart, each with the reason why they cannot matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.schema.campaign import Budget, Campaign
from checkout.engine.schema.limits import Limit, ProgramLimit
from checkout.engine.schema.points import PointsAmount, PointsMultiplier, PointsPercent
from checkout.engine.schema.program import Lane
from checkout.engine.schema.rewards import Amount, FixedPrice, Percent
from checkout.engine.schema.unit_rewards import Bundle, BuyGet, Gift, Multibuy
from checkout.engine.schema.values import Scale, Step

if TYPE_CHECKING:
    from pydantic import BaseModel

Setting = tuple[type["BaseModel"], str]

#: Fields that change nothing.
NEVER_MATTERS: Final[dict[Setting, str]] = {
    (PointsMultiplier, "tier_multiplied"): "the multiplier of a tier never multiplies it again",
    (Step, "until"): "it repeats where the next step begins, and publishing checks that it does",
}
#: Answers that mean the same: `next` passes over reduced units that count as bought, and in these
#: nothing is bought, so that they are left out as with `skip`.
_LEFT_OUT: Final = frozenset({"skip", "next"})
SAME: Final[dict[Setting, frozenset[str]]] = {
    (form, "reduced_goods"): _LEFT_OUT
    for form in (
        Percent,
        Amount,
        FixedPrice,
        Bundle,
        Gift,
        PointsPercent,
        PointsAmount,
        PointsMultiplier,
    )
}
#: Settings that are told only where they can matter.
QUIET: Final[dict[Setting, str]] = {
    (Campaign, "above_maximum"): "without a maximum nothing is cut",
    (Budget, "above"): "without a budget of money nothing is cut",
    (PointsPercent, "above"): "without a maximum nothing is cut",
    (PointsAmount, "above"): "without a maximum nothing is cut",
    (PointsMultiplier, "above"): "without a maximum nothing is cut",
    (Lane, "scope"): "with policy all every campaign works on everything",
    (Limit, "which"): "only limits on goods choose units",
    (Limit, "period"): "an interval from one use to the next is not counted in periods",
    (ProgramLimit, "which"): "a program's limit refuses the sale of goods, and chooses no units",
    (Scale, "after"): "a marginal scale has parts of the price that the reward is reckoned from",
    (Multibuy, "rounding"): "what is free, cheaper by a sum or has a price needs no division",
    (BuyGet, "rounding"): "what is free, cheaper by a sum or has a price needs no division",
    (Bundle, "rounding"): "what is free, cheaper by a sum or has a price needs no division",
    (Gift, "rounding"): "what is free, cheaper by a sum or has a price needs no division",
}
#: Chapters of the reference whose forms are no rules.
NO_RULES: Final[dict[str, str]] = {
    "Places, articles and words": "what rules name: the words call these things by their names",
    "The sale": "what tills and operators do",
}
