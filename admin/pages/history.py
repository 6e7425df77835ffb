"""The history of records: who changed what, when, from what to what, and why."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import String, and_, cast, func, or_, select
from sqlalchemy.orm import aliased
from starlette.routing import Route

from admin.members.currencies import read_worth
from admin.pages.history_words import HistoryWords, needs_worth, page_of_record
from admin.pages.places_in_lists import page_of
from admin.pages.secrets_shown_once import require
from admin.records.tables import HistoryEntry
from admin.scope import current_scope
from admin.sealing.profile_history import RECORD as SEALED_RECORD
from admin.sealing.profile_history import open_entries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqladmin.templating import Jinja2Templates
    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request
    from starlette.responses import Response

    from admin.database import Sessions
    from admin.sealing.masters import MasterKeys

PAGE_ROWS: Final = 50
#: Entries that a page looks through for words, of which there is no index; then it leads on.
LOOKED_THROUGH: Final = 10_000
#: Entries are numbered as they are written; a clock may be set back by less than this.
_ASTRAY: Final = dt.timedelta(hours=1)
TEXT_CHARACTERS_MAX: Final = 100
#: Other years bound nothing.
YEAR_MIN: Final = 1970
YEAR_MAX: Final = 9000
ACTIONS: Final = (
    *("created", "changed", "removed", "filled", "exported"),
    *("signed_in", "signed_out", "retried"),
)
RECORDS: Final = (
    *("partner", "chain", "store", "terminal", "terminal_token", "program", "category", "product"),
    *("campaign", "campaign_version", "limit"),
    *("card_type", "certificate_series", "coupon_series", "tag", "member_attribute", "segment"),
    *("member_list", "member", "member_profile", "household", "identifier", "certificate"),
    *("coupon", "admin_job"),
    *("correction", "bulk", "receipt", "gift", "gift_given"),
    *("card_issue", "certificate_batch", "coupon_issue"),
    *("staff", "staff_factor", "staff_link", "event"),
)
_SIDES: Final = (HistoryEntry.before, HistoryEntry.after)
_OF_RECORD: Final = (("record", HistoryEntry.record), ("key", HistoryEntry.record_key))


class HistoryPages:
    """Searches the history."""

    def __init__(
        self, templates: Jinja2Templates, sessions: Sessions, masters: MasterKeys | None
    ) -> None:
        self._templates = templates
        self._sessions = sessions
        self._masters = masters

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
            rows, older, is_cut = await _read_found(database, asked)
            may_see = request.state.principal.may("member.contacts")
            await open_entries(database, rows, self._masters, may_see=may_see)
            words = await read_words(database, rows)
        context = {
            "rows": rows,
            "older": older,
            "looked_through": LOOKED_THROUGH if is_cut else None,
            "asked": asked,
            "records": RECORDS,
            "actions": ACTIONS,
            "words": words,
            "page_of_record": page_of_record,
        }
        return await self._templates.TemplateResponse(request, "history.html", context)


async def read_words(
    database: AsyncSession, entries: Sequence[HistoryEntry], now: Mapping[str, Any] | None = None
) -> HistoryWords:
    """How to say what stands in entries; currencies are read only if some are counted in them."""
    columns = [
        name for entry in entries for held in (entry.before, entry.after) for name in held or ()
    ]
    if current_scope().partner_id is None or not needs_worth([*columns, *(now or ())]):
        return HistoryWords()
    return HistoryWords(await read_worth(database))


async def _read_found(
    database: AsyncSession, asked: Mapping[str, str]
) -> tuple[Sequence[HistoryEntry], int | None, bool]:
    """A page of entries, before which number others follow, and whether some were not looked at."""
    statement = _found(asked)
    beyond = None
    if asked["text"]:
        numbers = statement.with_only_columns(HistoryEntry.seq)
        beyond = await database.scalar(numbers.offset(LOOKED_THROUGH).limit(1))
        statement = statement.where(_holds(asked["text"]))
        if beyond is not None:
            statement = statement.where(HistoryEntry.seq > beyond)
    found = (await database.scalars(statement.limit(PAGE_ROWS + 1))).all()
    rows, last = page_of(found, PAGE_ROWS)
    if last is not None:
        return rows, last.seq, False
    return rows, None if beyond is None else beyond + 1, beyond is not None


def _found(asked: Mapping[str, str]) -> Select[HistoryEntry]:
    """Entries of which all holds that is asked for, but for words in them."""
    statement = select(HistoryEntry).order_by(HistoryEntry.seq.desc())
    is_of_member = asked["record"] == "member" and asked["key"]
    if is_of_member:
        # Also of what is the member's: cards, coupons, corrections, gifts.
        statement = statement.where(HistoryEntry.of_member == asked["key"])
    for name, column in (
        *(() if is_of_member else _OF_RECORD),
        ("author", HistoryEntry.author),
        ("action", HistoryEntry.action),
    ):
        if asked[name]:
            statement = statement.where(column == asked[name])
    if since := day_of(asked["since"]):
        first = _number_at(since - _ASTRAY, is_first=True)
        statement = statement.where(HistoryEntry.at >= since, HistoryEntry.seq >= first)
    if until := day_of(asked["until"]):
        end = until + dt.timedelta(days=1)
        last = _number_at(end + _ASTRAY, is_first=False)
        statement = statement.where(HistoryEntry.at < end, HistoryEntry.seq <= last)
    if asked["before"].isascii() and asked["before"].isdecimal():
        statement = statement.where(HistoryEntry.seq < min(int(asked["before"]), 2**62))
    return statement


def _number_at(moment: dt.datetime, *, is_first: bool) -> Any:
    """The number of the first entry from a moment on, or of the last one before it."""
    entry = aliased(HistoryEntry)
    found = select(entry.seq).limit(1)
    if is_first:
        return found.where(entry.at >= moment).order_by(entry.at).scalar_subquery()
    return found.where(entry.at < moment).order_by(entry.at.desc()).scalar_subquery()


def _holds(words: str) -> ColumnElement[bool]:
    """Whether they stand in what an entry tells."""
    before, after = (cast(column, String).icontains(words, autoescape=True) for column in _SIDES)
    # Letters of a sealed value are nobody's words.
    is_open = and_(
        HistoryEntry.record != SEALED_RECORD,
        *(~func.coalesce(cast(side, String), "").contains('"closed"') for side in _SIDES),
    )
    in_reason = HistoryEntry.reason.icontains(words, autoescape=True)
    return or_(in_reason, and_(is_open, or_(before, after)))


def day_of(text: str) -> dt.datetime | None:
    """The moment at which a day begins; None: it is no day, or of a year that bounds nothing."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    is_usual = YEAR_MIN <= day.year <= YEAR_MAX
    return dt.datetime.combine(day, dt.time.min, dt.UTC) if is_usual else None
