"""From a condition's document to what the engine asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.conditions.combined import AllHold, AnyHolds, DoesNotHold
from checkout.engine.conditions.member import MemberCondition, compile_member_condition
from checkout.engine.conditions.member_numbers import compile_member_number
from checkout.engine.conditions.receipt import compile_receipt_condition
from checkout.engine.conditions.sale import compile_sale_condition
from checkout.engine.schema import conditions as schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from checkout.engine.conditions.base import CompiledCondition
    from checkout.engine.goods import Selector
    from checkout.engine.schema.goods import Goods


def compile_condition(
    condition: schema.Condition,
    selector_of: Callable[[Goods | None], Selector | None],
    campaign: str,
) -> CompiledCondition:
    """The compiled form of one condition of a campaign, which is named by its code."""
    match condition:
        case schema.All():
            return AllHold(_compile_all(condition.of, selector_of, campaign))
        case schema.Any():
            return AnyHolds(_compile_all(condition.of, selector_of, campaign))
        case schema.Not():
            return DoesNotHold(compile_condition(condition.of, selector_of, campaign))
        case (
            schema.ReceiptAmount()
            | schema.ReceiptQuantity()
            | schema.DistinctGoods()
            | schema.ContainsGoods()
        ):
            return compile_receipt_condition(condition, selector_of)
        case (
            schema.Place()
            | schema.InSchedule()
            | schema.Tender()
            | schema.Channel()
            | schema.Coupon()
            | schema.CouponSeries()
            | schema.CampaignApplied()
        ):
            return compile_sale_condition(condition)
        case _ if isinstance(condition, MemberCondition):
            return compile_member_condition(condition, campaign)
        case _:
            return compile_member_number(condition)


def _compile_all(
    conditions: tuple[schema.Condition, ...],
    selector_of: Callable[[Goods | None], Selector | None],
    campaign: str,
) -> tuple[CompiledCondition, ...]:
    return tuple(compile_condition(part, selector_of, campaign) for part in conditions)
