"""Errors as pages: a number, a sentence, a way on - and nothing of what happened inside."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import structlog
from starlette.exceptions import HTTPException

from admin.texts import has_text, say

if TYPE_CHECKING:
    from sqladmin.templating import Jinja2Templates
    from starlette.requests import Request
    from starlette.responses import Response

_log = structlog.get_logger(__name__)
_SAID: Final = frozenset({400, 403, 404, 405, 413, 500, 503})


class ErrorPages:
    """Renders them."""

    def __init__(self, templates: Jinja2Templates) -> None:
        self._templates = templates

    async def http(self, request: Request, error: Exception) -> Response:
        """An expected refusal."""
        assert isinstance(error, HTTPException)
        return await self._page(request, error.status_code, str(error.detail), error.headers)

    async def unexpected(self, request: Request, error: Exception) -> Response:
        """A fault of ours: told to the log, not to the reader."""
        _log.error("admin.page_failed", path=told_path(request.url.path), kind=type(error).__name__)
        return await self._page(request, HTTPStatus.INTERNAL_SERVER_ERROR, "", None)

    async def _page(self, request: Request, status: int, detail: str, headers: object) -> Response:
        code = f"error.{status}" if status in _SAID else "error.500"
        # A detail is one of our own texts or nothing: what libraries say is not for readers.
        message = say(detail) if has_text(detail) else say(code)
        response = await self._templates.TemplateResponse(
            request, "error.html", {"status": int(status), "message": message}, status_code=status
        )
        if isinstance(headers, dict):
            response.headers.update(headers)
        return response


def told_path(path: str) -> str:
    """A path for the log: without the token of a link, which opens an account."""
    return "/link/…" if path.startswith("/link/") else path
