"""People who work here: made without a password, which they choose through a link."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired

from admin.permissions import Role, roles_given_by
from admin.records.filters import StateFilter, ValueFilter
from admin.records.forms import CodeField, NameField, RecordForm
from admin.records.record_view import RecordView
from admin.records.refused_change import RefusedChangeError
from admin.staff.second_factor import factor_of
from admin.staff.sessions import end_sessions, living_sessions
from admin.staff.tables import Staff
from admin.texts import LANGUAGES, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request

    from admin.staff.principal import Principal


class StaffForm(RecordForm):
    login = CodeField()
    name = NameField()
    role = SelectField(
        validators=[InputRequired()],
        choices=lambda: [(role.value, say(f"value.role.{role}")) for role in Role],
    )
    language = SelectField(
        default="",
        choices=lambda: [("", say("value.language.")), *LANGUAGES.items()],
    )
    of_installation = BooleanField()
    is_blocked = BooleanField()


class StaffView(RecordView, model=Staff):
    group = "staff"
    icon = "ti ti-user-shield"
    details_template = "staff.html"
    column_list = ("login", "name", "role", "partner_id", "blocked_at", "password_changed_at")
    column_details_list = (*column_list, "language", "created_at")
    column_searchable_list = ("login", "name")
    column_sortable_list = ("login", "name", "role", "created_at")
    column_default_sort: ClassVar[Any] = [("login", False)]
    column_filters: ClassVar[Any] = [
        ValueFilter(Staff.role, tuple(Role)),
        StateFilter(Staff.blocked_at, "is_blocked"),
    ]
    form = StaffForm
    form_columns = ("login", "name", "role", "language", "of_installation", "is_blocked")
    fixed_columns = ("login",)
    belongs_to_partner = False

    #: How long a session lives unused; set when the office opens.
    idle: ClassVar[dt.timedelta] = dt.timedelta(minutes=30)

    def title(self, row: Staff) -> str:
        """Name and login."""
        return f"{row.name} ({row.login})"

    def history_key(self, row: Staff) -> str:
        """Their login."""
        return row.login

    def shown(self, row: Staff, name: str) -> Any:
        """Whose rows they see is said in words: ids say nothing."""
        if name == "partner_id":
            return say(
                "value.reach.installation" if row.partner_id is None else "value.reach.partner"
            )
        return super().shown(row, name)

    async def get_form_data_for_edit(self, obj: Any) -> dict[str, Any]:
        """Moments and ids are ticked or not."""
        obj.is_blocked = obj.blocked_at is not None
        obj.of_installation = obj.partner_id is None
        return await super().get_form_data_for_edit(obj)

    async def check_change(
        self, database: AsyncSession, row: Any, data: dict[str, Any], request: Request
    ) -> None:
        """Nobody makes, or changes, somebody who may do more; nor their own role or block."""
        principal: Principal = request.state.principal
        given = roles_given_by(principal.role)
        is_new = row.staff_id is None
        of_installation = data.pop("of_installation")
        is_blocked = data.pop("is_blocked")
        data["login"] = data["login"].lower()
        is_self = row.staff_id == principal.staff_id
        if data["role"] not in given and not (is_self and data["role"] == row.role):
            raise RefusedChangeError("refused.role")
        if not is_new and row.role not in given and not is_self:
            raise RefusedChangeError("refused.role")
        if is_self and (data["role"] != row.role or is_blocked):
            raise RefusedChangeError("refused.oneself")
        if is_new:
            row.partner_id = _partner_of_new(principal, of_installation=of_installation)
        data["blocked_at"] = (row.blocked_at or dt.datetime.now(dt.UTC)) if is_blocked else None
        if not is_new and (is_blocked or data["role"] != row.role):
            await end_sessions(database, row.staff_id)

    async def more(self, row: Staff, request: Request) -> dict[str, Any]:
        """Where they are signed in and how, and whether the reader may do something about it."""
        principal: Principal = request.state.principal
        async with self.sessions() as database:
            sessions = await living_sessions(database, row.staff_id, self.idle)
            factor = await factor_of(database, row.staff_id)
        manages = may_manage(principal, row)
        is_other = row.staff_id != principal.staff_id
        drops = factor is not None and manages and is_other and principal.may("staff.factor")
        return {
            "sessions": sessions,
            "may_manage": manages,
            "factor": factor,
            "may_drop_factor": drops,
        }

    def related(self, row: Staff) -> Sequence[tuple[str, str]]:
        """What they did stands in the history."""
        return (("page.history", f"/history?author={row.login}"),)


def may_manage(principal: Principal, staff: Staff) -> bool:
    """Whether one may give the other links and end their sessions."""
    return principal.may("staff.edit") and (
        staff.role in roles_given_by(principal.role) or staff.staff_id == principal.staff_id
    )


def _partner_of_new(principal: Principal, *, of_installation: bool) -> Any:
    if of_installation and principal.is_of_installation:
        return None
    if of_installation:
        raise RefusedChangeError("refused.role")
    if principal.partner_id is None:
        raise RefusedChangeError("refused.no_partner")
    return principal.partner_id
