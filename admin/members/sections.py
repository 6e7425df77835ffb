"""Pages of the sections of a member's page.

An address says under the name of a section how many of its rows lie before what is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from admin.pages.places_in_lists import page_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

_Row = TypeVar("_Row")

#: Rows of a section, or of one of its pages.
ROWS_MAX: Final = 100
BEHIND_MAX: Final = 1_000_000


class SectionPage(NamedTuple):
    """Rows before a page of a section, and where the next one begins if there is one."""

    behind: int
    older: int | None


def behind_of(request: Request, section: str) -> int:
    """How many rows of a section lie before the page that is asked for."""
    asked = request.query_params.get(section, "")
    is_number = asked.isascii() and asked.isdecimal() and len(asked) <= len(str(BEHIND_MAX))
    return min(int(asked), BEHIND_MAX) if is_number else 0


def rows_asked(behind: int = 0) -> dict[str, int]:
    """What statements are asked for: one row more than is shown, to know whether others follow."""
    return {"behind": behind, "rows_max": ROWS_MAX + 1}


def section_of(found: Sequence[_Row], behind: int) -> tuple[Sequence[_Row], SectionPage]:
    """The rows of a page out of what was found, and where it lies."""
    rows, last = page_of(found, ROWS_MAX)
    return rows, SectionPage(behind, behind + ROWS_MAX if last is not None else None)
