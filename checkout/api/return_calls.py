"""CheckoutService: goods that come back without their receipt; decode → flow → encode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from uuid_utils.compat import uuid7

from checkout.api.decode import (
    ID_CHARACTERS_MAX,
    POSITION_MAX,
    SHORT_CHARACTERS_MAX,
    decode_date,
    decode_id,
)
from checkout.api.decode_return import CASHIER_CHARACTERS_MAX
from checkout.api.encode import encode_reason
from checkout.api.gate import CALLER
from checkout.api.moments import encode_moment
from checkout.api.violations import Violations, expect
from checkout.engine.receipt import LINES_MAX
from checkout.flows.return_answers import WithoutReceiptAnswer
from checkout.flows.return_without_receipt import (
    ReturnedGoods,
    WithoutReceiptCall,
    WithoutReceiptOperation,
)
from checkout.primitives import AMOUNT_MAX_MINOR, QUANTITY_MAX_MILLI, line_amount_minor
from checkout.refusals import Reason
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1.checkout_service_pb2_grpc import CheckoutServiceServicer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.api.decode import Decoder
    from checkout.flows.directory import Directory, PartnerEntry
    from checkout.flows.group_commit import GroupCommit

    Context = ServicerContext[Any, Any]

RETURN_REASON_CHARACTERS_MAX: Final = 500


class ReturnCalls(CheckoutServiceServicer):
    """Calls about goods of an unknown purchase; a base of the servicer, which sets the parts."""

    _directory: Directory
    _decoder: Decoder
    _group_commit: GroupCommit

    async def ReturnWithoutReceipt(  # noqa: N802 - named by the contract
        self, request: pb.ReturnWithoutReceiptRequest, context: Context
    ) -> pb.ReturnWithoutReceiptResponse:
        del context
        partner = self._directory.partner(CALLER.get().partner_id)
        found = Violations()
        call = self._decode(partner, request, found)
        found.raise_if_any()
        operation = WithoutReceiptOperation(
            call,
            request.request_id,
            return_receipt_id=uuid7(),
            allowance_minor=partner.returns_without_receipt_minor,
        )
        return encode_without_receipt(
            expect(await self._group_commit.run(operation), WithoutReceiptAnswer)
        )

    def _decode(
        self, partner: PartnerEntry, request: pb.ReturnWithoutReceiptRequest, found: Violations
    ) -> WithoutReceiptCall:
        """What is to be taken back; no good if there are violations."""
        decode_id("request_id", request.request_id, found)
        decode_id("return_id", request.return_id, found)
        found.text("shift", request.shift, SHORT_CHARACTERS_MAX)
        found.text("receipt_number", request.receipt_number, SHORT_CHARACTERS_MAX)
        found.text("cashier", request.cashier, CASHIER_CHARACTERS_MAX)
        found.text("reason", request.reason, RETURN_REASON_CHARACTERS_MAX)
        identifier = None
        if request.HasField("identifier"):
            identifier = self._decoder.identifier(request.identifier, partner, found)
        return WithoutReceiptCall(
            caller=CALLER.get(),
            return_id=request.return_id,
            goods=_goods(request.goods, found),
            identifier=identifier,
            shift=request.shift,
            receipt_number=request.receipt_number,
            cashier=request.cashier,
            business_day=decode_date("business_day", request.business_day, found),
            reason=request.reason,
        )


def encode_without_receipt(answer: WithoutReceiptAnswer) -> pb.ReturnWithoutReceiptResponse:
    """A return that was made."""
    return pb.ReturnWithoutReceiptResponse(
        return_receipt_id=str(answer.return_receipt_id),
        returned_at=encode_moment(answer.returned_at),
        money_minor=answer.money_minor,
        allowance_left_minor=answer.allowance_left_minor,
        identifier_reason=encode_reason(answer.identifier_reason),
    )


def _goods(messages: Sequence[pb.ReturnedGoods], found: Violations) -> tuple[ReturnedGoods, ...]:
    if not 1 <= len(messages) <= LINES_MAX:
        found.add(
            Reason.LINE_COUNT_OUT_OF_RANGE,
            "goods",
            f"a return without receipt has 1 to {LINES_MAX} lines of goods",
            {"lines": len(messages), "lines_max": LINES_MAX},
        )
        found.raise_if_any()
    goods = []
    seen: set[int] = set()
    for number, each in enumerate(messages):
        path = f"goods[{number}]"
        _check(path, each, found)
        if each.position in seen:
            found.add(
                Reason.LINE_POSITION_REPEATED,
                f"{path}.position",
                "each position stands once",
                {"position": each.position},
            )
        seen.add(each.position)
        goods.append(
            ReturnedGoods(
                each.position, each.sku, each.quantity_milli, each.price_minor, each.amount_minor
            )
        )
    found.between("goods", sum(each.amount_minor for each in goods), 1, AMOUNT_MAX_MINOR)
    return tuple(goods)


def _check(path: str, goods: pb.ReturnedGoods, found: Violations) -> None:
    found.between(f"{path}.position", goods.position, 1, POSITION_MAX)
    found.require(f"{path}.sku", goods.sku)
    found.text(f"{path}.sku", goods.sku, ID_CHARACTERS_MAX)
    found.between(f"{path}.quantity_milli", goods.quantity_milli, 1, QUANTITY_MAX_MILLI)
    found.between(f"{path}.price_minor", goods.price_minor, 0, AMOUNT_MAX_MINOR)
    found.between(f"{path}.amount_minor", goods.amount_minor, 0, AMOUNT_MAX_MINOR)
    expected = line_amount_minor(goods.price_minor, goods.quantity_milli)
    if abs(goods.amount_minor - expected) > 1:
        found.add(
            Reason.LINE_AMOUNT_MISMATCH,
            f"{path}.amount_minor",
            f"{goods.amount_minor} is not price × quantity, which is {expected}, give or take 1",
            {"amount_minor": goods.amount_minor, "expected_minor": expected},
        )
