"""What campaigns have given so far, in a worker's memory: for quotes only.

Confirms read the locked rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.facts import BudgetUse

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from checkout.ledger.book import Book
    from checkout.ledger.rows import Budget

_NOTHING: Final[dict[str, BudgetUse]] = {}


class Budgets:
    """Budget use by partner and campaign."""

    def __init__(self) -> None:
        self._by_partner: dict[UUID, dict[str, BudgetUse]] = {}

    def of(self, partner_id: UUID) -> dict[str, BudgetUse]:
        """The budgets of a partner's campaigns."""
        return self._by_partner.get(partner_id, _NOTHING)

    def replace(self, budgets: Iterable[Budget]) -> None:
        """Take the state that was read."""
        fresh: dict[UUID, dict[str, BudgetUse]] = {}
        for budget in budgets:
            fresh.setdefault(budget.partner_id, {})[budget.campaign_code] = _use(budget)
        self._by_partner = fresh

    async def after_commit(self, book: Book) -> None:
        """Take what a batch of this worker has just committed."""
        for (partner_id, campaign), budget in book.writes.budgets.items():
            self._by_partner.setdefault(partner_id, {})[campaign] = _use(budget)


def _use(budget: Budget) -> BudgetUse:
    return BudgetUse(
        discount_minor=budget.discount_used + budget.discount_held,
        uses=budget.uses_used + budget.uses_held,
    )
