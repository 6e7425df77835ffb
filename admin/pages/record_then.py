"""A record as it was: the row as it is, with what the history says of later changes undone.

The history has each change of a record with the columns before and after, so the past is what is
left when the changes since are taken back, the latest first. What changed a row without the pages
(loaders) is not in the history: where a column is not what the next change found, it is said.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, select
from starlette.exceptions import HTTPException
from starlette.routing import Route

from admin.members.identifiers import CONTACTS
from admin.members.profile import FIELDS
from admin.pages.history import day_of, read_words
from admin.pages.places_in_lists import uuid_in
from admin.pages.secrets_shown_once import require
from admin.records.forms import number_in
from admin.records.record_view import HIDDEN
from admin.records.tables import HistoryEntry
from admin.sealing.profile_history import RECORD as SEALED_RECORD
from admin.sealing.profile_history import RECORDS as SEALED_RECORDS
from admin.sealing.profile_history import open_entries
from admin.sealing.unshown import Unshown
from admin.sql import STATEMENTS
from admin.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqladmin.templating import Jinja2Templates
    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request
    from starlette.responses import Response

    from admin.database import Sessions
    from admin.sealing.masters import MasterKeys

#: Changes that are taken back; a record with more has a history page to walk through.
CHANGES_MAX: Final = 2_000
#: What says whose a row is, which is said above, or is known to nobody.
UNSHOWN: Final = frozenset({"partner_id", "store_id", "terminal_id", "staff_id"})
#: What is found by other keys than the history has: it is what was told of it last, as only
#: operators change what the history tells.
TOLD_ALONE: Final = frozenset({"coupon"})
KEY_CHARACTERS_MAX: Final = 200
SEQ_DIGITS_MAX: Final = 18


@dataclass(slots=True)
class Then:
    """A record at a moment."""

    #: None: there was no such record.
    values: dict[str, Any] | None
    #: Columns that something else than the pages has changed since.
    unsure: set[str] = field(default_factory=set)
    #: How many changes were taken back.
    undone: int = 0


def then(now: Mapping[str, Any] | None, later: Iterable[HistoryEntry]) -> Then:
    """Take changes back, the latest first; `now` is the row as it is, None if it is gone."""
    was = Then(None if now is None else dict(now))
    for entry in later:
        match entry.action:
            case "created":
                was.values = None
            case "removed":
                was.values = dict(entry.before or {})
            case "changed":
                held = was.values if was.values is not None else {}
                for name, after in (entry.after or {}).items():
                    if _is_known(after) and held.get(name) != after:
                        was.unsure.add(name)
                was.values = {**held, **(entry.before or {})}
            case _:
                continue
        was.undone += 1
    return was


def beside(later: Iterable[HistoryEntry]) -> dict[str, Any]:
    """What entries have of a record that no change of theirs touched, as the number of a card.

    Its row, as it is read for this page, need not have that.
    """
    held: dict[str, Any] = {}
    for entry in later:
        before = entry.before or {}
        for name, after in (entry.after or {}).items():
            if name in before and before[name] == after and _is_known(after):
                held.setdefault(name, after)
    return held


def _is_known(value: Any) -> bool:
    """Whether an entry has kept a value, and whoever looks may see it."""
    return value != HIDDEN and not isinstance(value, Unshown)


class RecordThenPage:
    """Shows records as they were."""

    def __init__(
        self, templates: Jinja2Templates, sessions: Sessions, masters: MasterKeys | None
    ) -> None:
        self._templates = templates
        self._sessions = sessions
        self._masters = masters

    def routes(self) -> list[Route]:
        """Its address."""
        return [Route("/history/record", self.page, methods=["GET"], name="record_then")]

    async def page(self, request: Request) -> Response:
        """At the end of a day (UTC), or after a change, by its number; else as it is now."""
        require(request, "history.view")
        asked = {
            name: request.query_params.get(name, "").strip()[:KEY_CHARACTERS_MAX]
            for name in ("record", "key", "day", "seq")
        }
        if not asked["record"] or not asked["key"]:
            raise HTTPException(404)
        seq = number_in(asked["seq"], digits_max=SEQ_DIGITS_MAX) if asked["seq"] else None
        end = _end_of(asked["day"])
        async with self._sessions() as database:
            may_see = request.state.principal.may("member.contacts")
            now = await self._now(database, asked["record"], asked["key"], may_see=may_see)
            is_of_record = and_(
                HistoryEntry.record == asked["record"], HistoryEntry.record_key == asked["key"]
            )
            statement = select(HistoryEntry).where(is_of_record).order_by(HistoryEntry.seq.desc())
            if seq is not None:
                statement = statement.where(HistoryEntry.seq > seq)
            elif end is not None:
                statement = statement.where(HistoryEntry.seq > _last_before(end, is_of_record))
            else:
                statement = statement.where(HistoryEntry.seq < 0)
            later = (await database.scalars(statement.limit(CHANGES_MAX + 1))).all()
            if len(later) > CHANGES_MAX:
                raise HTTPException(400, "then.too_many")
            seqs = [entry.seq for entry in later]
            await open_entries(database, later, self._masters, may_see=may_see)
            words = await read_words(database, later, now)
            whole = await database.scalar(STATEMENTS["history_is_whole"], {"seqs": seqs})
        if now is None and not later:
            raise HTTPException(404)
        if now is not None:
            now = beside(later) | now
        context = {
            "asked": asked,
            "was": then(now, later),
            "now": now or {},
            "unshown": UNSHOWN,
            "words": words,
            "is_whole": bool(whole),
            "moment": say("then.after", seq=seq) if seq is not None else asked["day"],
            "is_now": seq is None and end is None,
        }
        return await self._templates.TemplateResponse(request, "record_then.html", context)

    async def _now(
        self, database: AsyncSession, record: str, key: str, *, may_see: bool
    ) -> dict[str, Any] | None:
        """The row as the role sees it, with what is secret left out."""
        name = "told_now" if record in TOLD_ALONE else "record_now"
        found: dict[str, Any] | None = await database.scalar(
            STATEMENTS[name], {"record": record, "key": key}
        )
        if found is None or record not in SEALED_RECORDS or self._masters is None or not may_see:
            return found
        # What the history keeps of people, whoever sees that sees what it is now.
        profile = await database.scalar(STATEMENTS["profile_now"], {"member_id": uuid_in(key)})
        if not profile:
            return found
        if record == SEALED_RECORD:
            return found | {name: profile[name] for name in (*FIELDS, *CONTACTS)}
        attributes = profile["traits"].get("attributes") or {}
        return found | {f"attribute.{code}": held for code, held in attributes.items()}


def _last_before(end: dt.datetime, is_of_record: ColumnElement[bool]) -> ColumnElement[int]:
    """The number of a record's last change before a moment.

    Where the clock was set back, changes of later times stand before it, too: they had been made.
    """
    last = select(func.max(HistoryEntry.seq)).where(is_of_record, HistoryEntry.at < end)
    return func.coalesce(last.correlate(None).scalar_subquery(), 0)


def _end_of(day: str) -> dt.datetime | None:
    """The moment at which a day is over."""
    begun = day_of(day)
    return None if begun is None else begun + dt.timedelta(days=1)
