"""How purchases are added by hand: the receipt number is looked for, then the purchase is added."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID

    from checkout.flows.add_purchase import AddPurchaseOperation
    from checkout.flows.answers import Answer
    from checkout.flows.group_commit import GroupCommit
    from checkout.refusals import Refusal


class ReceiptNumbers(Protocol):
    """Who has a receipt number."""

    async def purchase_with_number(
        self, partner_id: UUID, store_code: str, business_day: dt.date, receipt_number: str
    ) -> str:
        """A purchase of that store and day, at any terminal; empty if there is none."""


class AddPurchaseFlow:
    """Adds purchases by hand."""

    def __init__(self, group_commit: GroupCommit, numbers: ReceiptNumbers) -> None:
        self._group_commit = group_commit
        self._numbers = numbers

    async def add(self, operation: AddPurchaseOperation) -> Answer | Refusal:
        """Look for the receipt number, then add the purchase.

        Two operators who add one number at the same moment under one terminal and shift meet under
        its lock; a till that sells it at that moment is not seen.

        Raises:
            StoreError: the database cannot be asked.
        """
        number = operation.settlement.receipt_number
        if number:
            operation.number_taken_by = await self._numbers.purchase_with_number(
                operation.partner_id,
                operation.sale.caller.store_code,
                operation.business_day,
                number,
            )
        return await self._group_commit.run(operation)
