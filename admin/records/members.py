"""Members and their cards: read here, changed through the service only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote

from sqladmin.pagination import Pagination
from sqlalchemy import (
    ARRAY,
    SmallInteger,
    Uuid,
    and_,
    cast,
    exists,
    false,
    func,
    select,
    tuple_,
)

from admin.members.attribute_values import typed
from admin.members.conditions import CONDITIONS, KNOWN, condition_form, read_conditions
from admin.members.currencies import read_worth
from admin.members.in_short import called
from admin.members.page import read_page, read_receipts
from admin.members.place import member_key
from admin.members.walk import Walk, few_of, place_of
from admin.pages.places_in_lists import uuid_in
from admin.records.cells import called_so
from admin.records.filters import ValueFilter
from admin.records.record_view import SEARCH_CHARACTERS_MAX, RecordView
from admin.records.tables import CardType, Identifier, Member, MemberProfile, Participation
from admin.scope import current_scope
from checkout.primitives import bucket_of_uuid

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from uuid import UUID

    from markupsafe import Markup
    from sqlalchemy import ColumnElement, Select
    from starlette.requests import Request

    from admin.members.conditions import ConditionForm, Conditions
    from admin.service.operators import Operators

#: Members that a search finds at most: who is looked for is among the first few, or not named yet.
FOUND_MAX: Final = 200
_CONTACTS: Final = (
    *("first_name", "last_name", "patronymic", "phone", "email", "gender", "birth_date"),
    *("external_id",),
)
#: Of a number that stands in lists; fewer are looked for in all rows.
SHOWN_DIGITS: Final = 4
IDENTIFIER_KINDS: Final = ("card", "phone", "external_id")
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
                return query.where(Identifier.replaced_by.is_not(None))
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
    column_sortable_list = ("created_at",)
    column_default_sort: ClassVar[Any] = [("created_at", True), ("member_id", True)]

    def list_query(self, request: Request) -> Select[Any]:
        """Members, without the households that stand in the same table."""
        del request
        return select(Member).where(Member.household_size.is_(None))

    async def list(self, request: Request) -> Pagination:
        """One page: of all members, of those that a search finds, or of a walk along the list."""
        request.state.walk = request.state.walked_to = None
        page = await (self._walked(request) if self._is_walked(request) else super().list(request))
        request.state.names = await self._names(page.rows, request)
        return page

    def asked_names(self) -> Sequence[str]:
        """The conditions too."""
        return (*super().asked_names(), *CONDITIONS)

    def _is_walked(self, request: Request) -> bool:
        """Whether there are conditions in the address, and no search."""
        asked = request.query_params
        return (
            not asked.get("search", "").strip()
            and current_scope().partner_id is not None
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
            found = await database.scalars(select(Member).where(_KEY.in_(_among(keys))))
            rows = {(row.bucket, row.member_id): row for row in found}
        request.state.walked_to = walked.stopped_at
        return Pagination(
            rows=[rows[key] for key in keys if key in rows], page=page, page_size=size, count=count
        )

    async def _names(self, rows: Sequence[Member], request: Request) -> dict[UUID, str]:
        """What the members of a page are called, for whom that may be known."""
        if not rows or not request.state.principal.may("member.contacts"):
            return {}
        statement = select(
            MemberProfile.member_id,
            MemberProfile.first_name,
            MemberProfile.patronymic,
            MemberProfile.last_name,
        ).where(
            tuple_(MemberProfile.bucket, MemberProfile.member_id).in_(
                _among([(row.bucket, row.member_id) for row in rows])
            )
        )
        async with self.sessions() as database:
            return {one.member_id: called(one) for one in await database.execute(statement)}

    async def list_context(self, request: Request) -> dict[str, Any]:
        """The form of conditions too, with what is wrong with them."""
        context = await super().list_context(request)
        if current_scope().partner_id is None:
            return context | {"conditions": None, "asked": {}}
        form, _ = await self._conditions(request)
        return context | {"conditions": form, "asked": form.asked()}

    async def _conditions(self, request: Request) -> tuple[ConditionForm, Conditions | None]:
        """The form of the address, and what it asks; read once for a request."""
        if not hasattr(request.state, "conditions"):
            async with self.sessions() as database:
                worth = await read_worth(database)
            form = condition_form(request.query_params, worth)
            request.state.conditions = (form, read_conditions(form, worth))
        held: tuple[ConditionForm, Conditions | None] = request.state.conditions
        return held

    async def _with_conditions(self, statement: Select[Any], request: Request) -> Select[Any]:
        """All for whom the conditions of the address hold; none if they cannot be understood."""
        if current_scope().partner_id is None or not set(CONDITIONS) & set(request.query_params):
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

    def cell(self, row: Member, name: str, request: Request) -> Markup:
        """With what it is called, for whom that may be known."""
        called = request.state.names.get(row.member_id) if name == "member_id" else ""
        return called_so(called, row.member_id) if called else super().cell(row, name, request)

    def title(self, row: Member) -> str:
        """Its id: names are not everybody's."""
        return str(row.member_id)

    async def found_query(self, request: Request) -> Select[Any]:
        """By phone, e-mail, external id or name for those who may see them; else by the id alone.

        The id is compared as such: looked for as a text, it might be somebody's e-mail.
        """
        term = request.query_params.get("search", "").strip()[:SEARCH_CHARACTERS_MAX]
        if not term:
            return await self._with_conditions(await super().found_query(request), request)
        if not request.state.principal.may("member.contacts"):
            return self.list_query(request).where(is_member(uuid_in(term)))
        found = func.admin_find_members(term, FOUND_MAX).table_valued("member_bucket", "found_id")
        statement = self.list_query(request).where(
            _KEY.in_(select(found.c.member_bucket, found.c.found_id))
        )
        return self.sort_query(statement, request)

    #: Set by the composition root: receipts are told by the service.
    operators: ClassVar[Operators]

    async def more(self, row: Member, request: Request) -> dict[str, Any]:
        """Profile and programs; what it holds, page by page; receipts."""
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
                "programs": programs.all(),
            }
            found |= await read_page(database, f"{row.bucket};{row.member_id}", request)
        found["receipts"] = await read_receipts(self.operators, row.member_id, request)
        return found


class IdentifierView(RecordView, model=Identifier):
    group = "customers"
    icon = "ti ti-id"
    can_create = False
    can_edit = False
    can_view_details = False
    tells_search = False
    list_template = "cards_list.html"
    column_list = ("masked", "kind", "type_code", "card_state", "created_at", "member_id")
    column_details_list = column_list
    column_searchable_list = ("masked",)
    column_sortable_list = ()
    #: As the key of the table has them: any other order would sort the cards of a whole bucket.
    column_default_sort: ClassVar[Any] = [
        ("bucket", False),
        ("kind", False),
        ("digest", False),
    ]
    column_filters: ClassVar[Any] = [
        ValueFilter(Identifier.kind, IDENTIFIER_KINDS),
        CardTypeFilter(Identifier.type_code),
        CardStateFilter(),
    ]

    def list_query(self, request: Request) -> Select[Any]:
        """Cards; phones and ids, whose ends are shown, for those who may see contacts."""
        found: Select[Any] = super().list_query(request)
        may_see = request.state.principal.may("member.contacts")
        return found if may_see else found.where(Identifier.kind == "card")

    def search_query(self, stmt: Select[Any], term: str) -> Select[Any]:
        """By the digits that are shown: of a million cards, those that end so are few."""
        if len(term) < SHOWN_DIGITS:
            return super().search_query(stmt, term)
        shown = func.admin_find_identifiers(term, FOUND_MAX)
        found = shown.table_valued("found_bucket", "found_digest")
        return stmt.where(
            tuple_(Identifier.bucket, Identifier.digest).in_(
                select(found.c.found_bucket, found.c.found_digest)
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


def _among(keys: Sequence[tuple[int, UUID]]) -> Select[Any]:
    """Keys as two arrays: a statement with a parameter for each would be made anew each time."""
    buckets = [bucket for bucket, _ in keys]
    ids = [member_id for _, member_id in keys]
    return select(
        func.unnest(cast(buckets, ARRAY(SmallInteger))), func.unnest(cast(ids, ARRAY(Uuid)))
    )


def is_member(named: UUID | None) -> ColumnElement[bool]:
    """The one with an id; None: nobody."""
    if named is None:
        return false()
    return and_(Member.bucket == bucket_of_uuid(named), Member.member_id == named)
