"""The page of limits: of all programs and of live campaigns, with what is used of those in common.

What each member has used of a limit is on the member's page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text
from starlette.routing import Route

from admin.limits.amounts import amount_of
from admin.limits.reading import read_ground, read_uses, with_words
from admin.limits.standing import is_counted, slots_of
from admin.members.currencies import read_worth
from admin.members.sections import behind_of
from admin.pages.places_in_lists import page_of
from admin.pages.secrets_shown_once import require
from admin.records.record_view import SEARCH_CHARACTERS_MAX
from admin.scope import current_scope
from admin.sql import STATEMENTS
from checkout.engine.schema.limits import Subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqladmin.templating import Jinja2Templates
    from starlette.requests import Request
    from starlette.responses import Response

    from admin.database import Sessions
    from admin.limits.reading import RuledLimit

#: Campaigns on a page; programs are on the first.
PAGE_ROWS: Final = 25
#: Slots of time that are summed up for a page: 90,600 took 194 to 325 ms on a busy machine. With
#: many stores and long windows it has fewer campaigns.
SLOTS_MAX: Final = 75_000
SHARED: Final = frozenset({Subject.STORE, Subject.PARTNER, Subject.CAMPAIGN})
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


class LimitPages:
    """One page."""

    def __init__(self, templates: Jinja2Templates, sessions: Sessions) -> None:
        self._templates = templates
        self._sessions = sessions

    def routes(self) -> list[Route]:
        """Its address."""
        return [Route("/limit/list", self.page, methods=["GET"], name="limits")]

    async def page(self, request: Request) -> Response:
        """Limits in words, with what counts now of those that stores and members share."""
        require(request, "campaign.view")
        search = request.query_params.get("search", "").strip()[:SEARCH_CHARACTERS_MAX]
        behind = behind_of(request, "behind")
        async with self._sessions() as database:
            values = {"search": search.replace("\0", ""), "rows_max": PAGE_ROWS + 1}
            found = await database.execute(
                STATEMENTS["limited_campaigns"], values | {"behind": behind}
            )
            rows, last = page_of(found.all(), PAGE_ROWS)
            worth = await read_worth(database)
            documents = [row.document for row in rows]
            ground = await with_words(database, await read_ground(database), documents)
            budgets = {row.campaign_code: row for row in await database.execute(_BUDGETS)}
            ruled = [
                Ruled("", code, str(one.get("name", "")), ground.of_program(code))
                for code, one in ground.documents.items()
                if not behind and not search and one.get("limits")
            ]
            ruled += [
                Ruled(
                    one["code"],
                    str(one.get("program", "")),
                    str(one.get("name", "")),
                    ground.of_campaign(one),
                    one.get("budget"),
                    budgets.get(one["code"]),
                )
                for one in documents
            ]
            stores = {}
            if any(one.document.subject is Subject.STORE for each in ruled for one in each.limits):
                found = await database.execute(STATEMENTS["stores_of_partner"])
                stores = {row.store_id: row for row in found}
            fitting = as_many_as_fit(ruled, len(stores))
            shared = [one for each in fitting for one in each.limits if is_shared(one)]
            here = min(behind_of(request, "stores"), max(len(stores) - 1, 0))
            at_once = stores_at_once(shared)
            counted_in = dict(list(stores.items())[here : here + at_once])
            partner_id = current_scope().partner_id
            assert partner_id is not None, "whose amounts were read"
            owners = {
                partner_id: "",
                **{row.store_id: row.time_zone for row in counted_in.values()},
            }
            uses = await read_uses(database, shared, owners)
        shown = sum(1 for each in fitting if each.campaign_code)
        context = {
            "ruled": fitting,
            "uses": uses,
            "stores": stores,
            "is_of_some": len(counted_in) < len(stores),
            "here": here,
            "further": here + at_once if here + at_once < len(stores) else None,
            "is_shared": is_shared,
            "is_counted": is_counted,
            "amount_of": lambda limit, amount: amount_of(limit, amount, worth, ground),
            "worth": worth,
            "search": search,
            "behind": behind,
            "older": behind + shown if last is not None or shown < len(rows) else None,
        }
        return await self._templates.TemplateResponse(request, "limit_list.html", context)


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


def is_shared(limit: RuledLimit) -> bool:
    """Whether sales to many draw on it, of more than one receipt."""
    return limit.document.subject in SHARED and is_counted(limit.document)
