"""ReconcileShift: counts and sums of a terminal's shift, till against service.

Two statements, and no lock: one reads the shift, one keeps what the comparison found. Nothing else
is written, and a sale that arrives meanwhile is found by the next comparison.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from uuid_utils.compat import uuid7

from checkout.flows.business_day import SHIFT_EARLIER_MAX, check_business_day, date_in
from checkout.primitives import bucket_of_uuid, capped_total
from checkout.store.shifts import ShiftRef

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence
    from uuid import UUID

    from checkout.flows.sale import Caller
    from checkout.refusals import Refusal
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

    def __init__(self, shifts: ShiftStore, clock: Callable[[], dt.datetime]) -> None:
        self._shifts = shifts
        self._clock = clock

    async def reconcile(self, caller: Caller, call: ShiftCall) -> Reconciled | Refusal:
        """Compare, and keep what was found.

        Raises:
            StoreError: the database cannot be used.
        """
        today = date_in(caller.time_zone, self._clock())
        refusal = check_business_day(call.business_day, today, "business_day", SHIFT_EARLIER_MAX)
        if refusal is not None:
            return refusal
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


def totals_of(rows: Sequence[ShiftRow]) -> ShiftTotals:
    """What the sales and returns of a shift come to; sums stop at what can be counted."""
    sales = [row for row in rows if row.kind == "sale"]
    back = [row for row in rows if row.kind != "sale"]
    without = [row for row in back if row.kind == "return_without_receipt"]
    return ShiftTotals(
        sales=len(sales),
        sales_minor=_money(sales),
        returns=len(back),
        returns_minor=_money(back),
        points_spent_minor=capped_total(sum(row.points_spent_minor for row in sales)),
        points_earned_minor=capped_total(sum(row.points_earned_minor for row in sales)),
        returns_without_receipt=len(without),
        returns_without_receipt_minor=_money(without),
    )


def _money(rows: Iterable[ShiftRow]) -> int:
    return capped_total(sum(row.money_minor for row in rows))


def _missing(told: frozenset[str], known: Iterable[str]) -> Missing:
    """Nothing is missing where the till has told no ids."""
    if not told:
        return Missing([], [])
    found = set(known)
    return Missing(sorted(told - found), sorted(found - told))
