"""Calls of the service in memory about sales that it learns of later."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from checkout.flows.add_purchase import AddPurchaseOperation
from checkout.flows.answers import ConfirmAnswer
from checkout.flows.credit_later import CreditLaterOperation
from checkout.flows.final_sale import ConfirmIds
from checkout.flows.offline import OfflineOperation
from checkout.flows.sale import Settlement, SoldCertificate
from checkout.stories.receipts import MANUAL_TERMS, OFFLINE_TERMS
from checkout.stories.telling import tell, tell_issued

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.coupon_codes import CouponCodes
    from checkout.flows.operation import Operation
    from checkout.flows.sale import AlreadyPaid, Caller, PresentedIdentifier, Sale
    from checkout.ledger.interventions import Cause
    from checkout.stories.certificate_desk import CertificateDesk
    from checkout.stories.memory import MemoryBookStore
    from checkout.stories.shop import Added, SaleCall, Settled, Shown

    Told = dict[str, Any]


class MemoryLateCalls(ABC):
    """What `MemoryShop` does beside its usual calls."""

    _desk: CertificateDesk
    _codes: CouponCodes
    store: MemoryBookStore

    async def submit_offline(self, call: SaleCall, paid: AlreadyPaid, settled: Settled) -> Told:
        """Take over a sale as it was made."""
        taken = tuple(
            replace(each, code=self._desk.present(each.code).name) for each in paid.certificates
        )
        operation = OfflineOperation(
            self._sale(call),
            self._settlement(settled),
            replace(paid, certificates=taken),
            ids=ConfirmIds(self._new_id(), self._new_id(), self._new_id()),
            codes=self._desk.codes,
            coupon_codes=self._codes,
            terms=OFFLINE_TERMS,
            refuses_taken_numbers=False,
        )
        return self._told_sale(await self._commit(operation))

    async def add_purchase(self, call: SaleCall, settled: Settled, added: Added) -> Told:
        """Add a member's purchase by hand."""
        sale = self._sale(call)
        operation = AddPurchaseOperation(
            replace(
                sale,
                caller=replace(sale.caller, terminal_code=added.terminal),
                receipt=replace(sale.receipt, terminal=added.terminal),
            ),
            self._settlement(settled),
            request_id=added.request_id,
            member_id=None,
            cause=self._cause(),
            ids=ConfirmIds(self._new_id(), self._new_id(), self._new_id()),
            codes=self._desk.codes,
            coupon_codes=self._codes,
            terms=MANUAL_TERMS,
        )
        return self._told_sale(await self._commit(operation))

    async def credit_later(
        self, store: str, purchase_id: str, identifier: Shown, request_id: str
    ) -> Told:
        """Let a member earn on a purchase that was a guest's."""
        operation = CreditLaterOperation(
            self._caller(store),
            request_id=request_id,
            purchase_id=purchase_id,
            identifier=self._present(identifier),
            ids=ConfirmIds(self._new_id(), self._new_id(), self._new_id()),
        )
        return await self._run(operation)

    def _told_sale(self, answer: object) -> Told:
        told = tell(answer)
        if isinstance(answer, ConfirmAnswer):
            told["coupons_issued"] = tell_issued(answer.coupons_issued, self._codes.code_of)
        return self._desk.with_codes(told)

    def _settlement(self, settled: Settled) -> Settlement:
        return Settlement(
            shift=settled.shift,
            receipt_number=settled.receipt_number,
            certificates_sold=tuple(
                SoldCertificate(at, shown.digest, shown.masked)
                for at, shown in ((at, self._desk.present(code)) for at, code in settled.sells)
            ),
        )

    @abstractmethod
    async def _commit(self, operation: Operation) -> object:
        """Run an operation; its answer."""

    @abstractmethod
    async def _run(self, operation: Operation) -> Told:
        """Run an operation, and tell its answer."""

    @abstractmethod
    def _sale(self, call: SaleCall) -> Sale:
        """The sale as a flow takes it."""

    @abstractmethod
    def _caller(self, store: str) -> Caller:
        """The till of a store."""

    @abstractmethod
    def _present(self, shown: Shown) -> PresentedIdentifier:
        """An identifier as a flow takes it."""

    @abstractmethod
    def _cause(self) -> Cause:
        """Who does it, and why."""

    @abstractmethod
    def _new_id(self) -> UUID:
        """Another id."""
