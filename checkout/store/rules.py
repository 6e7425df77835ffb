"""Reads the rules as managers left them, and writes what is published."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from checkout.ledger.book import budget_bucket
from checkout.store.errors import DRIVER_ERRORS, StoreError, failure_of
from checkout.store.queries import QUERIES
from checkout.store.reference import reading_connection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from asyncpg import Pool


_RULE_QUERIES: Final = (
    "read_rules_programs",
    "read_rules_chains",
    "read_rules_stores",
    "read_rules_categories",
    "read_rules_products",
    "read_rules_lists",
    "read_rules_card_types",
    "read_rules_campaigns",
)


@dataclass(frozen=True, slots=True)
class NewPublication:
    """A snapshot to be put in force."""

    snapshot_id: str
    schema_version: int
    semantics: int
    manifest: bytes
    parts: Mapping[str, bytes]
    budgeted: Sequence[str]


class RulesStore:
    """Rules over a pool."""

    def __init__(self, pool: Pool[Any], reads: asyncio.Semaphore | None = None) -> None:
        """Take connections from the pool, in turns with all others that read by the semaphore."""
        self._pool = pool
        self._reads = reads or asyncio.Semaphore(pool.get_max_size())

    async def read_document(self, partner_id: UUID) -> dict[str, Any]:
        """The rules as one snapshot document, all read at one instant."""
        try:
            async with (
                reading_connection(self._pool, self._reads) as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                partner = await connection.fetchrow(QUERIES["read_rules_partner"], partner_id)
                found = {
                    query: await connection.fetch(QUERIES[query], partner_id)
                    for query in _RULE_QUERIES
                }
        except DRIVER_ERRORS as error:
            raise StoreError(failure_of(error, committing=False)) from error
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
            "words": {
                **partner["words"],
                "member_lists": [row["code"] for row in found["read_rules_lists"]],
                "card_types": [
                    *(named := partner["words"].get("card_types", [])),
                    *(
                        row["code"]
                        for row in found["read_rules_card_types"]
                        if row["code"] not in named
                    ),
                ],
            },
            "campaigns": [row["document"] for row in found["read_rules_campaigns"]],
        }

    async def publish(
        self, partner_id: UUID, publication: NewPublication, author: str, note: str
    ) -> tuple[int, dt.datetime, int]:
        """Write parts, snapshot and publication; number, moment, and how many parts were new."""
        try:
            async with (
                reading_connection(self._pool, self._reads) as connection,
                connection.transaction(),
            ):
                known = await connection.fetch(
                    QUERIES["known_snapshot_parts"], list(publication.parts)
                )
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
                row = await connection.fetchrow(
                    QUERIES["write_publication"],
                    partner_id,
                    publication.snapshot_id,
                    author,
                    note,
                )
        except DRIVER_ERRORS as error:
            raise StoreError(failure_of(error, committing=False)) from error
        return row["seq"], row["published_at"], len(new)
