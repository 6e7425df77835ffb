"""The columns of a list, chosen by whoever looks at it and kept with their login."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.campaigns.columns import CAMPAIGN_COLUMNS
from admin.limits.columns import LIMIT_COLUMNS
from admin.pages.office import PAGES, permission_of
from admin.pages.secrets_shown_once import require
from admin.permissions import MATRIX
from admin.records.columns import choose_columns
from admin.records.record_view import RecordView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from admin.database import Sessions
    from admin.pages.office import Office

#: Lists that are no records of SQLAdmin and have columns to choose from.
OWN_LISTS: Final = {one.identity: one for one in (CAMPAIGN_COLUMNS, LIMIT_COLUMNS)}


class ListColumns:
    """Keeps choices."""

    def __init__(self, office: Office, sessions: Sessions) -> None:
        self._office = office
        self._sessions = sessions

    def routes(self) -> list[Route]:
        """Its address."""
        return [Route("/account/columns/{identity}", self.choose, methods=["POST"])]

    async def choose(self, request: Request) -> Response:
        """Show these columns from now on; none, or the button for it: the usual ones."""
        identity = request.path_params["identity"]
        offered = self._offered(request, identity)
        form = await request.form()
        asked = [] if form.get("usual") else [str(name) for name in form.getlist("column")]
        columns = [name for name in offered if name in asked]
        async with self._sessions.begin() as database:
            staff_id = request.state.principal.staff_id
            await choose_columns(database, staff_id, identity, columns)
        return RedirectResponse(f"/{identity}/list", status_code=303)

    def _offered(self, request: Request, identity: str) -> Sequence[str]:
        """Columns of a list, for whoever may open it."""
        if identity in OWN_LISTS:
            (page,) = (one for one in PAGES if one.identity == identity)
            require(request, page.permission)
            return OWN_LISTS[identity].offered
        permission = permission_of(identity, "list")
        views = [
            one
            for one in self._office.views
            if isinstance(one, RecordView) and one.identity == identity
        ]
        if not views or permission not in MATRIX:
            raise HTTPException(404)
        require(request, permission)
        return views[0].offered_columns(request)
