"""The one number of a reward: fixed, by member, personal, or on a scale (``docs/rules.md`` §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.rewards.portion import part_of
from checkout.engine.schema.conditions import Moment
from checkout.engine.schema.values import ScaleBy, ScaleMode, ScaleOver

if TYPE_CHECKING:
    from checkout.engine.case import Case
    from checkout.engine.rewards.portion import Portion
    from checkout.engine.schema.values import Scale, Valued


class Value:
    """Where a reward's number comes from."""

    __slots__ = ("_by_member", "_campaign", "_personal", "fixed", "scale")

    def __init__(self, campaign: str, document: Valued, fixed: int | None) -> None:
        """Exactly one of the four is given, which has been checked."""
        self._campaign = campaign
        self.fixed = fixed
        self.scale = CompiledScale(document.scale) if document.scale is not None else None
        self._by_member = document.by_member
        self._personal = document.personal

    def of_case(self, case: Case) -> int | None:
        """The number without a scale; none if the member has none."""
        if self.fixed is not None:
            return self.fixed
        member = case.member
        if member is None:
            return None
        if self._personal:
            offer = member.offers.get(self._campaign)
            return offer.value if offer is not None else None
        for entry in self._by_member:
            if member.tier in entry.tiers or not member.segments.isdisjoint(entry.segments):
                return entry.value
        return None

    @property
    def is_additive(self) -> bool:
        """Whether the number for a portion does not depend on the other portions."""
        scale = self.scale
        return scale is None or scale.over_line or scale.by is ScaleBy.RECEIPT_AMOUNT

    @property
    def is_proportional(self) -> bool:
        """Whether the number for a portion does not depend on its size either."""
        scale = self.scale
        return scale is None or (scale.by is ScaleBy.RECEIPT_AMOUNT and not scale.marginal)

    def of_each(self, case: Case, portions: list[Portion]) -> list[int | None]:
        """The number for each portion; a scale's is that of the step which is reached."""
        if self.scale is None:
            return [self.of_case(case)] * len(portions)
        return self.scale.values(case, portions)

    def of_portions(self, case: Case, portions: list[Portion]) -> tuple[list[Portion], list[int]]:
        """The portions that have a number, and theirs."""
        if self.scale is None:
            value = self.of_case(case)
            if value is None:
                return [], []
            return portions, [value] * len(portions)
        values = self.of_each(case, portions)
        if None in values:
            portions = [p for p, v in zip(portions, values, strict=True) if v is not None]
        return portions, [value for value in values if value is not None]


class CompiledScale:
    """Bands of quantity or amount, each with its value."""

    __slots__ = ("by", "earlier_lanes", "marginal", "over_line", "steps")

    def __init__(self, scale: Scale) -> None:
        """Take the steps, which rise."""
        self.by = scale.by
        self.over_line = scale.over is ScaleOver.LINE
        self.marginal = scale.mode is ScaleMode.MARGINAL
        self.earlier_lanes = scale.after is Moment.EARLIER_LANES
        #: From, value; each reaches to the next.
        self.steps = tuple((step.from_, step.value) for step in scale.steps)

    def value_at(self, measure: int) -> int | None:
        """The value of the last step that the measure reaches."""
        value = None
        for bound, its_value in self.steps:
            if measure < bound:
                break
            value = its_value
        return value

    def values(self, case: Case, portions: list[Portion]) -> list[int | None]:
        """The value for each portion, of the step that its measure reaches."""
        if self.by is ScaleBy.RECEIPT_AMOUNT:
            amount = sum(
                line.opened_minor if self.earlier_lanes else line.start_minor
                for line in case.counted
            )
            return [self.value_at(amount)] * len(portions)
        measures = [self._measure(portion) for portion in portions]
        if self.over_line:
            return [self.value_at(measure) for measure in measures]
        return [self.value_at(sum(measures))] * len(portions)

    def _measure(self, portion: Portion) -> int:
        if self.by is ScaleBy.QUANTITY:
            return portion.quantity_milli
        return price_minor(portion, earlier_lanes=self.earlier_lanes)

    def weighted(self, measure: int) -> int:
        """The sum over the steps of the part of a measure that lies in each × its value."""
        return sum(part * value for part, value in self.parts(measure))

    def parts(self, measure: int) -> list[tuple[int, int]]:
        """The part of a measure that lies in each step, with the step's value."""
        found = []
        for i, (bound, value) in enumerate(self.steps):
            if measure <= bound:
                break
            end = self.steps[i + 1][0] if i + 1 < len(self.steps) else measure
            found.append((min(measure, end) - bound, value))
        return found


def price_minor(portion: Portion, *, earlier_lanes: bool) -> int:
    """The start of a portion, or its price when the lane opened."""
    line = portion.line
    whole = line.opened_minor if earlier_lanes else line.start_minor
    return part_of(whole, portion.quantity_milli, line.quantity_milli)
