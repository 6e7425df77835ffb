"""What became of a member's tiers: told by the service, which knows under which names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.routing import Route

from admin.members.currencies import Currency, Worth, read_worth
from admin.members.in_short import find_in_short
from admin.pages.secrets_shown_once import require
from admin.records.tables import Program
from admin.service.answers import in_words
from admin.service.pages import ServicePages
from admin.texts import say, say_first
from admin.texts.dates import shown_day
from admin.texts.numbers import counted
from checkout.client import CallRefusedError, messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from starlette.requests import Request
    from starlette.responses import Response

ROWS_MAX: Final = 20


class TierPages(ServicePages):
    """Shows the changes, newest first."""

    def routes(self) -> list[Route]:
        """Their address."""
        return [Route("/member/{id}/tiers", self.page, methods=["GET"], name="tiers")]

    async def page(self, request: Request) -> Response:
        """A page of them."""
        require(request, "member.whole")
        async with self._sessions() as database:
            member = await find_in_short(database, request)
            worth = await read_worth(database)
            points = _points_of(await database.scalars(select(Program.document)), worth)
        context = {
            "member": member,
            "worth": worth,
            "tiers": {code: dict(tiers) for code, tiers in worth.tiers.items()},
            "why": lambda change: why(change, points, worth.money),
            "changes": await self._changes(request, member.member_id),
        }
        return await self._templates.TemplateResponse(request, "member_tiers.html", context)

    async def _changes(self, request: Request, member_id: UUID) -> dict[str, Any]:
        """Asked while no connection is held, as receipts are."""
        token = request.query_params.get("older", "")
        try:
            async with self._operators.of(request.state.principal) as client:
                answer = await client.list_tier_changes(
                    str(member_id), page_size=ROWS_MAX, page_token=token
                )
        except HTTPException as missing:
            return {"rows": [], "fault": say(str(missing.detail))}
        except CallRefusedError as refused:
            return {"rows": [], "fault": in_words(refused)}
        return {"rows": answer.changes, "older": answer.next_page_token, "is_first": not token}


def why(change: messages.TierChange, points: Mapping[str, Currency], money: Currency) -> str:
    """The cause, and what was counted and needed; `points` is the first currency by program."""
    cause = messages.TierCause.Name(change.cause).removeprefix("TIER_CAUSE_").lower()
    said = say_first(f"value.tier_cause.{cause}", cause)
    if not change.HasField("figures"):
        return said
    figures = change.figures
    measure = messages.TierMeasure.Name(figures.measure).removeprefix("TIER_MEASURE_").lower()
    shown = {"spend": money.shown, "visits": counted}.get(measure)
    if shown is None:
        shown = points[change.program].shown if change.program in points else counted
    told = say(
        "tiers.figures",
        measure=say_first(f"value.tier_measure.{measure}", measure),
        counted=shown(figures.counted),
        needed=shown(figures.needed),
        day=shown_day(figures.first_day),
    )
    return f"{said}: {told}"


def _points_of(documents: Iterable[dict[str, Any]], worth: Worth) -> dict[str, Currency]:
    """Program → the currency in which points that count for tiers are."""
    return {
        document["code"]: worth.points_of(document["currencies"][0]["code"])
        for document in documents
        if document.get("currencies")
    }
