"""Settings that wait for another person: confirmed by somebody else, or withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.pages.account import uuid_of
from admin.pages.secrets_shown_once import require
from admin.records.forms import reason_in
from admin.records.partner_settings import decided
from admin.records.record_view import require_unchanged
from admin.records.refused_change import refused
from admin.records.tables import Partner
from admin.scope import current_scope, reason

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.datastructures import FormData
    from starlette.requests import Request

    from admin.database import Sessions


class SettingsDecisions:
    """Decides what lies beside a partner's settings."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def routes(self) -> list[Route]:
        """The routes of these pages."""
        return [Route("/partner/{id}/awaiting", self.decide, methods=["POST"], name="awaiting")]

    async def decide(self, request: Request) -> Response:
        """Confirm or withdraw one setting, as the page showed it."""
        require(request, "partner.edit")
        form = await request.form()
        partner_id = uuid_of(request.path_params["id"])
        try:
            with reason(reason_in(form.get("reason"))):
                async with self._sessions.begin() as database:
                    await _decide(database, partner_id, form)
        except HTTPException:
            raise
        except Exception as error:
            raise HTTPException(409, refused(error).text) from error
        return RedirectResponse(f"/partner/details/{partner_id}", status_code=303)


async def _decide(database: AsyncSession, partner_id: UUID, form: FormData) -> None:
    row = await database.scalar(
        select(Partner).where(Partner.partner_id == partner_id).with_for_update()
    )
    if row is None:
        raise HTTPException(404)
    require_unchanged(row, str(form.get("seen", "")))
    name, confirms = str(form.get("name", "")), form.get("answer") == "confirm"
    row.settings = decided(row.settings, name, current_scope().author, confirms=confirms)
