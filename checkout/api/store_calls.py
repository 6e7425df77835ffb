"""CheckoutService: where the partner sells; decode → flow → encode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.api.gate import CALLER
from checkout.api.pages import PAGE_TOKEN_CHARACTERS_MAX, decode_page_size
from checkout.api.violations import Violations, unless_refused
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1.checkout_service_pb2_grpc import CheckoutServiceServicer

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.flows.store_list import StoreList, StoreView

    Context = ServicerContext[Any, Any]


class StoreCalls(CheckoutServiceServicer):
    """Calls about places; a base of the servicer, which sets the parts."""

    _stores: StoreList

    async def ListStores(  # noqa: N802 - named by the contract
        self, request: pb.ListStoresRequest, context: Context
    ) -> pb.ListStoresResponse:
        del context
        found = Violations()
        size = decode_page_size(request.page_size, found)
        found.text("page_token", request.page_token, PAGE_TOKEN_CHARACTERS_MAX)
        found.raise_if_any()
        page = unless_refused(self._stores.page(CALLER.get(), size, request.page_token))
        return pb.ListStoresResponse(
            stores=map(_encode, page.stores), next_page_token=page.next_token
        )


def _encode(view: StoreView) -> pb.StoreView:
    store = view.store
    return pb.StoreView(
        store=store.code,
        name=store.name,
        address=store.address,
        chain=store.chain,
        program=store.program,
        program_name=view.program_name,
        format=store.format,
        region=store.region,
        time_zone=store.time_zone,
        utc_offset_minutes=view.utc_offset_minutes,
        own=view.is_own,
        terminals=[
            pb.TerminalView(terminal=each.terminal_code, permissions=sorted(each.permissions))
            for each in view.terminals
        ],
    )
