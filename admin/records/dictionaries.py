"""Dictionaries of members as records: tags, attributes, lists, segments; the code of each stays."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from sqlalchemy import select
from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired

from admin.members.attribute_values import KINDS
from admin.members.conditions import CONDITIONS, condition_form
from admin.members.currencies import read_worth
from admin.records.filters import StateFilter, ValueFilter
from admin.records.forms import CodeField, NameField, RecordForm
from admin.records.record_view import RecordView
from admin.records.tables import MemberAttribute, MemberList, Segment, Store, Tag
from admin.texts import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request


class EntryForm(RecordForm):
    code = CodeField()
    name = NameField()
    is_archived = BooleanField()


class AttributeEntryForm(RecordForm):
    code = CodeField()
    name = NameField()
    kind = SelectField(
        validators=[InputRequired()],
        choices=lambda: [(kind, say(f"value.kind.{kind}")) for kind in KINDS],
    )
    is_archived = BooleanField()


class EntryView(RecordView):
    """What all dictionaries have: a code that rules use, a name that people read, an archive."""

    group = "customers"
    column_searchable_list = ("code", "name")
    column_sortable_list = ("code", "name")
    column_default_sort: ClassVar[Any] = [("code", False)]
    form: ClassVar[type[RecordForm]] = EntryForm
    form_columns: ClassVar[Sequence[Any]] = ("code", "name", "is_archived")
    fixed_columns: ClassVar[Sequence[str]] = ("code",)
    lookup_columns = ("code", "name")

    async def get_form_data_for_edit(self, obj: Any) -> dict[str, Any]:
        """A moment is ticked or not."""
        obj.is_archived = obj.archived_at is not None
        return await super().get_form_data_for_edit(obj)

    async def check_change(
        self, database: AsyncSession, row: Any, data: dict[str, Any], request: Request
    ) -> None:
        """Archiving has a moment: the first."""
        del database, request
        is_archived = data.pop("is_archived")
        data["archived_at"] = (row.archived_at or dt.datetime.now(dt.UTC)) if is_archived else None


class TagView(EntryView, model=Tag):
    icon = "ti ti-tag"
    column_list = ("code", "name", "archived_at")
    column_details_list = column_list
    column_filters: ClassVar[Any] = [StateFilter(Tag.archived_at, "is_archived")]

    def related(self, row: Tag) -> Sequence[tuple[str, str]]:
        """Who has it."""
        return [("page.member", f"/member/list?tag={quote(row.code)}")]


class AttributeView(EntryView, model=MemberAttribute):
    icon = "ti ti-variable"
    column_list = ("code", "name", "kind", "archived_at")
    column_details_list = column_list
    column_filters: ClassVar[Any] = [
        ValueFilter(MemberAttribute.kind, KINDS),
        StateFilter(MemberAttribute.archived_at, "is_archived"),
    ]
    form = AttributeEntryForm
    form_columns = ("code", "name", "kind", "is_archived")
    fixed_columns = ("code", "kind")


class MemberListView(EntryView, model=MemberList):
    icon = "ti ti-list-check"
    details_template = "member_list_entry.html"
    column_list = ("code", "name", "size", "archived_at")
    column_details_list = column_list
    column_filters: ClassVar[Any] = [StateFilter(MemberList.archived_at, "is_archived")]

    def related(self, row: MemberList) -> Sequence[tuple[str, str]]:
        """Who is on it."""
        return [("page.member", f"/member/list?member_list={quote(row.code)}")]


class SegmentView(EntryView, model=Segment):
    icon = "ti ti-users-group"
    can_create = False
    list_template = "segment_list.html"
    details_template = "segment.html"
    column_list = ("code", "name", "size", "counted_at", "archived_at")
    column_details_list = column_list
    column_filters: ClassVar[Any] = [StateFilter(Segment.archived_at, "is_archived")]

    def related(self, row: Segment) -> Sequence[tuple[str, str]]:
        """Who is in it."""
        return [("page.member", f"/member/list?segment={quote(row.code)}")]

    async def more(self, row: Segment, request: Request) -> dict[str, Any]:
        """Its conditions, in order, as people call what they ask for."""
        del request
        held = row.conditions
        async with self.sessions() as database:
            form = condition_form(held, await read_worth(database))
            store = await database.scalar(select(Store.name).where(Store.code == held.get("store")))
        called = {name: form.called(name, held[name]) for name in CONDITIONS if name in held}
        if store:
            called["store"] = (store, held["store"])
        return {"conditions": called}
