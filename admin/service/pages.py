"""What pages that call the service are made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqladmin.templating import Jinja2Templates

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
