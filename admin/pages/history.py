"""The history of records: who changed what, when, from what to what, and why."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    DateTime,
    String,
    and_,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    true,
)
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
_NUMBERS: Final = (column("first_seq", BigInteger), column("last_seq", BigInteger))


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
    beyond = None
    conditions = _conditions(asked)
    if asked["text"]:
        looked_through = _found(asked, conditions, LOOKED_THROUGH + 1).subquery()
        beyond = await database.scalar(
            select(looked_through.c.seq)
            .order_by(looked_through.c.seq.desc())
            .offset(LOOKED_THROUGH)
        )
        conditions.append(_holds(asked["text"]))
        if beyond is not None:
            conditions.append(HistoryEntry.seq > beyond)
    found = (await database.scalars(_found(asked, conditions, PAGE_ROWS + 1))).all()
    rows, last = page_of(found, PAGE_ROWS)
    if last is not None:
        return rows, last.seq, False
    return rows, None if beyond is None else beyond + 1, beyond is not None


def _found(
    asked: Mapping[str, str], conditions: Sequence[ColumnElement[bool]], rows_max: int
) -> Select[HistoryEntry]:
    """The last so many entries of the days that are asked for, of which these conditions hold.

    They are in the order of their numbers, and their times are, too, as long as nobody sets the
    clock back: then the days' entries are those between two numbers. After that they are those of
    several spans, each of which is looked through by itself.
    """
    found = (
        select(HistoryEntry).where(*conditions).order_by(HistoryEntry.seq.desc()).limit(rows_max)
    )
    since, until = day_of(asked["since"]), day_of(asked["until"])
    if since is None and until is None:
        return found
    end = None if until is None else until + dt.timedelta(days=1)
    bounds = (literal(each, DateTime(timezone=True)) for each in (since, end))
    span = func.admin_history_spans(*bounds).table_valued(*_NUMBERS, name="span")
    is_inside = HistoryEntry.seq.between(span.c.first_seq, span.c.last_seq)
    of_span = found.where(is_inside).lateral("of_span")
    entry = aliased(HistoryEntry, of_span)
    return (
        select(entry)
        .select_from(span)
        .join(of_span, true())
        .order_by(entry.seq.desc())
        .limit(rows_max)
    )


def _conditions(asked: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """All that is asked for of an entry, but for its day and for words in it."""
    conditions: list[ColumnElement[bool]] = []
    is_of_member = asked["record"] == "member" and asked["key"]
    if is_of_member:
        # Also of what is the member's: cards, coupons, corrections, gifts.
        conditions.append(HistoryEntry.of_member == asked["key"])
    for name, held in (
        *(() if is_of_member else _OF_RECORD),
        ("author", HistoryEntry.author),
        ("action", HistoryEntry.action),
    ):
        if asked[name]:
            conditions.append(held == asked[name])
    if asked["before"].isascii() and asked["before"].isdecimal():
        conditions.append(HistoryEntry.seq < min(int(asked["before"]), 2**62))
    return conditions


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
