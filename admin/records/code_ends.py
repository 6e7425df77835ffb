"""When codes end: a filter that is a range of an index, and the order in which that has them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar, Final

from admin.records.filters import ValueFilter
from admin.records.record_view import RecordView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import InstrumentedAttribute
    from starlette.requests import Request

#: What is asked of the end of codes.
ENDS: Final = ("ended", "soon", "later", "never")
SOON: Final = dt.timedelta(days=30)


class EndFilter(ValueFilter):
    """Codes that have ended, end within a month, end later, or never do."""

    def __init__(self, column: InstrumentedAttribute[Any]) -> None:
        """Filter by the moment from which they are no good."""
        super().__init__(column, ENDS)
        self.parameter_name = "ends"

    async def get_filtered_query(self, query: Select[Any], value: Any, model: Any) -> Select[Any]:
        """As of now; each is one range of the column."""
        del model
        now = dt.datetime.now(dt.UTC)
        match value:
            case "ended":
                return query.where(self.column <= now)
            case "soon":
                return query.where(self.column > now, self.column <= now + SOON)
            case "later":
                return query.where(self.column > now + SOON)
            case "never":
                return query.where(self.column.is_(None))
            case _:
                return query


class EndingView(RecordView):
    """Codes of which there may be a million: asked by their end, they are in order of it."""

    #: The column that has it.
    ends_by: ClassVar[str]

    def sortable(self, request: Request) -> Sequence[str]:
        """By the end alone if it is asked for: another order would sort all that it finds."""
        return (self.ends_by,) if _is_asked(request) else super().sortable(request)

    def sort_query(self, stmt: Select[Any], request: Request) -> Select[Any]:
        """What ends next comes first, of what has ended the last, unless the address says."""
        if not _is_asked(request):
            return super().sort_query(stmt, request)
        asked = request.query_params
        is_down = asked["ends"] == "ended"
        if asked.get("sortBy") == self.ends_by:
            is_down = asked.get("sort") == "desc"
        columns = [getattr(self.model, name) for name in (self.ends_by, *self.sort_ties)]
        return stmt.order_by(*[one.desc() if is_down else one.asc() for one in columns])


def _is_asked(request: Request) -> bool:
    return request.query_params.get("ends") in ENDS
