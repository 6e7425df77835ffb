"""OperatorService: purchases that operators add by hand; decode → flow → encode."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING, Final, cast

from checkout.api.coupon_calls import encode_issued
from checkout.api.decode import (
    ID_CHARACTERS_MAX,
    SHORT_CHARACTERS_MAX,
    decode_id,
    decode_lines,
    decode_local_time,
)
from checkout.api.encode import encode_confirm
from checkout.api.gate import OPERATOR
from checkout.api.operator_care import OperatorCare, decode_cause, decode_uuid
from checkout.api.violations import Violations, expect, present
from checkout.engine.documents import check_receipt
from checkout.engine.receipt import LINES_MAX, Line, Receipt
from checkout.flows.add_purchase import WHOLE, AddPurchaseOperation
from checkout.flows.answers import ConfirmAnswer
from checkout.flows.final_sale import ConfirmIds
from checkout.flows.sale import Sale, Settlement
from checkout.primitives import AMOUNT_MAX_MINOR, UNIT_MILLI, composed
from checkout.refusals import Reason
from checkout.v1 import operator_service_pb2 as pb

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.flows.certificate_codes import CertificateCodes
    from checkout.flows.coupon_codes import CouponCodes
    from checkout.flows.directory import Directory, PartnerEntry
    from checkout.flows.sale import Caller

    Context = ServicerContext[Any, Any]

#: What a purchase was made through, for rules about channels.
CHANNEL: Final = "till"


class OperatorPurchases(OperatorCare):
    """Calls that add purchases."""

    _directory: Directory
    _codes: CertificateCodes
    _coupon_codes: CouponCodes

    async def AddPurchase(  # noqa: N802 - named by the contract
        self, request: pb.AddPurchaseRequest, context: Context
    ) -> pb.AddPurchaseResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        decode_id("purchase_id", request.purchase_id, found)
        member_id = identifier = None
        who = cast("str | None", request.WhichOneof("who"))
        if who == "member_id":
            member_id = decode_uuid("member_id", request.member_id, found)
        elif who == "identifier":
            identifier = self._decoder.identifier(request.identifier, partner, found)
        else:
            found.add(Reason.FIELD_REQUIRED, "member_id", "a purchase is a member's")
        for name in ("receipt_number", "shift"):
            found.text(name, getattr(request, name), SHORT_CHARACTERS_MAX)
        found.text("terminal", request.terminal, ID_CHARACTERS_MAX)
        cause = decode_cause(request.reason, author, found)
        desk = self._desk(partner, request, found)
        receipt = _receipt(request, desk, found)
        found.raise_if_any()
        operation = AddPurchaseOperation(
            Sale(
                caller=present(desk),
                purchase_id=request.purchase_id,
                receipt=present(receipt),
                identifier=identifier,
            ),
            Settlement(
                shift=composed(request.shift), receipt_number=composed(request.receipt_number)
            ),
            request_id=request.request_id,
            member_id=member_id,
            cause=cause,
            ids=ConfirmIds.new(),
            codes=self._codes,
            coupon_codes=self._coupon_codes,
            terms=partner.manual,
        )
        answer = expect(await self._group_commit.run(operation), ConfirmAnswer)
        issued = encode_issued(answer.coupons_issued, self._coupon_codes)
        confirmed = encode_confirm(answer, partner.partner_id, self._codes, issued)
        return pb.AddPurchaseResponse(confirmed=confirmed)

    def _desk(
        self, partner: PartnerEntry, request: pb.AddPurchaseRequest, found: Violations
    ) -> Caller | None:
        """The store, and the terminal as it is printed."""
        decode_id("store", request.store, found)
        desk = self._directory.desk(partner.partner_id, request.store, request.terminal)
        if desk is None and request.store:
            found.add(Reason.FIELD_INVALID, "store", "the partner has no such store")
        return desk


def _receipt(
    request: pb.AddPurchaseRequest, desk: Caller | None, found: Violations
) -> Receipt | None:
    """The purchase as it was paid; None, with violations, if it cannot be one."""
    found.between("amount_minor", request.amount_minor, 1, AMOUNT_MAX_MINOR)
    found.between("lines", len(request.lines), 0, LINES_MAX)
    local_time = decode_local_time("local_time", request.local_time, found)
    found.raise_if_any()
    if desk is None or local_time is None:
        return None
    lines = decode_lines("lines", request.lines, found) or (_whole(request.amount_minor),)
    paid = sum(
        line.amount_minor - line.external_discount_minor - line.manual_discount_minor
        for line in lines
    )
    if paid != request.amount_minor:
        found.add(
            Reason.FIELD_INVALID,
            "amount_minor",
            "the lines, less their discounts, add up to another sum",
            {"amount_minor": request.amount_minor, "lines_minor": paid},
        )
    zone = zoneinfo.ZoneInfo(desk.time_zone)
    offset = local_time.replace(tzinfo=zone).utcoffset() or dt.timedelta()
    receipt = Receipt(
        store=desk.store_code,
        local_time=local_time,
        utc_offset_minutes=offset // dt.timedelta(minutes=1),
        lines=lines,
        terminal=desk.terminal_code,
        channel=CHANNEL,
    )
    for fault in check_receipt(receipt):
        found.add(fault.reason, fault.field, fault.message, fault.numbers)
    return receipt


def _whole(amount_minor: int) -> Line:
    """All that was bought, as one piece of an article that nobody knows."""
    return Line(
        position=1,
        sku=WHOLE,
        quantity_milli=UNIT_MILLI,
        price_minor=amount_minor,
        amount_minor=amount_minor,
    )
