"""A campaign, compiled, and the index through which receipts reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.conditions.combined import AllHold, AnyHolds, DoesNotHold
from checkout.engine.conditions.compile import compile_condition
from checkout.engine.conditions.member import HasOffer, InList, InSegment, InTier
from checkout.engine.conditions.member_numbers import BoughtCompares
from checkout.engine.conditions.receipt import HasGoods
from checkout.engine.conditions.sale import (
    AtPlace,
    HasCoupon,
    HasCouponOfSeries,
    HasGranted,
    IsPaidWith,
)
from checkout.engine.frozen import frozen
from checkout.engine.goods import Selector
from checkout.engine.limits import CompiledLimit
from checkout.engine.periods import CompiledSchedule
from checkout.engine.rewards.compile import compile_reward
from checkout.engine.schema.campaign import Exclusive
from checkout.engine.schema.issues import GiveGift
from checkout.engine.texts import CompiledMessage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.conditions.base import CompiledCondition
    from checkout.engine.rewards.reward import CompiledReward
    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.goods import Goods


class CompiledCampaign:
    """A campaign ready to run: immutable, shared by every snapshot that holds the same document.

    `parts` and `late_parts` must each hold; they are counted one by one for "nearly applied".
    `coupons_named` are all codes of its conditions, `coupons` those that switch it on, as they are
    written: a program has the canonical forms of these in `by_coupon_named`, and series in
    `by_series_named`.
    """

    __slots__ = (
        "anchor",
        "budget",
        "code",
        "coupon_series",
        "coupons",
        "coupons_named",
        "document",
        "gifts",
        "is_alone",
        "is_only",
        "keeps_below",
        "mark",
        "late_parts",
        "is_bounded",
        "issues",
        "limits",
        "limits_goods",
        "looks_at_tenders",
        "messages",
        "name",
        "names_campaigns",
        "not_with",
        "order",
        "parts",
        "reference_count",
        "rewards",
        "rewards_by_lane",
        "schedule",
        "selectors",
        "windows",
    )

    def __init__(self, document: Campaign) -> None:
        """Compile one campaign; its references have been checked."""
        self.document = document
        self.code = document.code
        self.name = document.name
        #: Falling priority, then code: the order of rewards in a lane, and of messages.
        self.order = (-document.priority, document.code)
        self.schedule = CompiledSchedule(document.schedule)
        #: Marks of exclusiveness: the only one, alone in its lane, nobody below it.
        self.is_only = document.exclusive is Exclusive.ALL
        self.is_alone = document.exclusive in {Exclusive.ALL, Exclusive.LANE}
        self.keeps_below = document.exclusive is Exclusive.BELOW
        #: As an explanation names it.
        self.mark = f"exclusive {document.exclusive.value}"
        self.issues = document.issues
        self.messages = tuple(CompiledMessage(message) for message in document.messages)
        self.budget = document.budget
        self.gifts = frozen([each.gift for each in document.issues if isinstance(each, GiveGift)])
        self.not_with = frozen(document.not_with)
        selectors: dict[Goods, Selector] = {}

        def selector_of(goods: Goods | None) -> Selector | None:
            if goods is None:
                return None
            selector = selectors.get(goods)
            if selector is None:
                selector = selectors[goods] = Selector(goods, document.code)
            return selector

        parts: tuple[CompiledCondition, ...] = ()
        if document.when is not None:
            parts = _flatten(compile_condition(document.when, selector_of, document.code))
        self.parts = tuple(part for part in parts if not part.is_late)
        self.late_parts = tuple(part for part in parts if part.is_late)
        self.rewards = tuple(
            compile_reward(document.code, reward, selector_of) for reward in document.rewards
        )
        self.rewards_by_lane: dict[str, list[CompiledReward]] = {}
        for reward in self.rewards:
            self.rewards_by_lane.setdefault(reward.lane, []).append(reward)
        self.limits = tuple(
            CompiledLimit(limit, document.code, selector_of(limit.goods))
            for limit in document.limits
        )
        #: Whether some limit says on how much of a line rewards work.
        self.limits_goods = any(limit.counts_goods for limit in self.limits)
        #: What bounds its discounts on a receipt: see `checkout.engine.lanes.bounds`.
        self.is_bounded = (
            document.maximum_discount_minor is not None
            or (document.budget is not None and document.budget.discount_minor is not None)
            or any(limit.on_discount for limit in self.limits)
        )
        positive = [part for condition in parts for part in _not_under_not(condition)]
        self.coupons = frozen([part.code for part in positive if isinstance(part, HasCoupon)])
        leaves = [part for condition in parts for part in _leaves(condition)]
        self.coupons_named = frozen([p.code for p in leaves if isinstance(p, HasCoupon)])
        #: Other campaigns that it cannot be judged without.
        self.names_campaigns = frozen(
            self.not_with.union(*[p.campaigns for p in leaves if isinstance(p, HasGranted)])
        )
        #: Whether its price is for the tenders that were planned.
        self.looks_at_tenders = any(isinstance(part, IsPaidWith) for part in leaves)
        #: Windows that its conditions look at; those end with yesterday.
        self.windows = frozen([p.window for p in leaves if isinstance(p, BoughtCompares)])
        self.coupon_series = frozen(
            [part.series for part in positive if isinstance(part, HasCouponOfSeries)]
        )
        self.selectors = tuple(selectors.values())
        self.reference_count = sum(selector.reference_count for selector in self.selectors)
        self.anchor = _anchor(self)


def _flatten(condition: CompiledCondition) -> tuple[CompiledCondition, ...]:
    """The members of the top-level `all`, nested ones included."""
    if isinstance(condition, AllHold):
        return tuple(part for inner in condition.of for part in _flatten(inner))
    return (condition,)


def _leaves(condition: CompiledCondition) -> Iterator[CompiledCondition]:
    """Every condition inside `all`, `any` and `not`."""
    if isinstance(condition, AllHold | AnyHolds):
        for part in condition.of:
            yield from _leaves(part)
    elif isinstance(condition, DoesNotHold):
        yield from _leaves(condition.of)
    else:
        yield condition


def _not_under_not(condition: CompiledCondition) -> Iterator[CompiledCondition]:
    """The conditions that help a campaign by holding."""
    if isinstance(condition, AllHold | AnyHolds):
        for part in condition.of:
            yield from _not_under_not(part)
    else:
        yield condition


def _names_codes(condition: CompiledCondition) -> bool:
    """It holds only for receipts with one of certain codes, or of certain series."""
    of = condition.of if isinstance(condition, AnyHolds) else (condition,)
    return all(isinstance(each, HasCoupon | HasCouponOfSeries) for each in of)


def _anchor(campaign: CompiledCampaign) -> CompiledCondition | None:
    """The condition through whose index the campaign is reached (``docs/rules.md`` §6).

    Goods are reached through their selectors, which are marked. None: it is reached by goods of its
    rewards, or by every receipt.
    """
    parts = campaign.parts
    for part in parts:
        if _names_codes(part):
            return part
    for part in parts:
        selector = part.selector if isinstance(part, HasGoods) else None
        if selector is not None and selector.lists_anything:
            selector.anchors = True
            return part
    selectors = [selector for reward in campaign.rewards for selector in reward.selectors]
    reached = [s for s in selectors if s is not None and s.lists_anything]
    if reached and len(reached) == len(selectors):
        for selector in reached:
            selector.anchors = True
        return None
    for kind in (HasOffer, InList, InSegment, InTier, AtPlace):
        for part in parts:
            if isinstance(part, kind):
                return part
    return None
