"""What tills sold without the service, and what of it did not fit: sums, and the receipts.

Sums are the service's (`ListOverruns`); receipts are read from the same rows, so that the page
stands without it, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.exceptions import HTTPException
from starlette.routing import Route

from admin.members.currencies import Worth, read_worth
from admin.pages.places_in_lists import days_in, page_of, place_in, place_of, uuid_in
from admin.pages.secrets_shown_once import require
from admin.service.answers import in_words
from admin.service.pages import ServicePages
from admin.sql import STATEMENTS
from admin.texts import say
from checkout.client import CallRefusedError, messages

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

#: Whose sums are shown → as the contract names it.
BY: Final = {
    "terminal": messages.OVERRUNS_BY_UNSPECIFIED,
    "member": messages.OVERRUNS_BY_MEMBER,
    "card": messages.OVERRUNS_BY_CARD,
}
SUM_ROWS: Final = 20
RECEIPT_ROWS: Final = 50
#: Days that are looked at when none are named, and at most: as the contract bounds the call.
DAYS: Final = 7
DAYS_MAX: Final = 31
TEXT_CHARACTERS_MAX: Final = 100


class OverrunPages(ServicePages):
    """One page."""

    def routes(self) -> list[Route]:
        """Its address."""
        return [Route("/overrun/list", self.page, methods=["GET"], name="overruns")]

    async def page(self, request: Request) -> Response:
        """Sums by terminal, member or card, and the receipts of those that are asked for."""
        require(request, "overrun.view")
        asked = {
            name: request.query_params.get(name, "").strip()[:TEXT_CHARACTERS_MAX]
            for name in ("by", "since", "until", "store", "terminal", "member", "card", "before")
        }
        by = asked["by"] if asked["by"] in BY else "terminal"
        since, until = days_in(asked["since"], asked["until"], days=DAYS, most=DAYS_MAX - 1)
        member = uuid_in(asked["member"])
        values = {
            "since": since,
            "until": until,
            "store": asked["store"],
            "terminal": asked["terminal"],
            "member": member,
            "card": asked["card"],
            **place_in(asked["before"]),
            "rows_max": RECEIPT_ROWS + 1,
        }
        async with self._sessions() as database:
            worth = await read_worth(database)
            rows = (
                []
                if asked["member"] and member is None
                else (await database.execute(STATEMENTS["sold_without"], values)).all()
            )
        shown, last = page_of(rows, RECEIPT_ROWS)
        days = (since.isoformat(), until.isoformat())
        # Of one terminal, member or card there are no others to be summed up beside.
        is_of_one = any(asked[name] for name in ("store", "terminal", "member", "card"))
        context = {
            **({} if is_of_one else await self._sums(request, by, days)),
            "is_of_one": is_of_one,
            "rows": shown,
            "older": place_of(last, "confirmed_at", "receipt_id"),
            "asked": asked | {"by": by, "since": days[0], "until": days[1]},
            "worth": worth,
            "ways": tuple(BY),
            "days_max": DAYS_MAX,
            "amount": amount_beyond,
            "kind_name": _kind_name,
        }
        return await self._templates.TemplateResponse(request, "overruns.html", context)

    async def _sums(self, request: Request, by: str, days: tuple[str, str]) -> dict[str, Any]:
        """A page of them, or why there is none."""
        token = request.query_params.get("sums", "")[:TEXT_CHARACTERS_MAX]
        try:
            async with self._operators.of(request.state.principal) as client:
                answer = await client.list_overruns(*days, BY[by], SUM_ROWS, token)
        except HTTPException as missing:
            return {"sums": [], "fault": say(str(missing.detail)), "more_sums": ""}
        except CallRefusedError as refused:
            return {"sums": [], "fault": in_words(refused), "more_sums": ""}
        return {"sums": answer.overruns, "fault": "", "more_sums": answer.next_page_token}


def amount_beyond(worth: Worth, kind: str, currency: str, amount: int) -> str:
    """How much did not fit, in what it is counted in; empty where that is no amount."""
    if not amount:
        return ""
    if kind.startswith("points_"):
        return worth.points_of(currency).shown(amount)
    if kind.startswith("certificate_") and currency == "units":
        return say("value.units", count=amount)
    if kind in {"limit_overrun", "coupon_overrun"}:
        return ""
    return worth.money.shown(amount)


def _kind_name(kind: messages.FlagKind) -> str:
    return messages.FlagKind.Name(kind).removeprefix("FLAG_KIND_").lower()
