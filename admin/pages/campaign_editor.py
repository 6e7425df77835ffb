"""The editor of campaigns: fields and a rule, checked as it is typed, worded beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from wtforms import SelectField
from wtforms.validators import InputRequired

from admin.campaigns.beginnings import BEGINNINGS, beginning
from admin.campaigns.check_answer import check_answer
from admin.campaigns.desk import CampaignDesk
from admin.campaigns.form import CampaignForm, filled_form
from admin.campaigns.merging import ABSENT
from admin.campaigns.reading import campaign_row
from admin.campaigns.rule_field import as_text
from admin.campaigns.rulebook import Rulebook
from admin.pages.campaigns import address
from admin.pages.secrets_shown_once import require
from admin.records.forms import CodeField, NameField, RecordForm, ReferenceField, number_in
from admin.records.refused_change import RefusedChangeError
from admin.records.tables import Program
from admin.texts import say

if TYPE_CHECKING:
    from sqladmin.templating import Jinja2Templates
    from starlette.requests import Request

    from admin.campaigns.desk import Meanwhile
    from admin.campaigns.rulebook import Checked
    from admin.database import Sessions


class NewCampaignForm(RecordForm):
    code = CodeField()
    name = NameField()
    program = ReferenceField("program")
    beginning = SelectField(validators=[InputRequired()])


class CampaignEditor:
    """Begins campaigns and edits their drafts."""

    def __init__(self, templates: Jinja2Templates, sessions: Sessions) -> None:
        self._templates = templates
        self._sessions = sessions
        self._desk = CampaignDesk(sessions)

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/campaign/new", self.new, methods=["GET", "POST"]),
            Route("/campaign/edit/{id}", self.edit, methods=["GET", "POST"]),
            Route("/campaign/check", self.check, methods=["POST"]),
        ]

    async def new(self, request: Request) -> Response:
        """Choose a code, a name, a program, and what the rule begins with."""
        require(request, "campaign.edit")
        async with self._sessions() as database:
            programs = {
                one.code: one.document
                for one in await database.scalars(select(Program).order_by(Program.code))
            }
        form = NewCampaignForm(
            await request.form() if request.method == "POST" else None,
            program=next(iter(programs), ""),
        )
        form.beginning.choices = [(name, say(f"value.beginning.{name}")) for name in BEGINNINGS]
        fault = ""
        if request.method == "POST" and form.validate():
            code, program = str(form.code.data), str(form.program.data)
            try:
                rule = beginning(form.beginning.data, _known(programs, program))
                await self._desk.create(
                    {"code": code, "program": program, "name": form.name.data} | rule
                )
            except RefusedChangeError as error:
                fault = str(error)
            else:
                return RedirectResponse(address(code, "edit"), status_code=303)
        is_refused = bool(fault or form.errors)
        return await self._templates.TemplateResponse(
            request,
            "campaign_new.html",
            {"form": form, "fault": fault, "programs": list(programs)},
            status_code=400 if is_refused else 200,
        )

    async def edit(self, request: Request) -> Response:
        """The form of a campaign's draft; what cannot be approved may be saved, if it is JSON."""
        require(request, "campaign.edit")
        code = request.path_params["id"]
        async with self._sessions() as database:
            row = await campaign_row(database, code)
        if request.method == "GET":
            form = filled_form(row.latest, row.latest_version)
            return await self._page(request, code, form, await self._checked(row.latest))
        form = CampaignForm(await request.form())
        if not form.validate():
            return await self._page(request, code, form, None, status=400)
        document = form.document(code)
        try:
            meanwhile = await self._desk.save(
                code, document, number_in(form.seen.data), form.reason.data or ""
            )
        except RefusedChangeError as error:
            return await self._page(request, code, form, None, fault=str(error), status=400)
        if meanwhile is not None:
            return await self._meanwhile(request, code, meanwhile)
        checked = await self._checked(document)
        if checked.faults:
            # Saved, so that nothing is lost; approved it is not before it is right.
            async with self._sessions() as database:
                row = await campaign_row(database, code)
            form = filled_form(document, row.latest_version)
            return await self._page(request, code, form, checked, saved=True)
        return RedirectResponse(address(code), status_code=303)

    async def check(self, request: Request) -> Response:
        """What is wrong with what is typed, by line; or what it says, in words. Changes nothing."""
        require(request, "campaign.edit")
        code = request.query_params.get("code", "")
        form = CampaignForm(await request.form())
        if not form.validate():
            return check_answer(form)
        checked = await self._checked(form.document(code))
        form.blame(checked.faults)
        return check_answer(form, checked.sections)

    async def _checked(self, document: dict[str, Any]) -> Checked:
        async with self._sessions() as database:
            rulebook = await Rulebook.read(database, [document])
        return await rulebook.check(document)

    async def _meanwhile(self, request: Request, code: str, meanwhile: Meanwhile) -> Response:
        """The form with both changes, and what the other one did."""
        merged = meanwhile.merged.document
        form = filled_form(merged, meanwhile.version)
        clashes = [
            (clash.field, _shown(clash.mine), _shown(clash.theirs))
            for clash in meanwhile.merged.clashes
        ]
        return await self._page(
            request,
            code,
            form,
            await self._checked(merged),
            status=409,
            meanwhile=meanwhile,
            clashes=clashes,
        )

    async def _page(
        self,
        request: Request,
        code: str,
        form: CampaignForm,
        checked: Checked | None,
        *,
        status: int = 200,
        **more: Any,
    ) -> Response:
        if checked is not None and checked.faults and not form.errors:
            form.validate()
            form.blame(checked.faults)
        context = {"code": code, "form": form, "checked": checked, **more}
        return await self._templates.TemplateResponse(
            request, "campaign_edit.html", context, status_code=status
        )


def _known(programs: dict[str, dict[str, Any]], code: str) -> dict[str, Any]:
    if code not in programs:
        raise RefusedChangeError("refused.program_unknown", code=code)
    return programs[code]


def _shown(value: object) -> str:
    return say("value.none") if value is ABSENT else as_text(value)
