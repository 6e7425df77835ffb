"""The till's calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.client.channel import READ_TIMEOUT_S, WRITE_TIMEOUT_S
from checkout.client.coupons import TillCoupons
from checkout.client.gifts import TillGifts
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1.checkout_service_pb2_grpc import CheckoutServiceStub

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.v1 import certificate_pb2, outcome_pb2, receipt_pb2

#: Many receipts in one call.
BULK_TIMEOUT_S: Final = 5.0


class CheckoutClient(TillCoupons, TillGifts):
    """A till. Its calls raise `CallRefusedError`."""

    def __init__(
        self, target: str, token: str, *, timeout_factor: int = 1, ca_pem: bytes | None = None
    ) -> None:
        """Call a service, by TLS if its CA is given.

        `timeout_factor` multiplies the deadlines: for machines that do much else meanwhile.
        """
        super().__init__(target, (("authorization", f"Bearer {token}"),), timeout_factor, ca_pem)
        self._stub = CheckoutServiceStub(self._channel)

    async def identify(self, identifier: receipt_pb2.Identifier) -> outcome_pb2.MemberView:
        request = pb.IdentifyRequest(identifier=identifier)
        response: pb.IdentifyResponse = await self._call(
            self._stub.Identify, request, READ_TIMEOUT_S
        )
        return response.member

    async def enrol_member(self, request: pb.EnrolMemberRequest) -> pb.EnrolMemberResponse:
        response: pb.EnrolMemberResponse = await self._call(
            self._stub.EnrolMember, request, WRITE_TIMEOUT_S
        )
        return response

    async def bind_card(
        self,
        request_id: str,
        identifier: receipt_pb2.Identifier,
        card: str,
        *,
        replace: bool = False,
    ) -> pb.BindCardResponse:
        request = pb.BindCardRequest(
            request_id=request_id, identifier=identifier, card=card, replace=replace
        )
        response: pb.BindCardResponse = await self._call(
            self._stub.BindCard, request, WRITE_TIMEOUT_S
        )
        return response

    async def quote(
        self,
        purchase_id: str,
        receipt: receipt_pb2.Receipt,
        *,
        explain: pb.ExplainLevel = pb.EXPLAIN_LEVEL_UNSPECIFIED,
        explain_campaign: str = "",
    ) -> pb.QuoteResponse:
        request = pb.QuoteRequest(
            purchase_id=purchase_id,
            receipt=receipt,
            explain=explain,
            explain_campaign=explain_campaign,
        )
        response: pb.QuoteResponse = await self._call(self._stub.Quote, request, READ_TIMEOUT_S)
        return response

    async def quote_and_hold(
        self, request_id: str, purchase_id: str, receipt: receipt_pb2.Receipt, *, ttl_s: int = 0
    ) -> pb.QuoteResponse:
        request = pb.QuoteRequest(
            purchase_id=purchase_id,
            receipt=receipt,
            hold=True,
            request_id=request_id,
            hold_ttl_s=ttl_s,
        )
        response: pb.QuoteResponse = await self._call(self._stub.Quote, request, WRITE_TIMEOUT_S)
        return response

    async def hold(
        self,
        request_id: str,
        purchase_id: str,
        receipt: receipt_pb2.Receipt,
        quote_token: str,
        *,
        ttl_s: int = 0,
    ) -> pb.QuoteResponse:
        request = pb.HoldRequest(
            request_id=request_id,
            purchase_id=purchase_id,
            receipt=receipt,
            quote_token=quote_token,
            ttl_s=ttl_s,
        )
        response: pb.HoldResponse = await self._call(self._stub.Hold, request, WRITE_TIMEOUT_S)
        return response.quote

    async def extend_hold(
        self, request_id: str, purchase_id: str, *, ttl_s: int = 0
    ) -> outcome_pb2.HoldView:
        request = pb.ExtendHoldRequest(request_id=request_id, purchase_id=purchase_id, ttl_s=ttl_s)
        response: pb.ExtendHoldResponse = await self._call(
            self._stub.ExtendHold, request, WRITE_TIMEOUT_S
        )
        return response.hold

    async def confirm(
        self,
        request_id: str,
        purchase_id: str,
        receipt: receipt_pb2.Receipt,
        *,
        quote_token: str = "",
        settlement: receipt_pb2.Settlement | None = None,
        already_paid: bool = False,
    ) -> pb.ConfirmResponse:
        request = pb.ConfirmRequest(
            request_id=request_id,
            purchase_id=purchase_id,
            receipt=receipt,
            quote_token=quote_token,
            settlement=settlement,
            already_paid=already_paid,
        )
        response: pb.ConfirmResponse = await self._call(
            self._stub.Confirm, request, WRITE_TIMEOUT_S
        )
        return response

    async def cancel(self, request_id: str, purchase_id: str) -> pb.CancelResponse:
        request = pb.CancelRequest(request_id=request_id, purchase_id=purchase_id)
        response: pb.CancelResponse = await self._call(self._stub.Cancel, request, WRITE_TIMEOUT_S)
        return response

    async def quote_return(
        self, purchase_id: str, lines: Sequence[pb.ReturnLine] = ()
    ) -> pb.Returned:
        request = pb.QuoteReturnRequest(purchase_id=purchase_id, lines=lines)
        response: pb.QuoteReturnResponse = await self._call(
            self._stub.QuoteReturn, request, WRITE_TIMEOUT_S
        )
        return response.returned

    async def confirm_return(self, request: pb.ConfirmReturnRequest) -> pb.ConfirmReturnResponse:
        response: pb.ConfirmReturnResponse = await self._call(
            self._stub.ConfirmReturn, request, WRITE_TIMEOUT_S
        )
        return response

    async def return_without_receipt(
        self, request: pb.ReturnWithoutReceiptRequest
    ) -> pb.ReturnWithoutReceiptResponse:
        """Take back goods of an unknown purchase; the terminal needs the permission."""
        response: pb.ReturnWithoutReceiptResponse = await self._call(
            self._stub.ReturnWithoutReceipt, request, WRITE_TIMEOUT_S
        )
        return response

    async def submit_offline(self, receipts: Sequence[pb.OfflineReceipt]) -> list[pb.OfflineResult]:
        """Receipts that were sold without the service: what became of each, in the same order."""
        response: pb.SubmitOfflineResponse = await self._call(
            self._stub.SubmitOffline, pb.SubmitOfflineRequest(receipts=receipts), BULK_TIMEOUT_S
        )
        return list(response.results)

    async def reconcile_shift(self, request: pb.ReconcileShiftRequest) -> pb.ReconcileShiftResponse:
        response: pb.ReconcileShiftResponse = await self._call(
            self._stub.ReconcileShift, request, BULK_TIMEOUT_S
        )
        return response

    async def credit_later(
        self, request_id: str, purchase_id: str, identifier: receipt_pb2.Identifier
    ) -> pb.CreditLaterResponse:
        request = pb.CreditLaterRequest(
            request_id=request_id, purchase_id=purchase_id, identifier=identifier
        )
        response: pb.CreditLaterResponse = await self._call(
            self._stub.CreditLater, request, WRITE_TIMEOUT_S
        )
        return response

    async def check_certificate(self, code: str) -> certificate_pb2.CertificateView:
        request = pb.CheckCertificateRequest(code=code)
        response: pb.CheckCertificateResponse = await self._call(
            self._stub.CheckCertificate, request, READ_TIMEOUT_S
        )
        return response.certificate

    async def get_purchase(self, purchase_id: str) -> pb.GetPurchaseResponse:
        request = pb.GetPurchaseRequest(purchase_id=purchase_id)
        response: pb.GetPurchaseResponse = await self._call(
            self._stub.GetPurchase, request, READ_TIMEOUT_S
        )
        return response

    async def explain(
        self,
        purchase_id: str,
        explain: pb.ExplainLevel = pb.EXPLAIN_LEVEL_FULL,
        explain_campaign: str = "",
    ) -> pb.ExplainResponse:
        request = pb.ExplainRequest(
            purchase_id=purchase_id, explain=explain, explain_campaign=explain_campaign
        )
        response: pb.ExplainResponse = await self._call(self._stub.Explain, request, READ_TIMEOUT_S)
        return response

    async def get_operation(self, method: str, request_id: str) -> pb.GetOperationResponse:
        request = pb.GetOperationRequest(method=method, request_id=request_id)
        response: pb.GetOperationResponse = await self._call(
            self._stub.GetOperation, request, READ_TIMEOUT_S
        )
        return response

    async def get_balances(self, identifier: receipt_pb2.Identifier) -> outcome_pb2.MemberView:
        request = pb.GetBalancesRequest(identifier=identifier)
        response: pb.GetBalancesResponse = await self._call(
            self._stub.GetBalances, request, READ_TIMEOUT_S
        )
        return response.member

    async def get_statement(self, request: pb.GetStatementRequest) -> pb.GetStatementResponse:
        response: pb.GetStatementResponse = await self._call(
            self._stub.GetStatement, request, READ_TIMEOUT_S
        )
        return response

    async def list_stores(
        self, *, page_size: int = 0, page_token: str = ""
    ) -> pb.ListStoresResponse:
        """A page of where the partner sells, by the stores' codes."""
        request = pb.ListStoresRequest(page_size=page_size, page_token=page_token)
        response: pb.ListStoresResponse = await self._call(
            self._stub.ListStores, request, READ_TIMEOUT_S
        )
        return response

    async def get_snapshot_info(self) -> pb.GetSnapshotInfoResponse:
        response: pb.GetSnapshotInfoResponse = await self._call(
            self._stub.GetSnapshotInfo, pb.GetSnapshotInfoRequest(), READ_TIMEOUT_S
        )
        return response
