"""CheckoutService: which gifts can be given; decode → flow → encode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.api.gate import CALLER
from checkout.api.violations import Violations, unless_refused
from checkout.v1 import gift_pb2 as pb
from checkout.v1.checkout_service_pb2_grpc import CheckoutServiceServicer

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.api.decode import Decoder
    from checkout.flows.directory import Directory
    from checkout.flows.gift_lookup import GiftLookup

    Context = ServicerContext[Any, Any]


class GiftCalls(CheckoutServiceServicer):
    """Calls about gifts that are no sale; a base of the servicer, which sets the parts."""

    _directory: Directory
    _decoder: Decoder
    _gifts: GiftLookup

    async def ListGifts(  # noqa: N802 - named by the contract
        self, request: pb.ListGiftsRequest, context: Context
    ) -> pb.ListGiftsResponse:
        del context
        caller = CALLER.get()
        found = Violations()
        identifier = None
        if request.HasField("identifier"):
            partner = self._directory.partner(caller.partner_id)
            identifier = self._decoder.identifier(request.identifier, partner, found)
        found.raise_if_any()
        views = unless_refused(await self._gifts.gifts(caller, identifier))
        return pb.ListGiftsResponse(
            gifts=[
                pb.GiftView(
                    gift=view.gift.code,
                    name=view.gift.name,
                    description=view.gift.description,
                    sku=view.gift.sku,
                    points_minor=view.gift.points_minor,
                    currency=view.currency if view.gift.points_minor else "",
                    left=view.left,
                    has_points=view.has_points,
                )
                for view in views
            ]
        )
