"""Campaigns: the list, one of them with its versions, and the steps of its life."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from sqlalchemy import func, select
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from uuid_utils.compat import uuid7

from admin.campaigns.columns import CAMPAIGN_COLUMNS
from admin.campaigns.desk import CampaignDesk
from admin.campaigns.difference import difference
from admin.campaigns.life import MOVES, State, Step, possible_steps
from admin.campaigns.ordering import ORDERS, ordered
from admin.campaigns.reading import (
    PAGE_ROWS,
    campaign_row,
    found_campaigns,
    one_campaign,
    version_of,
    versions_of,
    with_surroundings,
)
from admin.campaigns.rulebook import Rulebook
from admin.members.currencies import read_worth
from admin.pages.places_in_lists import page_of
from admin.pages.secrets_shown_once import require
from admin.records.forms import (
    CODE_CHARACTERS_MAX,
    CODE_PATTERN,
    REASON_CHARACTERS_MAX,
    number_in,
    reason_in,
)
from admin.records.record_view import SEARCH_CHARACTERS_MAX
from admin.records.refused_change import RefusedChangeError
from admin.records.tables import Program
from admin.service.answers import in_words
from admin.service.pages import ServicePages
from checkout.client import CallRefusedError
from checkout.primitives import composed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqladmin.templating import Jinja2Templates
    from starlette.requests import Request

    from admin.campaigns.difference import Line
    from admin.database import Sessions
    from admin.records.tables import CampaignVersion
    from admin.service.operators import Operators

#: Versions that are shown with what they changed, in words.
WORDED_VERSIONS: Final = 5


class CampaignPages(ServicePages):
    """Shows campaigns, and takes them through their life."""

    def __init__(
        self, templates: Jinja2Templates, sessions: Sessions, operators: Operators
    ) -> None:
        super().__init__(templates, sessions, operators)
        self._desk = CampaignDesk(sessions)

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/campaign/list", self.list_page, methods=["GET"]),
            Route("/campaign/details/{id}", self.details, methods=["GET"]),
            Route("/campaign/step/{id}", self.step, methods=["POST"]),
            Route("/campaign/version/{id}", self.take_version, methods=["POST"]),
            Route("/campaign/clone/{id}", self.clone, methods=["POST"]),
            Route("/campaign/stop/{id}", self.stop, methods=["POST"]),
        ]

    async def list_page(self, request: Request) -> Response:
        """Campaigns with status, dates and budget left; archived ones only if asked for."""
        require(request, "campaign.view")
        asked = {
            name: request.query_params.get(name, "").strip()[:SEARCH_CHARACTERS_MAX]
            for name in ("search", "state", "program", "page", "sortBy", "sort")
        }
        page = min(max(int(asked["page"]), 1), 10_000) if asked["page"].isdecimal() else 1
        statement = found_campaigns(asked)
        async with self._sessions() as database:
            count = await database.scalar(select(func.count()).select_from(statement.subquery()))
            shown = ordered(statement, asked).limit(PAGE_ROWS).offset((page - 1) * PAGE_ROWS)
            rows = await database.execute(shown)
            found = await with_surroundings(database, [(row[0], row[1]) for row in rows])
            programs = (await database.scalars(select(Program.code).order_by(Program.code))).all()
            columns = await CAMPAIGN_COLUMNS.shown(database, request.state.principal.staff_id)
            worth = await read_worth(database)
        context = {
            "found": found,
            "asked": asked,
            "programs": programs,
            "columns": columns,
            "own_columns": CAMPAIGN_COLUMNS,
            "orders": ORDERS,
            "states": [state.value for state in State],
            "page": page,
            "page_rows": PAGE_ROWS,
            "count": count or 0,
            "worth": worth,
        }
        return await self._templates.TemplateResponse(request, "campaign_list.html", context)

    async def details(self, request: Request) -> Response:
        """One campaign: what it says, what is being worked on, its versions and steps."""
        require(request, "campaign.view")
        return await self._details(request, request.path_params["id"])

    async def step(self, request: Request) -> Response:
        """Take a step in a campaign's life; what it changes of the rules waits to be published."""
        code = request.path_params["id"]
        form = await request.form()
        try:
            step = Step(str(form.get("step", "")))
        except ValueError:
            require(request, "campaign.edit")
            raise HTTPException(404) from None
        require(request, MOVES[step].permission)
        try:
            seen, why = number_in(form.get("seen")), reason_in(form.get("reason"))
            await self._desk.take(code, step, seen, why)
        except RefusedChangeError as error:
            return await self._details(request, code, str(error))
        if MOVES[step].permission == "campaign.release":
            return RedirectResponse("/publication/list", status_code=303)
        return RedirectResponse(address(code), status_code=303)

    async def take_version(self, request: Request) -> Response:
        """Make an earlier version the draft: it is approved and released as any other."""
        require(request, "campaign.edit")
        code = request.path_params["id"]
        form = await request.form()
        async with self._sessions() as database:
            chosen = await version_of(database, code, number_in(form.get("version")))
        try:
            seen, why = number_in(form.get("seen")), reason_in(form.get("reason"))
            meanwhile = await self._desk.save(code, chosen.document, seen, why)
        except RefusedChangeError as error:
            return await self._details(request, code, str(error))
        if meanwhile is not None:
            return await self._details(request, code, fault_name="refused.campaign_meanwhile")
        return RedirectResponse(address(code), status_code=303)

    async def clone(self, request: Request) -> Response:
        """Begin another campaign with what this one says."""
        require(request, "campaign.edit")
        code = request.path_params["id"]
        form = await request.form()
        new = composed(str(form.get("code", ""))).strip()
        async with self._sessions() as database:
            row = await campaign_row(database, code)
        if not CODE_PATTERN.fullmatch(new) or len(new) > CODE_CHARACTERS_MAX:
            return await self._details(request, code, fault_name="form.code")
        try:
            await self._desk.create({**row.latest, "code": new})
        except RefusedChangeError as error:
            return await self._details(request, code, str(error))
        return RedirectResponse(address(new, "edit"), status_code=303)

    async def stop(self, request: Request) -> Response:
        """The emergency stop, or its end: at once, also for quotes that are valid."""
        require(request, "campaign.stop")
        code = request.path_params["id"]
        form = await request.form()
        why = reason_in(form.get("reason"))
        async with self._sessions() as database:
            await campaign_row(database, code)
        if not why:
            return await self._details(request, code, fault_name="refused.reason_needed")
        # A repeated press repeats nothing; another page has another id.
        request_id = str(form.get("request_id", ""))[:64] or str(uuid7())
        try:
            async with self._operators.of(request.state.principal) as operator:
                await operator.emergency_stop(request_id, code, why, lift=form.get("lift") == "yes")
        except CallRefusedError as error:
            return await self._details(request, code, in_words(error))
        return RedirectResponse(address(code), status_code=303)

    async def _details(
        self, request: Request, code: str, fault: str = "", fault_name: str = ""
    ) -> Response:
        async with self._sessions() as database:
            found = await one_campaign(database, code)
            row = found.row
            before = number_in(request.query_params.get("before"))
            versions = await versions_of(database, code, before)
            worded = [one.document for one in versions[: WORDED_VERSIONS + 1]]
            rulebook = await Rulebook.read(
                database, [row.latest, *([row.document] if row.document else []), *worded]
            )
            worth = await read_worth(database)
            program = str((row.document or row.latest).get("program", ""))
            named = await database.scalar(select(Program.code).where(Program.code == program))
        checked = await rulebook.check(row.document or row.latest)
        is_changed = row.draft is not None and row.document is not None
        changes: list[Line] = []
        if is_changed:
            changes = difference(
                await rulebook.lines(row.document), await rulebook.lines(row.draft)
            )
        shown, last = page_of(await _worded(rulebook, versions), PAGE_ROWS)
        context = {
            "found": found,
            "row": row,
            "worth": worth,
            # A draft may name one that there is not: nothing leads there.
            "has_program": named is not None,
            "checked": checked,
            "draft_checked": await rulebook.check(row.latest) if is_changed else checked,
            "changes": changes,
            "versions": shown,
            "older": None if last is None else last[0].version,
            "steps": [
                step
                for step in possible_steps(row)
                if request.state.principal.may(MOVES[step].permission)
            ],
            "fault": fault,
            "fault_name": fault_name,
            "request_id": uuid7(),
            "reason_max": REASON_CHARACTERS_MAX,
        }
        return await self._templates.TemplateResponse(
            request, "campaign.html", context, status_code=400 if fault or fault_name else 200
        )


async def _worded(
    rulebook: Rulebook, versions: Sequence[CampaignVersion]
) -> list[tuple[CampaignVersion, list[Line]]]:
    """The versions, the newest of them with what they changed of the one before, in words."""
    lines = [await rulebook.lines(one.document) for one in versions[: WORDED_VERSIONS + 1]]
    worded = [
        difference(lines[place + 1], lines[place])
        if place < WORDED_VERSIONS and place + 1 < len(lines)
        else []
        for place in range(len(versions))
    ]
    return list(zip(versions, worded, strict=True))


def address(code: str, page: str = "details") -> str:
    """A page of a campaign."""
    return f"/campaign/{page}/{quote(code, safe='')}"
