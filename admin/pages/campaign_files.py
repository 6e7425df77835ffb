"""Campaigns into files and out of them: first shown, then done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from admin.campaigns.ordering import ordered
from admin.campaigns.reading import found_campaigns
from admin.campaigns.transfer import (
    CAMPAIGNS_MAX,
    FaultyFileError,
    as_seen,
    campaigns_in,
    looked_at,
    outgoing,
    seen_in,
    take_in,
)
from admin.guard.requests import BODY_MAX_BYTES
from admin.pages.secrets_shown_once import require
from admin.records.attachment import dated_attachment
from admin.records.forms import reason_in
from admin.records.record_view import SEARCH_CHARACTERS_MAX
from admin.records.refused_change import refused
from admin.records.tables import Campaign
from admin.scope import reason
from admin.staff.notes import note

if TYPE_CHECKING:
    from sqladmin.templating import Jinja2Templates
    from starlette.requests import Request

    from admin.database import Sessions
    from admin.staff.principal import Principal

#: What is asked for of a file: all of its campaigns or none, or those without faults.
WHOLE: Final = "yes"
PARTLY: Final = "faultless"


class CampaignFiles:
    """Imports and exports campaigns."""

    def __init__(self, templates: Jinja2Templates, sessions: Sessions) -> None:
        self._templates = templates
        self._sessions = sessions

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/campaign/export", self.export, methods=["POST"]),
            Route("/campaign/import", self.import_page, methods=["GET", "POST"]),
        ]

    async def export(self, request: Request) -> Response:
        """One campaign, or all that the list finds, as a file; who took it is noted."""
        require(request, "campaign.export")
        asked = {
            name: request.query_params.get(name, "").strip()[:SEARCH_CHARACTERS_MAX]
            for name in ("search", "state", "program", "code", "sortBy", "sort")
        }
        statement = ordered(found_campaigns(asked), asked)
        if asked["code"]:
            statement = found_campaigns({}, with_archived=True).where(
                Campaign.code == asked["code"]
            )
        principal: Principal = request.state.principal
        async with self._sessions.begin() as database:
            found = await database.execute(statement.limit(CAMPAIGNS_MAX + 1))
            rows = [row[0] for row in found]
            if not rows:
                raise HTTPException(404)
            if len(rows) > CAMPAIGNS_MAX:
                raise HTTPException(400, "campaign.export_too_many")
            body = await outgoing(database, rows)
            told = {name: value for name, value in asked.items() if value}
            await note(
                database,
                principal.partner_id,
                "campaign",
                asked["code"],
                "exported",
                campaigns=len(rows),
                **told,
            )
        return Response(
            body,
            media_type="application/json",
            headers=dated_attachment("campaigns", "campaign", "json"),
        )

    async def import_page(self, request: Request) -> Response:
        """A file, as text: what would become of it; with `confirmed` it is done, whole or partly.

        What was seen of the campaigns that are here comes back with the file.
        """
        require(request, "campaign.edit")
        context: dict[str, Any] = {"text": "", "incoming": None, "taken": None, "fault": ""}
        if request.method == "GET":
            return await self._templates.TemplateResponse(request, "campaign_import.html", context)
        form = await request.form(max_part_size=BODY_MAX_BYTES)
        context["text"] = text = str(form.get("document", ""))
        why = reason_in(form.get("reason"))
        confirmed = form.get("confirmed")
        try:
            documents = campaigns_in(text)
            if confirmed in {WHOLE, PARTLY}:
                seen, partly = seen_in(form.get("seen")), confirmed == PARTLY
                with reason(why):
                    async with self._sessions.begin() as database:
                        context["taken"], context["left"] = await take_in(
                            database, documents, why, seen, partly=partly
                        )
            else:
                async with self._sessions() as database:
                    context["incoming"] = await looked_at(database, documents)
        except FaultyFileError as error:
            context["fault"], context["incoming"] = str(error), error.incoming
        except Exception as error:  # noqa: BLE001 - said in our words, and noted
            context["fault"] = str(refused(error))
        context["seen"] = as_seen(context["incoming"] or ())
        return await self._templates.TemplateResponse(
            request,
            "campaign_import.html",
            context,
            status_code=400 if context["fault"] else 200,
        )
