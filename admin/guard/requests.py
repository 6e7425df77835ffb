"""Whether a request may be looked at at all: its host, its size, its path, and whether it is ours.

A request that may change something (any but GET and HEAD) must come from a page of this site: the
browser says so (`Sec-Fetch-Site`, else `Origin`), and the form carries a token that follows from
the browser's own cookies. What cannot show both is refused before anything reads it.
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request

from admin.settings import is_loopback
from admin.staff.tokens import form_token

if TYPE_CHECKING:
    from starlette.types import Message, Receive

    from admin.guard.cookies import Cookies

#: A form with a program's whole document fits ten times.
BODY_MAX_BYTES: Final = 2_000_000
FIELDS_MAX: Final = 200
#: Where browsers tell what the policy of content kept from a page of ours, by themselves: no token
#: is in that, and it changes nothing.
REPORTS: Final = "/csp-report"
REPORT_MAX_BYTES: Final = 16_384
_HALF: Final = re.compile("[\ud800-\udfff]")
_READING: Final = frozenset({"GET", "HEAD"})
#: Fields and header that carry the token.
TOKEN_FIELD: Final = "form_token"  # noqa: S105 - a name
TOKEN_HEADER: Final = "x-form-token"  # noqa: S105 - a name


class RequestGuard:
    """Judges requests."""

    def __init__(self, url: str, cookies: Cookies) -> None:
        self._url = url.rstrip("/")
        self._cookies = cookies

    def judge_place(self, request: Request) -> None:
        """Refuse another host's name (a name that was bound anew) and unreadable paths.

        Raises:
            HTTPException: 400.
        """
        host = request.headers.get("host", "")
        name = urlsplit(f"//{host}").hostname or ""
        is_ours = host == urlsplit(self._url).netloc if self._url else is_loopback(name)
        if not is_ours:
            raise HTTPException(400, "error.host")
        texts = [request.url.path, *request.query_params.values(), *request.query_params.keys()]
        if any("\0" in text for text in texts):
            raise HTTPException(400, "error.text")

    async def judge_change(self, request: Request, receive: Receive) -> Receive:
        """Refuse what does not come from a page of ours; the body, to be read again.

        Raises:
            HTTPException: 403 for what is not ours, 413 for what is too large, 400 for fields that
                hold halves of characters: a form may be sent in an encoding that has them, and
                nothing that is written does.
        """
        if request.method in _READING:
            return receive
        if not self._is_same_origin(request):
            raise HTTPException(403, "error.origin")
        if request.url.path == REPORTS:
            return _again(await _read_body(receive, REPORT_MAX_BYTES), receive)
        body = await _read_body(receive, BODY_MAX_BYTES)
        token = await self._token_in(request, body)
        token = request.headers.get(TOKEN_HEADER, "") or token
        expected = self.token_for(request)
        if not expected or not hmac.compare_digest(token.encode(), expected.encode()):
            raise HTTPException(403, "error.form_token")
        return _again(body, receive)

    def token_for(self, request: Request) -> str:
        """The token of forms in answer to the request; empty for a browser that keeps no cookie."""
        visitor = request.cookies.get(self._cookies.visitor) or getattr(
            request.state, "new_visitor", ""
        )
        session = request.cookies.get(self._cookies.session, "")
        return form_token(visitor, session) if visitor else ""

    def _is_same_origin(self, request: Request) -> bool:
        fetch_site = request.headers.get("sec-fetch-site")
        if fetch_site is not None and fetch_site != "same-origin":
            return False
        origin = request.headers.get("origin")
        if origin is None:
            return fetch_site == "same-origin"
        return origin == (self._url or f"http://{request.headers.get('host', '')}")

    async def _token_in(self, request: Request, body: bytes) -> str:
        copy = Request(request.scope, _again(body))
        async with copy.form(
            max_files=0, max_fields=FIELDS_MAX, max_part_size=BODY_MAX_BYTES
        ) as form:
            value = form.get(TOKEN_FIELD, "")
            texts = [text for pair in form.multi_items() for text in pair if isinstance(text, str)]
        if any(not text.isascii() and _HALF.search(text) for text in texts):
            raise HTTPException(400, "error.text")
        return value if isinstance(value, str) else ""


async def _read_body(receive: Receive, most: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise HTTPException(400, "error.text")
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > most:
            raise HTTPException(413, "error.size")
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _again(body: bytes, then: Receive | None = None) -> Receive:
    """The body, once more; whoever listens on hears what comes after it: that the browser left."""
    is_told = False

    async def receive() -> Message:
        nonlocal is_told
        if is_told and then is not None:
            return await then()
        is_told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
