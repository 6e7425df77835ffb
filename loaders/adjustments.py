"""Corrections in bulk from a CSV file: in bounded pages, resumable, bad rows told one by one.

The header names the columns: one or more of card, phone, external_id and member_id (a row fills one
of them), currency, points (``-12.50``), and if wanted days and reason. A row is named by the bulk
and its line, so a file that is sent again, after a power cut or by two people, is booked once.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from checkout.client import CallRefusedError, identifier_message, messages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path

    from checkout.client import OperatorClient

PAGE_ROWS: Final = 100
#: Pages on their way at once.
IN_FLIGHT: Final = 4
#: A page that cannot be booked now is tried again so often, with growing pauses.
ATTEMPTS_MAX: Final = 12
PAUSE_S: Final = 0.2
#: How often it is told how far a run is.
TELL_EVERY_S: Final = 1.0
_WHO: Final = ("card", "phone", "external_id", "member_id")
_COLUMNS: Final = {*_WHO, "currency", "points", "days", "reason"}
_DAYS_DIGITS_MAX: Final = 6
_TRANSIENT: Final = frozenset(
    {"OVERLOADED", "STORAGE_UNAVAILABLE", "OUTCOME_UNKNOWN", "DEADLINE_TOO_SHORT", ""}
)
_STATES: Final = {
    messages.CORRECTION_STATE_BOOKED: "booked",
    messages.CORRECTION_STATE_PROPOSED: "proposed",
    messages.CORRECTION_STATE_REJECTED: "rejected",
    messages.CORRECTION_STATE_UNDONE: "undone",
    messages.CORRECTION_STATE_REFUSED: "refused",
}

_Answer = TypeVar("_Answer")


class FileUnusableError(Exception):
    """The file as a whole cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """Why a row was not done."""

    line: int
    field: str
    value: str
    reason: str
    message: str


@dataclass(slots=True)
class Adjusted:
    """What became of a file."""

    rows: int = 0
    #: By state; `before` are rows that were done by an earlier run.
    states: Counter[str] = field(default_factory=Counter)
    before: int = 0
    owed: int = 0
    bad: list[BadRow] = field(default_factory=list)
    seconds: float = 0.0

    def table(self) -> str:
        """The summary."""
        parts = ", ".join(f"{count:,} {state}" for state, count in sorted(self.states.items()))
        rate = f"{self.rows / self.seconds:,.0f} rows/s" if self.seconds else "-"
        return (
            f"{self.rows:,} rows: {parts or 'nothing'}"
            f" ({self.before:,} of them before), {self.seconds:.1f} s, {rate}"
        )


class _Telling:
    """Tells how far a run is, no more often than somebody reads it."""

    def __init__(self, done: Adjusted, total: int, say: Callable[[str], None]) -> None:
        self._done = done
        self._total = total
        self._say = say
        self._told_s = time.monotonic()

    def tell(self) -> None:
        if time.monotonic() - self._told_s > TELL_EVERY_S:
            self._told_s = time.monotonic()
            refused = self._done.states["refused"]
            self._say(f"{self._done.rows:,} of {self._total:,} rows, {refused:,} refused")


def hash_of(path: Path) -> bytes:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def read_rows(path: Path) -> Iterator[messages.BulkRow | BadRow]:
    """The rows of a file, one after the other.

    Raises:
        FileUnusableError: it is not text, or its header is not understood.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
            file.seek(0)
            reader = csv.DictReader(file, delimiter=";" if ";" in head else ",")
            names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
            _check_header(names)
            reader.fieldnames = names
            for values in reader:
                yield _row(reader.line_num, values)
    except UnicodeDecodeError as error:
        raise FileUnusableError(f"{path.name} is not UTF-8 text: {error.reason}") from error
    except csv.Error as error:
        raise FileUnusableError(f"{path.name} is no CSV: {error}") from error


def count_rows(path: Path) -> int:
    """How many rows a file has; all of it is read, so that nothing is sent of one that cannot be.

    Raises:
        FileUnusableError: as `read_rows`.
    """
    return sum(1 for _ in read_rows(path))


def _check_header(names: list[str]) -> None:
    strange = [name for name in names if name not in _COLUMNS]
    if strange or len(set(names)) != len(names):
        raise FileUnusableError(
            f"the header may name {', '.join(sorted(_COLUMNS))}, each once; not {strange or names}"
        )
    if "points" not in names or "currency" not in names or not set(_WHO) & set(names):
        raise FileUnusableError("the header names a member's column, currency and points")


def _row(line: int, values: dict[Any, Any]) -> messages.BulkRow | BadRow:
    if None in values:
        return BadRow(line, "", str(values[None]), "FIELD_INVALID", "more cells than the header")
    cells = {name: (value or "").strip() for name, value in values.items()}
    filled = [name for name in _WHO if cells.get(name)]
    if len(filled) != 1:
        shown = ", ".join(cells.get(name, "") for name in filled)
        reason = "FIELD_INVALID" if filled else "FIELD_REQUIRED"
        return BadRow(line, _WHO[0], shown, reason, f"a row fills one of {', '.join(_WHO)}")
    days = cells.get("days", "") or "0"
    if not (days.isascii() and days.isdigit() and len(days) <= _DAYS_DIGITS_MAX):
        return BadRow(line, "days", days, "FIELD_INVALID", "days is a whole number")
    (who,) = filled
    row = messages.BulkRow(
        line=line,
        currency=cells["currency"],
        points=cells["points"],
        days=int(days),
        reason=cells.get("reason", ""),
    )
    if who == "member_id":
        row.member_id = cells[who]
    else:
        row.identifier.CopyFrom(identifier_message(who, cells[who]))
    return row


async def adjust_from_file(
    operator: OperatorClient,
    path: Path,
    *,
    bulk: str,
    reason: str,
    dry_run: bool,
    say: Callable[[str], None],
    on_bad: Callable[[BadRow], None],
    page_rows: int = PAGE_ROWS,
    in_flight: int = IN_FLIGHT,
) -> Adjusted:
    """Send a file; what was wrong with single rows is told as it turns up.

    Raises:
        FileUnusableError: the file cannot be read.
        CallRefusedError: the whole was refused, or the service did not come back.
    """
    done = Adjusted()
    file_hash = await asyncio.to_thread(hash_of, path)
    total = await asyncio.to_thread(count_rows, path)
    began = time.monotonic()
    telling = _Telling(done, total, say)

    def note(bad: BadRow) -> None:
        done.rows += 1
        done.states["refused"] += 1
        if len(done.bad) < PAGE_ROWS:
            done.bad.append(bad)
        on_bad(bad)

    async def send(rows: list[messages.BulkRow]) -> None:
        request = messages.BulkAdjustRequest(
            bulk=bulk,
            file_hash=file_hash,
            file_name=path.name[-255:],
            reason=reason,
            rows=rows,
            dry_run=dry_run,
        )
        results = await _persist(partial(operator.bulk_adjust, request))
        for row, result in zip(rows, results, strict=True):
            if result.state == messages.CORRECTION_STATE_REFUSED:
                note(_bad(row, result))
                continue
            done.rows += 1
            done.states[_STATES[result.state]] += 1
            done.before += not result.changed

    # A page that is tried out holds the lock of the bulk by itself: others would only wait for it.
    at_once = 1 if dry_run else in_flight
    waiting: set[asyncio.Task[None]] = set()
    try:
        async for rows in _pages(path, page_rows, note):
            waiting.add(asyncio.create_task(send(rows)))
            while len(waiting) >= at_once:
                ended, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in ended:
                    task.result()
            telling.tell()
        await asyncio.gather(*waiting)
    finally:
        for task in waiting:
            task.cancel()
    done.seconds = time.monotonic() - began
    return done


async def _pages(
    path: Path, page_rows: int, on_bad: Callable[[BadRow], None]
) -> AsyncIterator[list[messages.BulkRow]]:
    """Pages of rows that can be sent; only one is in memory."""
    page: list[messages.BulkRow] = []
    for row in read_rows(path):
        if isinstance(row, BadRow):
            on_bad(row)
            continue
        page.append(row)
        if len(page) == page_rows:
            yield page
            page = []
    if page:
        yield page


async def _persist(call: Callable[[], Awaitable[_Answer]]) -> _Answer:
    """A page is safe to repeat: it is, as long as the service may come back."""
    attempt = 0
    while True:
        try:
            return await call()
        except CallRefusedError as error:
            attempt += 1
            if error.reason not in _TRANSIENT or attempt >= ATTEMPTS_MAX:
                raise
            await asyncio.sleep(PAUSE_S * attempt * random.uniform(0.5, 1.5))  # noqa: S311 - no secret


def _bad(row: messages.BulkRow, result: messages.CorrectionResult) -> BadRow:
    name = result.field.removeprefix("identifier.")
    values = {
        "member_id": row.member_id,
        "currency": row.currency,
        "points": row.points,
        "amount_minor": row.points,
        "days": str(row.days),
        "reason": row.reason,
        "card": row.identifier.card,
        "phone": row.identifier.phone,
        "external_id": row.identifier.external_id,
    }
    reason = messages.ErrorReason.Name(result.reason).removeprefix("ERROR_REASON_")
    return BadRow(row.line, name, values.get(name, ""), reason, result.message)


async def each_of_bulk(operator: OperatorClient, bulk: str, state: int) -> AsyncIterator[list[str]]:
    """Ids of a bulk's corrections in a state, page by page."""
    token = ""
    while True:
        page = await _persist(
            partial(operator.list_corrections, bulk, state=state, page_token=token)
        )
        if page.corrections:
            yield [correction.correction_id for correction in page.corrections]
        token = page.next_page_token
        if not token:
            return


async def end_bulk(
    operator: OperatorClient,
    bulk: str,
    *,
    how: str,
    reason: str,
    run: str,
    say: Callable[[str], None] = lambda _: None,
    on_bad: Callable[[BadRow], None] = lambda _: None,
) -> Adjusted:
    """Undo what of a bulk is booked; or approve, or reject what is proposed. Safe to repeat.

    Page after page, in the order of lines: what is owed may depend on which correction of a member
    is taken back first.

    Raises:
        CallRefusedError: the bulk is unknown, or the service did not come back.
    """
    state = (
        messages.CORRECTION_STATE_BOOKED if how == "undo" else messages.CORRECTION_STATE_PROPOSED
    )
    counts = (await operator.get_bulk(bulk)).counts
    done = Adjusted()
    telling = _Telling(done, sum(count.rows for count in counts if count.state == state), say)
    began = time.monotonic()
    number = 0
    async for ids in each_of_bulk(operator, bulk, state):
        number += 1
        results = await _persist(
            partial(_end_page, operator, f"{run}-{number}", ids, how=how, reason=reason)
        )
        for result in results:
            done.rows += 1
            done.states[_STATES[result.state]] += 1
            done.owed += result.owed_minor
            if result.state == messages.CORRECTION_STATE_REFUSED:
                name = messages.ErrorReason.Name(result.reason).removeprefix("ERROR_REASON_")
                bad = BadRow(result.line, result.field, "", name, result.message)
                if len(done.bad) < PAGE_ROWS:
                    done.bad.append(bad)
                on_bad(bad)
        telling.tell()
    done.seconds = time.monotonic() - began
    return done


async def _end_page(
    operator: OperatorClient, request_id: str, ids: list[str], *, how: str, reason: str
) -> list[messages.CorrectionResult]:
    if how == "undo":
        return await operator.undo_corrections(request_id, ids, reason)
    return await operator.decide_corrections(request_id, ids, reason, reject=how == "reject")


def report_cell(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if value[:1] in {"=", "@", "+", "-", "\t", "\r"} else value
