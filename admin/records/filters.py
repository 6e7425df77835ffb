"""Filters of lists, in the form that SQLAdmin asks: one value of a column out of a short list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import any_, exists, literal, select

from admin.texts import say_first

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import InstrumentedAttribute
    from starlette.requests import Request

#: A filter with more values is no list that anybody reads: those are found by searching.
VALUES_MAX: Final = 200


class ValueFilter:
    """One value of a column: of a fixed list, or of those that rows have."""

    has_operator = False

    def __init__(
        self, column: InstrumentedAttribute[Any], values: Sequence[str] | None = None
    ) -> None:
        """Filter a column by the values, or by whatever it holds."""
        self.column = column
        self.parameter_name = column.key
        self._values = values

    @property
    def title(self) -> str:
        """The column's name."""
        return say_first(f"field.{self.parameter_name}")

    async def lookups(
        self, request: Request, model: Any, run_query: Callable[[Select[Any]], Awaitable[Any]]
    ) -> list[tuple[str, str]]:
        """Values, and how they are shown."""
        del request, model
        values = self._values
        if values is None:
            values = await run_query(
                select(self.column).distinct().order_by(self.column).limit(VALUES_MAX)
            )
        return [
            (value, say_first(f"value.{self.parameter_name}.{value}", value))
            for value in values
            if value
        ]

    async def get_filtered_query(self, query: Select[Any], value: Any, model: Any) -> Select[Any]:
        """Rows that have the value."""
        del model
        return query.where(self.column == value)


class TypedFilter(ValueFilter):
    """One value of a column that has too many to choose from: typed, and offered as one types."""

    def __init__(self, column: InstrumentedAttribute[Any], address: str) -> None:
        """Filter a column by what is typed; the address offers what begins so."""
        super().__init__(column, ())
        self.offered_at = address


class HeldFilter(ValueFilter):
    """Rows whose list of words has the value."""

    async def get_filtered_query(self, query: Select[Any], value: Any, model: Any) -> Select[Any]:
        """Those that have it among others."""
        del model
        return query.where(literal(value) == any_(self.column))


class HasFilter(ValueFilter):
    """Rows to which something belongs: whose column has the value, in a table beside."""

    def __init__(self, column: InstrumentedAttribute[Any], belongs: ColumnElement[bool]) -> None:
        """Filter by a column of what belongs to a row, as the condition says."""
        super().__init__(column)
        self._belongs = belongs

    async def get_filtered_query(self, query: Select[Any], value: Any, model: Any) -> Select[Any]:
        """Rows with one that has it, or several."""
        del model
        return query.where(exists().where(self._belongs, self.column == value))


class YesFilter:
    """Rows of which a column says yes, or no."""

    has_operator = False

    def __init__(self, column: InstrumentedAttribute[bool]) -> None:
        """Filter by what the column says."""
        self.column = column
        self.parameter_name = column.key

    @property
    def title(self) -> str:
        """The column's name."""
        return say_first(f"field.{self.parameter_name}")

    async def lookups(
        self, request: Request, model: Any, run_query: Callable[[Select[Any]], Awaitable[Any]]
    ) -> list[tuple[str, str]]:
        """Yes and no."""
        del request, model, run_query
        return [(one, say_first(f"value.{one}")) for one in ("yes", "no")]

    async def get_filtered_query(self, query: Select[Any], value: Any, model: Any) -> Select[Any]:
        """Rows that say so."""
        del model
        return query.where(self._holds(value == "yes")) if value in {"yes", "no"} else query

    def _holds(self, wanted: bool) -> ColumnElement[bool]:  # noqa: FBT001 - a value
        return self.column.is_(wanted)


class StateFilter(YesFilter):
    """Rows whose moment is set, or is not: blocked ones, for instance."""

    def __init__(self, column: Any, name: str) -> None:
        """Filter by whether the column is set."""
        super().__init__(column)
        self.parameter_name = name

    def _holds(self, wanted: bool) -> ColumnElement[bool]:  # noqa: FBT001 - a value
        is_set: ColumnElement[bool] = self.column.is_not(None)
        return is_set if wanted else ~is_set
