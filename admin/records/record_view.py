"""What all records have in common: lists with search, filters, order and export; forms; a version.

SQLAdmin brings the routes and the shape of a view; what it does with the database is replaced:
- a list counts at most `COUNT_MAX` rows, and searches without wildcards of the reader's;
- a change locks the row, is refused if somebody else changed it since the form was opened, and is
  told to the database with its reason, so that the history is written in the same transaction;
- whatever fails is said in our words, never in the driver's.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, ClassVar, Final
from typing import cast as cast_type
from urllib.parse import quote

from sqladmin import ModelView
from sqladmin.helpers import get_object_identifier
from sqladmin.pagination import Pagination
from sqlalchemy import Integer, String, cast, func, inspect, or_, select
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from admin.records.asked import asked_faults
from admin.records.cells import shown_value
from admin.records.columns import chosen_columns, column_label
from admin.records.refused_change import RefusedChangeError, refused
from admin.scope import current_scope, reason
from admin.texts import say, say_first

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from markupsafe import Markup
    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request

    from admin.database import Sessions

#: Lists tell how many rows there are up to here; beyond, one searches.
COUNT_MAX: Final = 10_000
SEARCH_CHARACTERS_MAX: Final = 100
#: Longer than whatever a filter compares with.
FILTER_CHARACTERS_MAX: Final = 500
LOOKUP_ROWS_MAX: Final = 20
#: What the history has in place of values that it does not keep.
HIDDEN: Final = "…"


class RecordView(ModelView):
    """A record's pages. Subclasses say which columns there are and what a form holds."""

    #: Columns of the list and of the export, of the details, and of the form.
    column_list: ClassVar[Sequence[Any]] = ()
    column_details_list: ClassVar[Sequence[Any]] = ()
    form_columns: ClassVar[Sequence[Any]] = ()

    #: Order rows that a chosen order leaves equal, as the index has them that carries it: of cards
    #: that were made together each is on one page.
    sort_ties: ClassVar[Sequence[str]] = ()

    #: Forms may leave these alone once the record is there.
    fixed_columns: ClassVar[Sequence[str]] = ()
    #: Group of the menu, and the icon.
    group: ClassVar[str] = ""
    icon: ClassVar[str] = ""
    #: Whether the history of exports tells what was searched for: not if that may be a contact, as
    #: the history is never erased, and people who may not see contacts read it.
    tells_search: ClassVar[bool] = True
    #: Changed through the service, which tells the history, and not by a form of the record.
    is_operated: ClassVar[bool] = False
    #: What the history calls such records; empty: as their table.
    history_record: ClassVar[str] = ""
    #: What others are offered when they refer to the record: its code and its name.
    lookup_columns: ClassVar[tuple[str, str] | None] = None

    can_delete = False
    can_import = False
    page_size = 25
    page_size_options: ClassVar[list[int]] = [25, 50, 100, 200]
    export_types: ClassVar[list[str]] = ["csv"]
    list_template = "record_list.html"
    details_template = "record_details.html"
    create_template = "record_form.html"
    edit_template = "record_form.html"

    @property
    def sessions(self) -> Sessions:
        """Where to work with the database."""
        return cast_type("Sessions", self.session_maker)

    # ---- words

    def label(self, name: str) -> str:
        """What a column is called."""
        return column_label(self.identity, name)

    def help(self, name: str) -> str:
        """What a field is for; empty if its name says it."""
        return say_first(f"help.{self.identity}.{name}", f"help.{name}", "nothing")

    def title(self, row: Any) -> str:
        """What a row is called on its page."""
        name = getattr(row, "name", "") or ""
        code = getattr(row, "code", "") or ""
        return f"{name} ({code})" if name and code else str(name or code)

    def history_key(self, row: Any) -> str:
        """What the history calls a row."""
        return str(row.code)

    def link(self, row: Any, name: str) -> str:
        """Where a value of a row leads; empty: nowhere."""
        if name == self._list_prop_names[0]:
            return self.address(row)
        return ""

    def address(self, row: Any) -> str:
        """The details page of a row."""
        return f"/{self.identity}/details/{quote(str(get_object_identifier(row)), safe=';')}"

    def shown(self, row: Any, name: str) -> Any:
        """A value as pages show it."""
        return getattr(row, name)

    def cell(self, row: Any, name: str, held: Any, request: Request) -> Markup:
        """The same in a row of the list."""
        del row, request
        return shown_value(name, held)

    #: Beside columns of the table that count: amounts that are read along.
    more_numbers: ClassVar[frozenset[str]] = frozenset()

    def is_number(self, name: str) -> bool:
        """Whether a column holds amounts or counts, which lists have under each other."""
        column: Any = inspect(self.model).columns.get(name)
        counts = column is not None and isinstance(column.type, Integer)
        return counts or name in self.more_numbers

    def exported(self, row: Any, name: str) -> Any:
        """The same as a file has it, for other programs to read."""
        return self.shown(row, name)

    # ---- lists

    async def found_query(self, request: Request) -> Select[Any]:
        """Rows that match the search and the filters of the address, in its order."""
        statement = self.list_query(request)
        for one in self.get_filters():
            value = request.query_params.get(one.parameter_name)
            if value:
                statement = await one.get_filtered_query(statement, value, self.model)  # type: ignore[call-arg]
        statement = self.sort_query(statement, request)
        term = request.query_params.get("search", "").strip()[:SEARCH_CHARACTERS_MAX]
        return self.search_query(statement, term) if term else statement

    def sort_query(self, stmt: Select[Any], request: Request) -> Select[Any]:
        """In the order of the address, or the usual one."""
        ordered: Select[Any] = super().sort_query(stmt, request)
        if not request.query_params.get("sortBy"):
            return ordered
        is_down = request.query_params.get("sort") == "desc"
        ties = [getattr(self.model, name) for name in self.sort_ties]
        return ordered.order_by(*[tie.desc() if is_down else tie.asc() for tie in ties])

    def sortable(self, request: Request) -> Sequence[str]:
        """Columns by which the list can be ordered, as it is asked for."""
        del request
        return self._sort_fields

    def asked_names(self) -> Sequence[str]:
        """Parameters of an address that say which rows a list has, and in which order."""
        return ("search", "sortBy", "sort", *(one.parameter_name for one in self.get_filters()))

    def asked_faults(self, request: Request) -> dict[str, str]:
        """What of that cannot be meant, and why: then there are no rows."""
        longest = dict.fromkeys(self.asked_names(), FILTER_CHARACTERS_MAX)
        longest["search"] = SEARCH_CHARACTERS_MAX
        # An order that there is not is the usual one.
        return asked_faults(request.query_params, longest, but=("sortBy", "sort"))

    def told_of(self, request: Request) -> dict[str, str]:
        """What an address asks of the list, as the history tells it of an export."""
        asked = request.query_params
        told = {
            name: asked[name].strip()[:SEARCH_CHARACTERS_MAX]
            for name in self.asked_names()
            if name in asked
        }
        if not self.tells_search and "search" in told:
            told["search"] = HIDDEN
        return told

    def search_query(self, stmt: Select[Any], term: str) -> Select[Any]:
        """Rows that hold the term in one of the columns; % and _ are what they are."""
        columns = [cast(getattr(self.model, name), String) for name in self._search_fields]
        return stmt.where(or_(*[column.icontains(term, autoescape=True) for column in columns]))

    async def list(self, request: Request) -> Pagination:
        """One page of the list."""
        size = self.validate_page_number(request.query_params.get("pageSize"), self.page_size)
        size = max(1, min(size, max(self.page_size_options)))
        if self.asked_faults(request):
            return Pagination(rows=[], page=1, page_size=size, count=0)
        statement = await self.found_query(request)
        page = max(self.validate_page_number(request.query_params.get("page"), 1), 1)
        rows = await self._run_query(statement.limit(size)) if page == 1 else []
        # Who finds little has looked through all rows: that need not be done again to count.
        if page == 1 and len(rows) < size:
            return Pagination(rows=rows, page=1, page_size=size, count=len(rows))
        count = await self.count_found(statement)
        if page > 1:
            page = min(page, Pagination.max_page(count, size))
            rows = await self._run_query(statement.limit(size).offset((page - 1) * size))
            if len(rows) < size:
                count = min(count, (page - 1) * size + len(rows))
        return Pagination(rows=rows, page=page, page_size=size, count=count)

    async def count_found(self, statement: Select[Any]) -> int:
        """How many rows a list has, `COUNT_MAX` + 1 for more."""
        some = statement.order_by(None).limit(COUNT_MAX + 1).subquery()
        return int((await self._run_query(select(func.count()).select_from(some)))[0])

    async def list_context(self, request: Request) -> dict[str, Any]:
        """Filters with their values, and the columns that the person may see."""
        filters = [
            {
                "name": one.parameter_name,
                "title": one.title,
                "chosen": request.query_params.get(one.parameter_name, ""),
                "values": await one.lookups(request, self.model, self._run_query),
                "offered_at": getattr(one, "offered_at", ""),
            }
            for one in self.get_filters()
        ]
        return {
            "filters": filters,
            "columns": await self.shown_columns(request),
            "offered_columns": self.offered_columns(request),
            "count_max": COUNT_MAX,
            "faults": self.asked_faults(request),
        }

    def offered_columns(self, request: Request) -> Sequence[str]:
        """Columns that the list can show whoever asks: its own, then those of the details."""
        del request
        return list(dict.fromkeys((*self._list_prop_names, *self._details_prop_names)))

    def usual_columns(self, request: Request) -> Sequence[str]:
        """Columns of a list of which nothing was chosen."""
        del request
        return self._list_prop_names

    async def shown_columns(self, request: Request) -> Sequence[str]:
        """Those that the person chose, or the usual ones; the first leads to the row, and stays."""
        chosen = await self._chosen_columns(request)
        if not chosen:
            return self.usual_columns(request)
        first, *others = self.offered_columns(request)
        return [first, *(name for name in others if name in chosen)]

    async def _chosen_columns(self, request: Request) -> Sequence[str]:
        """What the person chose, read once for a page: its rows and its head ask for it."""
        if not hasattr(request.state, "chosen_columns"):
            staff_id = request.state.principal.staff_id
            async with self.sessions() as database:
                request.state.chosen_columns = await chosen_columns(
                    database, staff_id, self.identity
                )
        chosen: Sequence[str] = request.state.chosen_columns
        return chosen

    async def exported_columns(self, request: Request) -> Sequence[str]:
        """Columns of a file of the list: those of the list."""
        return await self.shown_columns(request)

    async def read_along(
        self, database: AsyncSession, rows: Sequence[Any], columns: Sequence[str]
    ) -> None:
        """What rows of a file need that lies in other tables."""
        del database, rows, columns

    async def offered(self, term: str) -> Sequence[tuple[str, str]]:
        """Codes and names of rows that begin like the term, for fields that refer to the record."""
        if self.lookup_columns is None:
            raise HTTPException(404)
        code, name = (getattr(self.model, column) for column in self.lookup_columns)
        found = await self._run_arbitrary_query(
            select(code, name)
            .where(
                or_(code.istartswith(term, autoescape=True), name.icontains(term, autoescape=True))
            )
            .order_by(code)
            .limit(LOOKUP_ROWS_MAX)
        )
        return [(row[0], row[1]) for row in found]

    # ---- one row

    async def details_context(self, request: Request) -> dict[str, Any]:
        """Columns that the person may see, records that belong to this one, and its history."""
        names = self._details_prop_names
        row = await self.get_object_for_details(request)
        context: dict[str, Any] = {"columns": names, "related": [], "history": []}
        if row is not None:
            context["related"] = self.related(row)
            context |= await self.more(row, request)
        return context

    def related(self, row: Any) -> Sequence[tuple[str, str]]:
        """Names of texts and addresses of lists of records that belong to the row."""
        del row
        return ()

    async def more(self, row: Any, request: Request) -> dict[str, Any]:
        """What else the details page shows."""
        del row, request
        return {}

    def _stmt_by_identifier(self, identifier: str) -> Select[Any]:
        try:
            return super()._stmt_by_identifier(identifier)
        except (ValueError, TypeError, ArithmeticError):
            raise HTTPException(404) from None

    async def _get_object_by_pk(self, stmt: Select[Any]) -> Any:
        try:
            return await super()._get_object_by_pk(stmt)
        except DBAPIError:
            # A key that no column could hold is the key of no row.
            raise HTTPException(404) from None

    # ---- changes

    async def get_form_data_for_edit(self, obj: Any) -> dict[str, Any]:
        """What the form begins with, and the version of the row that it shows."""
        return {name: getattr(obj, name) for name in self._form_prop_names} | {
            "seen": version_of(obj)
        }

    async def check_change(
        self, database: AsyncSession, row: Any, data: dict[str, Any], request: Request
    ) -> None:
        """Refuse what the database would not; may complete the data. `row` has no key if new.

        Raises:
            RefusedChangeError: with the reason for the person.
        """

    async def insert_model(self, request: Request, data: dict[str, Any]) -> Any:
        """Make a row of the partner on whose rows the person works."""
        why, _ = self._split(data)
        row = self.model()
        try:
            with reason(why):
                async with self.sessions.begin() as database:
                    if hasattr(row, "partner_id") and self.belongs_to_partner:
                        row.partner_id = _chosen_partner()
                    await self.check_change(database, row, data, request)
                    for name, value in data.items():
                        setattr(row, name, value)
                    database.add(row)
        except Exception as error:
            raise refused(error) from error
        return row

    async def update_model(self, request: Request, pk: str, data: dict[str, Any]) -> Any:
        """Change a row, unless somebody else did meanwhile."""
        why, seen = self._split(data)
        statement = self._stmt_by_identifier(pk).with_for_update()
        try:
            with reason(why):
                async with self.sessions.begin() as database:
                    row = (await database.execute(statement)).scalar_one_or_none()
                    require_unchanged(row, seen)
                    await self.check_change(database, row, data, request)
                    for name, value in data.items():
                        if name not in self.fixed_columns:
                            setattr(row, name, value)
        except Exception as error:
            raise refused(error) from error
        return row

    #: Whether a new row gets the partner on whose rows the person works.
    belongs_to_partner: ClassVar[bool] = True

    def _split(self, data: dict[str, Any]) -> tuple[str, str]:
        return (data.pop("reason", "") or "").strip(), data.pop("seen", "") or ""


def _chosen_partner() -> UUID:
    partner_id = current_scope().partner_id
    if partner_id is None:
        raise RefusedChangeError("refused.no_partner")
    return partner_id


def require_unchanged(row: Any, seen: str) -> None:
    """Refuse a change of a row that is not what a form showed.

    Raises:
        RefusedChangeError: it is gone, or somebody else changed it.
    """
    if row is None:
        raise RefusedChangeError("refused.gone")
    if seen != version_of(row):
        raise RefusedChangeError("refused.changed_meanwhile")


def version_of(row: Any) -> str:
    """What a row holds, in short: two that differ in what forms change have different ones."""
    columns = sorted(
        column.key for column in row.__mapper__.columns if not column.info.get("is_counted")
    )
    held = [(name, getattr(row, name)) for name in columns]
    return hashlib.sha256(repr(held).encode()).hexdigest()[:32]


def dashed(value: object) -> str:
    """A value as text, a dash for none."""
    return say("value.none") if value in (None, "", []) else str(value)
