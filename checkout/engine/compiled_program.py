"""A program, compiled, with its campaigns under their indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.conditions.combined import AnyHolds
from checkout.engine.conditions.member import HasOffer, InList, InSegment, InTier
from checkout.engine.conditions.sale import AtPlace, HasCoupon, HasCouponOfSeries
from checkout.engine.coupon_codes import canonical_code
from checkout.engine.gifts import CompiledGift
from checkout.engine.goods import Selector
from checkout.engine.goods_index import GoodsIndex
from checkout.engine.lanes.lane import CompiledLane
from checkout.engine.limits import CompiledLimit
from checkout.engine.points.dates import EarningDates
from checkout.engine.redemption import CompiledRedemption
from checkout.engine.schema.program import AccrualBase, LanePhase
from checkout.engine.schema.rewards import Part
from checkout.engine.unindexed import Unindexed
from checkout.primitives import FULL_RATE_BP

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.engine.catalogue import Catalogue
    from checkout.engine.compiled_campaign import CompiledCampaign
    from checkout.engine.conditions.base import CompiledCondition
    from checkout.engine.schema.goods import Goods
    from checkout.engine.schema.program import Program
    from checkout.engine.windows import Window

_Index = dict[str, list["CompiledCampaign"]]


class CompiledProgram:
    """What of a program the engine asks often, and the indexes of its campaigns.

    Codes of coupons stand in their canonical form here. `by_coupon_named` and `by_series_named`
    hold the campaigns that name a code or a series outside a `not`, `by_code` all; the other
    indexes, those that are reached through them; `unindexed`, those of stores and of no index.
    """

    __slots__ = (
        "accrual_lanes",
        "accrual_selector",
        "by_code",
        "by_coupon",
        "by_coupon_named",
        "coupons_known",
        "by_list",
        "by_offer",
        "by_segment",
        "by_series",
        "by_series_named",
        "by_terminal",
        "certificates",
        "by_tier",
        "cap_is_nothing",
        "currencies",
        "discount_lanes",
        "first_lane",
        "document",
        "gifts",
        "earning_dates",
        "earns_after_discounts",
        "earns_before_discounts",
        "earns_not_on_certificates",
        "earns_not_on_points",
        "earns_when_spent",
        "goods",
        "goods_caps",
        "gives_counted",
        "has_budgets",
        "has_cap",
        "has_shared_limits",
        "limits",
        "limits_by_ref",
        "main_currency",
        "points_level",
        "points_rounding",
        "manual_rates_bp",
        "redemption",
        "redemption_currency",
        "tiers",
        "unindexed",
        "windows",
    )

    def __init__(self, document: Program, catalogue: Catalogue) -> None:
        """Start without campaigns."""
        self.document = document
        self.goods = GoodsIndex(catalogue)
        self.discount_lanes = _lanes(document, LanePhase.DISCOUNT)
        self.accrual_lanes = _lanes(document, LanePhase.ACCRUAL)
        self.first_lane = CompiledLane(document.lanes[0])
        cap = document.discount_cap
        self.has_cap = cap.rate_bp is not None or cap.amount_minor is not None
        self.cap_is_nothing = cap.above is Part.NOTHING
        self.tiers = {tier.code: tier for tier in document.tiers}
        self.currencies = {currency.code: currency for currency in document.currencies}
        self.main_currency = document.currencies[0]
        self.redemption = CompiledRedemption(document.redemption)
        self.redemption_currency = self.main_currency
        if document.redemption.currency is not None:
            self.redemption_currency = self.currencies[document.redemption.currency]
        self.manual_rates_bp = {
            permission.code: permission.rate_bp
            for permission in document.manual_discounts.permissions
        }
        self.limits = tuple(
            CompiledLimit(limit, "", self._selector_of(limit.goods)) for limit in document.limits
        )
        #: Those of campaigns, too, by campaign (empty: the program's) and code.
        self.limits_by_ref = {("", limit.code): limit for limit in self.limits}
        self.has_shared_limits = any(limit.is_shared for limit in self.limits)
        caps = [(self._selector_of(c.goods), c.rate_bp) for c in document.redemption.goods_caps]
        self.goods_caps = tuple((s, rate_bp) for s, rate_bp in caps if s is not None)
        #: Series of certificates and passes, by code, each with the goods that it pays for.
        self.certificates = {
            series.code: (series, self._selector_of(series.goods))
            for series in document.certificates
        }
        self.gifts = {gift.code: CompiledGift(gift) for gift in document.gifts}
        #: Whether some campaign gives gifts that are counted.
        self.gives_counted = False
        accrual = document.accrual
        self.accrual_selector = self._selector_of(accrual.goods)
        self.earning_dates = EarningDates(accrual.dates)
        self.earns_after_discounts = accrual.base is AccrualBase.AFTER_DISCOUNTS
        self.earns_before_discounts = accrual.base is AccrualBase.BEFORE_DISCOUNTS
        self.earns_not_on_points = accrual.exclude_paid_with_points
        self.earns_not_on_certificates = accrual.exclude_paid_with_certificates
        self.earns_when_spent = accrual.earn_when_points_spent
        self.points_level = accrual.level
        self.points_rounding = accrual.rounding
        self.by_code: dict[str, CompiledCampaign] = {}
        self.by_coupon: _Index = {}
        self.by_coupon_named: _Index = {}
        #: All codes that some campaign names, even inside a `not`.
        self.coupons_known: set[str] = set()
        self.by_series: _Index = {}
        self.by_series_named: _Index = {}
        self.by_offer: _Index = {}
        self.by_list: _Index = {}
        self.by_segment: _Index = {}
        self.by_tier: _Index = {}
        self.by_terminal: dict[tuple[str, str], list[CompiledCampaign]] = {}
        self.unindexed = Unindexed()
        #: Windows that conditions of its campaigns look at.
        self.windows: set[Window] = set()
        self.has_budgets = False

    def _selector_of(self, goods: Goods | None) -> Selector | None:
        """A selector of the program's own, registered."""
        if goods is None:
            return None
        selector = Selector(goods, None)
        self.goods.add((selector,))
        return selector

    def add(self, campaign: CompiledCampaign) -> None:
        """Put a campaign under its index."""
        self.goods.add(campaign.selectors, campaign)
        self.windows |= campaign.windows
        self.has_budgets = self.has_budgets or campaign.budget is not None
        self.by_code[campaign.code] = campaign
        self.gives_counted = self.gives_counted or bool(self.counted_gifts(campaign))
        for limit in campaign.limits:
            self.limits_by_ref[campaign.code, limit.code] = limit
            self.has_shared_limits = self.has_shared_limits or limit.is_shared
        _file(self.by_coupon_named, {self.fold_code(code) for code in campaign.coupons}, campaign)
        self.coupons_known.update(self.fold_code(code) for code in campaign.coupons_named)
        _file(self.by_series_named, campaign.coupon_series, campaign)
        match campaign.anchor:
            case HasCoupon() | HasCouponOfSeries() as code:
                self._file_codes((code,), campaign)
            case AnyHolds(of=codes):
                self._file_codes(codes, campaign)
            case HasOffer():
                _file(self.by_offer, (campaign.code,), campaign)
            case InList(named=named):
                _file(self.by_list, named, campaign)
            case InSegment(named=named):
                _file(self.by_segment, named, campaign)
            case InTier(named=named):
                _file(self.by_tier, named, campaign)
            case AtPlace() as place:
                self.unindexed.add(campaign, place)
                for terminal in place.terminals:
                    self.by_terminal.setdefault(terminal, []).append(campaign)
            case _:
                if not any(selector.anchors for selector in campaign.selectors):
                    self.unindexed.add(campaign)

    def _file_codes(
        self, conditions: Iterable[CompiledCondition], campaign: CompiledCampaign
    ) -> None:
        """Under the codes and series that conditions name, once under each."""
        named = [each.code for each in conditions if isinstance(each, HasCoupon)]
        _file(self.by_coupon, {self.fold_code(code) for code in named}, campaign)
        of_series = {each.series for each in conditions if isinstance(each, HasCouponOfSeries)}
        _file(self.by_series, of_series, campaign)

    def counted_gifts(self, campaign: CompiledCampaign) -> set[str]:
        """Codes of the gifts that a campaign gives and that are counted."""
        return {
            code for code in campaign.gifts if code in self.gifts and self.gifts[code].is_counted
        }

    @property
    def campaign_count(self) -> int:
        """How many campaigns there are."""
        return len(self.by_code)

    def fold_code(self, code: str) -> str:
        """The canonical form of a coupon code, by this program's rules."""
        return canonical_code(code, self.document.coupons)

    @property
    def is_contested(self) -> bool:
        """Whether its campaigns draw on what is locked after the members."""
        return self.has_budgets or self.has_shared_limits or self.gives_counted

    def multiplier_bp(self, tier: str) -> int:
        """The points multiplier of a tier; ×1 without one."""
        known = self.tiers.get(tier)
        return known.points_multiplier_bp if known is not None else FULL_RATE_BP

    def tier_name(self, tier: str) -> str:
        """What customers call a tier; empty without one."""
        known = self.tiers.get(tier)
        return known.name if known is not None else ""


def _lanes(document: Program, phase: LanePhase) -> tuple[CompiledLane, ...]:
    """The lanes of a phase, in order."""
    return tuple(CompiledLane(lane) for lane in document.lanes if lane.phase is phase)


def _file(index: _Index, keys: Iterable[str], campaign: CompiledCampaign) -> None:
    for key in keys:
        index.setdefault(key, []).append(campaign)
