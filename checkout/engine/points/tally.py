"""What accrual lanes have given so far on a receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checkout.engine.points.rounding import PointSums


class PointTally:
    """The sums that rounding remembers, and points by campaign and currency, in minor units."""

    __slots__ = ("by_campaign", "sums")

    def __init__(self, sums: PointSums, by_campaign: dict[str, dict[str, int]]) -> None:
        """Keep both."""
        self.sums = sums
        self.by_campaign = by_campaign

    def copy(self) -> PointTally:
        """The same, to try something with."""
        given = {code: dict(points) for code, points in self.by_campaign.items()}
        return PointTally(self.sums.copy(), given)

    def add(self, campaign: str, currency: str, points_minor: int) -> None:
        """A campaign gave points."""
        given = self.by_campaign.setdefault(campaign, {})
        given[currency] = given.get(currency, 0) + points_minor

    def given_by(self, campaign: str, currency: str) -> int:
        """What a campaign gave in a currency."""
        return self.by_campaign.get(campaign, {}).get(currency, 0)

    def given(self, currency: str) -> int:
        """What all campaigns gave in a currency."""
        return sum(points.get(currency, 0) for points in self.by_campaign.values())
