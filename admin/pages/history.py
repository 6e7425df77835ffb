"""The history of records: who changed what, when, from what to what, and why."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import String, cast, select
from starlette.routing import Route

from admin.pages.places_in_lists import page_of
from admin.pages.secrets_shown_once import require
from admin.records.tables import HistoryEntry
from admin.texts import say_first

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqladmin.templating import Jinja2Templates
    from sqlalchemy import Select
    from starlette.requests import Request
    from starlette.responses import Response

    from admin.database import Sessions

PAGE_ROWS: Final = 50
TEXT_CHARACTERS_MAX: Final = 100
#: Other years bound nothing.
YEAR_MIN: Final = 1970
YEAR_MAX: Final = 9000
ACTIONS: Final = ("created", "changed", "removed", "filled", "exported", "signed_in", "signed_out")
RECORDS: Final = (
    *("partner", "chain", "store", "terminal", "terminal_token", "program", "category", "product"),
    *("campaign", "campaign_version"),
    *("card_type", "coupon_series", "tag", "member_attribute", "segment", "member_list"),
    *("member", "member_profile", "household", "identifier", "certificate", "coupon", "admin_job"),
    *("staff", "staff_link"),
)


class HistoryPages:
    """Searches the history."""

    def __init__(self, templates: Jinja2Templates, sessions: Sessions) -> None:
        self._templates = templates
        self._sessions = sessions

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [Route("/history", self.page, methods=["GET"], name="history")]

    async def page(self, request: Request) -> Response:
        """Newest first; older ones follow by the number of the last."""
        require(request, "history.view")
        asked = {
            name: request.query_params.get(name, "").strip()[:TEXT_CHARACTERS_MAX]
            for name in ("record", "key", "author", "action", "since", "until", "text", "before")
        }
        async with self._sessions() as database:
            found = (await database.scalars(_found(asked).limit(PAGE_ROWS + 1))).all()
        rows, last = page_of(found, PAGE_ROWS)
        context = {
            "rows": rows,
            "older": last.seq if last is not None else None,
            "asked": asked,
            "records": RECORDS,
            "actions": ACTIONS,
            "changes": changes_of,
            "notes": notes_of,
        }
        return await self._templates.TemplateResponse(request, "history.html", context)


def changes_of(entry: HistoryEntry) -> list[tuple[str, Any, Any]]:
    """Columns that changed, with what they were and are."""
    before, after = entry.before or {}, entry.after or {}
    return [(name, before.get(name), after.get(name)) for name in sorted({*before, *after})]


def notes_of(entry: HistoryEntry) -> list[tuple[str, str]]:
    """What is told beside an event that changed nothing, in words: of an export what it is of."""
    record = entry.record.replace("_", "-")

    def named(column: str) -> str:
        return say_first(
            f"field.{record}.{column}", f"field.if.{column}", f"field.{column}", column
        )

    told = []
    for name, value in sorted((entry.after or {}).items()):
        family = "month" if name == "birthday_month" else name
        is_column = name == "sortBy"
        shown = named(value) if is_column else say_first(f"value.{family}.{value}", str(value))
        told.append((named(name), shown))
    return told


def _found(asked: Mapping[str, str]) -> Select[HistoryEntry]:
    statement = select(HistoryEntry).order_by(HistoryEntry.seq.desc())
    for name, column in (
        ("record", HistoryEntry.record),
        ("key", HistoryEntry.record_key),
        ("author", HistoryEntry.author),
        ("action", HistoryEntry.action),
    ):
        if asked[name]:
            statement = statement.where(column == asked[name])
    if since := day_of(asked["since"]):
        statement = statement.where(HistoryEntry.at >= since)
    if until := day_of(asked["until"]):
        statement = statement.where(HistoryEntry.at < until + dt.timedelta(days=1))
    if asked["text"]:
        holders = (HistoryEntry.before, HistoryEntry.after)
        texts = [cast(column, String) for column in holders] + [HistoryEntry.reason]
        found = texts[0].icontains(asked["text"], autoescape=True)
        for text in texts[1:]:
            found = found | text.icontains(asked["text"], autoescape=True)
        statement = statement.where(found)
    if asked["before"].isascii() and asked["before"].isdecimal():
        statement = statement.where(HistoryEntry.seq < min(int(asked["before"]), 2**62))
    return statement


def day_of(text: str) -> dt.datetime | None:
    """The moment at which a day begins; None: it is no day, or of a year that bounds nothing."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    is_usual = YEAR_MIN <= day.year <= YEAR_MAX
    return dt.datetime.combine(day, dt.time.min, dt.UTC) if is_usual else None
