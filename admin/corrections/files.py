"""A file of corrections: CSV as people make it, rows that can be sent, what is wrong with others.

The first line names the columns. A row fills one of `WHO`, and has points; what it leaves out of
currency and reason the form says. Whatever can be said without the service is said here: the row,
the column, what stands there, and what is allowed.
"""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from admin.members.identifiers import KINDS
from admin.records.forms import REASON_CHARACTERS_MAX
from admin.records.refused_change import RefusedChangeError
from admin.texts import say
from admin.texts.numbers import plain_decimal
from checkout.client import identifier_message, messages
from checkout.primitives import format_minor, parse_minor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from admin.members.currencies import Currency, Worth

#: Rows of one file; more are an affair of `python -m loaders adjust`, which holds none in memory.
ROWS_MAX: Final = 10_000
#: Columns that say whose points.
WHO: Final = (*KINDS, "member_id")
COLUMNS: Final = (*WHO, "points", "currency", "days", "reason")
#: As the contract has them.
POINTS_MAX_MINOR: Final = 10**12
DAYS_MAX: Final = 36_500
_WHO_CHARACTERS_MAX: Final = 64
_DAYS_DIGITS_MAX: Final = 5
#: What a file has where its bytes were no UTF-8.
_UNREADABLE: Final = "\ufffd"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row; `line` is that of the file."""

    line: int
    column: str
    value: str
    allowed: str


@dataclass(frozen=True, slots=True)
class CorrectionFile:
    """What a file asks for, and what of it cannot be asked."""

    sha256: bytes
    rows: list[messages.BulkRow]
    faults: list[Fault]


class _FaultError(Exception):
    def __init__(self, column: str, value: str, allowed: str) -> None:
        super().__init__(allowed)
        self.column = column
        self.value = value
        self.allowed = allowed


def read_file(text: str, currency: str, worth: Worth) -> CorrectionFile:
    """Rows and faults, in the order of lines; `currency` is that of rows that name none.

    Raises:
        RefusedChangeError: the file as a whole cannot be read.
    """
    if _UNREADABLE in text or "\0" in text:
        raise RefusedChangeError("corrections.no_text")
    text = text.removeprefix("\ufeff")
    first, _, _ = text.partition("\n")
    delimiter = max(";\t,", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[messages.BulkRow] = []
    faults: list[Fault] = []
    try:
        names = _columns(next(reader, []))
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) + len(faults) == ROWS_MAX:
                raise RefusedChangeError("corrections.too_many", most=ROWS_MAX)
            try:
                rows.append(_row(reader.line_num, names, cells, currency, worth))
            except _FaultError as fault:
                value = fault.value[:_WHO_CHARACTERS_MAX]
                faults.append(Fault(reader.line_num, fault.column, value, fault.allowed))
    except csv.Error:
        raise RefusedChangeError("corrections.no_csv", line=reader.line_num) from None
    if not rows and not faults:
        raise RefusedChangeError("corrections.no_rows")
    return CorrectionFile(hashlib.sha256(text.encode()).digest(), rows, faults)


def _columns(cells: list[str]) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    is_known = set(names) <= set(COLUMNS) and len(set(names)) == len(names)
    if not is_known or "points" not in names or not set(WHO) & set(names):
        raise RefusedChangeError(
            "corrections.columns", found=", ".join(names)[:200] or say("value.none")
        )
    return names


def _row(
    line: int, names: list[str], cells: list[str], default_currency: str, worth: Worth
) -> messages.BulkRow:
    if len(cells) > len(names):
        raise _FaultError("", cells[len(names)], say("corrections.cells", most=len(names)))
    held = {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
    currency = _currency(held.get("currency") or default_currency, worth)
    points = _points(held.get("points", ""), currency)
    reason = held.get("reason", "")
    if len(reason) > REASON_CHARACTERS_MAX or not reason.isprintable():
        raise _FaultError("reason", reason, say("corrections.reason", most=REASON_CHARACTERS_MAX))
    row = messages.BulkRow(
        line=line,
        currency=currency.code,
        points=format_minor(points, currency.exponent),
        days=_days(held.get("days", ""), points),
        reason=reason,
    )
    _name_member(row, held)
    return row


def _name_member(row: messages.BulkRow, held: Mapping[str, str]) -> None:
    filled = [name for name in WHO if held.get(name)]
    if len(filled) != 1:
        named = ", ".join(held[name] for name in filled)
        columns = ", ".join(name for name in WHO if name in held)
        raise _FaultError(columns, named, say("corrections.who"))
    (who,) = filled
    value = held[who]
    if len(value) > _WHO_CHARACTERS_MAX:
        raise _FaultError(who, value, say("fill.long"))
    if who == "member_id":
        try:
            row.member_id = str(UUID(value))
        except ValueError:
            raise _FaultError(who, value, say("corrections.member_id")) from None
    else:
        row.identifier.CopyFrom(identifier_message(who, value))


def _currency(code: str, worth: Worth) -> Currency:
    if code not in worth.points:
        raise _FaultError(
            "currency", code, say("corrections.currency", known=", ".join(worth.points))
        )
    return worth.points[code]


def _points(written: str, currency: Currency) -> int:
    points = parse_minor(plain_decimal(written), currency.exponent)
    if points is None or not 0 < abs(points) <= POINTS_MAX_MINOR:
        most = currency.number(POINTS_MAX_MINOR)
        allowed = say("corrections.points", decimals=currency.exponent, most=most)
        raise _FaultError("points", written, allowed)
    return points


def _days(written: str, points: int) -> int:
    if not written:
        return 0
    is_number = written.isascii() and written.isdecimal() and len(written) <= _DAYS_DIGITS_MAX
    if not is_number or not 1 <= int(written) <= DAYS_MAX:
        raise _FaultError("days", written, say("corrections.days", most=DAYS_MAX))
    if points < 0:
        raise _FaultError("days", written, say("corrections.days_of_taken"))
    return int(written)
