"""Lists as CSV: what the list shows with its search, filters and order, streamed, and noted."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.database import Sessions

#: More rows than a spreadsheet opens are an affair of a job.
ROWS_MAX: Final = 500_000
_ROWS_AT_ONCE: Final = 2_000
#: A cell that begins so is a formula to a spreadsheet.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def cell(value: object) -> str:
    """A value as a cell; what a spreadsheet would compute is made plain text."""
    match value:
        case None:
            return ""
        case dt.datetime():
            return value.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
        case list() | tuple():
            text = ", ".join(map(str, value))
        case _:
            text = str(value)
    is_number = isinstance(value, int)
    return f"'{text}" if text.startswith(_FORMULA) and not is_number else text


def csv_response(
    sessions: Sessions,
    statement: Select[Any],
    names: Sequence[str],
    value_of: Callable[[Any, str], object],
    read_along: Callable[[AsyncSession, Sequence[Any], Sequence[str]], Awaitable[None]],
    headers: Mapping[str, str],
) -> StreamingResponse:
    """The rows of a statement, a line each; some rows at a time with what they need beside."""

    async def lines() -> AsyncIterator[bytes]:
        yield csv_start(*names)
        async with sessions() as database:
            rows = await database.stream_scalars(
                statement.limit(ROWS_MAX).execution_options(yield_per=_ROWS_AT_ONCE)
            )
            async for some in rows.partitions():
                await read_along(database, some, names)
                yield b"".join(csv_line([value_of(row, name) for name in names]) for row in some)

    return csv_file(lines(), headers)


def csv_file(lines: AsyncIterator[bytes], headers: Mapping[str, str]) -> StreamingResponse:
    """Lines as an answer, as they come."""
    return StreamingResponse(
        lines,
        media_type="text/csv; charset=utf-8",
        headers=headers,
    )


def csv_start(*names: str) -> bytes:
    """The first line of a file. Spreadsheets know UTF-8 by its mark."""
    return b"\xef\xbb\xbf" + csv_line(names)


def csv_line(values: Sequence[object]) -> bytes:
    """A line of a file."""
    text = io.StringIO()
    csv.writer(text).writerow(map(cell, values))
    return text.getvalue().encode("utf-8", "replace")
