"""Certificates of a book: locked and read after the members, written with the batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkout.ledger.certificate_rows import Certificate
from checkout.primitives import bucket_of
from checkout.store.queries import QUERIES, columns_of
from checkout.store.reference import STATEMENT_PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from uuid import UUID

    from asyncpg import Connection

    from checkout.ledger.book import Book
    from checkout.ledger.certificates import CertificateRef
    from checkout.ledger.writes import Writes


async def read_certificates(
    connection: Connection[Any], refs: Collection[CertificateRef]
) -> dict[CertificateRef, Certificate]:
    """Certificates as of now, without locks; those that are unknown are left out."""
    found = await connection.fetch(
        QUERIES["read_certificates"], *_keys(refs), timeout=STATEMENT_PATIENCE_S
    )
    return {(row.partner_id, row.digest): row for row in (Certificate(*each) for each in found)}


async def lock_certificates(
    connection: Connection[Any],
    book: Book,
    refs: Iterable[CertificateRef],
    followed: Collection[CertificateRef],
) -> None:
    """Lock certificates, sorted, and read them; then the heirs of those that are `followed`.

    Nobody moves anything off a locked one. For heirs, which are locked out of order, nobody waits:
    who meets somebody else there gives way, and is run again. All of them are locked at once; once
    more only if one was moved on while they were looked for, and none is after it was locked.
    """
    wanted = set(refs)
    if wanted:
        await _lock(connection, book, "lock_certificates", wanted)
    found = [book.certificates[ref] for ref in followed if ref in book.certificates]
    moved = {(each.partner_id, each.digest) for each in found if each.moved_to is not None}
    is_whole = not moved
    while not is_whole:
        heirs = await _lock(connection, book, "lock_heirs", moved)
        is_whole = all(
            digest is None or (heir.partner_id, digest) in book.certificates
            for heir in heirs
            for digest in (heir.moved_to, heir.moved_before)
        )


async def _lock(
    connection: Connection[Any], book: Book, query: str, refs: Collection[CertificateRef]
) -> list[Certificate]:
    rows = await connection.fetch(QUERIES[query], *_keys(refs))
    found = [Certificate(*row) for row in rows]
    book.certificates |= {(each.partner_id, each.digest): each for each in found}
    return found


async def write_certificates(connection: Connection[Any], writes: Writes) -> None:
    """Write what was issued and what moved; nothing is sent if nothing did."""
    if not (writes.new_certificates or writes.certificates):
        return
    rows = {
        "certificate_batch": writes.certificate_batches,
        "certificate": writes.new_certificates.values(),
        "certificate_changed": writes.certificates.values(),
        "certificate_entry": writes.certificate_entries,
    }
    await connection.execute(QUERIES["write_certificates"], *columns_of("write_certificates", rows))


def _keys(refs: Collection[CertificateRef]) -> list[list[int | UUID | bytes]]:
    rows = sorted((bucket_of(digest), partner, digest) for partner, digest in refs)
    return [list(column) for column in zip(*rows, strict=True)]
