"""CheckoutService: what became of a purchase, and why; decode → flow → encode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.api.coupon_calls import CouponCalls
from checkout.api.decode import decode_id
from checkout.api.decode_explain import decode_explain, decode_language
from checkout.api.encode import encode_hold
from checkout.api.encode_outcome import encode_outcome
from checkout.api.gate import CALLER
from checkout.api.moments import encode_moment
from checkout.api.offline_calls import encode_credit
from checkout.api.violations import Violations, unless_refused
from checkout.v1 import checkout_service_pb2 as pb

if TYPE_CHECKING:
    from typing import Any
    from uuid import UUID

    from grpc.aio import ServicerContext

    from checkout.flows.explain import ExplainFlow
    from checkout.flows.lookup import LookupFlow
    from checkout.v1 import operator_service_pb2

    Context = ServicerContext[Any, Any]

_PURCHASE_STATES: Final = {
    "held": pb.PURCHASE_STATE_HELD,
    "released": pb.PURCHASE_STATE_RELEASED,
    "confirmed": pb.PURCHASE_STATE_CONFIRMED,
    "cancelled": pb.PURCHASE_STATE_CANCELLED,
}


class ExplainCalls(CouponCalls):
    """Calls that look at a sale again; a base of the servicer, which sets the parts."""

    _lookups: LookupFlow
    _explanations: ExplainFlow

    async def GetPurchase(  # noqa: N802 - named by the contract
        self, request: pb.GetPurchaseRequest, context: Context
    ) -> pb.GetPurchaseResponse:
        del context
        found = Violations()
        decode_id("purchase_id", request.purchase_id, found)
        found.raise_if_any()
        view = unless_refused(await self._lookups.purchase(CALLER.get(), request.purchase_id))
        return pb.GetPurchaseResponse(
            purchase_id=request.purchase_id,
            state=_PURCHASE_STATES[view.state],
            confirmed=self._encode_confirm(view.confirmed) if view.confirmed is not None else None,
            hold=encode_hold(view.hold),
            returned=[
                pb.ReturnLine(position=position, quantity_milli=quantity)
                for position, quantity in view.returned.items()
            ],
            credited=encode_credit(view.credited) if view.credited is not None else None,
        )

    async def Explain(  # noqa: N802 - named by the contract
        self, request: pb.ExplainRequest, context: Context
    ) -> pb.ExplainResponse:
        del context
        return await explain_purchase(self._explanations, CALLER.get().partner_id, request)


async def explain_purchase(
    explanations: ExplainFlow,
    partner_id: UUID,
    request: pb.ExplainRequest | operator_service_pb2.ExplainPurchaseRequest,
    language: str = "",
) -> pb.ExplainResponse:
    """Explain to a till or to an operator of the partner: both are told the same.

    Raises:
        RefusedCall: a field is faulty, or the purchase cannot be explained.
    """
    found = Violations()
    decode_id("purchase_id", request.purchase_id, found)
    level = decode_explain(request.explain, request.explain_campaign, found)
    decode_language(language, found)
    found.raise_if_any()
    explained = unless_refused(
        await explanations.explain(
            partner_id, request.purchase_id, level, request.explain_campaign, language
        )
    )
    return pb.ExplainResponse(
        purchase_id=request.purchase_id,
        receipt_id=str(explained.receipt_id),
        snapshot_id=explained.snapshot_id,
        evaluated_at=encode_moment(explained.evaluated_at),
        confirmed_at=encode_moment(explained.confirmed_at),
        outcome=encode_outcome(explained.outcome),
        is_exact=explained.is_exact,
        descriptions=explained.descriptions,
    )
