"""What a page of the list of limits has: rules with their limits, and what is used of those."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Self

from sqlalchemy import text

from admin.limits.asked import is_shared
from admin.limits.reading import read_ground, read_uses, with_words
from admin.limits.standing import slots_of
from admin.members.currencies import read_worth
from admin.pages.places_in_lists import page_of
from admin.scope import current_scope
from admin.sql import STATEMENTS
from checkout.engine.schema.limits import Subject

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.limits.asked import Asked
    from admin.limits.reading import Ground, Ref, RuledLimit, Use
    from admin.members.currencies import Worth

#: Campaigns on a page; programs are on the first.
PAGE_ROWS: Final = 25
#: Campaigns that a page looks through for limits that are full: those that are not are left out.
LOOKED_THROUGH: Final = 200
#: Campaigns of a file that are in memory at once.
FILE_ROWS: Final = 200
#: Slots of time that are summed up for a page: 90,600 took 194 to 325 ms on a busy machine. With
#: many stores and long windows it has fewer campaigns.
SLOTS_MAX: Final = 75_000
_BUDGETS: Final = text("select * from admin_budgets()")


@dataclass(frozen=True, slots=True)
class Ruled:
    """A program, or a campaign, with its limits and its budget."""

    #: Of a program it is empty.
    campaign_code: str
    program_code: str
    name: str
    limits: Sequence[RuledLimit]
    budget: dict[str, Any] | None = None
    #: What is used or held of that.
    used: Any = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of them, and where others follow."""

    ruled: Sequence[Ruled]
    uses: Mapping[Ref, Sequence[Use]]
    ground: Ground
    worth: Worth
    #: Of all stores that limits count for, those from this place on have been summed up.
    stores: Mapping[UUID, Any]
    here: int
    #: The place of the next ones; None: these were the last.
    further: int | None
    #: How many campaigns have been looked at, and behind how many others follow.
    looked_through: int
    older: int | None

    @property
    def is_of_some(self) -> bool:
        """Whether there are more stores than have been summed up."""
        return self.here > 0 or self.further is not None


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is read beside the rules, once."""

    ground: Ground
    worth: Worth
    #: What is used of budgets, by campaign.
    budgets: Mapping[str, Any]

    @classmethod
    async def read(cls, database: AsyncSession) -> Self:
        """Programs without words, amounts, and budgets."""
        worth = await read_worth(database)
        ground = await read_ground(database)
        budgets = {row.campaign_code: row for row in await database.execute(_BUDGETS)}
        return cls(ground, worth, budgets)

    async def with_words(
        self, database: AsyncSession, documents: Sequence[Mapping[str, Any]]
    ) -> Self:
        """The same with the words of some campaigns."""
        return replace(self, ground=await with_words(database, self.ground, documents))


async def read_listed(database: AsyncSession, asked: Asked, behind: int, here: int) -> Listed:
    """The page behind so many campaigns, with what is used from that store on."""
    rows_max = LOOKED_THROUGH if asked.fullness else PAGE_ROWS
    values = _asked_for(asked) | {"rows_max": rows_max + 1, "behind": behind}
    found = (await database.execute(STATEMENTS["limited_campaigns"], values)).all()
    rows, last = page_of(found, rows_max)
    documents = [row.document for row in rows]
    beside = await (await _Beside.read(database)).with_words(database, documents)
    ruled = [
        *(_of_programs(beside, asked) if not behind else ()),
        *(_of_campaign(one, beside, asked) for one in documents),
    ]
    stores = await _stores(database, asked) if _counts_in_stores(ruled) else {}
    fitting = as_many_as_fit(ruled, len(stores))
    listed = await _summed_up(database, asked, beside, fitting, stores, here)
    is_followed = last is not None or listed.looked_through < len(rows)
    return replace(listed, older=behind + listed.looked_through if is_followed else None)


async def parts_of_file(database: AsyncSession, asked: Asked) -> AsyncIterator[Listed]:
    """All that the list has on its pages, in its order, some campaigns and stores at a time.

    Campaigns are found once and come out of a cursor: no index carries their order, and by pages
    each of them would be looked at again for each page.
    """
    beside = await _Beside.read(database)
    stores = await _stores(database, asked)
    with_programs = await beside.with_words(database, ())
    programs = list(_of_programs(with_programs, asked))
    async for listed in _in_parts(database, asked, with_programs, programs, stores):
        yield listed
    found = await database.stream(
        STATEMENTS["limited_campaigns"],
        _asked_for(asked) | {"rows_max": None, "behind": 0},
        execution_options={"yield_per": FILE_ROWS},
    )
    async for rows in found.partitions(FILE_ROWS):
        documents = [row.document for row in rows]
        worded = await beside.with_words(database, documents)
        ruled = [_of_campaign(one, worded, asked) for one in documents]
        async for listed in _in_parts(database, asked, worded, ruled, stores):
            yield listed


async def _in_parts(
    database: AsyncSession,
    asked: Asked,
    beside: _Beside,
    ruled: Sequence[Ruled],
    stores: Mapping[UUID, Any],
) -> AsyncIterator[Listed]:
    """As many rules as can be summed up in time, and of many stores as many."""
    while ruled:
        fitting = as_many_as_fit(ruled, len(stores))
        further: int | None = 0
        while further is not None:
            listed = await _summed_up(database, asked, beside, fitting, stores, further)
            yield listed
            further = listed.further
        ruled = ruled[len(fitting) :]


async def _summed_up(
    database: AsyncSession,
    asked: Asked,
    beside: _Beside,
    fitting: Sequence[Ruled],
    stores: Mapping[UUID, Any],
    here: int,
) -> Listed:
    """Rules with what is used of them, from the store at that place on."""
    stores = stores if _counts_in_stores(fitting) else {}
    shared = [one for each in fitting for one in each.limits if is_shared(one)]
    here = min(here, max(len(stores) - 1, 0))
    at_once = stores_at_once(shared)
    partner_id = current_scope().partner_id
    assert partner_id is not None, "whose amounts were read"
    counted_in = list(stores.values())[here : here + at_once]
    owners = {partner_id: "", **{row.store_id: row.time_zone for row in counted_in}}
    uses = await read_uses(database, shared, owners)
    return Listed(
        as_full_as_asked(fitting, uses, asked),
        uses,
        beside.ground,
        beside.worth,
        stores,
        here,
        here + at_once if here + at_once < len(stores) else None,
        sum(1 for each in fitting if each.campaign_code),
        None,
    )


def _counts_in_stores(ruled: Sequence[Ruled]) -> bool:
    return any(one.document.subject is Subject.STORE for each in ruled for one in each.limits)


async def _stores(database: AsyncSession, asked: Asked) -> dict[UUID, Any]:
    """The stores that are asked for, by their codes' order."""
    found = await database.execute(STATEMENTS["stores_of_partner"])
    return {row.store_id: row for row in found if asked.store in {"", row.code}}


def _asked_for(asked: Asked) -> dict[str, Any]:
    """Which campaigns of the rules are meant, as the statement is asked."""
    return {
        "search": asked.search,
        "program": asked.program,
        "subject": Subject.STORE if asked.store else asked.subject,
        "period": asked.period,
        "of_budgets": asked.of_budgets,
        "of_shared": asked.of_shared,
        "sort": asked.order,
    }


def _of_programs(beside: _Beside, asked: Asked) -> Iterator[Ruled]:
    """Those with limits that are meant; whoever searches means campaigns."""
    for code, one in beside.ground.documents.items() if not asked.search else ():
        limits = [limit for limit in beside.ground.of_program(code) if asked.means(limit)]
        if limits and asked.program in {"", code}:
            yield Ruled("", code, str(one.get("name", "")), limits)


def _of_campaign(document: dict[str, Any], beside: _Beside, asked: Asked) -> Ruled:
    code = document["code"]
    return Ruled(
        code,
        str(document.get("program", "")),
        str(document.get("name", "")),
        [limit for limit in beside.ground.of_campaign(document) if asked.means(limit)],
        document.get("budget") if asked.of_budgets else None,
        beside.budgets.get(code),
    )


def as_full_as_asked(
    ruled: Sequence[Ruled], uses: Mapping[Ref, Sequence[Use]], asked: Asked
) -> Sequence[Ruled]:
    """Without limits and budgets of which less is used, and rules of which none is left."""
    kept = [
        replace(
            each,
            limits=[one for one in each.limits if asked.is_met_by(uses.get(one.ref, ()))],
            budget=each.budget
            if each.budget and asked.budget_is_met_by(each.budget, each.used)
            else None,
        )
        for each in ruled
    ]
    return [each for each in kept if each.limits or each.budget]


def as_many_as_fit(ruled: Sequence[Ruled], stores: int) -> Sequence[Ruled]:
    """The programs, and of campaigns the first that can be summed up in time, one at least."""
    slots = 0
    is_first = True
    for place, each in enumerate(ruled):
        slots += sum(
            slots_of(one.document) * (stores if one.document.subject is Subject.STORE else 1)
            for one in each.limits
            if is_shared(one)
        )
        if not each.campaign_code:
            continue
        if slots > SLOTS_MAX and not is_first:
            return ruled[:place]
        is_first = False
    return ruled


def stores_at_once(shared: Sequence[RuledLimit]) -> int:
    """In how many stores limits can be summed up in time: of one campaign alone there may be more.

    Then the page has further pages of stores, in the order of their codes.
    """
    slots = sum(slots_of(one.document) for one in shared if one.document.subject is Subject.STORE)
    return max(SLOTS_MAX // max(slots, 1), 1)
