"""Filters of lists, in the form that SQLAdmin asks: one value of a column out of a short list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import any_, literal, select

from admin.texts import say_first

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sqlalchemy import Select
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


class StateFilter:
    """Rows whose moment is set, or is not: blocked ones, for instance."""

    has_operator = False

    def __init__(self, column: InstrumentedAttribute[Any], name: str) -> None:
        """Filter by whether the column is set."""
        self.column = column
        self.parameter_name = name

    @property
    def title(self) -> str:
        """What the state is called."""
        return say_first(f"field.{self.parameter_name}")

    async def lookups(
        self, request: Request, model: Any, run_query: Callable[[Select[Any]], Awaitable[Any]]
    ) -> list[tuple[str, str]]:
        """Yes and no."""
        del request, model, run_query
        return [("yes", say_first("value.yes")), ("no", say_first("value.no"))]

    async def get_filtered_query(self, query: Select[Any], value: Any, model: Any) -> Select[Any]:
        """Rows in the state."""
        del model
        if value == "yes":
            return query.where(self.column.is_not(None))
        return query.where(self.column.is_(None)) if value == "no" else query
