"""What programs say of a series of certificates, in words: now, on a day, and since when.

A series lies in the documents of programs, and so does its past: each change of a program has them
as they were. Of these the changes of the series are picked, and taken back as far as is asked.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from starlette.exceptions import HTTPException

from admin.campaigns.difference import Line, difference
from admin.campaigns.rulebook import words_in
from admin.pages.places_in_lists import page_of
from admin.records.programs import CATEGORIES_MAX, snapshot_of_program
from admin.records.tables import Category, Partner, Program
from admin.scope import current_scope
from admin.sql import STATEMENTS
from admin.texts import spoken
from checkout.wording.certificates import certificates_in_words
from checkout.wording.names import Names
from checkout.wording.speech import speaking

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from checkout.wording.sections import Sentence

#: On the page; programs have a history of their own.
CHANGES_SHOWN: Final = 10
#: That are taken back for a day.
CHANGES_MAX: Final = 500

Document = dict[str, Any]


@dataclass(slots=True)
class TermsThen:
    """What programs said of a series at a moment, by the code of the program."""

    documents: dict[str, Document]
    #: Programs of which something else than the pages has changed it since.
    unsure: set[str] = field(default_factory=set)


def terms_then(now: Mapping[str, Document], later: Iterable[Any]) -> TermsThen:
    """Take changes back, the latest first."""
    was = TermsThen(dict(now))
    for change in later:
        if was.documents.get(change.program_code) != change.after:
            was.unsure.add(change.program_code)
        was.documents.pop(change.program_code, None)
        if change.before is not None:
            was.documents[change.program_code] = change.before
    return was


@dataclass(frozen=True, slots=True)
class TermsChange:
    """Who changed what a program says of a series, from what to what."""

    at: dt.datetime
    author: str
    reason: str
    program_code: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Terms:
    """A series on its page."""

    #: What each program says of it.
    now: Mapping[str, Sequence[Sentence]]
    #: The same at the end of the day that was asked for; None: none was.
    then: Mapping[str, Sequence[Sentence]] | None
    unsure: set[str]
    #: Whether the entries that were taken back are what was written.
    is_whole: bool
    changes: Sequence[TermsChange]
    has_more: bool


async def read_terms(database: AsyncSession, series: str, end: dt.datetime | None) -> Terms:
    """The terms as they are, and were at a moment.

    Raises:
        HTTPException: 400, they have changed too often since.
    """
    programs = {
        one.code: one.document for one in await database.scalars(select(Program).order_by("code"))
    }
    now = {
        code: one
        for code, document in programs.items()
        for one in document.get("certificates") or ()
        if one.get("code") == series
    }
    asked: dict[str, Any] = {"series": series, "since": None, "rows_max": CHANGES_SHOWN + 1}
    found = (await database.execute(STATEMENTS["series_changes"], asked)).all()
    rows, last = page_of(found, CHANGES_SHOWN)
    was, is_whole = None, True
    if end is not None:
        asked |= {"since": end, "rows_max": CHANGES_MAX + 1}
        later = (await database.execute(STATEMENTS["series_changes"], asked)).all()
        if len(later) > CHANGES_MAX:
            raise HTTPException(400, "then.too_many")
        was = terms_then(now, later)
        seqs = [change.seq for change in later]
        is_whole = bool(await database.scalar(STATEMENTS["history_is_whole"], {"seqs": seqs}))
    wording = await _Wording.read(
        database,
        programs,
        (*now.values(), *(was.documents.values() if was else ()), *_both_sides(rows)),
    )
    return Terms(
        now={code: wording.of(code, one) for code, one in now.items()},
        then=None if was is None else {c: wording.of(c, d) for c, d in was.documents.items()},
        unsure=was.unsure if was else set(),
        is_whole=is_whole,
        changes=[wording.change(row) for row in rows],
        has_more=last is not None,
    )


def _both_sides(rows: Iterable[Any]) -> list[Document]:
    return [one for row in rows for one in (row.before, row.after) if one is not None]


@dataclass(frozen=True, slots=True)
class _Wording:
    """Words a series in the eyes of a program, with the names that categories have."""

    partner: Partner
    programs: Mapping[str, Document]
    categories: Sequence[dict[str, str]]

    @classmethod
    async def read(
        cls, database: AsyncSession, programs: Mapping[str, Document], said: Iterable[Document]
    ) -> _Wording:
        partner = (
            await database.scalars(
                select(Partner).where(Partner.partner_id == current_scope().partner_id)
            )
        ).one()
        codes = sorted({word for one in said for word in words_in(one)})[:CATEGORIES_MAX]
        found = await database.execute(
            select(Category.code, Category.name).where(Category.code.in_(codes))
        )
        categories = [{"code": code, "name": name} for code, name in found]
        return cls(partner, programs, categories)

    def of(self, program_code: str, series: Document | None) -> Sequence[Sentence]:
        """Nothing, if there is no such series, or its document cannot be read any more."""
        program = self.programs.get(program_code)
        if series is None or program is None:
            return ()
        document = program | {"certificates": [series]}
        snapshot = snapshot_of_program(document, self.partner, self.categories)
        if snapshot is None:
            return ()
        with speaking(spoken()):
            return (next(certificates_in_words(Names(snapshot, snapshot.programs[0]))),)

    def change(self, row: Any) -> TermsChange:
        """What a change says anew, and no more."""
        before, after = (
            [line for one in self.of(row.program_code, side) for line in _lines(one)]
            for side in (row.before, row.after)
        )
        lines = difference(before, after)
        return TermsChange(row.at, row.author, row.reason, row.program_code, lines)


def _lines(sentence: Sentence) -> list[str]:
    return [sentence.text, *(inner.text for inner in sentence.inside)]
