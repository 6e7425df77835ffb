"""CheckoutService: what became of a purchase, and why; decode → flow → encode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.api.decode import decode_id
from checkout.api.decode_explain import decode_explain
from checkout.api.encode import encode_hold
from checkout.api.encode_outcome import encode_outcome
from checkout.api.gate import CALLER
from checkout.api.moments import encode_moment
from checkout.api.offline_calls import encode_credit
from checkout.api.violations import Violations, unless_refused
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1.checkout_service_pb2_grpc import CheckoutServiceServicer

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.flows.answers import ConfirmAnswer
    from checkout.flows.explain import ExplainFlow
    from checkout.flows.lookup import LookupFlow

    Context = ServicerContext[Any, Any]


_PURCHASE_STATES: Final = {
    "held": pb.PURCHASE_STATE_HELD,
    "released": pb.PURCHASE_STATE_RELEASED,
    "confirmed": pb.PURCHASE_STATE_CONFIRMED,
    "cancelled": pb.PURCHASE_STATE_CANCELLED,
}


class ExplainCalls(CheckoutServiceServicer):
    """Calls that look at a sale again."""

    lookups: LookupFlow
    explanations: ExplainFlow
    encode_confirmed: Callable[[ConfirmAnswer], pb.ConfirmResponse]

    async def GetPurchase(  # noqa: N802 - named by the contract
        self, request: pb.GetPurchaseRequest, context: Context
    ) -> pb.GetPurchaseResponse:
        del context
        found = Violations()
        decode_id("purchase_id", request.purchase_id, found)
        found.raise_if_any()
        view = unless_refused(await self.lookups.purchase(CALLER.get(), request.purchase_id))
        return pb.GetPurchaseResponse(
            purchase_id=request.purchase_id,
            state=_PURCHASE_STATES[view.state],
            confirmed=(
                self.encode_confirmed(view.confirmed) if view.confirmed is not None else None
            ),
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
        found = Violations()
        decode_id("purchase_id", request.purchase_id, found)
        level = decode_explain(request.explain, request.explain_campaign, found)
        found.raise_if_any()
        explained = unless_refused(
            await self.explanations.explain(
                CALLER.get(), request.purchase_id, level, request.explain_campaign
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
        )
