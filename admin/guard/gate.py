"""The gate before every page: judges the request, finds who asks, sets language and scope.

Whoever is not signed in gets the entrance and nothing else: a page that forgets to ask who is there
is closed all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from admin.guard.requests import REPORTS
from admin.scope import Scope as RowScope
from admin.scope import scope as row_scope
from admin.staff.tokens import new_token
from admin.texts import accepted_language, language

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from admin.guard.cookies import Cookies
    from admin.guard.requests import RequestGuard
    from admin.staff.principal import Principal
    from admin.staff.sessions import SessionKeeper

    ShowError = Callable[[Request, HTTPException], Awaitable[Response]]

#: What everybody may ask for.
OPEN_PATHS: Final = ("/sign-in", "/link/", "/statics/", "/assets/", "/healthz", REPORTS)
#: Asked for by browsers and machines, not by people: no use of a session.
_OF_NOBODY: Final = ("/statics/", "/assets/", "/healthz", REPORTS)
SIGN_IN: Final = "/sign-in"
#: All that somebody without a second factor finds, where everybody needs one.
ACCOUNT: Final = "/account"
_WITHOUT_FACTOR: Final = ("/account/", "/sign-out")


class Gate:
    """Stands before the application."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        guard: RequestGuard,
        keeper: SessionKeeper,
        cookies: Cookies,
        show_error: ShowError,
        needs_factor: bool,
    ) -> None:
        self._app = app
        self._guard = guard
        self._keeper = keeper
        self._cookies = cookies
        self._show_error = show_error
        self._needs_factor = needs_factor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            # Of which the server sends the head alone; pages would take it for a form.
            scope = {**scope, "method": "GET"}
        request = Request(scope, receive)
        state = request.state
        state.principal = None
        state.new_visitor = ""
        if self._cookies.visitor not in request.cookies:
            state.new_visitor = new_token()
        state.form_token = self._guard.token_for(request)
        with language(accepted_language(request.headers.get("accept-language", ""))):
            try:
                self._guard.judge_place(request)
                principal = await self._who_asks(request)
                receive = await self._guard.judge_change(request, receive)
            except HTTPException as refused:
                await (await self._show_error(request, refused))(scope, receive, send)
                return
            state.principal = principal
            send = self._with_visitor(request, send)
            if principal is None and not _is_open(scope["path"]):
                await _to_entrance(request)(scope, receive, send)
                return
            if principal is not None and self._lacks_factor(principal, scope["path"]):
                await RedirectResponse(ACCOUNT, status_code=303)(scope, receive, send)
                return
            chosen = principal.language if principal and principal.language else None
            with (
                language(chosen),
                row_scope(principal.scope() if principal is not None else RowScope()),
            ):
                await self._app(scope, receive, send)

    def _lacks_factor(self, principal: Principal, path: str) -> bool:
        """Whether somebody is to set up a second factor before anything else."""
        if not self._needs_factor or principal.has_second_factor or _is_open(path):
            return False
        return path != ACCOUNT and not path.startswith(_WITHOUT_FACTOR)

    async def _who_asks(self, request: Request) -> Principal | None:
        token = request.cookies.get(self._cookies.session, "")
        if not token or request.url.path.startswith(_OF_NOBODY):
            return None
        return await self._keeper.principal(token)

    def _with_visitor(self, request: Request, send: Send) -> Send:
        """Give a browser without the cookie one, with whatever is answered."""
        if not request.state.new_visitor:
            return send
        carrier = Response()
        self._cookies.set(carrier, self._cookies.visitor, request.state.new_visitor)
        cookie = carrier.headers["set-cookie"].encode("latin-1")

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"set-cookie", cookie)]
            await send(message)

        return send_with_cookie


def _is_open(path: str) -> bool:
    return any(path == one or (one.endswith("/") and path.startswith(one)) for one in OPEN_PATHS)


def _to_entrance(request: Request) -> Response:
    if request.method not in {"GET", "HEAD"}:
        return RedirectResponse(SIGN_IN, status_code=303)
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    query = "" if wanted == "/" else f"?next={quote(wanted, safe='')}"
    return RedirectResponse(SIGN_IN + query, status_code=303)
