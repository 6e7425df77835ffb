"""Which role may do what: the matrix as people read it, so that nobody has to ask for the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from admin.pages.secrets_shown_once import require
from admin.permissions import MATRIX, Role
from admin.records.record_view import SEARCH_CHARACTERS_MAX
from admin.texts import say, say_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqladmin.templating import Jinja2Templates
    from starlette.requests import Request
    from starlette.responses import Response


class RolePage:
    """Shows the matrix."""

    def __init__(self, templates: Jinja2Templates) -> None:
        self._templates = templates

    def routes(self) -> list[Route]:
        """Its address, as that of other lists."""
        return [Route("/role/list", self.page, methods=["GET"], name="roles")]

    async def page(self, request: Request) -> Response:
        """Permissions, record by record: all of them, or those that a search finds."""
        require(request, "staff.view")
        term = request.query_params.get("search", "").strip()[:SEARCH_CHARACTERS_MAX]
        context = {
            "roles": list(Role),
            "records": by_record(term),
            "matrix": MATRIX,
            "record_named": record_named,
            "permission_named": permission_named,
            "term": term,
        }
        return await self._templates.TemplateResponse(request, "role_list.html", context)


def by_record(term: str = "") -> dict[str, Sequence[str]]:
    """Permissions of each record, in the matrix' order; of a term those that it means."""
    records: dict[str, list[str]] = {}
    for permission in MATRIX:
        if is_meant(permission, term):
            records.setdefault(permission.partition(".")[0], []).append(permission)
    return dict(records)


def is_meant(permission: str, term: str) -> bool:
    """Whether a search means it: by its words, its record's, or a role that has it."""
    record = permission.partition(".")[0]
    roles = (say(f"value.role.{role}") for role in MATRIX[permission])
    words = (record_named(record), permission_named(permission), permission, *roles)
    return any(term.casefold() in word.casefold() for word in words)


def record_named(record: str) -> str:
    """What a record is called: as its page, if it has one."""
    return say_first(f"may.{record}", f"page.{record}", record)


def permission_named(permission: str) -> str:
    """What a permission lets people do: its own words, else those that many records share."""
    _, _, action = permission.partition(".")
    return say_first(f"may.{permission}", f"may.any.{action}", action)
