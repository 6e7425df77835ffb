"""What browsers tell of the content-security policy: that it kept something from a page of ours.

Either a page of ours is wrong, or somebody has put something into one: a line of the log each. Who
sends reports need not be signed in, so they are short, few, and tell no more than paths.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import orjson
import structlog
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from admin.guard.errors import told_path
from admin.guard.requests import REPORTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

#: Lines of the log in a minute; how many more there were the next line says.
LINES_MAX: Final = 10
_MINUTE_S: Final = 60.0
_CHARACTERS_MAX: Final = 100
_WORDS: Final = {"effective-directive": "directive", "disposition": "disposition"}
_PLACES: Final = {"document-uri": "page", "blocked-uri": "blocked", "source-file": "source"}

_log = structlog.get_logger(__name__)


class PolicyReports:
    """Takes them."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._since_s = now_s()
        self._lines = 0
        self._untold = 0

    def routes(self) -> list[Route]:
        """Their address."""
        return [Route(REPORTS, self.take, methods=["POST"], name="policy_reports")]

    async def take(self, request: Request) -> Response:
        """Tell the log of one."""
        told = _told(await request.body())
        if self._may_tell():
            _log.warning("admin.policy_report", untold=self._untold, **told)
            self._untold = 0
        else:
            self._untold += 1
        return Response(status_code=204)

    def _may_tell(self) -> bool:
        now_s = self._now_s()
        if now_s - self._since_s >= _MINUTE_S:
            self._since_s, self._lines = now_s, 0
        self._lines += 1
        return self._lines <= LINES_MAX


def _told(body: bytes) -> dict[str, str]:
    """What of a report is kept.

    Raises:
        HTTPException: 400, it is none.
    """
    try:
        sent: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise HTTPException(400, "error.text") from None
    report = sent.get("csp-report") if isinstance(sent, dict) else None
    if not isinstance(report, dict):
        raise HTTPException(400, "error.text")
    words = {name: _plain(report.get(key)) for key, name in _WORDS.items()}
    return words | {name: _path(report.get(key)) for key, name in _PLACES.items()}


def _path(address: object) -> str:
    """Where something is, without what was asked for there: that may be a contact, or a token."""
    try:
        parts = urlsplit(_plain(address))
    except ValueError:
        return ""
    return f"{parts.netloc}{told_path(parts.path)}"


def _plain(value: object) -> str:
    """A text that is one line of the log, and short."""
    text = value[:_CHARACTERS_MAX] if isinstance(value, str) else ""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
