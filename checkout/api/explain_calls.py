"""CheckoutService: why a purchase came out as it did; decode → flow → encode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.api.decode import decode_id
from checkout.api.decode_explain import decode_explain
from checkout.api.encode_outcome import encode_outcome
from checkout.api.gate import CALLER
from checkout.api.moments import encode_moment
from checkout.api.violations import Violations, unless_refused
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1.checkout_service_pb2_grpc import CheckoutServiceServicer

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.flows.explain import ExplainFlow

    Context = ServicerContext[Any, Any]


class ExplainCalls(CheckoutServiceServicer):
    """Calls that look at a sale again."""

    explanations: ExplainFlow

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
