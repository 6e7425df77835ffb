"""The page of limits: of all programs and of live campaigns, with what is used of those in common.

What each member has used of a limit is on the member's page.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from starlette.routing import Route

from admin.limits.amounts import amount_of
from admin.limits.asked import BUDGET, Asked, Fullness, Order, is_shared
from admin.limits.columns import LIMIT_COLUMNS, file_columns
from admin.limits.export import csv_lines
from admin.limits.listing import read_listed
from admin.limits.standing import is_counted
from admin.members.currencies import read_worth
from admin.members.sections import behind_of
from admin.pages.secrets_shown_once import require
from admin.records.attachment import dated_attachment
from admin.records.export import csv_file
from admin.staff.notes import note
from checkout.engine.schema.limits import Period, Subject

if TYPE_CHECKING:
    from sqladmin.templating import Jinja2Templates
    from starlette.requests import Request
    from starlette.responses import Response

    from admin.database import Sessions


class LimitPages:
    """One page, and the file of it."""

    def __init__(self, templates: Jinja2Templates, sessions: Sessions) -> None:
        self._templates = templates
        self._sessions = sessions

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/limit/list", self.page, methods=["GET"], name="limits"),
            Route("/limit/export/csv", self.export, methods=["POST"], name="limits_file"),
        ]

    async def page(self, request: Request) -> Response:
        """Limits in words, with what counts now of those that stores and members share."""
        require(request, "campaign.view")
        asked = Asked.of(request.query_params)
        behind = behind_of(request, "behind")
        async with self._sessions() as database:
            columns = await LIMIT_COLUMNS.shown(database, request.state.principal.staff_id)
            listed = await read_listed(database, asked, behind, behind_of(request, "stores"))
        context = {
            "listed": listed,
            "columns": columns,
            "own_columns": LIMIT_COLUMNS,
            "is_shared": is_shared,
            "is_counted": is_counted,
            "amount_of": lambda limit, amount: amount_of(
                limit, amount, listed.worth, listed.ground
            ),
            "worth": listed.worth,
            "asked": asked,
            "chosen": {
                "subject": (*Subject, BUDGET),
                "period": tuple(Period),
                "fullness": [one for one in Fullness if one],
            },
            "orders": tuple(Order),
            "programs": list(listed.ground.documents),
            "behind": behind,
        }
        return await self._templates.TemplateResponse(request, "limit_list.html", context)

    async def export(self, request: Request) -> Response:
        """What the list has on all its pages, as CSV; who took it is noted."""
        require(request, "campaign.export")
        asked = Asked.of(request.query_params)
        principal = request.state.principal
        told = {name: str(value) for name, value in asdict(asked).items() if value}
        async with self._sessions.begin() as database:
            # Whoever has chosen no partner is told so here: an answer that is begun has no faults.
            await read_worth(database)
            shown = await LIMIT_COLUMNS.shown(database, principal.staff_id)
            await note(database, principal.partner_id, "limit", "", "exported", **told)
        return csv_file(
            csv_lines(self._sessions, asked, file_columns(tuple(shown))),
            dated_attachment("limits", "limit"),
        )
