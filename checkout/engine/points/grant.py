"""What one point reward is granted, and what cut it (``docs/rules.md`` §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.outcome import Cut
from checkout.primitives import allocate

if TYPE_CHECKING:
    from checkout.engine.limits import CompiledLimit
    from checkout.engine.outcome import CutBy
    from checkout.engine.rewards.portion import Portion


class PointGrant:
    """What was wished on each portion, and how much of the sum is granted, in minor units."""

    __slots__ = (
        "by",
        "currency",
        "limit",
        "points_minor",
        "portions",
        "rates_bp",
        "wanted_minor",
        "_wishes",
    )

    def __init__(
        self,
        currency: str,
        portions: list[Portion],
        wishes: list[int],
        rates_bp: list[int] | None,
    ) -> None:
        """All that is wished is granted, to begin with; rates are for the explanation."""
        self.currency = currency
        self.portions = portions
        self.rates_bp = rates_bp if rates_bp is not None else [0] * len(wishes)
        self.wanted_minor = sum(wishes)
        self.points_minor = self.wanted_minor
        self.by: CutBy | None = None
        self.limit: CompiledLimit | None = None
        self._wishes = wishes

    def bound(self, most_minor: int, by: CutBy, limit: CompiledLimit | None = None) -> None:
        """Grant at most so much; the last bound that cuts is named."""
        most = max(most_minor, 0)
        if self.points_minor <= most:
            return
        self.points_minor = most
        self.by = by
        self.limit = limit

    def parts(self) -> list[int]:
        """What is granted on each portion: in proportion to what was wished there."""
        if self.points_minor == self.wanted_minor:
            return self._wishes
        return allocate(self.points_minor, self._wishes, self._wishes)

    def cut(self, campaign: str, lane: str) -> Cut | None:
        """What the outcome says about the cut, if there was one."""
        if self.by is None:
            return None
        limit = self.limit.code if self.limit is not None else ""
        return Cut(campaign, lane, self.by, limit, self.wanted_minor, self.points_minor)
