"""Reads the rules as managers left them, and writes what is published."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from checkout.engine.dictionary import words_with
from checkout.ledger.book import budget_bucket
from checkout.native.sources import ROOT, fingerprint
from checkout.store.queries import QUERIES
from checkout.store.reference import reading_connection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from asyncpg import Connection, Pool, Record


#: So many changed campaigns are read as changes; with more, all rules are.
CHANGES_MAX: Final = 200

_RULE_QUERIES: Final = (
    "read_rules_programs",
    "read_rules_chains",
    "read_rules_stores",
    "read_rules_categories",
    "read_rules_products",
    "read_rules_words",
    "read_rules_campaigns",
)


@dataclass(frozen=True, slots=True)
class Source:
    """What rules are made of, as hashes of the rows that were read.

    `basis` is the snapshot that they are a change of: then only what changes is named.
    """

    rest_hash: int
    #: By code.
    campaign_hashes: Mapping[str, int]
    #: Number of the publication that was the newest then; None: there was none.
    newest_seq: int | None
    basis: str | None = None
    removed: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class RulesNow:
    """How the rules that managers have left differ from those that were published.

    `basis` is the snapshot that was published, if only campaigns differ from it, and but a few of
    them: `changed` has their documents, as they stand, and `source` what to remember.
    """

    #: Rows that all rules have together.
    found: int
    basis: str | None = None
    changed: Mapping[str, Any] = field(default_factory=dict)
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class NewPublication:
    """A snapshot to be put in force."""

    snapshot_id: str
    schema_version: int
    semantics: int
    manifest: bytes
    parts: Mapping[str, bytes]
    budgeted: Sequence[str]
    source: Source


class RulesMovedError(Exception):
    """Another snapshot was published since rules were read: it may be of newer ones."""


@functools.cache
def checked_by() -> str:
    """A digest of the code that checks rules: what other code checked has to be checked again.

    Read once: a process goes on checking with the code that it began with.
    """
    state = hashlib.sha256(fingerprint().encode())
    state.update((ROOT / "checkout" / "flows" / "served.py").read_bytes())
    return state.hexdigest()


class RulesStore:
    """Rules over a pool."""

    def __init__(
        self, pool: Pool[Any], checked_by: str, reads: asyncio.Semaphore | None = None
    ) -> None:
        """Take connections from the pool, in turns with all others that read by the semaphore.

        `checked_by` stands for the code that checks rules before they are published.
        """
        self._pool = pool
        self._checked_by = checked_by
        self._reads = reads or asyncio.Semaphore(pool.get_max_size())

    async def read_now(self, partner_id: UUID) -> RulesNow:
        """How the rules differ from those published, all read at one instant."""
        async with (
            reading_connection(self._pool, self._reads) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            now = await connection.fetchrow(QUERIES["read_rules_now"], partner_id)
            basis = await connection.fetchval(
                QUERIES["read_published_rules"], partner_id, now["rest_hash"], self._checked_by
            )
            if basis is None:
                return RulesNow(now["found"])
            rows = await connection.fetch(
                QUERIES["read_changed_campaigns"], partner_id, CHANGES_MAX + 1
            )
        if len(rows) > CHANGES_MAX:
            return RulesNow(now["found"])
        changed = {row["code"]: row for row in rows if row["document"] is not None}
        return RulesNow(
            now["found"],
            basis,
            {code: row["document"] for code, row in changed.items()},
            Source(
                now["rest_hash"],
                {code: row["source_hash"] for code, row in changed.items()},
                now["newest_seq"],
                basis,
                [row["code"] for row in rows if row["document"] is None],
            ),
        )

    async def read_document(self, partner_id: UUID) -> tuple[dict[str, Any], Source]:
        """The rules as one snapshot document, read at one instant, and what they are made of."""
        async with (
            reading_connection(self._pool, self._reads) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            partner = await connection.fetchrow(QUERIES["read_rules_partner"], partner_id)
            found = {
                query: await connection.fetch(QUERIES[query], partner_id) for query in _RULE_QUERIES
            }
            now = await connection.fetchrow(QUERIES["read_rules_now"], partner_id)
            hashes = await connection.fetch(QUERIES["read_campaign_hashes"], partner_id)
        by_code = {row["code"]: row["source_hash"] for row in hashes}
        source = Source(now["rest_hash"], by_code, now["newest_seq"])
        return _document(partner, found), source

    async def publish(
        self, partner_id: UUID, publication: NewPublication, author: str, note: str
    ) -> tuple[int, dt.datetime, int]:
        """Write parts, snapshot and publication; number, moment, and how many parts were new.

        Raises:
            RulesMovedError: another was published since the rules were read; nothing was now.
        """
        async with (
            reading_connection(self._pool, self._reads) as connection,
            connection.transaction(),
        ):
            known = await connection.fetch(QUERIES["known_snapshot_parts"], list(publication.parts))
            old = {row["part_hash"] for row in known}
            new = {h: body for h, body in publication.parts.items() if h not in old}
            if new:
                await connection.execute(
                    QUERIES["write_snapshot_parts"], list(new), list(new.values())
                )
            await connection.execute(
                QUERIES["write_snapshot"],
                publication.snapshot_id,
                partner_id,
                publication.schema_version,
                publication.semantics,
                publication.manifest,
            )
            refs = [(partner_id, code) for code in publication.budgeted]
            await connection.execute(
                QUERIES["make_budgets"],
                [budget_bucket(ref) for ref in refs],
                [partner_id for _ in refs],
                list(publication.budgeted),
            )
            await connection.execute(QUERIES["lock_publications"])
            newest = await connection.fetchval(QUERIES["newest_publication"], partner_id)
            if newest != publication.source.newest_seq:
                raise RulesMovedError
            await self._keep_source(connection, partner_id, publication)
            row = await connection.fetchrow(
                QUERIES["write_publication"],
                partner_id,
                publication.snapshot_id,
                author,
                note,
            )
        return row["seq"], row["published_at"], len(new)

    async def remember(self, partner_id: UUID, seq: int, publication: NewPublication) -> None:
        """What a publication that is in force was made of, now that it was checked again."""
        async with (
            reading_connection(self._pool, self._reads) as connection,
            connection.transaction(),
        ):
            await connection.execute(QUERIES["lock_publications"])
            if await connection.fetchval(QUERIES["newest_publication"], partner_id) == seq:
                await self._keep_source(connection, partner_id, publication)

    async def _keep_source(
        self, connection: Connection[Any], partner_id: UUID, publication: NewPublication
    ) -> None:
        """Remember what it was made of, for the next one."""
        source = publication.source
        hashes = source.campaign_hashes
        gone = None if source.basis is None else [*hashes, *source.removed]
        await connection.execute(QUERIES["forget_published_campaigns"], partner_id, gone)
        await connection.execute(
            QUERIES["write_published_campaigns"], partner_id, list(hashes), list(hashes.values())
        )
        await connection.execute(
            QUERIES["write_published_rules"],
            partner_id,
            publication.snapshot_id,
            source.rest_hash,
            self._checked_by,
        )


def _document(partner: Record, found: Mapping[str, list[Record]]) -> dict[str, Any]:
    return {
        "partner": {
            "code": partner["code"],
            "name": partner["name"],
            "currency": {
                "code": partner["currency_code"],
                "exponent": partner["currency_exponent"],
            },
        },
        "programs": [row["document"] for row in found["read_rules_programs"]],
        "chains": [dict(row) for row in found["read_rules_chains"]],
        "stores": [
            {
                "code": row["code"],
                "chain": row["chain_code"],
                "program": row["program_code"],
                "name": row["name"],
                "address": row["address"],
                "format": row["format"],
                "region": row["region"],
                "time_zone": row["time_zone"],
            }
            for row in found["read_rules_stores"]
        ],
        "categories": [
            {"code": row["code"], "name": row["name"], "parent": row["parent_code"]}
            for row in found["read_rules_categories"]
        ],
        "products": [
            {
                "sku": row["sku"],
                "category": row["category_code"],
                "brand": row["brand"],
                "name": row["name"],
                "supplier": row["supplier"],
                "tags": row["tags"],
                "attributes": row["attributes"],
                "flags": row["flags"],
            }
            for row in found["read_rules_products"]
        ],
        "words": words_with(partner["words"], map(tuple, found["read_rules_words"])),
        "campaigns": [row["document"] for row in found["read_rules_campaigns"]],
    }
