"""One's own second factor, set up and taken away; and an owner takes away somebody else's."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.pages.account import uuid_of
from admin.pages.secrets_shown_once import require
from admin.records.staff import may_manage
from admin.staff.second_factor import (
    begin,
    confirm,
    drop,
    factor_of,
    picture_of,
    proof_in,
    use_up,
)
from admin.staff.sessions import end_sessions
from admin.staff.tables import Staff
from admin.texts import say

if TYPE_CHECKING:
    from sqladmin.templating import Jinja2Templates
    from starlette.requests import Request

    from admin.database import Sessions
    from admin.pages.account import AccountPages
    from admin.sealing.masters import MasterKeys
    from admin.staff.principal import Principal
    from admin.staff.signing_in import Entrance


class SecondFactorPages:
    """Makes secrets and takes them away; each time somebody shows that it is them."""

    def __init__(
        self,
        templates: Jinja2Templates,
        sessions: Sessions,
        entrance: Entrance,
        account: AccountPages,
        masters: MasterKeys | None,
    ) -> None:
        self._templates = templates
        self._sessions = sessions
        self._entrance = entrance
        self._account = account
        self._masters = masters

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/account/factor", self.begin, methods=["POST"], name="begin_factor"),
            Route("/account/factor/confirm", self.confirm, methods=["POST"], name="confirm_factor"),
            Route("/account/factor/drop", self.drop, methods=["POST"], name="drop_factor"),
            Route("/staff/{id}/drop-factor", self.drop_of, methods=["POST"], name="drop_factor_of"),
        ]

    async def begin(self, request: Request) -> Response:
        """A secret, shown this once; it works when its first digits are typed."""
        principal: Principal = request.state.principal
        form = await request.form()
        if not await self._entrance.is_theirs(principal, str(form.get("password", ""))):
            return await self._account.shown(request, factor_fault="password.old_is_wrong")
        async with self._sessions.begin() as database:
            secret = await begin(database, principal.staff_id, self._masters)
        if secret is None:
            return await self._account.shown(request, factor_fault="factor.works_already")
        picture = picture_of(secret, principal.login, say("app.name"))
        return await self._shown(request, secret=secret, picture=picture)

    async def confirm(self, request: Request) -> Response:
        """The secret works from now on; recovery codes, shown this once. Other sessions end."""
        principal: Principal = request.state.principal
        code = str((await request.form()).get("code", ""))
        async with self._sessions.begin() as database:
            now = dt.datetime.now(dt.UTC)
            codes = await confirm(database, principal.staff_id, code, now, self._masters)
            if codes is not None:
                await end_sessions(database, principal.staff_id, but_not=principal.session_id)
        if codes is None:
            return await self._shown(request, status=400, fault="factor.code_is_wrong")
        return await self._shown(request, codes=codes)

    async def drop(self, request: Request) -> Response:
        """Sign in without it from now on: whoever has both factors may say so."""
        principal: Principal = request.state.principal
        form = await request.form()
        if not await self._entrance.is_theirs(principal, str(form.get("password", ""))):
            return await self._account.shown(request, factor_fault="password.old_is_wrong")
        code = str(form.get("code", ""))
        async with self._sessions.begin() as database:
            factor = await factor_of(database, principal.staff_id)
            proof = proof_in(factor, code, dt.datetime.now(dt.UTC), self._masters)
            is_proven = proof is not None and await use_up(database, principal.staff_id, proof)
            if is_proven:
                await drop(database, principal.staff_id)
        if not is_proven:
            await self._entrance.count_wrong_code(principal)
            return await self._account.shown(request, factor_fault="factor.code_is_wrong")
        return RedirectResponse("/account", status_code=303)

    async def drop_of(self, request: Request) -> Response:
        """For whoever lost telephone and codes; all their sessions end."""
        require(request, "staff.factor")
        principal: Principal = request.state.principal
        async with self._sessions.begin() as database:
            staff = await database.get(Staff, uuid_of(request.path_params["id"]))
            if staff is None:
                raise HTTPException(404)
            # Their own goes with both factors only: a session that was left open has neither.
            if staff.staff_id == principal.staff_id or not may_manage(principal, staff):
                raise HTTPException(403)
            await drop(database, staff.staff_id)
            await end_sessions(database, staff.staff_id)
        return RedirectResponse(f"/staff/details/{staff.staff_id}", status_code=303)

    async def _shown(self, request: Request, status: int = 200, **context: object) -> Response:
        return await self._templates.TemplateResponse(
            request, "second_factor.html", context, status_code=status
        )
