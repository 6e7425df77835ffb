"""Numbers that several conditions leave together: a least, a most, and gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.schema.document import Comparison

if TYPE_CHECKING:
    from checkout.engine.problems.claims import Claim
    from checkout.engine.problems.measures import Measure

    Intervals = dict[Measure, "Interval"]

#: What does not hold, said as what holds instead; `equal` has no such opposite.
_OPPOSITE = {
    Comparison.LESS_THAN: Comparison.AT_LEAST,
    Comparison.AT_MOST: Comparison.MORE_THAN,
    Comparison.AT_LEAST: Comparison.LESS_THAN,
    Comparison.MORE_THAN: Comparison.AT_MOST,
}


class Interval:
    """Whole numbers between two bounds, each with the claim that set it."""

    __slots__ = ("_gaps", "high", "high_claim", "low", "low_claim")

    def __init__(self) -> None:
        """Every number, at first."""
        self.low: int | None = None
        self.high: int | None = None
        self.low_claim: Claim | None = None
        self.high_claim: Claim | None = None
        self._gaps: set[int] = set()

    def narrow(self, claim: Claim, compare: Comparison, bound: int) -> None:
        """Leave what compares so with a bound, or what does not, as the claim says."""
        if not claim.holds:
            if compare is Comparison.EQUAL:
                self._gaps.add(bound)
                return
            compare = _OPPOSITE[compare]
        match compare:
            case Comparison.LESS_THAN:
                self.lower_to(claim, bound - 1)
            case Comparison.AT_MOST:
                self.lower_to(claim, bound)
            case Comparison.AT_LEAST:
                self.raise_to(claim, bound)
            case Comparison.MORE_THAN:
                self.raise_to(claim, bound + 1)
            case Comparison.EQUAL:
                self.raise_to(claim, bound)
                self.lower_to(claim, bound)

    def raise_to(self, claim: Claim, bound: int) -> None:
        """Leave nothing below a bound."""
        if self.low is None or bound > self.low:
            self.low, self.low_claim = bound, claim

    def lower_to(self, claim: Claim, bound: int) -> None:
        """Leave nothing above a bound."""
        if self.high is None or bound < self.high:
            self.high, self.high_claim = bound, claim

    @property
    def is_empty(self) -> bool:
        """Whether no number is left."""
        if self.low is None or self.high is None:
            return False
        return all(number in self._gaps for number in self._narrowest(self.low, self.high))

    def _narrowest(self, low: int, high: int) -> range:
        """As many of the numbers as could all be gaps."""
        return range(low, min(high, low + len(self._gaps)) + 1)
