"""What a reward needs of a sale to give anything, against what the conditions leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from checkout.engine.problems.problem import Problem
from checkout.engine.problems.reward_goods import goods_needed
from checkout.engine.problems.shown import counted, money, quantity
from checkout.engine.problems.unit_rewards import tells_till, units_needed
from checkout.engine.schema.conditions import (
    Any,
    ContainsGoods,
    Moment,
    ReceiptAmount,
    ReceiptQuantity,
)
from checkout.engine.schema.document import Comparison
from checkout.engine.schema.goods import Goods
from checkout.engine.schema.member_conditions import PersonalOffer, Segment, Tier
from checkout.engine.schema.points import PointsAmount, PointsReward
from checkout.engine.schema.rewards import Amount, DiscountReward
from checkout.engine.schema.unit_rewards import Bundle, BuyGet, Multibuy
from checkout.engine.schema.values import AmountPer, ScaleBy, Valued
from checkout.engine.told import told
from checkout.primitives import QUANTITY_MAX_MILLI, UNIT_MILLI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.alternatives import Together
    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.campaign import Campaign, Reward
    from checkout.engine.schema.conditions import Condition
    from checkout.engine.schema.values import MemberValue, Scale


class _Need(NamedTuple):
    """A field of a reward, the condition without which it gives nothing, and how that is said."""

    field: str
    condition: Condition
    why: str


def check_needs(
    path: str, campaign: Campaign, together: Together, ground: Ground, *, guests_only: bool
) -> Iterator[Problem]:
    """Rewards that need what the conditions of their campaign exclude."""
    if not together.claims:
        return
    for i, reward in enumerate(campaign.rewards):
        for need in _needs(reward, ground, guests_only=guests_only):
            if together.excludes(need.condition):
                yield Problem(
                    f"{path}.rewards[{i}]{need.field}",
                    told(
                        "the conditions of the campaign exclude {why}: this gives nothing",
                        why=told(need.why),
                    ),
                )
                break


def warn_of_units(path: str, campaign: Campaign, together: Together) -> Iterator[Problem]:
    """Rewards that need more units than the conditions leave, unless goods are weighed."""
    if not together.claims:
        return
    for i, reward in enumerate(campaign.rewards):
        goods, units, field = _units(reward)
        needed = units * UNIT_MILLI
        if needed <= UNIT_MILLI or needed > QUANTITY_MAX_MILLI:
            continue
        condition = ReceiptQuantity(compare=Comparison.AT_LEAST, quantity_milli=needed, goods=goods)
        if together.excludes(condition):
            yield Problem(
                f"{path}.rewards[{i}]{field}",
                told(
                    "the conditions leave less than the {units} that this needs: only of "
                    "weighed goods, each of which is a unit, could there be so many",
                    units=counted(units, "unit"),
                ),
            )


def _needs(reward: Reward, ground: Ground, *, guests_only: bool) -> Iterator[_Need]:
    """What guests never have is told by itself where the campaign is for guests only."""
    if isinstance(reward, Valued):
        if not guests_only:
            yield from _needs_of_member(reward)
        yield from _needs_of_value(reward, ground)
    for field, goods in goods_needed(reward):
        yield _Need(field, ContainsGoods(goods=goods), "these goods")


def _needs_of_member(reward: Valued) -> Iterator[_Need]:
    if reward.personal:
        yield _Need(".personal", PersonalOffer(), "members with a personal offer")
    for i, entry in enumerate(reward.by_member):
        if entry.tiers or entry.segments:
            yield _Need(f".by_member[{i}]", _named(entry), "all members named here")


def _needs_of_value(reward: DiscountReward | PointsReward, ground: Ground) -> Iterator[_Need]:
    if reward.scale is not None:
        yield from _needs_of_scale(reward, reward.scale, ground)
    if (
        isinstance(reward, Amount | PointsAmount)
        and reward.per is AmountPer.EACH_AMOUNT
        and reward.each_minor is not None
    ):
        after = reward.after if isinstance(reward, Amount) else Moment.ORIGINAL
        yield _Need(
            ".each_minor",
            ReceiptAmount(
                compare=Comparison.AT_LEAST,
                amount_minor=reward.each_minor,
                goods=reward.goods,
                after=after,
            ),
            told("{each} of these goods", each=money(reward.each_minor, ground)),
        )


def _needs_of_scale(
    reward: DiscountReward | PointsReward, scale: Scale, ground: Ground
) -> Iterator[_Need]:
    """The first step must be reached."""
    least, field = scale.steps[0].from_, ".scale.steps[0].from"
    if least == 0:
        return
    if scale.by is ScaleBy.QUANTITY:
        if least <= QUANTITY_MAX_MILLI:
            condition: Condition = ReceiptQuantity(
                compare=Comparison.AT_LEAST, quantity_milli=least, goods=reward.goods
            )
            yield _Need(field, condition, told("a quantity of {least}", least=quantity(least)))
        return
    condition = ReceiptAmount(
        compare=Comparison.AT_LEAST,
        amount_minor=least,
        goods=reward.goods if scale.by is ScaleBy.AMOUNT else None,
        after=scale.after,
    )
    yield _Need(field, condition, told("{least} and more", least=money(least, ground)))


def _named(entry: MemberValue) -> Condition:
    """The condition that an entry of `by_member` amounts to."""
    one_of: list[Condition] = []
    if entry.tiers:
        one_of.append(Tier(tiers=entry.tiers))
    if entry.segments:
        one_of.append(Segment(segments=entry.segments))
    return Any(of=tuple(one_of))


def _units(reward: Reward) -> tuple[Goods | None, int, str]:
    """Of which goods together, how many units, and the field that says so; 0 if any will do."""
    match reward:
        case Multibuy() if not tells_till(reward):
            return reward.goods, units_needed(reward), ".buy_units"
        case BuyGet() | Bundle() if not tells_till(reward):
            return Goods(), units_needed(reward), ""
        case Amount() | PointsAmount() if reward.per is AmountPer.EACH_UNITS:
            return reward.goods, reward.each_units or 0, ".each_units"
        case _:
            return None, 0, ""
