"""OperatorService: what a member bought and gave back; decode → flow → encode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.api.explain_calls import explain_purchase
from checkout.api.gate import OPERATOR
from checkout.api.moments import encode_moment
from checkout.api.operator_care import OperatorCare, decode_uuid
from checkout.api.pages import PAGE_TOKEN_CHARACTERS_MAX, decode_page_size
from checkout.api.violations import Violations, unless_refused
from checkout.v1 import operator_service_pb2 as pb

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.flows.explain import ExplainFlow
    from checkout.flows.list_receipts import ReceiptList
    from checkout.store.member_receipts import MemberReceipt

    Context = ServicerContext[Any, Any]

_KINDS: Final = {
    "sale": pb.MEMBER_RECEIPT_KIND_SALE,
    "return": pb.MEMBER_RECEIPT_KIND_RETURN,
    "credit": pb.MEMBER_RECEIPT_KIND_CREDIT,
}


class OperatorReceipts(OperatorCare):
    """Calls that read receipts."""

    _receipts: ReceiptList
    _explanations: ExplainFlow

    async def ExplainPurchase(  # noqa: N802 - named by the contract
        self, request: pb.ExplainPurchaseRequest, context: Context
    ) -> pb.ExplainPurchaseResponse:
        del context
        partner, _ = OPERATOR.get()
        explained = await explain_purchase(
            self._explanations, partner.partner_id, request, request.language
        )
        return pb.ExplainPurchaseResponse(explained=explained)

    async def ListReceipts(  # noqa: N802 - named by the contract
        self, request: pb.ListReceiptsRequest, context: Context
    ) -> pb.ListReceiptsResponse:
        del context
        partner, _ = OPERATOR.get()
        found = Violations()
        member_id = decode_uuid("member_id", request.member_id, found)
        page_size = decode_page_size(request.page_size, found)
        found.text("page_token", request.page_token, PAGE_TOKEN_CHARACTERS_MAX)
        found.raise_if_any()
        page = unless_refused(
            await self._receipts.page(partner.partner_id, member_id, page_size, request.page_token)
        )
        return pb.ListReceiptsResponse(
            receipts=map(_encode, page.receipts), next_page_token=page.next_token
        )


def _encode(receipt: MemberReceipt) -> pb.MemberReceipt:
    return pb.MemberReceipt(
        kind=_KINDS[receipt.kind],
        purchase_id=receipt.purchase_id,
        return_id=receipt.return_id,
        receipt_id=str(receipt.receipt_id),
        at=encode_moment(receipt.at),
        store=receipt.store_code,
        terminal=receipt.terminal_code,
        business_day=receipt.business_day.isoformat() if receipt.business_day is not None else "",
        shift=receipt.shift,
        receipt_number=receipt.receipt_number,
        cashier=receipt.cashier,
        mode=receipt.mode,
        amount_minor=receipt.amount_minor,
        discount_minor=receipt.discount_minor,
        points_value_minor=receipt.points_value_minor,
        certificates_minor=receipt.certificates_minor,
        payable_minor=receipt.payable_minor,
        points_spent_minor=receipt.points_spent_minor,
        points_earned_minor=receipt.points_earned_minor,
        already_paid=receipt.already_paid,
        earned_currency=receipt.earned_currency,
        spent_currency=receipt.spent_currency if receipt.points_spent_minor else "",
    )
