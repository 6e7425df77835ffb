"""The oracle's proportional contenders: dividing a line among them gains nothing but rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.oracle.oracle_limits import measure_of

if TYPE_CHECKING:
    from tests.oracle.oracle_conditions import Sale

Doc = dict[str, Any]


def is_proportional(sale: Sale, campaign: Doc, rewards: list[Doc]) -> bool:
    """Whether half of a line brings the contender half, but for rounding, whatever the others."""
    bounded = (
        campaign.get("maximum_discount_minor") is not None
        or (campaign.get("budget") or {}).get("discount_minor") is not None
        or any(measure_of(limit) == "discount" for limit in sale.limits(campaign))
        or sale.allowed(campaign) is not None
    )
    spoilt = any(reward.get("reduced_goods") == "refuse" for reward in rewards[1:])
    return not bounded and not spoilt and all(map(is_reward_proportional, rewards))


def is_reward_proportional(reward: Doc) -> bool:
    """A rate, or something per unit or quantity, without a bound on a line or a measure of it."""
    maximum, scale = reward.get("maximum") or {}, reward.get("scale")
    if maximum.get("line_minor") is not None or maximum.get("application_minor") is not None:
        return False
    if scale is not None and (
        scale["by"] != "receipt_amount" or scale.get("mode", "whole") == "marginal"
    ):
        return False
    if reward["kind"] == "percent":
        return reward.get("level", "line") in {"line", "unit"}
    return reward["kind"] in {"amount", "fixed_price"} and reward.get("per", "unit") in {
        "unit",
        "quantity",
    }
