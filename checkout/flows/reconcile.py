"""ReconcileShift: counts and sums of a terminal's shift, till against service.

Two statements, and no lock: one reads the shift, one keeps what the comparison found. Nothing else
is written, and a sale that arrives meanwhile is found by the next comparison.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from uuid_utils.compat import uuid7

from checkout.primitives import bucket_of_uuid
from checkout.store.shifts import ShiftRef

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from uuid import UUID

    from checkout.flows.sale import Caller
    from checkout.store.shifts import ShiftRow, ShiftStore


@dataclass(slots=True, kw_only=True)
class ShiftTotals:
    """What a shift comes to, by one side's books."""

    sales: int = 0
    sales_minor: int = 0
    returns: int = 0
    returns_minor: int = 0
    points_spent_minor: int = 0
    points_earned_minor: int = 0
    #: Of the returns, those without a receipt.
    returns_without_receipt: int = 0
    returns_without_receipt_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftCall:
    """What a till has counted; without ids only totals are compared."""

    shift: str
    business_day: dt.date
    till: ShiftTotals
    purchase_ids: frozenset[str] = frozenset()
    return_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Missing:
    """Ids that only one side knows, sorted."""

    at_service: list[str]
    at_till: list[str]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What the comparison found."""

    reconciliation_id: UUID
    service: ShiftTotals
    agrees: bool
    purchases: Missing
    returns: Missing


class ReconcileFlow:
    """Compares shifts."""

    def __init__(self, shifts: ShiftStore) -> None:
        self._shifts = shifts

    async def reconcile(self, caller: Caller, call: ShiftCall) -> Reconciled:
        """Compare, and keep what was found.

        Raises:
            StoreError: the database cannot be used.
        """
        ref = ShiftRef(
            caller.partner_id,
            caller.store_code,
            caller.terminal_code,
            call.business_day,
            call.shift,
        )
        rows = await self._shifts.read(ref)
        service = totals_of(rows)
        purchases = _missing(call.purchase_ids, (row.id for row in rows if row.kind == "sale"))
        returns = _missing(call.return_ids, (row.id for row in rows if row.kind != "sale"))
        missing = sum(
            len(ids) for each in (purchases, returns) for ids in (each.at_service, each.at_till)
        )
        agrees = service == call.till and not missing
        reconciliation_id = uuid7()
        await self._shifts.keep(
            ref,
            bucket_of_uuid(caller.store_id),
            reconciliation_id,
            asdict(call.till),
            asdict(service),
            missing,
            agrees=agrees,
        )
        return Reconciled(reconciliation_id, service, agrees, purchases, returns)


def totals_of(rows: Iterable[ShiftRow]) -> ShiftTotals:
    """What the sales and returns of a shift come to."""
    totals = ShiftTotals()
    for row in rows:
        if row.kind == "sale":
            totals.sales += 1
            totals.sales_minor += row.money_minor
            totals.points_spent_minor += row.points_spent_minor
            totals.points_earned_minor += row.points_earned_minor
        else:
            totals.returns += 1
            totals.returns_minor += row.money_minor
        if row.kind == "return_without_receipt":
            totals.returns_without_receipt += 1
            totals.returns_without_receipt_minor += row.money_minor
    return totals


def _missing(told: frozenset[str], known: Iterable[str]) -> Missing:
    """Nothing is missing where the till has told no ids."""
    if not told:
        return Missing([], [])
    found = set(known)
    return Missing(sorted(told - found), sorted(found - told))
