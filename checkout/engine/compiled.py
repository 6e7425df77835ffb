"""What the compiler makes of a snapshot: immutable, shared by all evaluations of a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.conditions import (
    AllHold,
    AtPlace,
    CompiledCondition,
    HasCoupon,
    HasGoods,
    InList,
    InTier,
    compile_condition,
)
from checkout.engine.goods import GoodsIndex, Selector
from checkout.engine.periods import CompiledSchedule
from checkout.engine.rewards import compile_reward
from checkout.engine.schema.program import LanePhase
from checkout.engine.schema.snapshot import SEMANTICS
from checkout.primitives import FULL_RATE_BP

if TYPE_CHECKING:
    from checkout.engine.catalogue import Catalogue
    from checkout.engine.places import CompiledStore
    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.goods import Goods
    from checkout.engine.schema.program import Program
    from checkout.engine.schema.snapshot import Currency


class CompiledCampaign:
    """A campaign ready to run: immutable.

    Shared by every snapshot that holds the same document.
    """

    __slots__ = (
        "anchor",
        "budget",
        "code",
        "coupons",
        "document",
        "limits",
        "name",
        "order",
        "parts",
        "reference_count",
        "rewards",
        "schedule",
        "selectors",
    )

    def __init__(self, document: Campaign) -> None:
        """Compile one campaign; its references have been checked."""
        self.document = document
        self.code = document.code
        self.name = document.name
        #: Falling priority, then code: the order of rewards in a lane, and of messages.
        self.order = (-document.priority, document.code)
        self.schedule = CompiledSchedule(document.schedule)
        self.limits = document.limits
        self.budget = document.budget
        selectors: dict[Goods, Selector] = {}

        def selector_of(goods: Goods | None) -> Selector | None:
            if goods is None:
                return None
            selector = selectors.get(goods)
            if selector is None:
                selector = selectors[goods] = Selector(goods, self)
            return selector

        condition = (
            compile_condition(document.when, selector_of) if document.when is not None else None
        )
        #: Each must hold; they are counted one by one for "nearly applied".
        self.parts = _flatten(condition)
        self.rewards = tuple(
            compile_reward(document.code, reward, selector_of) for reward in document.rewards
        )
        self.coupons = frozenset(_coupons(condition))
        self.selectors = tuple(selectors.values())
        self.reference_count = sum(len(goods.skus) for goods in selectors)
        self.anchor = _anchor(self)


def _flatten(condition: CompiledCondition | None) -> tuple[CompiledCondition, ...]:
    """The members of the top-level `all`, nested ones included."""
    if condition is None:
        return ()
    if isinstance(condition, AllHold):
        return tuple(part for inner in condition.of for part in _flatten(inner))
    return (condition,)


def _coupons(condition: CompiledCondition | None) -> set[str]:
    """Codes that switch the campaign on: those not under a `not`."""
    if isinstance(condition, HasCoupon):
        return {condition.code}
    parts = getattr(condition, "of", ())
    if isinstance(parts, tuple):
        return {code for part in parts for code in _coupons(part)}
    return set()


def _anchor(campaign: CompiledCampaign) -> CompiledCondition | None:
    """The condition through whose index the campaign is reached.

    Goods anchors mark their selectors.

    None: it is reached by goods of its rewards, or by every receipt. The order is that of
    ``docs/rules.md`` §6.
    """
    parts = campaign.parts
    for part in parts:
        if isinstance(part, HasCoupon):
            return part
    for part in parts:
        selector = part.selector if isinstance(part, HasGoods) else None
        if selector is not None and selector.lists_anything:
            selector.anchors = True
            return part
    selectors = [reward.selector for reward in campaign.rewards]
    if all(s is not None and s.lists_anything for s in selectors):
        for selector in selectors:
            if selector is not None:
                selector.anchors = True
        return None
    for kind in (InList, InTier, AtPlace):
        for part in parts:
            if isinstance(part, kind):
                return part
    return None


class CompiledProgram:
    """A program with its campaigns under their indexes."""

    __slots__ = (
        "accrual_lanes",
        "accrual_selector",
        "by_coupon",
        "by_coupon_named",
        "by_list",
        "by_tier",
        "campaign_count",
        "discount_lanes",
        "document",
        "everywhere",
        "goods",
        "goods_caps",
        "has_budgets",
        "multipliers_bp",
        "_at_places",
        "_at_store",
    )

    def __init__(self, document: Program, catalogue: Catalogue) -> None:
        """Start without campaigns."""
        self.document = document
        self.goods = GoodsIndex(catalogue)
        self.discount_lanes = tuple(
            lane for lane in document.lanes if lane.phase is LanePhase.DISCOUNT
        )
        self.accrual_lanes = tuple(
            lane for lane in document.lanes if lane.phase is LanePhase.ACCRUAL
        )
        self.multipliers_bp = {tier.code: tier.points_multiplier_bp for tier in document.tiers}
        self.goods_caps = tuple(
            (Selector(cap.goods, None), cap.rate_bp) for cap in document.redemption.goods_caps
        )
        accrual_goods = document.accrual.goods
        self.accrual_selector = Selector(accrual_goods, None) if accrual_goods is not None else None
        self.goods.add(selector for selector, _ in self.goods_caps)
        if self.accrual_selector is not None:
            self.goods.add((self.accrual_selector,))
        self.by_coupon: dict[str, list[CompiledCampaign]] = {}
        self.by_coupon_named: dict[str, list[CompiledCampaign]] = {}
        self.by_list: dict[str, list[CompiledCampaign]] = {}
        self.by_tier: dict[str, list[CompiledCampaign]] = {}
        self.everywhere: list[CompiledCampaign] = []
        self.has_budgets = False
        self.campaign_count = 0
        self._at_places: list[tuple[AtPlace, CompiledCampaign]] = []
        self._at_store: dict[str, tuple[CompiledCampaign, ...]] = {}

    def add(self, campaign: CompiledCampaign) -> None:
        """Put a campaign under its index."""
        self.goods.add(campaign.selectors)
        self.has_budgets = self.has_budgets or campaign.budget is not None
        self.campaign_count += 1
        for code in campaign.coupons:
            self.by_coupon_named.setdefault(code, []).append(campaign)
        match campaign.anchor:
            case HasCoupon(code=code):
                self.by_coupon.setdefault(code, []).append(campaign)
            case InList(list_code=code):
                self.by_list.setdefault(code, []).append(campaign)
            case InTier(tiers=tiers):
                for tier in tiers:
                    self.by_tier.setdefault(tier, []).append(campaign)
            case AtPlace() as place:
                self._at_places.append((place, campaign))
            case _:
                if not any(selector.anchors for selector in campaign.selectors):
                    self.everywhere.append(campaign)

    def at_store(self, store: CompiledStore) -> tuple[CompiledCampaign, ...]:
        """Campaigns reached through the place, remembered per store."""
        known = self._at_store.get(store.code)
        if known is None:
            known = tuple(c for place, c in self._at_places if place.includes(store))
            self._at_store[store.code] = known
        return known

    def multiplier_bp(self, tier: str) -> int:
        """The points multiplier of a tier; ×1 without one."""
        return self.multipliers_bp.get(tier, FULL_RATE_BP)


class CompiledSnapshot:
    """All that a worker evaluates with, under its content id."""

    __slots__ = (
        "campaign_count",
        "catalogue",
        "currency",
        "has_budgets",
        "partner",
        "programs",
        "semantics",
        "snapshot_id",
        "stores",
    )

    def __init__(
        self,
        partner: str,
        currency: Currency,
        catalogue: Catalogue,
        stores: dict[str, CompiledStore],
        programs: dict[str, CompiledProgram],
    ) -> None:
        """Bring the compiled parts together; the id is set by who knows it."""
        self.snapshot_id = "0" * 64
        self.semantics = SEMANTICS
        self.partner = partner
        self.currency = currency
        self.catalogue = catalogue
        self.stores = stores
        self.programs = programs
        self.campaign_count = sum(program.campaign_count for program in programs.values())
        self.has_budgets = any(program.has_budgets for program in programs.values())
