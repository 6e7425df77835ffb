"""Which role may do what: the matrix as people read it, so that nobody has to ask for the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from admin.pages.secrets_shown_once import require
from admin.permissions import MATRIX, Role
from admin.texts import say_first

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
        """All permissions, record by record."""
        require(request, "staff.view")
        context = {
            "roles": list(Role),
            "records": by_record(),
            "matrix": MATRIX,
            "record_named": record_named,
            "permission_named": permission_named,
        }
        return await self._templates.TemplateResponse(request, "role_list.html", context)


def by_record() -> dict[str, Sequence[str]]:
    """Permissions of each record, in the matrix' order."""
    records: dict[str, list[str]] = {}
    for permission in MATRIX:
        records.setdefault(permission.partition(".")[0], []).append(permission)
    return dict(records)


def record_named(record: str) -> str:
    """What a record is called: as its page, if it has one."""
    return say_first(f"may.{record}", f"page.{record}", record)


def permission_named(permission: str) -> str:
    """What a permission lets people do: its own words, else those that many records share."""
    _, _, action = permission.partition(".")
    return say_first(f"may.{permission}", f"may.any.{action}", action)
