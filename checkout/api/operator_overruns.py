"""OperatorService: what tills gave away by themselves; decode → read → encode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.api.decode import decode_date
from checkout.api.encode import encode_flag_kind
from checkout.api.gate import OPERATOR
from checkout.api.operator_care import OperatorCare
from checkout.api.pages import decode_page_size
from checkout.api.violations import Violations, present
from checkout.flows.views import FlagKind
from checkout.refusals import Reason
from checkout.v1 import operator_service_pb2 as pb

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.store.overruns import OverrunReader, Overruns

    Context = ServicerContext[Any, Any]

#: A list is of so many business days.
OVERRUN_DAYS_MAX: Final = 31


class OperatorOverruns(OperatorCare):
    """Calls that read overruns."""

    _overruns: OverrunReader

    async def ListOverruns(  # noqa: N802 - named by the contract
        self, request: pb.ListOverrunsRequest, context: Context
    ) -> pb.ListOverrunsResponse:
        del context
        partner, _ = OPERATOR.get()
        found = Violations()
        days = []
        for field, text in (("first_day", request.first_day), ("last_day", request.last_day)):
            found.require(field, text)
            days.append(decode_date(field, text, found))
        page_size = decode_page_size(request.page_size, found)
        found.raise_if_any()
        first, last = map(present, days)
        between = (last - first).days + 1
        if not 1 <= between <= OVERRUN_DAYS_MAX:
            found.add(
                Reason.FIELD_OUT_OF_RANGE,
                "last_day",
                f"1 to {OVERRUN_DAYS_MAX} days from the first one",
                {"days": between},
            )
        found.raise_if_any()
        listed = await self._overruns.list(
            partner.partner_id, (first, last), page_size, by_member=request.by_member
        )
        return pb.ListOverrunsResponse(overruns=map(_encode, listed))


def _encode(of: Overruns) -> pb.Overruns:
    return pb.Overruns(
        store=of.store_code,
        terminal=of.terminal_code,
        member_id=str(of.member_id or ""),
        receipts=of.receipts,
        given_away_minor=of.given_away_minor,
        flagged=of.flagged,
        totals=[
            pb.FlagTotal(
                kind=encode_flag_kind(FlagKind(total.kind)),
                times=total.times,
                currency=total.currency,
                amount=total.amount,
            )
            for total in of.totals
        ],
    )
