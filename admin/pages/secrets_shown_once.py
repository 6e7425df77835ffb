"""Tokens of terminals and links for passwords: shown in the answer that makes them, never again."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, update
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.pages.account import uuid_of
from admin.records.forms import reason_in
from admin.records.staff import may_manage
from admin.records.tables import Terminal, TerminalToken
from admin.records.terminals import living_tokens
from admin.scope import reason
from admin.staff.links import make_link
from admin.staff.sessions import end_sessions
from admin.staff.tables import Staff
from admin.staff.tokens import hash_of, new_token
from admin.texts import say

if TYPE_CHECKING:
    from sqladmin.templating import Jinja2Templates
    from starlette.requests import Request

    from admin.database import Sessions
    from admin.staff.principal import Principal

#: The one in use and the next one, while tills are changed over.
LIVING_TOKENS_MAX: Final = 2


class SecretPages:
    """Makes secrets, and takes them back."""

    def __init__(
        self, templates: Jinja2Templates, sessions: Sessions, url: str, link_validity: dt.timedelta
    ) -> None:
        self._templates = templates
        self._sessions = sessions
        self._url = url
        self._link_validity = link_validity

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/terminal/{id}/token", self.new_token, methods=["POST"], name="new_token"),
            Route("/terminal/{id}/revoke", self.revoke, methods=["POST"], name="revoke_token"),
            Route("/staff/{id}/link", self.new_link, methods=["POST"], name="new_link"),
            Route("/staff/{id}/end-sessions", self.end_all, methods=["POST"], name="end_sessions"),
        ]

    async def new_token(self, request: Request) -> Response:
        """Another token of a terminal; at most two live at once."""
        require(request, "terminal.tokens")
        why = await _reason(request)
        token = new_token("till-")
        with reason(why):
            async with self._sessions.begin() as database:
                terminal = await self._terminal(request, database)
                if len(await living_tokens(database, terminal)) >= LIVING_TOKENS_MAX:
                    raise HTTPException(400, "token.two_live")
                database.add(
                    TerminalToken(token_hash=hash_of(token), terminal_id=terminal.terminal_id)
                )
        return await self._shown(
            request,
            secret=token,
            kind="token",
            back=f"/terminal/details/{terminal.terminal_id}",
            whose=f"{terminal.store_code} / {terminal.code}",
        )

    async def revoke(self, request: Request) -> Response:
        """Take a token back: calls with it end within two seconds."""
        require(request, "terminal.tokens")
        form = await request.form()
        try:
            token_hash = bytes.fromhex(str(form.get("fingerprint", "")))
        except ValueError:
            raise HTTPException(404) from None
        with reason(await _reason(request)):
            async with self._sessions.begin() as database:
                terminal = await self._terminal(request, database)
                done = await database.execute(
                    update(TerminalToken)
                    .where(
                        TerminalToken.terminal_id == terminal.terminal_id,
                        TerminalToken.token_hash == token_hash,
                        TerminalToken.revoked_at.is_(None),
                    )
                    .values(revoked_at=func.now())
                )
                if not done.rowcount:  # type: ignore[attr-defined]
                    raise HTTPException(404)
        return RedirectResponse(f"/terminal/details/{terminal.terminal_id}", status_code=303)

    async def new_link(self, request: Request) -> Response:
        """A link through which somebody chooses a password; earlier ones no longer work."""
        require(request, "staff.edit")
        async with self._sessions.begin() as database:
            staff = await self._staff(request, database)
            token = await make_link(database, staff, self._link_validity)
        base = self._url or f"http://{request.headers['host']}"
        return await self._shown(
            request,
            secret=f"{base}/link/{token}",
            kind="link",
            back=f"/staff/details/{staff.staff_id}",
            whose=staff.login,
        )

    async def end_all(self, request: Request) -> Response:
        """End all sessions of somebody."""
        require(request, "staff.edit")
        async with self._sessions.begin() as database:
            staff = await self._staff(request, database)
            await end_sessions(database, staff.staff_id)
        return RedirectResponse(f"/staff/details/{staff.staff_id}", status_code=303)

    async def _terminal(self, request: Request, database: object) -> Terminal:
        found = await database.execute(  # type: ignore[attr-defined]
            select(Terminal)
            .where(Terminal.terminal_id == uuid_of(request.path_params["id"]))
            .with_for_update()
        )
        terminal: Terminal | None = found.scalar_one_or_none()
        if terminal is None:
            raise HTTPException(404)
        return terminal

    async def _staff(self, request: Request, database: object) -> Staff:
        staff: Staff | None = await database.get(  # type: ignore[attr-defined]
            Staff, uuid_of(request.path_params["id"])
        )
        if staff is None:
            raise HTTPException(404)
        principal: Principal = request.state.principal
        if not may_manage(principal, staff):
            raise HTTPException(403)
        return staff

    async def _shown(self, request: Request, **context: str) -> Response:
        hours = self._link_validity // dt.timedelta(hours=1)
        help_text = say(f"secret.{context['kind']}.help", hours=hours)
        return await self._templates.TemplateResponse(
            request, "secret.html", {**context, "help_text": help_text}
        )


def require(request: Request, permission: str) -> None:
    """Refuse whoever's role lacks the permission.

    Raises:
        HTTPException: 403.
    """
    principal: Principal = request.state.principal
    if not principal.may(permission):
        raise HTTPException(403)


async def _reason(request: Request) -> str:
    form = await request.form()
    return reason_in(form.get("reason"))
