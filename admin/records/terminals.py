"""Terminals: tills and store servers, with the tokens that they show."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote

from sqlalchemy import select
from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired

from admin.records.filters import StateFilter, TypedFilter, ValueFilter
from admin.records.forms import CodeField, RecordForm, ReferenceField, WordsField
from admin.records.record_view import RecordView
from admin.records.tables import Terminal, TerminalToken, TokenUse
from admin.texts import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request

KINDS: Final = ("till", "store_server")
PERMISSIONS: Final = ("already_paid", "return_without_receipt")


class TerminalForm(RecordForm):
    store_code = ReferenceField("store")
    code = CodeField()
    kind = SelectField(
        validators=[InputRequired()],
        choices=lambda: [(kind, say(f"value.kind.{kind}")) for kind in KINDS],
    )
    permissions = WordsField(PERMISSIONS)
    is_blocked = BooleanField()


class TerminalView(RecordView, model=Terminal):
    group = "places"
    icon = "ti ti-device-desktop"
    details_template = "terminal.html"
    column_list = ("code", "store_code", "kind", "permissions", "blocked_at")
    column_details_list = column_list
    column_searchable_list = ("code", "store_code")
    column_sortable_list = ("code", "store_code", "kind")
    column_default_sort: ClassVar[Any] = [("store_code", False), ("code", False)]
    column_filters: ClassVar[Any] = [
        TypedFilter(Terminal.store_code, "/store/lookup"),
        ValueFilter(Terminal.kind, KINDS),
        StateFilter(Terminal.blocked_at, "is_blocked"),
    ]
    form = TerminalForm
    form_columns = ("store_code", "code", "kind", "permissions", "is_blocked")
    fixed_columns = ("store_code", "code")

    def title(self, row: Terminal) -> str:
        """Its code and its store's."""
        return f"{row.store_code} / {row.code}"

    def history_key(self, row: Terminal) -> str:
        """Its store's code and its own."""
        return f"{row.store_code}/{row.code}"

    def link(self, row: Terminal, name: str) -> str:
        """Its store is one click away."""
        if name == "store_code":
            return f"/store/details/{row.partner_id};{quote(row.store_code)}"
        return super().link(row, name)

    async def get_form_data_for_edit(self, obj: Any) -> dict[str, Any]:
        """A moment is ticked or not."""
        obj.is_blocked = obj.blocked_at is not None
        return await super().get_form_data_for_edit(obj)

    async def check_change(
        self, database: AsyncSession, row: Any, data: dict[str, Any], request: Request
    ) -> None:
        """Blocking has a moment: the first."""
        del database, request
        is_blocked = data.pop("is_blocked")
        data["blocked_at"] = (row.blocked_at or dt.datetime.now(dt.UTC)) if is_blocked else None

    async def more(self, row: Terminal, request: Request) -> dict[str, Any]:
        """Its living tokens, by their fingerprints, and when each was used last."""
        del request
        async with self.sessions() as database:
            tokens = await living_tokens(database, row)
            return {"tokens": tokens, "used": await _last_uses(database, tokens)}


async def living_tokens(database: AsyncSession, terminal: Terminal) -> Sequence[TerminalToken]:
    """Tokens of a terminal that are not revoked, oldest first."""
    found = await database.execute(
        select(TerminalToken)
        .where(
            TerminalToken.terminal_id == terminal.terminal_id, TerminalToken.revoked_at.is_(None)
        )
        .order_by(TerminalToken.created_at)
    )
    return found.scalars().all()


async def _last_uses(
    database: AsyncSession, tokens: Sequence[TerminalToken]
) -> dict[bytes, dt.datetime]:
    """When tokens were used last; those that never were are left out."""
    hashes = [token.token_hash for token in tokens]
    found = await database.scalars(select(TokenUse).where(TokenUse.token_hash.in_(hashes)))
    return {use.token_hash: use.used_at for use in found}
