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
from admin.pages.places_in_lists import uuid_in
from admin.pages.secrets_shown_once import require
from admin.service.answers import in_words
from admin.service.pages import ServicePages
from admin.texts import say, spoken
from checkout.client import CallRefusedError, messages

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request
    from starlette.responses import Response

    from checkout.client import OperatorClient


TEXT_CHARACTERS_MAX: Final = 100
#: Receipts of a member that are offered.
RECEIPTS_MAX: Final = 20
#: Campaigns with which nothing changes that are shown at once; more are unfolded.
FEW: Final = 10
#: Beyond them there are no local days before and after.
YEARS: Final = (1970, 9000)
_FIND: Final = text("select found_id from admin_find_members(:asked, 2)")
GUEST: Final = "guest"
#: What the service blames, by the field in which it was typed.
_TYPED_IN: Final = {"purchase_id": "purchase", "local_time": "at", "member_id": "who"}


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
        faults = _faults(asked, member, buyer)
        context: dict[str, Any] = {
            "row": row,
            "worth": worth,
            "asked": asked,
            "receipts": [],
            "compared": None,
            "few": FEW,
            "faults": faults,
        }
        if not faults and (member is not None or asked["purchase"]):
            try:
                async with self._operators.of(request.state.principal) as operator:
                    context["receipts"] = await _receipts(operator, member)
                    if asked["purchase"]:
                        trial = _request(row.latest, asked, buyer)
                        answer = await operator.try_campaign(trial)
                        context["compared"] = compared(answer, code, worth)
            except CallRefusedError as error:
                blamed = next((one.field for one in error.faults), "")
                faults[_TYPED_IN.get(blamed, "")] = in_words(error)
        return await self._templates.TemplateResponse(
            request, "campaign_trial.html", context, status_code=400 if faults else 200
        )

    @staticmethod
    async def _member(request: Request, database: AsyncSession, asked: str) -> UUID | None:
        """A member by id; by phone, e-mail or name only for whoever may see these."""
        named, may_see = uuid_in(asked), request.state.principal.may("member.contacts")
        if asked in {"", GUEST} or not (named or may_see):
            return None
        wanted = {"asked": str(named or asked)}
        found = [row.found_id for row in await database.execute(_FIND, wanted)]
        if named in found:
            return named
        return found[0] if may_see and len(found) == 1 else None


def _faults(asked: dict[str, str], member: UUID | None, buyer: UUID | None) -> dict[str, str]:
    """What cannot be meant, by the field that it was typed in."""
    faults = {}
    if asked["member"] and member is None:
        faults["member"] = say("trial.member_unknown")
    if asked["who"] not in {"", GUEST} and buyer is None:
        faults["who"] = say("trial.buyer_unknown")
    if asked["at"] and _moment(asked["at"]) is None:
        faults["at"] = say("form.moment")
    return faults


async def _receipts(operator: OperatorClient, member: UUID | None) -> list[Receipt]:
    """The latest sales of a member, to choose from."""
    if member is None:
        return []
    listed = await operator.list_receipts(str(member), page_size=RECEIPTS_MAX)
    return [Receipt.of(one) for one in listed.receipts if one.business_day]


def _request(
    document: dict[str, Any], asked: dict[str, str], buyer: UUID | None
) -> messages.TryCampaignRequest:
    moment = _moment(asked["at"])
    trial = messages.TryCampaignRequest(
        campaign=orjson.dumps(document),
        purchase_id=asked["purchase"],
        local_time=moment.isoformat(timespec="seconds") if moment is not None else "",
        language=spoken(),
    )
    if buyer is not None:
        trial.member_id = str(buyer)
    elif asked["who"] == GUEST:
        trial.guest = True
    return trial


def _moment(typed: str) -> dt.datetime | None:
    """The till's local time, as somebody typed it."""
    try:
        moment = dt.datetime.fromisoformat(typed)
    except ValueError:
        return None
    is_usual = moment.tzinfo is None and YEARS[0] < moment.year < YEARS[1]
    return moment if is_usual else None
