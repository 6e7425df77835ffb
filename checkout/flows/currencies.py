"""Point currencies by their code, for calls that name one without a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.sale_operation import missing_snapshot
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.engine.schema.program import PointCurrency, Program
    from checkout.flows.ports import Snapshots


def find_currency(
    snapshots: Snapshots, partner_id: UUID, code: str
) -> tuple[Program, PointCurrency] | Refusal:
    """The first program of the rules in force that has the currency, and the currency."""
    snapshot = snapshots.current(partner_id)
    if snapshot is None:
        return missing_snapshot()
    for program in snapshot.programs.values():
        for currency in program.document.currencies:
            if currency.code == code:
                return program.document, currency
    return Refusal(Reason.CURRENCY_UNKNOWN, "no program has this point currency", "currency")
