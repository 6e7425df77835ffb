"""Point rewards, compiled: what each wishes on its portions, exactly (``docs/rules.md`` §5)."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import TYPE_CHECKING, assert_never

from checkout.engine.points.dates import EarningDates
from checkout.engine.rewards.reward import CompiledReward
from checkout.engine.rewards.value import Value
from checkout.engine.schema.points import PointsAmount, PointsMultiplier, PointsPercent
from checkout.engine.schema.rewards import Part
from checkout.engine.schema.values import AmountPer
from checkout.primitives import FULL_RATE_BP, UNIT_MILLI

if TYPE_CHECKING:
    from collections.abc import Callable

    from checkout.engine.case import Case
    from checkout.engine.goods import Selector
    from checkout.engine.rewards.portion import Portion
    from checkout.engine.schema.goods import Goods
    from checkout.engine.schema.points import PointsReward


class PointTerms:
    """What a currency and the member's tier do to every wish: factors, the same for all lines."""

    __slots__ = ("currency", "money_scale", "multiplier_bp", "point_scale")

    def __init__(
        self, currency: str, point_exponent: int, money_exponent: int, multiplier_bp: int
    ) -> None:
        """Bring money to points of the same face value: × `point_scale` / `money_scale`."""
        self.currency = currency
        self.point_scale = 10 ** max(point_exponent - money_exponent, 0)
        self.money_scale = 10 ** max(money_exponent - point_exponent, 0)
        self.multiplier_bp = multiplier_bp


class PointWish:
    """Exact points on each portion: numerators over one denominator; the rates that are shown."""

    __slots__ = ("denominator", "numerators", "rates_bp")

    def __init__(
        self, numerators: list[int], denominator: int, rates_bp: list[int] | None = None
    ) -> None:
        """Keep the three, in minor units of the currency."""
        self.numerators = numerators
        self.denominator = denominator
        self.rates_bp = rates_bp


class PointReward(CompiledReward):
    """A reward that gives points; `currency` is empty for the program's first."""

    __slots__ = ("above_is_nothing", "currency", "dates", "maximum_minor", "tiered", "value")

    def __init__(
        self, campaign: str, document: PointsReward, selector: Selector | None, value: Value
    ) -> None:
        """Take over what all point rewards have."""
        super().__init__(campaign, document.lane, selector, document.reduced_goods)
        self.currency = document.currency or ""
        self.dates = EarningDates(document.dates) if document.dates is not None else None
        self.maximum_minor = document.maximum_minor
        self.above_is_nothing = document.above is Part.NOTHING
        self.tiered = document.tier_multiplied
        self.value = value

    @abstractmethod
    def wish(self, case: Case, portions: list[Portion], terms: PointTerms) -> PointWish | None:
        """What the reward wishes on portions in canonical order; none if it has no value."""

    def multiplier_bp(self, terms: PointTerms) -> int:
        """The tier's multiplier, if it counts."""
        return terms.multiplier_bp if self.tiered else FULL_RATE_BP


class PercentInPoints(PointReward):
    """`points_percent`: a rate of the base, as points of the same face value as the money."""

    __slots__ = ()

    def wish(self, case: Case, portions: list[Portion], terms: PointTerms) -> PointWish | None:
        """Base × rate on each portion, or each step of a marginal scale for its own part."""
        factor = terms.point_scale * self.multiplier_bp(terms)
        denominator = FULL_RATE_BP * FULL_RATE_BP * terms.money_scale
        scale = self.value.scale
        if scale is None:
            rate = self.value.of_case(case)
            if not rate:
                return None
            factor *= rate
            return PointWish(
                [portion.base_minor * factor for portion in portions],
                denominator,
                [rate] * len(portions),
            )
        if not scale.marginal:
            rates = [rate or 0 for rate in self.value.of_each(case, portions)]
            return PointWish(
                [
                    portion.base_minor * rate * factor
                    for portion, rate in zip(portions, rates, strict=True)
                ],
                denominator,
                rates,
            )
        if scale.over_line:
            return PointWish(
                [scale.weighted(portion.base_minor) * factor for portion in portions],
                denominator,
            )
        base = sum(portion.base_minor for portion in portions)
        total = scale.weighted(base) * factor
        return _by_bases(portions, total, denominator)


class AmountInPoints(PointReward):
    """`points_amount`: so many points per unit, quantity, line, receipt or each so much."""

    __slots__ = ("each", "per")

    def __init__(
        self, campaign: str, document: PointsAmount, selector: Selector | None, value: Value
    ) -> None:
        """Keep what the points are for, too."""
        super().__init__(campaign, document, selector, value)
        self.per = document.per
        self.each = document.each_minor or document.each_units or 1

    def wish(self, case: Case, portions: list[Portion], terms: PointTerms) -> PointWish | None:
        """The points on each portion; those for several lines together lie on them by bases."""
        points = [value or 0 for value in self.value.of_each(case, portions)]
        multiplier_bp = self.multiplier_bp(terms)
        times: list[int]
        match self.per:
            case AmountPer.UNIT:
                times = [portion.units for portion in portions]
            case AmountPer.QUANTITY:
                times = [portion.quantity_milli for portion in portions]
                return PointWish(_products(points, times, multiplier_bp), FULL_RATE_BP * UNIT_MILLI)
            case AmountPer.LINE:
                times = [1] * len(portions)
            case AmountPer.RECEIPT | AmountPer.EACH_AMOUNT | AmountPer.EACH_UNITS:
                total = points[0] * self._times(portions) * multiplier_bp
                return _by_bases(portions, total, FULL_RATE_BP)
            case _:
                assert_never(self.per)
        return PointWish(_products(points, times, multiplier_bp), FULL_RATE_BP)

    def _times(self, portions: list[Portion]) -> int:
        """How often the points for several lines together are given."""
        if self.per is AmountPer.EACH_AMOUNT:
            return sum(portion.base_minor for portion in portions) // self.each
        if self.per is AmountPer.EACH_UNITS:
            return sum(portion.units for portion in portions) // self.each
        return 1


class PointsTimes(PointReward):
    """`points_multiplier`: what earlier lanes gave, so many times; the tier never counts."""

    __slots__ = ()

    def wish(self, case: Case, portions: list[Portion], terms: PointTerms) -> PointWish | None:
        """What earlier lanes gave on the part of the line, × (factor − 1)."""
        factors = [
            max((factor or 0) - FULL_RATE_BP, 0) for factor in self.value.of_each(case, portions)
        ]
        wholes = [_divisor(portion) for portion in portions]
        common = math.lcm(*wholes)
        numerators = []
        for portion, factor, whole in zip(portions, factors, wholes, strict=True):
            earlier = sum(
                part.points_minor
                for part in portion.line.points
                if part.currency == terms.currency and part.lane != self.lane
            )
            times = common if whole == 1 else portion.quantity_milli * (common // whole)
            numerators.append(earlier * factor * times)
        return PointWish(numerators, FULL_RATE_BP * common)


def compile_points(
    campaign_code: str,
    reward: PointsReward,
    selector_of: Callable[[Goods | None], Selector | None],
) -> PointReward:
    """The compiled form of one point reward of the schema."""
    selector = selector_of(reward.goods)
    match reward:
        case PointsPercent():
            return PercentInPoints(
                campaign_code, reward, selector, Value(campaign_code, reward, reward.rate_bp)
            )
        case PointsAmount():
            return AmountInPoints(
                campaign_code, reward, selector, Value(campaign_code, reward, reward.points_minor)
            )
        case PointsMultiplier():
            return PointsTimes(
                campaign_code, reward, selector, Value(campaign_code, reward, reward.factor_bp)
            )
        case _:
            raise TypeError(f"no reward in points: {type(reward).__name__}")


def _divisor(portion: Portion) -> int:
    """The whole quantity of which the portion is a part; 1 for a whole line."""
    whole = portion.line.quantity_milli
    return 1 if portion.quantity_milli == whole else whole


def _products(points: list[int], times: list[int], multiplier_bp: int) -> list[int]:
    """Points × times × multiplier on each portion."""
    return [p * t * multiplier_bp for p, t in zip(points, times, strict=True)]


def _by_bases(portions: list[Portion], total: int, denominator: int) -> PointWish | None:
    """One exact total over the portions in proportion to their bases; none if they have none."""
    bases = [portion.base_minor for portion in portions]
    base_sum = sum(bases)
    if not base_sum or not total:
        return None
    return PointWish([total * base for base in bases], denominator * base_sum)
