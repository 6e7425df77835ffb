"""Issues unique coupons in bulk: by COPY, in one transaction, all or none.

Codes are made (they follow from ids and the pepper, and are written to a file that is complete
before the transaction commits), or come from a file and are only digested. If something fails,
nothing was issued and the file is gone; if the connection died in the commit, or only the file's
last renaming failed, the codes are in ``FILE.part``. One row of `coupon_issue`, and one of the
history, keep who did it, why, and the SHA-256 of the file.
"""

from __future__ import annotations

import hashlib
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import asyncpg
from uuid_utils.compat import uuid7

from checkout.flows.coupon_codes import CODE_CHARACTERS_MAX, CouponCodes, masked_code, plain_code
from checkout.flows.giving import end_of_validity
from checkout.primitives import bucket_of, bucket_of_uuid, key_number
from loaders.codes_file import codes_file
from loaders.history_row import tell_history

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import Any
    from uuid import UUID

    from loaders.codes_file import CodesFile

    Row = tuple[Any, ...]

#: Rows of one COPY: progress is told after each.
CHUNK: Final = 20_000
_COLUMNS: Final = (
    *("bucket", "partner_id", "digest", "coupon_id", "series_code", "masked", "uses_max"),
    *("valid_from", "valid_until", "issued_at", "issued_by"),
)
_DIGEST: Final = re.compile(r"\\x([0-9a-f]{32})")


class CouponsRefusedError(Exception):
    """Nothing was issued; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkIssue:
    """What is issued: so many new codes to `output`, or those of the file `codes`."""

    partner: str
    series: str
    author: str
    reason: str
    count: int = 0
    output: Path | None = None
    codes: Path | None = None
    uses_max: int = 1
    valid_from: dt.datetime | None = None
    valid_until: dt.datetime | None = None
    valid_days: int | None = None


@dataclass(slots=True)
class _Copied:
    """Rows so far, the hash of the codes' file, and which line has which digest."""

    rows: int = 0
    file_hash: Any = field(default_factory=hashlib.sha256)
    lines: dict[bytes, int] = field(default_factory=dict)


async def issue_in_bulk(
    connection: asyncpg.Connection[Any],
    pepper: bytes,
    issue: BulkIssue,
    say: Callable[[str], None],
) -> int:
    """Issue them; how many.

    Raises:
        CouponsRefusedError: nothing was issued.
        FileExistsError: the output or its ``.part`` is there: codes are never written over.
        CodesKeptError: they were issued, or may have been; see there.
    """
    codes = CouponCodes(pepper)
    copied = _Copied()
    try:
        if issue.output is None:
            async with connection.transaction():
                await _copy(connection, codes, issue, None, copied, say)
        else:
            async with codes_file(connection, issue.output) as file:
                # Of codes that are made the file is the one that is written.
                copied.file_hash = file.hash
                await _copy(connection, codes, issue, file, copied, say)
    except asyncpg.UniqueViolationError as error:
        raise CouponsRefusedError(_taken(error, copied)) from error
    return copied.rows


async def _copy(
    connection: asyncpg.Connection[Any],
    codes: CouponCodes,
    issue: BulkIssue,
    file: CodesFile | None,
    copied: _Copied,
    say: Callable[[str], None],
) -> None:
    """Copy the coupons and keep who issued them; the transaction is the caller's."""
    row = await connection.fetchrow(
        "select p.partner_id, now() as now, g.document ->> 'time_zone' as zone,"
        " coalesce(p.words -> 'coupon_series' ? $2, false) or exists (select from coupon_series s"
        " where s.partner_id = p.partner_id and s.code = $2) as is_known"
        " from partner p left join program g using (partner_id)"
        " where p.code = $1 order by g.code limit 1",
        issue.partner,
        issue.series,
    )
    if row is None or not row["is_known"]:
        raise CouponsRefusedError(
            f"the partner {issue.partner!r} has no coupon series {issue.series!r}"
        )
    now, partner_id, issue_id = row["now"], row["partner_id"], uuid7()
    # Whoever issues given codes by a call waits, as we do for them.
    lock = key_number(b"coupon codes", partner_id.bytes)
    await connection.execute("select pg_advisory_xact_lock($1)", lock)
    valid_from = issue.valid_from or now
    valid_until = issue.valid_until
    if issue.valid_days is not None:
        valid_until = end_of_validity(valid_from, issue.valid_days, row["zone"] or "UTC")
    if valid_until is not None and valid_until <= max(valid_from, now):
        raise CouponsRefusedError("coupons end after they begin, and after now")
    if issue.codes is None:
        pairs = _made(codes, issue.count, file)
    else:
        named = await _named_by_campaigns(connection, partner_id)
        pairs = _given(codes, partner_id, issue.codes, named, copied)
    rows = (
        (
            *_keys(codes, partner_id, coupon_id, code),
            *(issue.series, masked_code(code), issue.uses_max),
            *(valid_from, valid_until, now, issue_id),
        )
        for coupon_id, code in pairs
    )
    began = time.monotonic()
    for chunk in _chunks(rows):
        await connection.copy_records_to_table("coupon", records=chunk, columns=_COLUMNS)
        copied.rows += len(chunk)
        speed = copied.rows / max(time.monotonic() - began, 0.001)
        say(f"{copied.rows:,} coupons, {speed:,.0f} a second")
    if not copied.rows:
        raise CouponsRefusedError("there is nothing to issue")
    await connection.execute(
        "insert into coupon_issue (bucket, issue_id, partner_id, source, series_code, coupons, at,"
        " author, reason, file_hash) values ($1, $2, $3, 'file', $4, $5, $6, $7, $8, $9)",
        bucket_of_uuid(issue_id),
        issue_id,
        partner_id,
        issue.series,
        copied.rows,
        now,
        issue.author,
        issue.reason,
        copied.file_hash.digest(),
    )
    await tell_history(
        connection,
        partner_id,
        ("coupon_issue", issue_id),
        "created",
        author=issue.author,
        reason=issue.reason,
        after={
            "series_code": issue.series,
            "count": copied.rows,
            "file_sha256": copied.file_hash.hexdigest(),
        },
    )


def _made(codes: CouponCodes, count: int, file: CodesFile | None) -> Iterator[tuple[UUID, str]]:
    """New codes, written to the file as they are made."""
    assert file is not None, "codes that are made are written somewhere"
    for _ in range(count):
        coupon_id = uuid7()
        code = codes.code_of(coupon_id)
        file.write(f"{code}\n")
        yield coupon_id, code


def _given(
    codes: CouponCodes, partner_id: UUID, path: Path, named: set[str], copied: _Copied
) -> Iterator[tuple[UUID, str]]:
    """Codes of a file, one a line; blank lines are passed over."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            copied.file_hash.update(line)
            try:
                code = line.decode().strip()
            except UnicodeDecodeError:
                raise CouponsRefusedError(f"line {number} is not UTF-8") from None
            if not code:
                continue
            if len(code) > CODE_CHARACTERS_MAX or not code.isprintable() or " " in code:
                raise CouponsRefusedError(
                    f"line {number}: a code has 1 to {CODE_CHARACTERS_MAX} characters, no blanks"
                )
            if plain_code(code) in named:
                raise CouponsRefusedError(f"line {number}: a campaign names this code itself")
            digest = codes.digest(partner_id, code)
            before = copied.lines.setdefault(digest, number)
            if before != number:
                raise CouponsRefusedError(f"lines {before} and {number} have the same code")
            yield uuid7(), code


async def _named_by_campaigns(connection: asyncpg.Connection[Any], partner_id: UUID) -> set[str]:
    """Codes that the partner's campaigns name themselves, published or not."""
    found = await connection.fetch(
        "select jsonb_path_query(document, $2::jsonpath) #>> '{}' as code"
        " from campaign where partner_id = $1",
        partner_id,
        '$.when.** ? (@.kind == "coupon").code',
    )
    return {plain_code(row["code"]) for row in found if row["code"]}


def _keys(codes: CouponCodes, partner_id: UUID, coupon_id: UUID, code: str) -> Row:
    """The first columns: where the coupon lives, and what it is found by."""
    digest = codes.digest(partner_id, code)
    return bucket_of(digest), partner_id, digest, coupon_id


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows in pieces of one COPY each."""
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _taken(error: asyncpg.UniqueViolationError, copied: _Copied) -> str:
    """Which line of the file is a coupon's code already, as the database says it."""
    found = _DIGEST.search(error.detail or "")
    line = copied.lines.get(bytes.fromhex(found[1])) if found is not None else None
    return f"line {line}: the code is a coupon's already" if line else "a code is taken already"
