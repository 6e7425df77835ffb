"""The list of members for whom conditions hold, as far as there is time for a page.

The list is walked along in its order, some thousand members a statement, each asked about by a few
look-ups: where conditions hold for many, a page is soon full. If it is not, and an index says for
whom one of the conditions holds, and those are not many, they are asked about the others. Else the
walk goes on until its time is over, and tells where it stopped: the next page goes on from there.
So a list of a million members takes as long as one of a thousand, whatever is asked of them.
"""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    DateTime,
    Uuid,
    and_,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)

from admin.database import STATEMENT_TIMEOUT_MS, rows_within
from admin.members.conditions import KNOWN
from admin.pages.places_in_lists import moment_in, uuid_in

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.members.conditions import Conditions

#: What a page has left for its walk, of the 200 ms that a list may take.
PATIENCE_S: Final = 0.07
#: How long an index is asked for whom a condition holds.
_SET_MS: Final = 25
#: Statements that are made however long they take, and members of one.
_STATEMENTS_MIN: Final = 2
_ROWS_MIN: Final = 1_000
_ROWS_MAX: Final = 5_000
_FASTER: Final = 4
#: Members whom an index names, and who are then asked about one by one.
SET_MAX: Final = 2_000
#: As many are enough for one walk: pages are turned among them.
FOUND_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the list somebody stands: by when they joined, then by id."""

    created_at: dt.datetime
    member_id: UUID

    def __str__(self) -> str:
        """As addresses have it."""
        return f"{self.created_at.isoformat()};{self.member_id}"


def place_of(address: str) -> Place | None:
    """The place that an address names; None: it names none."""
    moment, _, member_id = address.partition(";")
    created_at, named = moment_in(moment), uuid_in(member_id)
    return Place(created_at, named) if created_at is not None and named is not None else None


@dataclass(frozen=True, slots=True)
class Walked:
    """Members that were found, by their keys; where the walk stopped, None: at the list's end."""

    keys: Sequence[tuple[int, UUID]] = ()
    stopped_at: Place | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """Members for whom conditions hold: in the list's order after a place."""

    conditions: Conditions
    ascending: bool
    after: Place | None

    async def walked(self, database: AsyncSession, wanted: int) -> Walked:
        """So many of them, with others that are met on the way; or those that there is time for."""
        until_s = time.monotonic() + PATIENCE_S
        first = await self._along(database, wanted, until_s, statements=_STATEMENTS_MIN)
        if first.stopped_at is None or len(first.keys) >= min(wanted, FOUND_MAX):
            return first
        few = await few_of(database, self.conditions, _SET_MS)
        if few is not None:
            return await self._among(database, few)
        if time.monotonic() >= until_s:
            return first
        further = replace(self, after=first.stopped_at)
        rest = await further._along(  # noqa: SLF001 - of the same class
            database, wanted - len(first.keys), until_s
        )
        return Walked([*first.keys, *rest.keys], rest.stopped_at)

    async def _along(
        self, database: AsyncSession, wanted: int, until_s: float, statements: int | None = None
    ) -> Walked:
        """So many statements, None: until the time is over; or until enough are found."""
        keys: list[tuple[int, UUID]] = []
        place, rows = self.after, _ROWS_MIN
        for number in itertools.count(1):
            began_s = time.monotonic()
            room = FOUND_MAX - len(keys)
            found = (await database.execute(self._stretch(place, rows, room))).all()
            keys += [(row.bucket, row.member_id) for row in found if row.holds]
            last = found[-1] if found else None
            if last is None or (last.number < rows and len(found) < room):
                return Walked(keys)
            place = Place(last.created_at, last.member_id)
            now_s = time.monotonic()
            is_over = now_s >= until_s if statements is None else number == statements
            if is_over or len(keys) >= min(wanted, FOUND_MAX):
                break
            # What half of the time that is left allows, and not many more than before.
            allowed = int(rows / (now_s - began_s) * (until_s - now_s) / 2)
            more = rows * _FASTER if statements else max(_ROWS_MIN, allowed)
            rows = min(_ROWS_MAX, rows * _FASTER, more)
        return Walked(keys, place)

    def _stretch(self, after: Place | None, rows: int, found_max: int) -> Select[Any]:
        """Of the next so many rows those that are found, and the last, which says how far it is."""
        next_rows = (
            select(KNOWN)
            .where(*self._from(after))
            .order_by(*self._order(KNOWN.c))
            .limit(rows)
            .subquery()
            .c
        )
        # Numbered outside: a window looks at all rows, whatever is asked of it.
        number = func.row_number().over().label("number")
        holds = and_(true(), *self.conditions.of_member(next_rows)).label("holds")
        # The offset keeps the conditions from being asked twice, here and where rows are chosen.
        asked = select(*_place(next_rows), number, holds).offset(0).subquery().c
        return (
            select(*asked)
            .where(or_(asked.holds, asked.number == rows))
            .order_by(*self._order(asked))
            .limit(found_max)
        )

    async def _among(self, database: AsyncSession, few: Select[Any]) -> Walked:
        statement = (
            select(*_place(KNOWN.c))
            .where(tuple_(KNOWN.c.bucket, KNOWN.c.member_id).in_(few))
            .where(*self._from(self.after), *self.conditions.of_member(KNOWN.c))
            .order_by(*self._order(KNOWN.c))
            .limit(FOUND_MAX)
        )
        found = (await database.execute(statement)).all()
        keys = [(row.bucket, row.member_id) for row in found]
        if len(keys) < FOUND_MAX:
            return Walked(keys)
        return Walked(keys, Place(found[-1].created_at, found[-1].member_id))

    def _from(self, after: Place | None) -> list[ColumnElement[bool]]:
        member = KNOWN.c
        found = [member.household_size.is_(None), *self.conditions.of_rows(member)]
        if after is not None:
            here = tuple_(member.created_at, member.member_id)
            # With their types: only then a row is compared with the index.
            there = tuple_(
                literal(after.created_at, DateTime(timezone=True)), literal(after.member_id, Uuid())
            )
            found.append(here > there if self.ascending else here < there)
        return found

    def _order(self, member: Any) -> list[ColumnElement[Any]]:
        order = (member.created_at, member.member_id)
        return [column.asc() if self.ascending else column.desc() for column in order]


def _place(member: Any) -> tuple[Any, ...]:
    return member.bucket, member.member_id, member.created_at


async def few_of(
    database: AsyncSession, conditions: Conditions, patience_ms: int = STATEMENT_TIMEOUT_MS
) -> Select[Any] | None:
    """Keys of the members for whom one of the conditions holds, if an index says that of few.

    What an index does not say in so short a time is not said of few.
    """
    for keys in conditions.sets(SET_MAX + 1):
        counted = select(func.count()).select_from(keys.subquery())
        found = await rows_within(database, patience_ms, counted)
        if found is not None and found[0][0] <= SET_MAX:
            return keys
    return None
