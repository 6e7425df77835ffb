"""Which campaigns applied, and what they gave (``docs/rules.md`` §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from checkout.engine.follows.gifts import Gifts

if TYPE_CHECKING:
    from checkout.engine.accrual import AccrualPhase
    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledCampaign, CompiledProgram


class Discounts(Protocol):
    """What was taken off, whoever decided on it.

    `worked` holds the largest quantity of each line on which a campaign was granted something.
    """

    by_campaign: dict[str, int]
    worked: dict[str, dict[CanonicalLine, int]]
    limits_cut: set[tuple[str, str]]


class Given:
    """The applied campaigns in order, with what each took off and let earn, in minor units."""

    __slots__ = ("accrual", "applied", "discounts", "gifts", "main_currency")

    def __init__(
        self,
        case: Case,
        campaigns: list[CompiledCampaign],
        discounts: Discounts,
        accrual: AccrualPhase,
        program: CompiledProgram,
    ) -> None:
        """Find the applied among the open campaigns, which come in order, at the end."""
        self.discounts = discounts
        self.accrual = accrual
        self.main_currency = program.main_currency.code
        self.gifts = Gifts(program, case)
        self.applied = [campaign for campaign in campaigns if self._applies(case, campaign)]

    def _applies(self, case: Case, campaign: CompiledCampaign) -> bool:
        """It was granted something, or it has no rewards and issues something; takes its gifts."""
        code = campaign.code
        if code in self.discounts.by_campaign or code in self.accrual.by_campaign:
            self.gifts.take(campaign)
            return True
        if campaign.rewards or not all(part.holds(case) for part in campaign.late_parts):
            return False
        return self.gifts.take(campaign)

    def has(self, campaign: str) -> bool:
        """Whether a campaign applied."""
        return any(each.code == campaign for each in self.applied)

    def discount_minor(self, campaign: str) -> int:
        """Money that a campaign took off."""
        return self.discounts.by_campaign.get(campaign, 0)

    def points_minor(self, campaign: str, currency: str | None = None) -> int:
        """Points that a campaign gave; in the program's first currency by default."""
        points = self.accrual.by_campaign.get(campaign)
        return points.get(currency or self.main_currency, 0) if points is not None else 0

    def total_discount_minor(self) -> int:
        """Money that all campaigns took off."""
        return sum(self.discounts.by_campaign.values())

    def total_points_minor(self, currency: str | None = None) -> int:
        """Points that all campaigns gave; in the program's first currency by default."""
        wanted = currency or self.main_currency
        return sum(points.get(wanted, 0) for points in self.accrual.by_campaign.values())

    def worked_milli(self, campaign: str) -> dict[CanonicalLine, int]:
        """Of each line the largest quantity on which the campaign was granted something."""
        worked = dict(self.discounts.worked.get(campaign, {}))
        for line, quantity in self.accrual.worked.get(campaign, {}).items():
            worked[line] = max(worked.get(line, 0), quantity)
        return worked

    def limits_cut(self) -> set[tuple[str, str]]:
        """Limits that cut a reward: campaign (empty: the program) and code."""
        return self.discounts.limits_cut | self.accrual.limits_cut
