"""Try a campaign on a receipt that was sold: by the rules in force, and with the campaign."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import orjson
from sqlalchemy import text
from starlette.routing import Route

from admin.campaigns.reading import campaign_row
from admin.campaigns.trial import Receipt, compared
from admin.members.currencies import read_worth
from admin.pages.secrets_shown_once import require
from admin.service.answers import in_words
from admin.service.pages import ServicePages
from admin.texts import say, spoken
from checkout.client import CallRefusedError, messages

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request
    from starlette.responses import Response


TEXT_CHARACTERS_MAX: Final = 100
#: Receipts of a member that are offered.
RECEIPTS_MAX: Final = 20
_FIND: Final = text("select found_id from admin_find_members(:asked, 2)")
GUEST: Final = "guest"


class TrialPages(ServicePages):
    """Tries campaigns, and shows what they would have done."""

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [Route("/campaign/try/{id}", self.page, methods=["GET"])]

    async def page(self, request: Request) -> Response:
        """Choose a receipt, who buys and when; then before and after, explained."""
        require(request, "campaign.try")
        code = request.path_params["id"]
        asked = {
            name: request.query_params.get(name, "").strip()[:TEXT_CHARACTERS_MAX]
            for name in ("member", "purchase", "at", "who")
        }
        async with self._sessions() as database:
            row = await campaign_row(database, code)
            worth = await read_worth(database)
            member = await self._member(request, database, asked["member"])
            buyer = await self._member(request, database, asked["who"])
        context: dict[str, Any] = {
            "row": row,
            "worth": worth,
            "asked": asked,
            "receipts": [],
            "compared": None,
            "fault": "",
        }
        if asked["member"] and member is None:
            context["fault"] = say("trial.member_unknown")
        elif asked["who"] not in {"", GUEST} and buyer is None:
            context["fault"] = say("trial.buyer_unknown")
        elif member is not None or asked["purchase"]:
            try:
                async with self._operators.of(request.state.principal) as operator:
                    if member is not None:
                        listed = await operator.list_receipts(str(member), page_size=RECEIPTS_MAX)
                        context["receipts"] = [
                            Receipt.of(one) for one in listed.receipts if one.business_day
                        ]
                    if asked["purchase"]:
                        trial = _request(row.latest, asked, buyer)
                        answer = await operator.try_campaign(trial)
                        context["compared"] = compared(answer, code, worth)
            except CallRefusedError as error:
                context["fault"] = in_words(error)
        return await self._templates.TemplateResponse(
            request, "campaign_trial.html", context, status_code=400 if context["fault"] else 200
        )

    @staticmethod
    async def _member(request: Request, database: AsyncSession, asked: str) -> UUID | None:
        """A member by id; by phone, e-mail or name only for whoever may see these."""
        try:
            return UUID(asked)
        except ValueError:
            if not asked or asked == GUEST:
                return None
        if not request.state.principal.may("member.contacts"):
            return None
        found = [row.found_id for row in await database.execute(_FIND, {"asked": asked})]
        return found[0] if len(found) == 1 else None


def _request(
    document: dict[str, Any], asked: dict[str, str], buyer: UUID | None
) -> messages.TryCampaignRequest:
    trial = messages.TryCampaignRequest(
        campaign=orjson.dumps(document),
        purchase_id=asked["purchase"],
        local_time=_moment(asked),
        language=spoken(),
    )
    if buyer is not None:
        trial.member_id = str(buyer)
    elif asked["who"] == GUEST:
        trial.guest = True
    return trial


def _moment(asked: dict[str, str]) -> str:
    """As the service reads it; what cannot be read it refuses."""
    try:
        return dt.datetime.fromisoformat(asked["at"]).isoformat(timespec="seconds")
    except ValueError:
        return asked["at"]
