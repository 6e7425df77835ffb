"""Events that the webhook took at no attempt: what was put aside, and its way back to the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import RedirectResponse
from starlette.routing import Route

from admin.pages.places_in_lists import page_of, place_in, place_of
from admin.pages.secrets_shown_once import require
from admin.records.forms import REASON_CHARACTERS_MAX, number_in, reason_in
from admin.scope import reason
from admin.sql import STATEMENTS

if TYPE_CHECKING:
    from sqladmin.templating import Jinja2Templates
    from starlette.requests import Request
    from starlette.responses import Response

    from admin.database import Sessions

PAGE_ROWS: Final = 50
#: Digits of a job's number.
_DIGITS_MAX: Final = 18
TEXT_CHARACTERS_MAX: Final = 100


class EventPages:
    """A list, and what its buttons do."""

    def __init__(self, templates: Jinja2Templates, sessions: Sessions) -> None:
        self._templates = templates
        self._sessions = sessions

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/event/list", self.page, methods=["GET"], name="events"),
            Route("/event/retry", self.retry, methods=["POST"], name="retry_events"),
        ]

    async def page(self, request: Request) -> Response:
        """What was put aside, the latest first."""
        require(request, "event.view")
        before = request.query_params.get("before", "")[:TEXT_CHARACTERS_MAX]
        values = place_in(before) | {"rows_max": PAGE_ROWS + 1}
        async with self._sessions() as database:
            found = (await database.execute(STATEMENTS["events_put_aside"], values)).all()
        rows, last = page_of(found, PAGE_ROWS)
        context = {
            "rows": rows,
            "older": place_of(last, "put_aside_at", "event_id"),
            "said": request.query_params.get("said", ""),
            "reason_max": REASON_CHARACTERS_MAX,
        }
        return await self._templates.TemplateResponse(request, "events.html", context)

    async def retry(self, request: Request) -> Response:
        """One of them, or all that the page showed, are tried again; who said so is in history."""
        require(request, "event.retry")
        form = await request.form()
        # The button of a row names its job; that of the whole page nothing.
        named = form.getlist("job") or form.getlist("shown")
        jobs = [number_in(one, _DIGITS_MAX) for one in named[:PAGE_ROWS]]
        with reason(reason_in(form.get("reason"))):
            async with self._sessions.begin() as database:
                count = await database.scalar(STATEMENTS["retry_events"], {"jobs": jobs})
        said = "event_retried" if count else "event_gone"
        return RedirectResponse(f"/event/list?said={said}", status_code=303)
