"""What accrual lanes have given so far on a receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.primitives import AMOUNT_MAX_MINOR

if TYPE_CHECKING:
    from checkout.engine.points.rounding import PointSums


class PointTally:
    """The sums that rounding remembers, and points by campaign and currency, in minor units."""

    __slots__ = ("by_campaign", "sums", "_given")

    def __init__(self, sums: PointSums, by_campaign: dict[str, dict[str, int]]) -> None:
        """Keep both, and the sums by currency."""
        self.sums = sums
        self.by_campaign = by_campaign
        self._given: dict[str, int] = {}
        for points in by_campaign.values():
            for currency, points_minor in points.items():
                self._given[currency] = self._given.get(currency, 0) + points_minor

    def copy(self) -> PointTally:
        """The same, to try something with."""
        given = {code: dict(points) for code, points in self.by_campaign.items()}
        return PointTally(self.sums.copy(), given)

    def add(self, campaign: str, currency: str, points_minor: int) -> None:
        """A campaign gave points."""
        given = self.by_campaign.setdefault(campaign, {})
        given[currency] = given.get(currency, 0) + points_minor
        self._given[currency] = self._given.get(currency, 0) + points_minor

    def given_by(self, campaign: str, currency: str) -> int:
        """What a campaign gave in a currency."""
        return self.by_campaign.get(campaign, {}).get(currency, 0)

    def given(self, currency: str) -> int:
        """What all campaigns gave in a currency."""
        return self._given.get(currency, 0)

    def room(self, currency: str) -> int:
        """What may still be given in a currency: a receipt earns at most 10^15 of each."""
        return AMOUNT_MAX_MINOR - self.given(currency)
