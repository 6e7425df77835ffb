"""What pages that call the service are made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from admin.texts import say

if TYPE_CHECKING:
    from sqladmin.templating import Jinja2Templates
    from starlette.requests import Request
    from starlette.responses import Response

    from admin.database import Sessions
    from admin.service.operators import Operators


class ServicePages:
    """Pages that read the database, and call the service for whoever is signed in."""

    def __init__(
        self, templates: Jinja2Templates, sessions: Sessions, operators: Operators
    ) -> None:
        self._templates = templates
        self._sessions = sessions
        self._operators = operators

    async def _shown_once(
        self, request: Request, kind: str, secret: str, *, whose: str, back: str
    ) -> Response:
        """What the service tells whoever asked for it, and no page afterwards."""
        context = {
            "kind": kind,
            "whose": whose,
            "secret": secret,
            "help_text": say(f"secret.{kind}.help"),
            "back": back,
        }
        return await self._templates.TemplateResponse(request, "secret.html", context)
