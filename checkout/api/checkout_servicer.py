"""CheckoutService: decode → flow → encode, one method a call."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, TypeVar

from uuid_utils.compat import uuid7

from checkout import __version__
from checkout.api.certificate_calls import CertificateCalls
from checkout.api.decode import Decoder, decode_id, decode_settlement, decode_ttl
from checkout.api.decode_explain import decode_explain
from checkout.api.decode_newcomer import decode_newcomer
from checkout.api.decode_return import decode_confirm_return, decode_quote_return
from checkout.api.encode import (
    encode_cancel,
    encode_enrol,
    encode_extend,
    encode_member,
    encode_quote,
)
from checkout.api.encode_operation import encode_operation
from checkout.api.encode_return import encode_return, encode_returned
from checkout.api.explain_calls import ExplainCalls
from checkout.api.gate import CALLER
from checkout.api.gift_calls import GiftCalls
from checkout.api.offline_calls import OfflineCalls, require_permission
from checkout.api.return_calls import ReturnCalls
from checkout.api.session import SessionCalls, Sessions
from checkout.api.store_calls import StoreCalls
from checkout.api.violations import RefusedCall, Violations, expect, present, unless_refused
from checkout.engine.schema.snapshot import SCHEMA_VERSION
from checkout.flows.answers import (
    CancelAnswer,
    ConfirmAnswer,
    EnrolAnswer,
    ExtendAnswer,
    QuoteAnswer,
    ReturnAnswer,
)
from checkout.flows.cancel import CancelOperation
from checkout.flows.confirm import ConfirmOperation
from checkout.flows.enrol import EnrolOperation
from checkout.flows.extend_hold import ExtendHoldOperation
from checkout.flows.final_sale import ConfirmIds
from checkout.flows.hold import HoldOperation
from checkout.flows.returning import ReturnIds, ReturnOperation
from checkout.flows.views import MemberView
from checkout.ledger.interventions import Cause
from checkout.refusals import Reason, Refusal
from checkout.v1 import checkout_service_pb2 as pb

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.flows.card_numbers import CardNumbers
    from checkout.flows.certificate_codes import CertificateCodes
    from checkout.flows.check_certificate import CheckCertificateFlow
    from checkout.flows.coupon_codes import CouponCodes
    from checkout.flows.coupon_lookup import CouponLookup
    from checkout.flows.directory import Directory, PartnerEntry
    from checkout.flows.explain import ExplainFlow
    from checkout.flows.gift_lookup import GiftLookup
    from checkout.flows.group_commit import GroupCommit
    from checkout.flows.lookup import LookupFlow
    from checkout.flows.operation import Operation
    from checkout.flows.quote import QuoteFlow
    from checkout.flows.quote_token import QuoteTerms, TokenSigner
    from checkout.flows.reconcile import ReconcileFlow
    from checkout.flows.sale import Caller, Sale
    from checkout.flows.sale_operation import SaleOperation
    from checkout.flows.statement import StatementFlow
    from checkout.flows.store_list import StoreList
    from checkout.flows.till_members import TillMembers
    from checkout.v1 import receipt_pb2

    Context = ServicerContext[Any, Any]

Got = TypeVar("Got")
Priced = TypeVar("Priced", QuoteAnswer, ConfirmAnswer)

#: Mutating calls of tills, whose outcome can be asked for.
METHODS = frozenset(
    [
        "Quote",
        "Hold",
        "ExtendHold",
        "Confirm",
        "Cancel",
        "EnrolMember",
        "BindCard",
        "ConfirmReturn",
        "ReturnWithoutReceipt",
        "CreditLater",
    ]
)


class CheckoutServicer(
    CertificateCalls, OfflineCalls, ExplainCalls, GiftCalls, StoreCalls, ReturnCalls, SessionCalls
):
    """What tills ask."""

    def __init__(
        self,
        *,
        directory: Directory,
        decoder: Decoder,
        signer: TokenSigner,
        quotes: QuoteFlow,
        lookups: LookupFlow,
        statements: StatementFlow,
        explanations: ExplainFlow,
        group_commit: GroupCommit,
        checks: CheckCertificateFlow,
        shifts: ReconcileFlow,
        codes: CertificateCodes,
        coupons: CouponLookup,
        coupon_codes: CouponCodes,
        card_numbers: CardNumbers,
        gifts: GiftLookup,
        stores: StoreList,
        sessions: Sessions,
        shown: TillMembers,
    ) -> None:
        super().__init__(
            directory=directory,
            decoder=decoder,
            statements=statements,
            group_commit=group_commit,
            checks=checks,
        )
        self._codes = codes
        self._signer = signer
        self._shifts = shifts
        self._quotes = quotes
        self._lookups = lookups
        self._coupons = coupons
        self._coupon_codes = coupon_codes
        self._card_numbers = card_numbers
        self._gifts = gifts
        self._stores = stores
        self._explanations = explanations
        self._sessions = sessions
        self._shown = shown

    async def Identify(  # noqa: N802 - named by the contract
        self, request: pb.IdentifyRequest, context: Context
    ) -> pb.IdentifyResponse:
        del context
        view = await self._member_view(request.identifier)
        return pb.IdentifyResponse(member=encode_member(view))

    async def GetBalances(  # noqa: N802
        self, request: pb.GetBalancesRequest, context: Context
    ) -> pb.GetBalancesResponse:
        del context
        view = await self._member_view(request.identifier)
        return pb.GetBalancesResponse(member=encode_member(view))

    async def EnrolMember(  # noqa: N802
        self, request: pb.EnrolMemberRequest, context: Context
    ) -> pb.EnrolMemberResponse:
        del context
        caller, partner = self._caller()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        identifiers, profile, draw = decode_newcomer(
            self._decoder, self._card_numbers, request, partner, found
        )
        found.raise_if_any()
        operation = EnrolOperation(
            caller,
            request_id=request.request_id,
            profile=profile,
            identifiers=identifiers,
            cause=Cause(
                uuid7(),
                f"till {caller.store_code}/{caller.terminal_code}",
                "joined at the till",
                is_till=True,
            ),
            draw=draw,
        )
        return encode_enrol(await self._run(operation, EnrolAnswer), self._card_numbers)

    async def Quote(  # noqa: N802
        self, request: pb.QuoteRequest, context: Context
    ) -> pb.QuoteResponse:
        del context
        found = Violations()
        sale = self._sale(request.purchase_id, request.receipt, found)
        asked, about = request.explain, request.explain_campaign
        explain = decode_explain(asked, about, found, hold=request.hold)
        if not request.hold:
            found.raise_if_any()
            answer = await self._quotes.quote(present(sale), explain, about)
            # Those that one read of the cache answered are all priced before the first is written:
            # either goes quicker in a row. One that is alone goes on at once.
            await asyncio.sleep(0)
            return encode_quote(expect(answer, QuoteAnswer))
        decode_id("request_id", request.request_id, found)
        ttl = decode_ttl("hold_ttl_s", request.hold_ttl_s, found)
        found.raise_if_any()
        return encode_quote(await self._hold(present(sale), "Quote", request.request_id, None, ttl))

    async def Hold(  # noqa: N802
        self, request: pb.HoldRequest, context: Context
    ) -> pb.HoldResponse:
        del context
        found = Violations()
        decode_id("request_id", request.request_id, found)
        sale = self._sale(request.purchase_id, request.receipt, found)
        found.require("quote_token", request.quote_token)
        ttl = decode_ttl("ttl_s", request.ttl_s, found)
        found.raise_if_any()
        terms = self._terms(request.quote_token)
        answer = await self._hold(present(sale), "Hold", request.request_id, terms, ttl)
        return pb.HoldResponse(quote=encode_quote(answer))

    async def ExtendHold(  # noqa: N802
        self, request: pb.ExtendHoldRequest, context: Context
    ) -> pb.ExtendHoldResponse:
        del context
        caller, _ = self._caller()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        decode_id("purchase_id", request.purchase_id, found)
        ttl = decode_ttl("ttl_s", request.ttl_s, found)
        found.raise_if_any()
        operation = ExtendHoldOperation(
            caller.partner_id, request.request_id, request.purchase_id, ttl
        )
        return encode_extend(await self._run(operation, ExtendAnswer))

    async def Confirm(  # noqa: N802
        self, request: pb.ConfirmRequest, context: Context
    ) -> pb.ConfirmResponse:
        del context
        found = Violations()
        decode_id("request_id", request.request_id, found)
        sale = self._sale(request.purchase_id, request.receipt, found)
        caller, partner = self._caller()
        sold = self._decoder.certificates.sold(
            partner.partner_id, request.settlement.certificates_sold, found
        )
        settlement = decode_settlement(request.settlement, sold, found)
        found.raise_if_any()
        terms = self._terms(request.quote_token)
        if request.already_paid:
            require_permission(caller, "already_paid", "already_paid")
        operation = ConfirmOperation(
            present(sale),
            settlement,
            request_id=request.request_id,
            signer=self._signer,
            terms=terms,
            ids=ConfirmIds.new(),
            codes=self._codes,
            coupon_codes=self._coupon_codes,
            refuses_taken_numbers=partner.refuses_taken_numbers,
            already_paid=request.already_paid,
            offline_terms=partner.offline,
        )
        return self._encode_confirm(await self._sell(operation, ConfirmAnswer))

    async def Cancel(  # noqa: N802
        self, request: pb.CancelRequest, context: Context
    ) -> pb.CancelResponse:
        del context
        caller, _ = self._caller()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        decode_id("purchase_id", request.purchase_id, found)
        found.raise_if_any()
        operation = CancelOperation(caller.partner_id, request.request_id, request.purchase_id)
        return encode_cancel(await self._run(operation, CancelAnswer))

    async def QuoteReturn(  # noqa: N802
        self, request: pb.QuoteReturnRequest, context: Context
    ) -> pb.QuoteReturnResponse:
        del context
        caller, _ = self._caller()
        found = Violations()
        call = decode_quote_return(caller, request, found)
        found.raise_if_any()
        operation = ReturnOperation(call, "", ReturnIds.new(), changes=False)
        answer = await self._run(operation, ReturnAnswer)
        return pb.QuoteReturnResponse(returned=encode_returned(answer))

    async def ConfirmReturn(  # noqa: N802
        self, request: pb.ConfirmReturnRequest, context: Context
    ) -> pb.ConfirmReturnResponse:
        del context
        caller, _ = self._caller()
        found = Violations()
        call = decode_confirm_return(caller, request, found)
        found.raise_if_any()
        operation = ReturnOperation(call, request.request_id, ReturnIds.new(), changes=True)
        return encode_return(await self._run(operation, ReturnAnswer))

    async def GetOperation(  # noqa: N802
        self, request: pb.GetOperationRequest, context: Context
    ) -> pb.GetOperationResponse:
        del context
        caller, _ = self._caller()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        if request.method not in METHODS:
            found.add(
                Reason.FIELD_INVALID, "method", f"method is one of {', '.join(sorted(METHODS))}"
            )
        found.raise_if_any()
        view = await self._lookups.operation(caller, request.method, request.request_id)
        return encode_operation(view, self._encode_confirm, self._card_numbers)

    async def GetSnapshotInfo(  # noqa: N802
        self, request: pb.GetSnapshotInfoRequest, context: Context
    ) -> pb.GetSnapshotInfoResponse:
        del request, context
        caller, _ = self._caller()
        snapshot = unless_refused(self._lookups.snapshot(caller))
        return pb.GetSnapshotInfoResponse(
            snapshot_id=snapshot.snapshot_id,
            schema_version=SCHEMA_VERSION,
            semantics=snapshot.semantics,
            campaigns=snapshot.campaign_count,
            stores=len(snapshot.stores),
            server_version=__version__,
            contract="checkout.v1",
            partner=caller.partner_code,
            store=caller.store_code,
            terminal=caller.terminal_code,
            time_zone=caller.time_zone,
        )

    # ---- parts of several calls

    def _caller(self) -> tuple[Caller, PartnerEntry]:
        caller = CALLER.get()
        return caller, self._directory.partner(caller.partner_id)

    def _sale(
        self, purchase_id: str, receipt: receipt_pb2.Receipt, found: Violations
    ) -> Sale | None:
        caller, partner = self._caller()
        return self._decoder.sale(caller, partner, purchase_id, receipt, found)

    def _terms(self, token: str) -> QuoteTerms | None:
        if not token:
            return None
        terms = self._signer.read(CALLER.get().partner_id, token)
        if terms is None:
            raise RefusedCall(
                Refusal(
                    Reason.QUOTE_TOKEN_INVALID,
                    "the token is not one of ours, or was altered; quote again",
                    "quote_token",
                )
            )
        return terms

    async def _member_view(self, message: receipt_pb2.Identifier) -> MemberView:
        caller, partner = self._caller()
        found = Violations()
        identifier = self._decoder.identifier(message, partner, found, takes_qr=True)
        found.raise_if_any()
        view = await self._lookups.identify(caller, present(identifier))
        return expect(view, MemberView)

    async def _hold(
        self,
        sale: Sale,
        method: str,
        request_id: str,
        terms: QuoteTerms | None,
        ttl: dt.timedelta,
    ) -> QuoteAnswer:
        operation = HoldOperation(
            sale,
            method=method,
            request_id=request_id,
            signer=self._signer,
            terms=terms,
            hold_id=uuid7(),
            ttl=ttl,
        )
        return await self._sell(operation, QuoteAnswer)

    async def _sell(self, operation: SaleOperation, expected: type[Priced]) -> Priced:
        """Of training nothing is kept. What is no sale tells who guesses of nobody."""
        sale = operation.sale
        is_sold = isinstance(operation, ConfirmOperation) and not sale.is_training
        if not is_sold and self._shown.is_untold(sale.caller, sale.identifier):
            operation.untold = Reason.TOO_MANY_UNKNOWN
        if sale.is_training:
            answer = expect(await self._group_commit.try_out(operation), expected)
        else:
            answer = await self._run(operation, expected)
        self._shown.note(sale.caller, sale.identifier, answer.identifier_reason)
        return answer

    async def _run(self, operation: Operation, expected: type[Got]) -> Got:
        return expect(await self._group_commit.run(operation), expected)
