"""Signing in and out, and the page behind a link for choosing a password."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from admin.staff.passwords import CHARACTERS_MIN
from admin.staff.signing_in import Browser

if TYPE_CHECKING:
    from sqladmin.templating import Jinja2Templates
    from starlette.requests import Request

    from admin.guard.cookies import Cookies
    from admin.staff.signing_in import Entrance

_LOGIN_CHARACTERS_MAX = 100


class EntrancePages:
    """The pages before one is inside."""

    def __init__(self, templates: Jinja2Templates, entrance: Entrance, cookies: Cookies) -> None:
        self._templates = templates
        self._entrance = entrance
        self._cookies = cookies

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/healthz", self.health, methods=["GET"], name="health"),
            Route("/sign-in", self.sign_in_page, methods=["GET"], name="sign_in_page"),
            Route("/sign-in", self.sign_in, methods=["POST"], name="sign_in"),
            Route("/sign-out", self.sign_out, methods=["POST"], name="sign_out"),
            Route("/link/{token}", self.link_page, methods=["GET"], name="link_page"),
            Route("/link/{token}", self.choose_password, methods=["POST"], name="choose_password"),
        ]

    async def health(self, request: Request) -> Response:
        """That the process answers."""
        del request
        return PlainTextResponse("ok\n")

    async def sign_in_page(self, request: Request) -> Response:
        """The form."""
        if request.state.principal is not None:
            return RedirectResponse("/", status_code=303)
        return await self._sign_in_form(request, status=200)

    async def sign_in(self, request: Request) -> Response:
        """Let somebody in, or show the form again: with the same words, whatever was wrong."""
        form = await request.form()
        login = str(form.get("login", ""))[:_LOGIN_CHARACTERS_MAX]
        password = str(form.get("password", ""))
        code = str(form.get("code", ""))
        token = await self._entrance.sign_in(login, password, browser_of(request), code)
        if token is None:
            return await self._sign_in_form(request, status=400, login=login, failed=True)
        response = RedirectResponse(_inside(str(form.get("next", ""))), status_code=303)
        self._cookies.set(response, self._cookies.session, token)
        return response

    async def sign_out(self, request: Request) -> Response:
        """End the session."""
        await self._entrance.sign_out(request.state.principal)
        response = RedirectResponse("/sign-in", status_code=303)
        self._cookies.drop(response, self._cookies.session)
        return response

    async def link_page(self, request: Request) -> Response:
        """The form for choosing a password."""
        login = await self._entrance.link_holder(request.path_params["token"])
        if login is None:
            raise HTTPException(404, "link.dead")
        return await self._link_form(request, login=login)

    async def choose_password(self, request: Request) -> Response:
        """Take the password, and lead to the entrance."""
        form = await request.form()
        password, again = str(form.get("password", "")), str(form.get("again", ""))
        token = request.path_params["token"]
        login = await self._entrance.link_holder(token)
        if login is None:
            raise HTTPException(404, "link.dead")
        if password != again:
            return await self._link_form(request, login=login, fault="password.differ")
        fault = await self._entrance.choose_password(token, password)
        if fault is None:
            raise HTTPException(404, "link.dead")
        if fault:
            return await self._link_form(request, login=login, fault=fault)
        return RedirectResponse("/sign-in?chosen=1", status_code=303)

    async def _sign_in_form(
        self, request: Request, *, status: int, login: str = "", failed: bool = False
    ) -> Response:
        context = {
            "login": login,
            "failed": failed,
            "chosen": "chosen" in request.query_params,
            "next": _inside(request.query_params.get("next", "")),
        }
        return await self._templates.TemplateResponse(
            request, "sign_in.html", context, status_code=status
        )

    async def _link_form(self, request: Request, *, login: str, fault: str = "") -> Response:
        return await self._templates.TemplateResponse(
            request,
            "link.html",
            {"login": login, "fault": fault, "least": CHARACTERS_MIN},
            status_code=400 if fault else 200,
        )


def browser_of(request: Request) -> Browser:
    """Where a request comes from, as sessions note it."""
    address = request.client.host if request.client is not None else ""
    return Browser(address, request.headers.get("user-agent", ""))


def _inside(target: str) -> str:
    """Where to go after signing in: a path of ours, whatever the address said."""
    parts = urlsplit(target)
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\"))
    if not is_ours or parts.scheme or parts.netloc or any(sign in target for sign in "\\\r\n\t"):
        return "/"
    return target
