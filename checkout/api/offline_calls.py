"""CheckoutService: what was sold without the service; decode → flow → encode."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING

from checkout.api.coupon_calls import CouponCalls
from checkout.api.decode import Decoder, decode_id, decode_settlement
from checkout.api.decode_offline import RECEIPTS_MAX, decode_already_paid
from checkout.api.decode_shift import SHIFT_IDS_MAX, decode_shift
from checkout.api.encode import encode_member, encode_reason
from checkout.api.encode_outcome import encode_outcome
from checkout.api.gate import CALLER
from checkout.api.moments import encode_moment
from checkout.api.violations import (
    RefusedCall,
    Violations,
    expect,
    present,
    unless_refused,
)
from checkout.flows.answers import ConfirmAnswer, CreditAnswer
from checkout.flows.credit_later import CreditLaterOperation
from checkout.flows.final_sale import ConfirmIds
from checkout.flows.offline import OfflineOperation
from checkout.refusals import Reason, Refusal
from checkout.v1 import checkout_service_pb2 as pb

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.flows.certificate_codes import CertificateCodes
    from checkout.flows.directory import Directory
    from checkout.flows.group_commit import GroupCommit
    from checkout.flows.reconcile import ReconcileFlow
    from checkout.flows.sale import Caller

    Context = ServicerContext[Any, Any]


class OfflineCalls(CouponCalls):
    """Calls about sales that the service learns of later."""

    _directory: Directory
    _decoder: Decoder
    _group_commit: GroupCommit
    _codes: CertificateCodes
    _shifts: ReconcileFlow

    async def SubmitOffline(  # noqa: N802 - named by the contract
        self, request: pb.SubmitOfflineRequest, context: Context
    ) -> pb.SubmitOfflineResponse:
        del context
        found = Violations()
        found.between("receipts", len(request.receipts), 1, RECEIPTS_MAX)
        found.raise_if_any()
        caller = CALLER.get()
        # Those that can be judged go into group commit together, in their order.
        results = await asyncio.gather(*(self._submit(caller, each) for each in request.receipts))
        return pb.SubmitOfflineResponse(results=results)

    async def CreditLater(  # noqa: N802
        self, request: pb.CreditLaterRequest, context: Context
    ) -> pb.CreditLaterResponse:
        del context
        caller = CALLER.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        decode_id("purchase_id", request.purchase_id, found)
        partner = self._directory.partner(caller.partner_id)
        identifier = self._decoder.identifier(request.identifier, partner, found)
        found.raise_if_any()
        operation = CreditLaterOperation(
            caller,
            request_id=request.request_id,
            purchase_id=request.purchase_id,
            identifier=present(identifier),
            ids=ConfirmIds.new(),
        )
        return encode_credit(expect(await self._group_commit.run(operation), CreditAnswer))

    async def ReconcileShift(  # noqa: N802
        self, request: pb.ReconcileShiftRequest, context: Context
    ) -> pb.ReconcileShiftResponse:
        del context
        found = Violations()
        call = decode_shift(request, found)
        found.raise_if_any()
        done = unless_refused(await self._shifts.reconcile(CALLER.get(), call))
        return pb.ReconcileShiftResponse(
            reconciliation_id=str(done.reconciliation_id),
            service=pb.ShiftTotals(**asdict(done.service)),
            agrees=done.agrees,
            purchases_missing_at_service=done.purchases.at_service,
            purchases_missing_at_till=done.purchases.at_till[:SHIFT_IDS_MAX],
            returns_missing_at_service=done.returns.at_service,
            returns_missing_at_till=done.returns.at_till[:SHIFT_IDS_MAX],
        )

    async def _submit(self, caller: Caller, message: pb.OfflineReceipt) -> pb.OfflineResult:
        result = pb.OfflineResult(purchase_id=message.purchase_id)
        try:
            operation = self._offline_operation(caller, message)
            answer = expect(await self._group_commit.run(operation), ConfirmAnswer)
        except RefusedCall as call:
            result.refused.CopyFrom(encode_refused(call))
        else:
            result.confirmed.CopyFrom(self._encode_confirm(answer))
        return result

    def _offline_operation(self, caller: Caller, message: pb.OfflineReceipt) -> OfflineOperation:
        partner = self._directory.partner(caller.partner_id)
        found = Violations()
        sale = self._decoder.sale(caller, partner, message.purchase_id, message.receipt, found)
        sold = self._decoder.certificates.sold(
            partner.partner_id, message.settlement.certificates_sold, found
        )
        settlement = decode_settlement(message.settlement, sold, found)
        taken = self._decoder.certificates.taken(
            partner.partner_id, message.already_paid.certificates, found
        )
        paid = decode_already_paid(message.already_paid, sale, taken, found)
        found.raise_if_any()
        if paid:
            require_permission(caller, "already_paid", "already_paid")
        return OfflineOperation(
            present(sale),
            settlement,
            paid,
            ids=ConfirmIds.new(),
            codes=self._codes,
            coupon_codes=self._coupon_codes,
            terms=partner.offline,
            refuses_taken_numbers=False,
        )


def require_permission(caller: Caller, permission: str, field: str) -> None:
    """What goes beyond usual sales has to be allowed to the terminal."""
    if permission not in caller.permissions:
        raise RefusedCall(
            Refusal(
                Reason.NOT_PERMITTED,
                f"this terminal has no permission {permission!r}",
                field,
                {"permission": permission},
            )
        )


def encode_credit(answer: CreditAnswer) -> pb.CreditLaterResponse:
    """A guest's purchase that is a member's now."""
    return pb.CreditLaterResponse(
        purchase_id=answer.purchase_id,
        credit_id=str(answer.credit_id),
        credited_at=encode_moment(answer.credited_at),
        outcome=encode_outcome(answer.outcome),
        member=encode_member(answer.member),
    )


def encode_refused(call: RefusedCall) -> pb.CallRefused:
    """Why one of several calls was refused."""
    refusal = call.refusal
    fields = [violation.field for violation in call.violations]
    if not fields and refusal.field:
        fields = [refusal.field]
    return pb.CallRefused(
        reason=encode_reason(refusal.reason),
        message=refusal.message,
        fields=fields,
        numbers={name: str(value) for name, value in refusal.numbers.items()},
    )
