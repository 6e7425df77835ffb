"""What a page of the list of limits has: rules with their limits, and what is used of those."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

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
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.limits.asked import Asked
    from admin.limits.reading import Ground, Ref, RuledLimit, Use
    from admin.members.currencies import Worth

#: Campaigns on a page; programs are on the first.
PAGE_ROWS: Final = 25
#: Campaigns that a page looks through for limits that are full: those that are not are left out.
LOOKED_THROUGH: Final = 200
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


async def read_listed(database: AsyncSession, asked: Asked, behind: int, here: int) -> Listed:
    """The page behind so many campaigns, with what is used from that store on."""
    rows_max = LOOKED_THROUGH if asked.fullness else PAGE_ROWS
    rows, last = page_of(await _campaigns(database, asked, behind, rows_max), rows_max)
    worth = await read_worth(database)
    documents = [row.document for row in rows]
    ground = await with_words(database, await read_ground(database), documents)
    budgets = {row.campaign_code: row for row in await database.execute(_BUDGETS)}
    ruled = [
        *(_of_programs(ground, asked) if not behind and not asked.search else ()),
        *(_of_campaign(one, ground, asked, budgets) for one in documents),
    ]
    stores = {}
    if any(one.document.subject is Subject.STORE for each in ruled for one in each.limits):
        found = await database.execute(STATEMENTS["stores_of_partner"])
        stores = {row.store_id: row for row in found if asked.store in {"", row.code}}
    fitting = as_many_as_fit(ruled, len(stores))
    shared = [one for each in fitting for one in each.limits if is_shared(one)]
    here = min(here, max(len(stores) - 1, 0))
    at_once = stores_at_once(shared)
    partner_id = current_scope().partner_id
    assert partner_id is not None, "whose amounts were read"
    counted_in = list(stores.values())[here : here + at_once]
    owners = {partner_id: "", **{row.store_id: row.time_zone for row in counted_in}}
    uses = await read_uses(database, shared, owners)
    shown = sum(1 for each in fitting if each.campaign_code)
    return Listed(
        as_full_as_asked(fitting, uses, asked),
        uses,
        ground,
        worth,
        stores,
        here,
        here + at_once if here + at_once < len(stores) else None,
        shown,
        behind + shown if last is not None or shown < len(rows) else None,
    )


async def _campaigns(
    database: AsyncSession, asked: Asked, behind: int, rows_max: int
) -> Sequence[Any]:
    """Campaigns of the rules that have what is asked for, and one more than a page shows."""
    values = {
        "search": asked.search,
        "program": asked.program,
        "subject": Subject.STORE if asked.store else asked.subject,
        "period": asked.period,
        "of_budgets": asked.of_budgets,
        "of_shared": asked.of_shared,
        "sort": asked.order,
        "rows_max": rows_max + 1,
        "behind": behind,
    }
    return (await database.execute(STATEMENTS["limited_campaigns"], values)).all()


def _of_programs(ground: Ground, asked: Asked) -> Iterator[Ruled]:
    for code, one in ground.documents.items():
        limits = [limit for limit in ground.of_program(code) if asked.means(limit)]
        if limits and asked.program in {"", code}:
            yield Ruled("", code, str(one.get("name", "")), limits)


def _of_campaign(
    document: dict[str, Any], ground: Ground, asked: Asked, budgets: Mapping[str, Any]
) -> Ruled:
    code = document["code"]
    return Ruled(
        code,
        str(document.get("program", "")),
        str(document.get("name", "")),
        [limit for limit in ground.of_campaign(document) if asked.means(limit)],
        document.get("budget") if asked.of_budgets else None,
        budgets.get(code),
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
