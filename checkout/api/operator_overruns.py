"""OperatorService: what tills gave away by themselves; decode → flow → encode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.api.decode import decode_date
from checkout.api.encode import encode_flag_kind
from checkout.api.gate import OPERATOR
from checkout.api.operator_care import OperatorCare
from checkout.api.pages import PAGE_TOKEN_CHARACTERS_MAX, decode_page_size
from checkout.api.violations import Violations, present, unless_refused
from checkout.flows.views import FlagKind
from checkout.refusals import Reason
from checkout.v1 import operator_service_pb2 as pb

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.flows.list_overruns import OverrunList
    from checkout.store.overruns import Overruns, OverrunsBy

    Context = ServicerContext[Any, Any]

#: A list is of so many business days.
OVERRUN_DAYS_MAX: Final = 31
_BY: Final[dict[int, OverrunsBy]] = {
    pb.OVERRUNS_BY_UNSPECIFIED: "terminal",
    pb.OVERRUNS_BY_MEMBER: "member",
    pb.OVERRUNS_BY_CARD: "card",
}


class OperatorOverruns(OperatorCare):
    """Calls that read overruns."""

    _overruns: OverrunList

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
        if request.by not in _BY:
            found.add(Reason.FIELD_INVALID, "by", "by terminal, member or card")
        page_size = decode_page_size(request.page_size, found)
        found.text("page_token", request.page_token, PAGE_TOKEN_CHARACTERS_MAX)
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
        page = unless_refused(
            await self._overruns.page(
                partner.partner_id, (first, last), _BY[request.by], page_size, request.page_token
            )
        )
        return pb.ListOverrunsResponse(
            overruns=map(_encode, page.overruns), next_page_token=page.next_token
        )


def _encode(of: Overruns) -> pb.Overruns:
    return pb.Overruns(
        store=of.store_code,
        terminal=of.terminal_code,
        member_id=str(of.member_id or ""),
        card=of.card,
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
