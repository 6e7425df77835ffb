"""Issues certificates by the million: codes into a file, rows into the table by COPY.

All or nothing: one transaction, and the file is put in place when it has committed; should the
machine or the connection stop in the commit or right after it, the codes are in ``FILE.part``.
They stand in the file only: the database keeps digests, and the history the hash of the file. What
is issued so is not active: it is sold first.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

import orjson
from uuid_utils.compat import uuid7

from checkout.engine.schema.program import Program
from checkout.flows.certificate_codes import CertificateCodes
from checkout.flows.identifiers import IdentifierHasher
from checkout.flows.shown_certificates import unit_of
from checkout.primitives import bucket_of, bucket_of_uuid
from loaders.codes_file import codes_file
from loaders.history_row import tell_history

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any

    import asyncpg

    from checkout.engine.schema.certificates import CertificateSeries

#: Rows per COPY: progress is told after each.
ROWS_PER_COPY: Final = 50_000
_COLUMNS: Final = (
    *("bucket", "certificate_id", "partner_id", "series_code", "digest", "masked", "unit", "face"),
    *("issued_at", "batch_id"),
)


class UnknownSeriesError(Exception):
    """The partner's rules have no such series, or it says no face value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be issued, by whom and why; without a face what the series says."""

    partner: str
    series: str
    count: int
    face: int | None
    author: str
    reason: str


async def issue_certificates(
    connection: asyncpg.Connection[Any],
    order: Order,
    pepper: bytes,
    output: Path,
    say: Callable[[str], None],
) -> UUID:
    """Issue them and write their codes to a new file; the id of the batch.

    Raises:
        UnknownSeriesError: see there.
        FileExistsError: the file or its ``.part`` is there: codes are never written over.
        CodesKeptError: they were issued, or may have been; see there.
    """
    partner_id, unit, face = await _terms(connection, order)
    codes = CertificateCodes(IdentifierHasher(pepper))
    batch_id, now = uuid7(), dt.datetime.now(dt.UTC)
    async with codes_file(connection, output) as file:
        writer = csv.writer(file)
        writer.writerow(("certificate_id", "code"))
        await connection.execute(
            "insert into certificate_batch (bucket, batch_id, partner_id, series_code,"
            " unit, face, count, issued_at, author, reason)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            *(bucket_of_uuid(batch_id), batch_id, partner_id, order.series, unit, face),
            *(order.count, now, order.author, order.reason),
        )
        for first in range(0, order.count, ROWS_PER_COPY):
            numbers = range(first, min(first + ROWS_PER_COPY, order.count))
            made = list(_made(codes, partner_id, batch_id, numbers))
            writer.writerows((certificate_id, code) for certificate_id, code, *_ in made)
            await connection.copy_records_to_table(
                "certificate",
                records=[
                    (
                        *(bucket_of(digest), certificate_id, partner_id, order.series),
                        *(digest, masked, unit, face, now, batch_id),
                    )
                    for certificate_id, _, digest, masked in made
                ],
                columns=_COLUMNS,
            )
            say(f"{numbers.stop:,} of {order.count:,} certificates")
        await tell_history(
            connection,
            partner_id,
            ("certificate_batch", batch_id),
            "created",
            author=order.author,
            reason=order.reason,
            after={
                "series_code": order.series,
                "count": order.count,
                "face": face,
                "unit": unit,
                "is_activated": False,
                "file_sha256": file.hash.hexdigest(),
            },
        )
    return batch_id


def _made(
    codes: CertificateCodes, partner_id: UUID, batch_id: UUID, numbers: range
) -> Iterator[tuple[UUID, str, bytes, str]]:
    """The id, code, digest and masked code of each: they follow from the batch and the number."""
    for number in numbers:
        certificate_id = uuid5(batch_id, str(number))
        made = codes.made(partner_id, certificate_id)
        yield certificate_id, codes.code_of(partner_id, certificate_id), made.digest, made.masked


async def _terms(connection: asyncpg.Connection[Any], order: Order) -> tuple[UUID, str, int]:
    """The partner, what the certificates count, and what will be on each."""
    rows = await connection.fetch(
        "select p.partner_id, p.currency_code, g.document from partner p"
        " join program g using (partner_id) where p.code = $1 order by g.code",
        order.partner,
    )
    for row in rows:
        series = _find(Program.model_validate(orjson.loads(row["document"])), order.series)
        if series is not None:
            face = order.face or series.face
            if face is None:
                raise UnknownSeriesError(
                    f"the series {order.series!r} says no face value: give one"
                )
            return row["partner_id"], unit_of(series.kind, row["currency_code"]), face
    raise UnknownSeriesError(f"the rules of {order.partner!r} have no series {order.series!r}")


def _find(program: Program, code: str) -> CertificateSeries | None:
    """The series of the rules that has the code."""
    return next((series for series in program.certificates if series.code == code), None)
