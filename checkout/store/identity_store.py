"""Merges and persons of a batch: what `checkout.store.book_store` reads and writes of them.

One statement for what calls name, one for what is written, one for who is erased, each only if
there is something; and one, after the locks, if the own books of members are written who were
merged, or are to be.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from checkout.ledger import rows
from checkout.ledger.identity_rows import Merge, PersonLink
from checkout.primitives import bucket_of, bucket_of_uuid
from checkout.store.queries import QUERIES, columns_of
from checkout.store.reference import reading_connection

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from asyncpg import Connection, Pool

    from checkout.ledger.book import Book, KeyRefs
    from checkout.ledger.identity_book import IdentityWrites


@dataclass(frozen=True, slots=True)
class OtherName:
    """A member who was merged into another one."""

    merge_id: UUID
    member_id: UUID
    merged_at: dt.datetime


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person that a member is, and how many members of other partners are the same one."""

    person_id: UUID
    linked_at: dt.datetime
    members_elsewhere: int


@dataclass(frozen=True, slots=True)
class MemberLinks:
    """Who a member is."""

    member_id: UUID
    other_names: list[OtherName]
    persons: list[KnownPerson]


class IdentityReader:
    """Reads who is who over a pool, without locks."""

    def __init__(self, pool: Pool[Any], reads: asyncio.Semaphore) -> None:
        """Take connections from the pool, in turns with all others that read by the semaphore."""
        self._pool = pool
        self._reads = reads

    async def find_links(self, partner_id: UUID, member_id: UUID) -> MemberLinks | None:
        """Who a member of the partner is, or None.

        Raises:
            StoreError: the database cannot be asked.
        """
        async with reading_connection(self._pool, self._reads) as connection:
            record = await connection.fetchrow(
                QUERIES["find_links"], bucket_of_uuid(member_id), member_id, partner_id
            )
        if record is None:
            return None
        return MemberLinks(
            record["member_id"],
            [OtherName(*row) for row in record["merges"]],
            [KnownPerson(*row) for row in record["persons"]],
        )

    async def find_members(
        self, partner_id: UUID, identifiers: Sequence[tuple[str, bytes]]
    ) -> dict[tuple[str, bytes], UUID]:
        """Members by kind and digest of an identifier; those that nobody has are left out.

        Raises:
            StoreError: the database cannot be asked.
        """
        wanted = sorted(set(identifiers))
        async with reading_connection(self._pool, self._reads) as connection:
            found = await connection.fetch(
                QUERIES["find_identifiers"],
                partner_id,
                [bucket_of(digest) for _, digest in wanted],
                [kind for kind, _ in wanted],
                [digest for _, digest in wanted],
            )
        return {(row["kind"], row["digest"]): row["member_id"] for row in found}


async def read_identities(connection: Connection[Any], book: Book, refs: KeyRefs) -> None:
    """Fill in merges and persons that calls name, and the persons that members are."""
    if not (refs.merges or refs.persons or refs.linked):
        return
    merges, persons = sorted(refs.merges), sorted(refs.persons)
    record = await connection.fetchrow(
        QUERIES["read_identities"],
        list(map(bucket_of_uuid, merges)),
        merges,
        list(map(bucket_of_uuid, persons)),
        persons,
        sorted(refs.linked),
    )
    for row in record["merges"] or ():
        merge = _merge(row)
        book.identities.merges[merge.merge_id] = merge
    book.identities.persons.update(person_id for (person_id,) in record["persons"] or ())
    book.identities.links += [PersonLink(*row) for row in record["links"] or ()]


async def read_merged(connection: Connection[Any], book: Book, ids: Collection[UUID]) -> None:
    """Fill in how members were merged, and the lots that were moved, of those who are locked."""
    known = sorted(ids & book.members.keys())
    if not known:
        return
    record = await connection.fetchrow(QUERIES["read_merged"], known)
    for row in record["merges"] or ():
        merge = _merge(row)
        book.identities.merged[merge.absorbed_id] = merge
    for row in record["lots"] or ():
        lot = rows.Lot(*row)
        book.members[lot.member_id].lots[lot.lot_id] = lot
    book.identities.holding.update(record["holding"])


async def write_identities(connection: Connection[Any], writes: IdentityWrites) -> None:
    """Write what a batch changed; no statement if that is nothing."""
    if writes.erasures:
        query = "write_erasures"
        await connection.execute(QUERIES[query], *columns_of(query, {"erasure": writes.erasures}))
    if writes.is_empty:
        return
    query = "write_identities"
    groups = {
        "merge": writes.merges.values(),
        "person": writes.persons,
        "person_link": writes.links.values(),
    }
    await connection.execute(QUERIES[query], *columns_of(query, groups))


def _merge(row: Sequence[Any]) -> Merge:
    merge = Merge(*row)
    # asyncpg does not decode jsonb inside anonymous records; so it comes as text.
    merge.debts = orjson.loads(row[7])
    return merge
