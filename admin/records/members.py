"""Members and their cards: read here, changed through the service only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote

from sqladmin.pagination import Pagination
from sqlalchemy import (
    exists,
    false,
    func,
    select,
    tuple_,
)

from admin.members.attribute_values import typed
from admin.members.conditions import CONDITIONS, KNOWN, condition_form, read_conditions
from admin.members.currencies import read_worth
from admin.members.finding import among, find_meant
from admin.members.identifiers import CARD, KINDS
from admin.members.in_short import called
from admin.members.page import read_head, read_page, read_receipts
from admin.members.place import member_key
from admin.members.profile_changes import read_profile_changes
from admin.members.walk import Walk, few_of, place_of
from admin.pages.history_words import HistoryWords
from admin.records.cells import called_so
from admin.records.filters import ValueFilter
from admin.records.member_facts import CONTACTS, FACTS, HOLDINGS, read_facts
from admin.records.reasons import reasons_of
from admin.records.record_view import COUNT_MAX, SEARCH_CHARACTERS_MAX, RecordView
from admin.records.tables import CardType, Identifier, Member, MemberProfile, Participation
from admin.scope import current_scope
from admin.texts import say

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from markupsafe import Markup
    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request

    from admin.members.conditions import ConditionForm, Conditions
    from admin.sealing.masters import MasterKeys
    from admin.service.operators import Operators

_CONTACTS: Final = (
    *("first_name", "last_name", "patronymic", "phone", "email", "gender", "birth_date"),
    *("external_id",),
)
_USUAL_COLUMNS: Final = (
    *("member_id", "phone", "tiers", "balances", "created_at", "purchases", "last_purchase_on"),
    "blocked_at",
)
#: Of the head of a member's page: all that some who add purchases need.
_HEAD_COLUMNS: Final = ("created_at", "purchases", "last_purchase_on", "blocked_at", "merged_into")
_KEY: Final = tuple_(Member.bucket, Member.member_id)
CARD_STATES: Final = ("new", "active", "blocked", "replaced")


class CardTypeFilter(ValueFilter):
    """One type, of those that the partner has: cards are too many to look through."""

    async def lookups(
        self, request: Request, model: Any, run_query: Callable[[Select[Any]], Awaitable[Any]]
    ) -> list[tuple[str, str]]:
        """Types with their names."""
        del request, model
        types = await run_query(select(CardType).order_by(CardType.code))
        return [(one.code, one.name) for one in types]


class CardStateFilter(ValueFilter):
    """What `Identifier.card_state` says, asked of the database."""

    def __init__(self) -> None:
        """Filter by the four states."""
        super().__init__(Identifier.blocked_at, CARD_STATES)
        self.parameter_name = "card_state"

    async def get_filtered_query(self, query: Select[Any], value: Any, model: Any) -> Select[Any]:
        """Rows in the state; any other word is none."""
        del model
        has_member = Identifier.member_id.is_not(None)
        match value:
            case "new":
                return query.where(Identifier.member_id.is_(None))
            case "replaced":
                # All of these are blocked, of which there is an index.
                return query.where(
                    Identifier.blocked_at.is_not(None), Identifier.replaced_by.is_not(None)
                )
            case "blocked":
                return query.where(
                    has_member, Identifier.blocked_at.is_not(None), Identifier.replaced_by.is_(None)
                )
            case "active":
                return query.where(has_member, Identifier.blocked_at.is_(None))
            case _:
                return query


class MemberView(RecordView, model=Member):
    group = "customers"
    icon = "ti ti-users"
    can_create = False
    can_edit = False
    is_operated = True
    details_template = "member.html"
    list_template = "member_list.html"
    column_list = ("member_id", "created_at", "purchases", "last_purchase_on", "blocked_at")
    column_details_list = (
        "created_at",
        "purchases",
        "last_purchase_on",
        "blocked_at",
        "household_id",
        "merged_into",
    )
    tells_search = False
    #: Found by what stands in the help of the search; the list itself is of the newest first.
    column_searchable_list = ("member_id",)
    #: Sales write the other columns: an index of them would make each sale dearer.
    column_sortable_list = ("created_at",)
    more_numbers = frozenset({"balances", "spend_year"})
    sort_ties = ("member_id",)
    column_default_sort: ClassVar[Any] = [("created_at", True), ("member_id", True)]

    def list_query(self, request: Request) -> Select[Any]:
        """Members, without the households that stand in the same table."""
        del request
        return select(Member).where(Member.household_size.is_(None))

    async def list(self, request: Request) -> Pagination:
        """One page: of all members, of those that a search finds, or of a walk along the list."""
        request.state.walk = request.state.walked_to = None
        page = await (self._walked(request) if self._is_walked(request) else super().list(request))
        columns = await self.shown_columns(request)
        # The name, which stands with the id, if it may be known.
        named = [name for name in self.offered_columns(request) if name == "name"]
        async with self.sessions() as database:
            await self.read_along(database, page.rows, [*columns, *named])
        return page

    def asked_names(self) -> Sequence[str]:
        """The conditions too."""
        return (*super().asked_names(), *CONDITIONS)

    def _is_walked(self, request: Request) -> bool:
        """Whether there are conditions in the address, and no search."""
        asked = request.query_params
        return (
            not self.asked_faults(request)
            and not asked.get("search", "").strip()
            and _has_conditions(request)
            and any(asked.get(name) for name in (*CONDITIONS, "after"))
        )

    async def _walked(self, request: Request) -> Pagination:
        """A page of the members that the walk found, and where it stopped."""
        size = self.validate_page_number(request.query_params.get("pageSize"), self.page_size)
        size = max(1, min(size, max(self.page_size_options)))
        _, conditions = await self._conditions(request)
        if conditions is None:
            return Pagination(rows=[], page=1, page_size=size, count=0)
        walk = Walk(
            conditions,
            ascending="sortBy" in request.query_params
            and request.query_params.get("sort") != "desc",
            after=place_of(request.query_params.get("after", "")),
        )
        request.state.walk = walk
        async with self.sessions() as database:
            page = self.validate_page_number(request.query_params.get("page"), 1)
            # One more than are shown: whether there is a next page.
            walked = await walk.walked(database, max(page, 1) * size + 1)
            count = len(walked.keys)
            page = min(max(page, 1), Pagination.max_page(count, size))
            keys = walked.keys[(page - 1) * size : page * size]
            found = await database.scalars(select(Member).where(_KEY.in_(among(keys))))
            rows = {(row.bucket, row.member_id): row for row in found}
        request.state.walked_to = walked.stopped_at
        return Pagination(
            rows=[rows[key] for key in keys if key in rows], page=page, page_size=size, count=count
        )

    async def read_along(
        self, database: AsyncSession, rows: Sequence[Member], columns: Sequence[str]
    ) -> None:
        """What lies in other tables of what the columns show."""
        found = await read_facts(database, rows, columns)
        for row in rows:
            row.facts = found.get(row.member_id)

    def offered_columns(self, request: Request) -> Sequence[str]:
        """With contacts and holdings, for whom they may be known."""
        first, *others = super().offered_columns(request)
        may = request.state.principal.may
        contacts = CONTACTS if may("member.contacts") else ()
        if not may("member.whole"):
            return (first, *(name for name in others if name in _HEAD_COLUMNS))
        return (first, *contacts, *HOLDINGS, *others)

    def usual_columns(self, request: Request) -> Sequence[str]:
        """Of those the ones that are looked for daily: the name stands with the id."""
        offered = self.offered_columns(request)
        return [name for name in _USUAL_COLUMNS if name in offered]

    async def exported_columns(self, request: Request) -> Sequence[str]:
        """With the name, which the list shows with the id."""
        first, *others = await self.shown_columns(request)
        has_name = "name" in others or "name" not in self.offered_columns(request)
        return [first, *(() if has_name else ("name",)), *others]

    def shown(self, row: Member, name: str) -> Any:
        """What was read along, too."""
        if name not in FACTS:
            return super().shown(row, name)
        return None if row.facts is None else row.facts.shown(name)

    def exported(self, row: Member, name: str) -> Any:
        """What was read along, too."""
        if name not in FACTS:
            return super().exported(row, name)
        return None if row.facts is None else row.facts.exported(name)

    async def list_context(self, request: Request) -> dict[str, Any]:
        """The form of conditions too, with what is wrong with them."""
        context = await super().list_context(request)
        if not _has_conditions(request):
            return context | {"conditions": None, "asked": {}}
        form, _ = await self._conditions(request)
        return context | {"conditions": form, "asked": form.asked()}

    async def _conditions(self, request: Request) -> tuple[ConditionForm, Conditions | None]:
        """The form of the address, and what it asks; read once for a request."""
        if not hasattr(request.state, "conditions"):
            async with self.sessions() as database:
                worth = await read_worth(database)
            form = condition_form(request.query_params, worth)
            found = read_conditions(form, worth)
            for name, fault in self.asked_faults(request).items():
                if name in form:
                    form[name].errors, found = [*form[name].errors, fault], None
            request.state.conditions = (form, found)
        held: tuple[ConditionForm, Conditions | None] = request.state.conditions
        return held

    async def why_not_understood(self, request: Request) -> str:
        """What is wrong with what an address asks, field by field; empty: it can be understood."""
        faults = self.asked_faults(request)
        said = [faults["search"]] if "search" in faults else []
        if not request.query_params.get("search", "").strip():
            form, _ = await self._conditions(request)
            said += [
                f"{say(f'field.if.{field.name}')}: {fault}"
                for field in form
                for fault in field.errors
            ]
        return " ".join(said)

    async def _with_conditions(self, statement: Select[Any], request: Request) -> Select[Any]:
        """All for whom the conditions of the address hold; none if they cannot be understood."""
        if not _has_conditions(request) or not set(CONDITIONS) & set(request.query_params):
            return statement
        _, found = await self._conditions(request)
        if found is None:
            return statement.where(false())
        async with self.sessions() as database:
            few = await few_of(database, found)
        if few is not None:
            statement = statement.where(_KEY.in_(few))
        known = KNOWN.c
        return statement.where(
            exists().where(
                known.bucket == Member.bucket,
                known.member_id == Member.member_id,
                *found.of_rows(known),
                *found.of_member(known),
            )
        )

    def link(self, row: Member, name: str) -> str:
        """The member that it is another name of, and its household, are one click away."""
        if name == "merged_into" and row.merged_into is not None:
            return f"/member/details/{member_key(row.merged_into)}"
        if name == "household_id" and row.household_id is not None:
            return f"/household/details/{member_key(row.household_id)}"
        return super().link(row, name)

    def history_key(self, row: Member) -> str:
        """Its id: what is done for a member is told by it."""
        return str(row.member_id)

    def cell(self, row: Member, name: str, held: Any, request: Request) -> Markup:
        """With what it is called, for whom that may be known."""
        called = row.facts.name if name == "member_id" and row.facts is not None else ""
        return called_so(called, held) if called else super().cell(row, name, held, request)

    def title(self, row: Member) -> str:
        """Its id: names are not everybody's."""
        return str(row.member_id)

    async def found_query(self, request: Request) -> Select[Any]:
        """Whom the search means; without one, all for whom the conditions hold."""
        request.state.search_fault = ""
        term = request.query_params.get("search", "").strip()[:SEARCH_CHARACTERS_MAX]
        if not term:
            return await self._with_conditions(await super().found_query(request), request)
        meant = await find_meant(self.operators, request, term)
        request.state.search_fault = meant.fault
        return self.sort_query(self.list_query(request).where(_KEY.in_(meant.keys)), request)

    #: Set by the composition root: receipts are told by the service.
    operators: ClassVar[Operators]
    #: Set by it, too: what opens values of profiles in the history.
    masters: ClassVar[MasterKeys | None]

    async def more(self, row: Member, request: Request) -> dict[str, Any]:
        """Profile and programs; what it holds, page by page; receipts."""
        if not request.state.principal.may("member.whole"):
            return await self._head(row, request)
        key = (row.bucket, row.member_id)
        async with self.sessions() as database:
            profile = await database.get(MemberProfile, key)
            may_see = request.state.principal.may("member.contacts")
            programs = await database.scalars(
                select(Participation)
                .where(Participation.bucket == row.bucket, Participation.member_id == row.member_id)
                .order_by(Participation.program_code)
            )
            found = {
                "profile": profile if may_see else None,
                "called": called(profile) if may_see and profile is not None else "",
                "traits": profile.traits if profile is not None else {},
                "typed": typed,
                "contacts": _CONTACTS,
                "may_see_contacts": may_see,
                "history_words": HistoryWords(),
                "programs": programs.all(),
            }
            found |= await read_page(database, f"{row.bucket};{row.member_id}", request)
            found["profile_changes"], found["has_more_changes"] = await read_profile_changes(
                database, row.member_id, self.masters, request.state.principal
            )
            found["why_blocked"] = await reasons_of(database, "member", [row.member_id])
            found["why_cards"] = await reasons_of(
                database, "identifier", [card.card_id for card in found["cards"]]
            )
        found["receipts"] = await read_receipts(self.operators, row.member_id, request)
        return found

    async def _head(self, row: Member, request: Request) -> dict[str, Any]:
        """Whether it is one, what may be done, and the receipts of whoever may see receipts."""
        async with self.sessions() as database:
            head = await read_head(database, f"{row.bucket};{row.member_id}", request)
            head["why_blocked"] = await reasons_of(database, "member", [row.member_id])
        receipts = await read_receipts(self.operators, row.member_id, request)
        return head | {"columns": _HEAD_COLUMNS, "receipts": receipts}


class IdentifierView(RecordView, model=Identifier):
    group = "cards"
    icon = "ti ti-id"
    can_create = False
    can_edit = False
    can_view_details = False
    tells_search = False
    list_template = "cards_list.html"
    column_list = ("masked", "kind", "type_code", "card_state", "created_at", "member_id")
    column_details_list = column_list
    column_searchable_list = ("masked",)
    column_sortable_list = ("created_at",)
    sort_ties = ("digest",)
    #: As the key of the table has them: any other order would sort the cards of a whole bucket.
    column_default_sort: ClassVar[Any] = [
        ("bucket", False),
        ("kind", False),
        ("digest", False),
    ]
    column_filters: ClassVar[Any] = [
        ValueFilter(Identifier.kind, KINDS),
        CardTypeFilter(Identifier.type_code),
        CardStateFilter(),
    ]

    def list_query(self, request: Request) -> Select[Any]:
        """Cards; phones and ids, whose ends are shown, for those who may see contacts."""
        found: Select[Any] = super().list_query(request)
        may_see = request.state.principal.may("member.contacts")
        return found if may_see else found.where(Identifier.kind == CARD)

    def search_query(self, stmt: Select[Any], term: str) -> Select[Any]:
        """By how the digits end that are shown: one that is typed whole is found by its last."""
        shown = func.admin_find_identifiers(term, COUNT_MAX + 1)
        found = shown.table_valued("found_bucket", "found_kind", "found_digest").c
        return stmt.where(
            tuple_(Identifier.bucket, Identifier.kind, Identifier.digest).in_(
                select(found.found_bucket, found.found_kind, found.found_digest)
            )
        )

    def link(self, row: Identifier, name: str) -> str:
        """Its member, if it has one yet; and its type."""
        if name == "type_code" and row.type_code:
            return f"/card-type/details/{row.partner_id};{quote(row.type_code)}"
        if name in {"masked", "member_id"} and row.member_id is not None:
            return f"/member/details/{row.member_bucket};{quote(str(row.member_id))}"
        return ""

    def related(self, row: Identifier) -> Sequence[tuple[str, str]]:
        """Nothing of its own."""
        del row
        return ()


def _has_conditions(request: Request) -> bool:
    """Whether the list has any: they tell of members what not everybody may know."""
    may_know: bool = request.state.principal.may("member.whole")
    return may_know and current_scope().partner_id is not None
