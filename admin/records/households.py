"""Households: who pools points with whom. They are made, joined and left through the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from sqlalchemy import or_, select, tuple_

from admin.members.currencies import read_worth
from admin.members.finding import find_meant
from admin.members.in_short import read_in_short
from admin.members.kin import POOLING_MAX, household_ids
from admin.members.page import said
from admin.pages.places_in_lists import uuid_in
from admin.records.cells import called_so
from admin.records.record_view import SEARCH_CHARACTERS_MAX, RecordView
from admin.records.tables import Household, Member
from admin.sql import STATEMENTS
from admin.texts import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from markupsafe import Markup
    from sqladmin.pagination import Pagination
    from sqlalchemy import Select
    from starlette.requests import Request

    from admin.service.operators import Operators

#: Rows of its history.
HISTORY_MAX: Final = 100
#: Of a heading.
NAMES_MAX: Final = 3


class HouseholdView(RecordView, model=Household):
    group = "customers"
    icon = "ti ti-home-heart"
    can_create = False
    can_edit = False
    is_operated = True
    history_record = "household"
    tells_search = False
    details_template = "household.html"
    column_list = ("member_id", "household_size", "created_at")
    column_details_list = ("created_at", "household_size")
    column_searchable_list = ("member_id",)
    column_sortable_list = ("created_at",)
    column_default_sort: ClassVar[Any] = [("created_at", True), ("member_id", False)]

    #: Set by the composition root: the service says whose a card or a phone is.
    operators: ClassVar[Operators]

    def list_query(self, request: Request) -> Select[Any]:
        """Rows that have a size: the others are members."""
        del request
        return select(Household).where(Household.household_size.is_not(None))

    def _stmt_by_identifier(self, identifier: str) -> Select[Any]:
        """Nor does the key of a member lead to a page that would call it a household."""
        statement: Select[Any] = super()._stmt_by_identifier(identifier)
        return statement.where(Household.household_size.is_not(None))

    def cell(self, row: Household, name: str, held: Any, request: Request) -> Markup:
        """With what it is called, for whom that may be known."""
        called = request.state.names.get(row.member_id) if name == "member_id" else ""
        return called_so(called, held) if called else super().cell(row, name, held, request)

    def title(self, row: Household) -> str:
        """Its id: it has no name."""
        return str(row.member_id)

    def history_key(self, row: Household) -> str:
        """Its id."""
        return str(row.member_id)

    async def found_query(self, request: Request) -> Select[Any]:
        """By its id, or by whom the search of members finds: then where they pool."""
        term = request.query_params.get("search", "").strip()[:SEARCH_CHARACTERS_MAX]
        if not term:
            return await super().found_query(request)
        meant = await find_meant(self.operators, request, term)
        request.state.search_fault = meant.fault
        is_meant = tuple_(Member.bucket, Member.member_id).in_(meant.keys)
        pooling = select(Member.household_id).where(is_meant)
        statement = self.list_query(request).where(
            or_(Household.member_id == uuid_in(term), Household.member_id.in_(pooling))
        )
        return self.sort_query(statement, request)

    async def list(self, request: Request) -> Pagination:
        """One page, with whom its households are of, for whom names are open."""
        page = await super().list(request)
        request.state.names = {}
        if page.rows and request.state.principal.may("member.contacts"):
            values = {"households": [row.member_id for row in page.rows]}
            async with self.sessions() as database:
                rows = (await database.execute(STATEMENTS["households_members"], values)).all()
                ids = [row.member_id for row in rows]
                shown = await read_in_short(database, ids, with_contacts=True)
            names: dict[UUID, list[str]] = {}
            for one in shown:
                if one.household_id is not None and one.name:
                    names.setdefault(one.household_id, []).append(one.name)
            request.state.names = {
                household: called_after(called) for household, called in names.items()
            }
        return page

    async def more(self, row: Household, request: Request) -> dict[str, Any]:
        """Who is in it, what they have together, and how it came about."""
        principal = request.state.principal
        own = {"bucket": row.bucket, "member_id": row.member_id}
        asked = {"household_id": row.member_id, "rows_max": HISTORY_MAX}
        async with self.sessions() as database:
            ids = await household_ids(database, row.member_id)
            history = (await database.execute(STATEMENTS["household_history"], asked)).all()
            accounts = (await database.execute(STATEMENTS["member_accounts"], own)).all()
            named = [*ids, *(one.member_id for one in history if one.member_id is not None)]
            shown = await read_in_short(
                database, named, with_contacts=principal.may("member.contacts")
            )
            worth = await read_worth(database)
        members = {one.member_id: one for one in shown}
        pooling = [members[one] for one in ids if one in members]
        return {
            "called": called_after([one.name for one in pooling if one.name]),
            "pooling": pooling,
            "pooling_max": POOLING_MAX,
            "members": members,
            "accounts": accounts,
            "worth": worth,
            "household_history": history,
            "may": principal.may,
            "said": said(request),
        }


def called_after(names: Sequence[str]) -> str:
    """A household by its first members, and how many more there are."""
    more = len(names) - NAMES_MAX
    shown = ", ".join(names[:NAMES_MAX])
    return say("household.and_more", names=shown, count=more) if more > 0 else shown
