"""One's own account: language, password, sessions; and, of the installation, the partner."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select, update
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.records.tables import Partner
from admin.staff.passwords import CHARACTERS_MIN
from admin.staff.second_factor import factor_of
from admin.staff.sessions import end_sessions, living_sessions
from admin.staff.tables import Staff, StaffSession
from admin.texts import LANGUAGES

if TYPE_CHECKING:
    import datetime as dt

    from sqladmin.templating import Jinja2Templates
    from starlette.requests import Request

    from admin.database import Sessions
    from admin.staff.principal import Principal
    from admin.staff.signing_in import Entrance


class AccountPages:
    """What everybody may do for themselves."""

    def __init__(
        self,
        templates: Jinja2Templates,
        sessions: Sessions,
        entrance: Entrance,
        idle: dt.timedelta,
        *,
        needs_factor: bool,
    ) -> None:
        self._templates = templates
        self._sessions = sessions
        self._entrance = entrance
        self._idle = idle
        self._needs_factor = needs_factor

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/account", self.page, methods=["GET"], name="account"),
            Route("/account/language", self.choose_language, methods=["POST"], name="language"),
            Route("/account/password", self.change_password, methods=["POST"], name="password"),
            Route("/account/end-session", self.end_session, methods=["POST"], name="end_session"),
            Route("/account/partner", self.choose_partner, methods=["POST"], name="partner"),
        ]

    async def page(self, request: Request) -> Response:
        """All of it."""
        return await self.shown(request)

    async def choose_language(self, request: Request) -> Response:
        """Speak this from now on; empty: what the browser asks for."""
        form = await request.form()
        code = str(form.get("language", ""))
        if code and code not in LANGUAGES:
            raise HTTPException(400, "error.text")
        principal: Principal = request.state.principal
        async with self._sessions.begin() as database:
            await database.execute(
                update(Staff).where(Staff.staff_id == principal.staff_id).values(language=code)
            )
        return RedirectResponse("/account", status_code=303)

    async def change_password(self, request: Request) -> Response:
        """Choose another password, knowing the old one."""
        form = await request.form()
        new, again = str(form.get("new", "")), str(form.get("again", ""))
        if new != again:
            return await self.shown(request, fault="password.differ")
        fault = await self._entrance.change_password(
            request.state.principal, str(form.get("old", "")), new
        )
        if fault:
            return await self.shown(request, fault=fault)
        return RedirectResponse("/account?changed=1", status_code=303)

    async def end_session(self, request: Request) -> Response:
        """End one of one's own sessions, or all but this one."""
        form = await request.form()
        principal: Principal = request.state.principal
        wanted = str(form.get("session_id", ""))
        async with self._sessions.begin() as database:
            if wanted == "others":
                await end_sessions(database, principal.staff_id, but_not=principal.session_id)
            else:
                await end_sessions(database, principal.staff_id, only=uuid_of(wanted))
        return RedirectResponse("/account", status_code=303)

    async def choose_partner(self, request: Request) -> Response:
        """Work on another partner's rows; staff of a partner have theirs."""
        form = await request.form()
        principal: Principal = request.state.principal
        if not principal.is_of_installation:
            raise HTTPException(403)
        partner_id = uuid_of(str(form.get("partner_id", "")))
        async with self._sessions.begin() as database:
            if await database.get(Partner, partner_id) is None:
                raise HTTPException(404)
            await database.execute(
                update(StaffSession)
                .where(StaffSession.session_id == principal.session_id)
                .values(partner_id=partner_id)
            )
        return RedirectResponse("/", status_code=303)

    async def shown(self, request: Request, *, fault: str = "", factor_fault: str = "") -> Response:
        """All of it, with what was wrong with a form."""
        principal: Principal = request.state.principal
        async with self._sessions() as database:
            sessions = await living_sessions(database, principal.staff_id, self._idle)
            partners = (await database.scalars(select(Partner).order_by(Partner.code))).all()
            factor = await factor_of(database, principal.staff_id)
        context = {
            "sessions": sessions,
            "partners": partners if principal.is_of_installation else [],
            "fault": fault,
            "factor": factor,
            "factor_fault": factor_fault,
            "needs_factor": self._needs_factor,
            "changed": "changed" in request.query_params,
            "least": CHARACTERS_MIN,
        }
        return await self._templates.TemplateResponse(
            request, "account.html", context, status_code=400 if fault or factor_fault else 200
        )


def uuid_of(text: str) -> UUID:
    """An id that a form names.

    Raises:
        HTTPException: 404, it is none.
    """
    try:
        return UUID(text)
    except ValueError:
        raise HTTPException(404) from None
