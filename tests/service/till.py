"""A till and an operator as tests drive them: the generated stubs with credentials set."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, cast

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import operator_service_pb2 as op
from checkout.v1 import outcome_pb2, receipt_pb2
from checkout.v1.checkout_service_pb2_grpc import CheckoutServiceStub
from checkout.v1.operator_service_pb2_grpc import OperatorServiceStub
from tests.service import world
from tests.service.household_calls import HouseholdCalls
from tests.service.identity_calls import IdentityCalls
from tests.service.ids import fresh
from tests.service.memberships import MembershipCalls

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

__all__ = [
    "Operator",
    "Said",
    "Till",
    "fresh",
    "line",
    "receipt",
    "refusal_of",
    "return_lines",
    "said_by",
]

Got = TypeVar("Got")
Metadata = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """An error as a client sees it."""

    code: grpc.StatusCode
    reason: str
    message: str
    fields: tuple[str, ...] = ()
    numbers: dict[str, str] = field(default_factory=dict)
    retry_after_ms: int | None = None


async def refusal_of(call: Awaitable[object]) -> Said:
    """What a call that must fail says."""
    try:
        answer = await call
    except grpc.aio.AioRpcError as error:
        return said_by(error)
    message = f"the call was answered: {answer}"
    raise AssertionError(message)


def said_by(error: grpc.aio.AioRpcError) -> Said:
    """An error's code, reason, fields and numbers."""
    reason, fields, numbers, retry = "", (), {}, None
    status = rpc_status.from_call(cast("Any", error))
    for detail in status.details if status is not None else ():
        info = error_details_pb2.ErrorInfo()
        bad = error_details_pb2.BadRequest()
        delay = error_details_pb2.RetryInfo()
        if detail.Unpack(info):
            assert info.domain == "checkout.v1"
            reason, numbers = info.reason, dict(info.metadata)
        elif detail.Unpack(bad):
            fields = tuple(violation.field for violation in bad.field_violations)
        elif detail.Unpack(delay):
            retry = delay.retry_delay.ToMilliseconds()
    return Said(error.code(), reason, error.details() or "", fields, numbers, retry)


def line(
    sku: str = "apple", price_minor: int = 100_00, position: int = 1, **more: Any
) -> receipt_pb2.Line:
    """A line of one piece, unless said otherwise."""
    quantity_milli = more.pop("quantity_milli", 1_000)
    amount_minor = more.pop("amount_minor", price_minor * quantity_milli // 1_000)
    return receipt_pb2.Line(
        position=position,
        sku=sku,
        quantity_milli=quantity_milli,
        price_minor=price_minor,
        amount_minor=amount_minor,
        **more,
    )


def receipt(
    *lines: receipt_pb2.Line, card: str = "", qr: str = "", **more: Any
) -> receipt_pb2.Receipt:
    """A sale of one apple at 100.00, now, to a guest, unless said otherwise."""
    if qr:
        more["identifier"] = receipt_pb2.Identifier(qr=qr)
    if card:
        more["identifier"] = receipt_pb2.Identifier(card=card)
    more.setdefault("local_time", world.local_now())
    return receipt_pb2.Receipt(lines=lines or (line(),), **more)


def shown(*codes: str, at_most: int = 0) -> list[receipt_pb2.PresentedCertificate]:
    """Certificates to pay with."""
    return [receipt_pb2.PresentedCertificate(code=code, at_most=at_most) for code in codes]


def return_lines(lines: dict[int, int] | None) -> list[pb.ReturnLine]:
    """Lines of a return, as thousandths by position."""
    return [pb.ReturnLine(position=p, quantity_milli=q) for p, q in (lines or {}).items()]


class Till:
    """One terminal: calls of CheckoutService; request ids are fresh unless given."""

    def __init__(self, channel: grpc.aio.Channel, token: str, timeout_s: float = 10) -> None:
        self.stub = CheckoutServiceStub(channel)
        self.metadata: Metadata = (("authorization", f"Bearer {token}"),) if token else ()
        self.timeout_s = timeout_s

    async def call(self, method: str, request: Any, timeout_s: float | None = None) -> Any:
        """Any call by its name."""
        return await getattr(self.stub, method)(
            request, metadata=self.metadata, timeout=timeout_s or self.timeout_s
        )

    async def identify(self, **identifier: str) -> outcome_pb2.MemberView:
        request = pb.IdentifyRequest(identifier=receipt_pb2.Identifier(**identifier))
        answer: pb.IdentifyResponse = await self.call("Identify", request)
        return answer.member

    async def balance_minor(self, card: str = world.CARD) -> int:
        """What can be spent now."""
        request = pb.GetBalancesRequest(identifier=receipt_pb2.Identifier(card=card))
        answer: pb.GetBalancesResponse = await self.call("GetBalances", request)
        return answer.member.balances[0].active_minor

    async def enrol(self, request_id: str = "", **fields: str) -> pb.EnrolMemberResponse:
        request = pb.EnrolMemberRequest(request_id=request_id or fresh("enrol"), **fields)
        answer: pb.EnrolMemberResponse = await self.call("EnrolMember", request)
        return answer

    async def bind(
        self,
        card: str,
        *,
        shown: str = world.CARD,
        phone: str = "",
        replace: bool = False,
        request_id: str = "",
    ) -> pb.BindCardResponse:
        """Another card for the member whose card, or else phone, is shown."""
        who = receipt_pb2.Identifier(phone=phone) if phone else receipt_pb2.Identifier(card=shown)
        request = pb.BindCardRequest(
            request_id=request_id or fresh("bind"), identifier=who, card=card, replace=replace
        )
        answer: pb.BindCardResponse = await self.call("BindCard", request)
        return answer

    async def statement(self, card: str = world.CARD, **more: Any) -> pb.GetStatementResponse:
        request = pb.GetStatementRequest(identifier=receipt_pb2.Identifier(card=card), **more)
        answer: pb.GetStatementResponse = await self.call("GetStatement", request)
        return answer

    async def quote(
        self,
        purchase_id: str,
        sale: receipt_pb2.Receipt,
        *,
        hold: bool = False,
        request_id: str = "",
        hold_ttl_s: int = 0,
        explain: pb.ExplainLevel = pb.EXPLAIN_LEVEL_UNSPECIFIED,
        explain_campaign: str = "",
    ) -> pb.QuoteResponse:
        request = pb.QuoteRequest(
            purchase_id=purchase_id,
            receipt=sale,
            hold=hold,
            request_id=request_id or (fresh("quote") if hold else ""),
            hold_ttl_s=hold_ttl_s,
            explain=explain,
            explain_campaign=explain_campaign,
        )
        answer: pb.QuoteResponse = await self.call("Quote", request)
        return answer

    async def hold(
        self,
        purchase_id: str,
        sale: receipt_pb2.Receipt,
        quote_token: str,
        *,
        request_id: str = "",
        ttl_s: int = 0,
    ) -> pb.QuoteResponse:
        request = pb.HoldRequest(
            request_id=request_id or fresh("hold"),
            purchase_id=purchase_id,
            receipt=sale,
            quote_token=quote_token,
            ttl_s=ttl_s,
        )
        answer: pb.HoldResponse = await self.call("Hold", request)
        return answer.quote

    async def extend(
        self, purchase_id: str, ttl_s: int, request_id: str = ""
    ) -> pb.ExtendHoldResponse:
        request = pb.ExtendHoldRequest(
            request_id=request_id or fresh("extend"), purchase_id=purchase_id, ttl_s=ttl_s
        )
        answer: pb.ExtendHoldResponse = await self.call("ExtendHold", request)
        return answer

    async def confirm(
        self,
        purchase_id: str,
        sale: receipt_pb2.Receipt,
        *,
        quote_token: str = "",
        request_id: str = "",
        settlement: receipt_pb2.Settlement | None = None,
        already_paid: bool = False,
    ) -> pb.ConfirmResponse:
        request = pb.ConfirmRequest(
            request_id=request_id or fresh("confirm"),
            purchase_id=purchase_id,
            receipt=sale,
            quote_token=quote_token,
            settlement=settlement,
            already_paid=already_paid,
        )
        answer: pb.ConfirmResponse = await self.call("Confirm", request)
        return answer

    async def credit(
        self, purchase_id: str, card: str = world.CARD, *, request_id: str = ""
    ) -> pb.CreditLaterResponse:
        """Points for a purchase that was made without the card."""
        request = pb.CreditLaterRequest(
            request_id=request_id or fresh("credit"),
            purchase_id=purchase_id,
            identifier=receipt_pb2.Identifier(card=card),
        )
        answer: pb.CreditLaterResponse = await self.call("CreditLater", request)
        return answer

    async def submit(
        self,
        purchase_id: str,
        sale: receipt_pb2.Receipt,
        paid: receipt_pb2.AlreadyPaid | None = None,
        settlement: receipt_pb2.Settlement | None = None,
    ) -> pb.OfflineResult:
        """One receipt that was sold without the service."""
        submitted = pb.OfflineReceipt(
            purchase_id=purchase_id, receipt=sale, already_paid=paid, settlement=settlement
        )
        (result,) = await self.submit_all([submitted])
        return result

    async def submit_all(self, receipts: Sequence[pb.OfflineReceipt]) -> list[pb.OfflineResult]:
        """Receipts that were sold without the service."""
        request = pb.SubmitOfflineRequest(receipts=receipts)
        answer: pb.SubmitOfflineResponse = await self.call("SubmitOffline", request)
        return list(answer.results)

    async def cancel(self, purchase_id: str, request_id: str = "") -> pb.CancelResponse:
        request = pb.CancelRequest(
            request_id=request_id or fresh("cancel"), purchase_id=purchase_id
        )
        answer: pb.CancelResponse = await self.call("Cancel", request)
        return answer

    async def take_back(
        self,
        purchase_id: str,
        lines: dict[int, int] | None = None,
        *,
        return_id: str = "",
        request_id: str = "",
        shown_money_minor: int | None = None,
        **more: Any,
    ) -> pb.ConfirmReturnResponse:
        """A return of so many thousandths by position; of all that is left without any."""
        request = pb.ConfirmReturnRequest(
            request_id=request_id or fresh("return"),
            return_id=return_id or fresh("back"),
            purchase_id=purchase_id,
            lines=return_lines(lines),
            shown_money_minor=shown_money_minor,
            **more,
        )
        answer: pb.ConfirmReturnResponse = await self.call("ConfirmReturn", request)
        return answer

    async def quote_return(
        self, purchase_id: str, lines: dict[int, int] | None = None
    ) -> pb.Returned:
        request = pb.QuoteReturnRequest(purchase_id=purchase_id, lines=return_lines(lines))
        answer: pb.QuoteReturnResponse = await self.call("QuoteReturn", request)
        return answer.returned

    async def purchase(self, purchase_id: str) -> pb.GetPurchaseResponse:
        request = pb.GetPurchaseRequest(purchase_id=purchase_id)
        answer: pb.GetPurchaseResponse = await self.call("GetPurchase", request)
        return answer

    async def operation(self, method: str, request_id: str) -> pb.GetOperationResponse:
        request = pb.GetOperationRequest(method=method, request_id=request_id)
        answer: pb.GetOperationResponse = await self.call("GetOperation", request)
        return answer

    async def snapshot_info(self) -> pb.GetSnapshotInfoResponse:
        answer: pb.GetSnapshotInfoResponse = await self.call(
            "GetSnapshotInfo", pb.GetSnapshotInfoRequest()
        )
        return answer


class Operator(MembershipCalls, HouseholdCalls, IdentityCalls):
    """The admin of one partner."""

    def __init__(
        self,
        channel: grpc.aio.Channel,
        partner: str,
        token: str = world.CREDENTIAL,
        author: str = "tester",
    ) -> None:
        self.stub = OperatorServiceStub(channel)
        self.metadata: Metadata = (
            ("authorization", f"Bearer {token}"),
            ("x-partner", partner),
            ("x-author", author),
        )

    async def call(self, method: str, request: Any, timeout_s: float = 10) -> Any:
        """Any call by its name."""
        return await getattr(self.stub, method)(request, metadata=self.metadata, timeout=timeout_s)

    async def adjust(
        self,
        member_id: str,
        amount_minor: int,
        *,
        request_id: str = "",
        currency: str = world.CURRENCY,
        reason: str = "a test",
        days: int = 0,
    ) -> op.AdjustBalanceResponse:
        request = op.AdjustBalanceRequest(
            request_id=request_id or fresh("adjust"),
            member_id=member_id,
            currency=currency,
            amount_minor=amount_minor,
            reason=reason,
            days=days,
        )
        answer: op.AdjustBalanceResponse = await self.call("AdjustBalance", request)
        return answer

    async def stop(
        self, campaign: str, *, lift: bool = False, request_id: str = "", reason: str = "a test"
    ) -> op.EmergencyStopResponse:
        request = op.EmergencyStopRequest(
            request_id=request_id or fresh("stop"), campaign=campaign, reason=reason, lift=lift
        )
        answer: op.EmergencyStopResponse = await self.call("EmergencyStop", request)
        return answer

    async def issue_certificates(
        self, series: str, count: int, *, face: int = 0, activate: bool = False
    ) -> list[str]:
        """Their codes."""
        request = op.IssueCertificatesRequest(
            request_id=fresh("issue"),
            series=series,
            count=count,
            face=face,
            activate=activate,
            reason="a test",
        )
        answer: op.IssueCertificatesResponse = await self.call("IssueCertificates", request)
        return [each.code for each in answer.certificates]

    async def block_member(
        self, member_id: str, *, lift: bool = False, request_id: str = "", reason: str = "a test"
    ) -> op.BlockMemberResponse:
        request = op.BlockMemberRequest(
            request_id=request_id or fresh("block"), member_id=member_id, reason=reason, lift=lift
        )
        answer: op.BlockMemberResponse = await self.call("BlockMember", request)
        return answer

    async def block_card(
        self, card: str, *, lift: bool = False, request_id: str = "", reason: str = "a test"
    ) -> op.BlockCardResponse:
        request = op.BlockCardRequest(
            request_id=request_id or fresh("block"),
            identifier=receipt_pb2.Identifier(card=card),
            reason=reason,
            lift=lift,
        )
        answer: op.BlockCardResponse = await self.call("BlockCard", request)
        return answer

    async def freeze(
        self,
        member_id: str,
        amount_minor: int | None = None,
        *,
        request_id: str = "",
        currency: str = world.CURRENCY,
    ) -> op.FreezePointsResponse:
        """So many points; all that can be spent without a number."""
        request = op.FreezePointsRequest(
            request_id=request_id or fresh("freeze"),
            member_id=member_id,
            currency=currency,
            reason="a test",
        )
        if amount_minor is None:
            request.all = True
        else:
            request.amount_minor = amount_minor
        answer: op.FreezePointsResponse = await self.call("FreezePoints", request)
        return answer

    async def restore(self, freeze_id: str, request_id: str = "") -> op.RestorePointsResponse:
        request = op.RestorePointsRequest(
            request_id=request_id or fresh("restore"), freeze_id=freeze_id, reason="a test"
        )
        answer: op.RestorePointsResponse = await self.call("RestorePoints", request)
        return answer

    async def publish(
        self, note: str = "", *, check_only: bool = False
    ) -> op.PublishSnapshotResponse:
        request = op.PublishSnapshotRequest(note=note, check_only=check_only)
        answer: op.PublishSnapshotResponse = await self.call("PublishSnapshot", request)
        return answer
